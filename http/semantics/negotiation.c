/* SPDX-License-Identifier: MIT */
#include "http/semantics/negotiation.h"

#include "http/semantics/field_syntax.h"

static bool take_part(struct view *rest, char separator, struct view *part) {
    return field_syntax_take(rest, separator, FIELD_QUOTED_STRINGS, part);
}

/* The weight that one element gives to the media type. */
static int element_weight(struct view element, const char *media_type) {
    struct view part;
    if (!take_part(&element, ';', &part) || !view_equals_nocase(part, media_type)) {
        return WEIGHT_NOT_NAMED;
    }
    int lowest = WEIGHT_FULL;
    while (take_part(&element, ';', &part)) {
        int weight = WEIGHT_FULL;
        if (field_syntax_is_weight(part) && !field_syntax_parse_weight(part, &weight)) {
            weight = WEIGHT_REFUSED;
        }
        lowest = weight < lowest ? weight : lowest;
    }
    return lowest;
}

int accept_weight(struct view accept, const char *media_type) {
    int highest = WEIGHT_NOT_NAMED;
    struct view element;
    while (take_part(&accept, ',', &element)) {
        int weight = element_weight(element, media_type);
        highest = weight > highest ? weight : highest;
    }
    return highest;
}

static int html_weight(struct view accept) {
    int html = accept_weight(accept, "text/html");
    int xhtml = accept_weight(accept, "application/xhtml+xml");
    return html > xhtml ? html : xhtml;
}

bool accept_names_html(struct view accept) {
    return html_weight(accept) > WEIGHT_REFUSED;
}

bool accept_prefers(struct view accept, const char *media_type) {
    int weight = accept_weight(accept, media_type);
    return weight > WEIGHT_REFUSED && weight > html_weight(accept);
}
