/* SPDX-License-Identifier: MIT */
#include "http/semantics/negotiation.h"

#include "http/semantics/field_syntax.h"

#include <assert.h>

static bool take_part(struct view *rest, char separator, struct view *part) {
    return field_syntax_take(rest, separator, FIELD_QUOTED_STRINGS, part);
}

/* --- media types ---------------------------------------------------------------------------------------- */

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

int negotiation_accept_weight(struct view accept, const char *media_type) {
    int highest = WEIGHT_NOT_NAMED;
    struct view element;
    while (take_part(&accept, ',', &element)) {
        int weight = element_weight(element, media_type);
        highest = weight > highest ? weight : highest;
    }
    return highest;
}

static int html_weight(struct view accept) {
    int html = negotiation_accept_weight(accept, "text/html");
    int xhtml = negotiation_accept_weight(accept, "application/xhtml+xml");
    return html > xhtml ? html : xhtml;
}

bool negotiation_names_html(struct view accept) {
    return html_weight(accept) > WEIGHT_REFUSED;
}

bool negotiation_prefers(struct view accept, const char *media_type) {
    int weight = negotiation_accept_weight(accept, media_type);
    return weight > WEIGHT_REFUSED && weight > html_weight(accept);
}

/* --- content codings ------------------------------------------------------------------------------------ */

/* Where the weight of this name belongs; NULL for a coding that the server knows nothing of. */
static int *find_weight(struct coding_weights *weights, struct view name) {
    enum content_coding coding = CODING_IDENTITY;
    if (view_equals(name, "*")) {
        return &weights->of_others;
    }
    if (view_equals_nocase(name, "x-gzip")) { /* RFC 9110 section 8.4.1.3 */
        return &weights->of[CODING_GZIP];
    }
    if (content_coding_find(name, &coding) || view_equals_nocase(name, content_coding_name(coding))) {
        return &weights->of[coding];
    }
    return NULL;
}

static void read_element(struct coding_weights *weights, struct view element) {
    struct view name;
    struct view parameter;
    int weight = WEIGHT_FULL;
    if (!take_part(&element, ';', &name) ||
        (take_part(&element, ';', &parameter) && !field_syntax_parse_weight(parameter, &weight)) ||
        element.bytes != NULL) { /* a coding has a weight and no other parameter */
        return;
    }
    /* Of a coding that is named twice the lowest weight counts, whichever stands first: the order of the
     * elements says nothing, and a refusal may be the word of a proxy that cannot pass the coding on. */
    int *known = find_weight(weights, name);
    if (known != NULL && (*known == WEIGHT_NOT_NAMED || weight < *known)) {
        *known = weight;
    }
}

static void read_weights(struct coding_weights *weights, struct view accept_encoding) {
    struct view element;
    weights->of_others = WEIGHT_NOT_NAMED;
    for (size_t i = 0; i < CODING_COUNT; i++) {
        weights->of[i] = WEIGHT_NOT_NAMED;
    }
    while (take_part(&accept_encoding, ',', &element)) {
        read_element(weights, element);
    }
}

/* RFC 9110 section 12.5.3: "*" stands for each coding that is not named, but takes identity away only with
 * q=0. */
static void settle_weights(struct coding_weights *weights) {
    int of_others = weights->of_others != WEIGHT_NOT_NAMED ? weights->of_others : WEIGHT_REFUSED;
    for (size_t i = 0; i < CODING_COUNT; i++) {
        if (weights->of[i] != WEIGHT_NOT_NAMED) {
            continue;
        }
        if (i == CODING_IDENTITY) {
            weights->of[i] = weights->of_others == WEIGHT_REFUSED ? WEIGHT_REFUSED : WEIGHT_LOWEST;
        } else {
            weights->of[i] = of_others;
        }
    }
}

/* Put a coding behind those of no lower weight, unless it is refused. It is placed once, however often it is
 * offered. */
static void place(struct coding_choice *choice, int placed[CODING_COUNT], struct coding_weights *weights,
                  enum content_coding coding) {
    int weight = weights->of[coding];
    if (weight == WEIGHT_REFUSED) {
        return;
    }
    weights->of[coding] = WEIGHT_REFUSED;
    size_t i = choice->count++;
    for (; i > 0 && placed[i - 1] < weight; i--) {
        placed[i] = placed[i - 1];
        choice->codings[i] = choice->codings[i - 1];
    }
    placed[i] = weight;
    choice->codings[i] = coding;
}

void negotiation_choose_coding(struct view accept_encoding, const enum content_coding *offered,
                               size_t offered_count, struct coding_choice *choice) {
    struct coding_weights weights;
    int placed[CODING_COUNT];
    read_weights(&weights, accept_encoding);
    choice->asked = weights;
    settle_weights(&weights);
    choice->count = 0;
    for (size_t i = 0; i < offered_count; i++) {
        assert(offered[i] != CODING_IDENTITY);
        place(choice, placed, &weights, offered[i]);
    }
    place(choice, placed, &weights, CODING_IDENTITY);
}
