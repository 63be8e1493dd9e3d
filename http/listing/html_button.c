/* SPDX-License-Identifier: MIT */
#include "http/listing/html_button.h"

#include "http/base/escape.h"

static void write_field(struct text *out, struct view name, struct view value) {
    text_append(out, "<input type=\"hidden\" name=\"");
    escape_html(out, name);
    text_append(out, "\" value=\"");
    escape_html(out, value);
    text_append(out, "\">");
}

/* The filter is the one value that is not made of letters and digits, and the browser encodes it itself. */
void listing_html_button_write_fields(struct text *out, const struct listing_query *query) {
    struct listing_query words = *query;
    words.filter[0] = '\0';
    struct text reference = {0};
    listing_query_write(&reference, &words); /* "?name=value&name=value"; or "./" */
    struct view rest = {reference.bytes,
                        reference.failed || reference.bytes[0] != '?' ? 0 : reference.length};
    while (rest.length > 0) {
        const char *name = rest.bytes + 1;
        const char *equals = memchr(name, '=', rest.length - 1);
        const char *end = memchr(name, '&', rest.length - 1);
        end = end != NULL ? end : rest.bytes + rest.length;
        write_field(out, (struct view){name, (size_t)(equals - name)},
                    (struct view){equals + 1, (size_t)(end - equals - 1)});
        rest = (struct view){end, rest.length - (size_t)(end - rest.bytes)};
    }
    if (query->filter[0] != '\0') {
        write_field(out, view_of("filter"), view_of(query->filter));
    }
    out->failed = out->failed || reference.failed;
    text_deinit(&reference);
}

void listing_html_button_begin(struct text *out, const struct listing_query *query, const char *attributes) {
    text_append(out, "<form>");
    listing_html_button_write_fields(out, query);
    text_append(out, attributes[0] != '\0' ? "<button type=\"submit\" " : "<button type=\"submit\"");
    text_append(out, attributes);
    text_append(out, ">");
}

void listing_html_button_end(struct text *out) {
    text_append(out, "</button></form>");
}
