/* SPDX-License-Identifier: MIT */
/* Escapes: what comes out has nothing in it that means something where it is put, and can be read back. */
#include "http/base/escape.h"
#include "http/base/utf8.h"
#include "tests/fuzz/fuzz.h"

static struct view view_of_text(const struct text *text) {
    return (struct view){text->bytes, text->length};
}

static void check_html(struct view bytes, void (*escape)(struct text *out, struct view bytes),
                       const char *controls) {
    struct text text = {0};
    escape(&text, bytes);
    text_append_bytes(&text, "", 1);
    fuzz_check(!text.failed && strlen(text.bytes) == text.length - 1 && utf8_is_well_formed(text.bytes));
    for (const char *c = text.bytes; *c != '\0'; c++) {
        fuzz_check(*c != '<' && *c != '>' && *c != '"' && *c != '\'');
        fuzz_check((unsigned char)*c >= ' ' || strchr(controls, *c) != NULL);
    }
    text_deinit(&text);
}

/* Every byte of a path comes back. */
static void check_path(struct view bytes) {
    struct text text = {0};
    escape_url_path(&text, bytes);
    struct view rest = view_of_text(&text);
    for (size_t i = 0; i < bytes.length; i++) {
        fuzz_check(rest.length > 0);
        bool is_escaped = rest.bytes[0] == '%';
        fuzz_check((is_escaped ? escape_read(rest) : rest.bytes[0]) ==
                   (is_escaped ? (int)(unsigned char)bytes.bytes[i] : (int)bytes.bytes[i]));
        rest.bytes += is_escaped ? 3 : 1;
        rest.length -= is_escaped ? 3 : 1;
    }
    fuzz_check(rest.length == 0);
    text_deinit(&text);
}

static void check_query(struct view bytes) {
    struct text text = {0};
    escape_url_query(&text, bytes);
    for (size_t i = 0; i < text.length; i++) {
        fuzz_check(text.bytes[i] > ' ' && text.bytes[i] < 0x7F &&
                   strchr("\"<>#\\^`{|}", text.bytes[i]) == NULL);
    }
    text_deinit(&text);
}

static void check_utf8(struct view bytes) {
    struct text text = {0};
    struct text again = {0};
    escape_utf8(&text, bytes);
    escape_utf8(&again, view_of_text(&text));
    fuzz_check(text.length == again.length);
    fuzz_check(text.length == 0 || memcmp(text.bytes, again.bytes, text.length) == 0);
    text_deinit(&text);
    text_deinit(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    struct view view = fuzz_rest(&input);
    check_html(view, escape_html, "");
    check_html(view, escape_html_lines, "\n\t");
    check_path(view);
    check_query(view);
    check_utf8(view);
    int byte = escape_read(view);
    fuzz_check(byte >= -1 && byte <= 255 && (byte == -1 || view.length >= 3));
    fuzz_end(&input);
    return 0;
}
