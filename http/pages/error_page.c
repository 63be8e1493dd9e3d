/* SPDX-License-Identifier: MIT */
#include "http/pages/error_page.h"

#include "http/base/escape.h"
#include "http/base/json_writer.h"
#include "http/pages/page.h"

enum { PATH_BYTES = 120 }; /* shown of a path, and its first slash */

static void write_status(struct text *out, const char *before, enum http_status status, const char *between) {
    text_append(out, before);
    text_append_number(out, (uint64_t)status);
    text_append(out, between);
    text_append(out, http_status_reason(status));
}

static void write_location(struct text *out, const char *location) {
    text_append(out, "<p><a id=\"location\" href=\"");
    escape_html(out, view_of(location));
    text_append(out, "\">");
    escape_html(out, view_of(location));
    text_append(out, "</a></p>\n");
}

static bool continues_sequence(struct view text, size_t at) {
    return at < text.length && ((unsigned char)text.bytes[at] & 0xC0) == 0x80;
}

/* Write a path with its first slash. Of a long one both ends tell more than one. */
static void write_path(struct text *out, struct view path) {
    text_append(out, "<bdi>/");
    if (path.length <= PATH_BYTES) {
        escape_html(out, path);
    } else {
        size_t head = PATH_BYTES / 2;
        size_t tail = path.length - PATH_BYTES / 2;
        while (head > 0 && continues_sequence(path, head)) {
            head--;
        }
        while (continues_sequence(path, tail)) {
            tail++;
        }
        escape_html(out, (struct view){path.bytes, head});
        text_append(out, "\xE2\x80\xA6");
        escape_html(out, (struct view){path.bytes + tail, path.length - tail});
    }
    text_append(out, "</bdi>");
}

static void write_way_up(struct text *out, const struct error_page *page) {
    text_append(out, "<p><a id=\"up\" href=\"");
    escape_html(out, view_of(page->up));
    text_append(out, "\">Go to the folder ");
    write_path(out, page->up_folder);
    text_append(out, "</a></p>\n");
}

static const char *sentence_of(const struct error_page *page) {
    return page->detail != NULL ? page->detail : http_status_sentence(page->status);
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
    const char *sentence = sentence_of(page);
    if (sentence[0] != '\0') {
        text_append(out, "<p>");
        escape_html(out, view_of(sentence));
        text_append(out, "</p>\n");
    }
    if (page->path.bytes != NULL) {
        text_append(out, "<p id=\"path\">");
        write_path(out, page->path);
        text_append(out, "</p>\n");
    }
    if (page->location != NULL) {
        write_location(out, page->location);
    }
    if (page->up != NULL) {
        write_way_up(out, page);
    }
    text_append(out, "</main>\n");
    page_end_error(out, page->server_name);
}

void error_page_write_json(struct text *out, const struct error_page *page) {
    json_t *problem = json_object();
    json_writer_set(&problem, "status", json_integer(page->status));
    json_writer_set(&problem, "title", json_string(http_status_reason(page->status)));
    const char *sentence = sentence_of(page);
    if (sentence[0] != '\0') {
        json_writer_set(&problem, "detail", json_string(sentence));
    }
    if (page->instance != NULL) {
        json_writer_set(&problem, "instance", json_string(page->instance));
    }
    json_writer_append(out, problem, JSON_COMPACT);
    text_append(out, "\n");
}
