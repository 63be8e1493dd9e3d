/* SPDX-License-Identifier: MIT */
#include "http/pages/error_page.h"

#include "http/base/escape.h"
#include "http/base/json_writer.h"
#include "http/pages/page.h"

static void write_status(struct text *out, const char *before, enum http_status status, const char *between) {
    text_append(out, before);
    text_append_number(out, (uint64_t)status);
    text_append(out, between);
    text_append(out, http_status_reason(status));
}

static void write_link(struct text *out, const char *id, const char *reference, const char *label) {
    text_append(out, "<p><a id=\"");
    text_append(out, id);
    text_append(out, "\" href=\"");
    escape_html(out, view_of(reference));
    text_append(out, "\">");
    escape_html(out, view_of(label));
    text_append(out, "</a></p>\n");
}

void error_page_write(struct text *out, const struct error_page *page) {
    page_open(out);
    write_status(out, "", page->status, " ");
    page_begin_error(out);
    text_append(out,
                "<main>\n<svg viewBox=\"0 0 96 40\" aria-hidden=\"true\">"
                "<path d=\"M3 12q15-16 30 0t30 0 30 0\"/><path d=\"M3 30q15-16 30 0t30 0 30 0\"/></svg>\n");
    write_status(out, "<h1><span>", page->status, "</span> ");
    text_append(out, "</h1>\n");
    const char *sentence = http_status_sentence(page->status);
    if (sentence[0] != '\0') {
        text_append(out, "<p>");
        text_append(out, sentence);
        text_append(out, "</p>\n");
    }
    if (page->location != NULL) {
        write_link(out, "location", page->location, page->location);
    }
    if (page->up != NULL) {
        write_link(out, "up", page->up, "Go up to the folder");
    }
    text_append(out, "</main>\n");
    page_end_error(out, page->server_name);
}

void error_page_write_json(struct text *out, const struct error_page *page) {
    json_t *problem = json_object();
    json_writer_set(&problem, "status", json_integer(page->status));
    json_writer_set(&problem, "title", json_string(http_status_reason(page->status)));
    const char *sentence = http_status_sentence(page->status);
    if (sentence[0] != '\0') {
        json_writer_set(&problem, "detail", json_string(sentence));
    }
    json_writer_append(out, problem, JSON_COMPACT);
    text_append(out, "\n");
}
