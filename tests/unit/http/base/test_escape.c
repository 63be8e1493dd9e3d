/* SPDX-License-Identifier: MIT */
#include "http/base/escape.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdio.h>

TestSuite(escape, .timeout = 60);

#define VIEW(literal) \
    { (literal), sizeof(literal) - 1 }
#define LOST "\xEF\xBF\xBD" /* U+FFFD */

static struct text escaped;

typedef void escape_function(struct text *, struct view);

/* The escaped bytes as a text, until the next call. The input is copied to memory of just its size: a look
 * behind its end is seen by AddressSanitizer. */
static const char *escape(escape_function *function, struct view bytes) {
    char *copy = malloc(bytes.length > 0 ? bytes.length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, bytes.bytes, bytes.length);
    text_clear(&escaped, SIZE_MAX);
    function(&escaped, (struct view){copy, bytes.length});
    text_append_bytes(&escaped, "", 1);
    free(copy);
    return escaped.bytes;
}

static void forget_escaped(void) {
    text_deinit(&escaped);
}

Test(escape, makes_html_of_any_bytes, .fini = forget_escaped) {
    static const struct {
        const char *name;
        struct view bytes;
        const char *html;
    } rows[] = {
        {"nothing", VIEW(""), ""},
        {"plain", VIEW("a-b_c.txt 1"), "a-b_c.txt 1"},
        {"markup", VIEW("<script>alert(1)</script>"), "&lt;script&gt;alert(1)&lt;/script&gt;"},
        {"end of an attribute", VIEW("\" onclick='x'"), "&quot; onclick=&#39;x&#39;"},
        {"ampersand", VIEW("a&amp;b"), "a&amp;amp;b"},
        {"NUL", VIEW("a\0b"), "a" LOST "b"},
        {"line ends and tab", VIEW("a\r\n\tb"), "a" LOST LOST LOST "b"},
        {"escape sequence", VIEW("\x1B[31m"), LOST "[31m"},
        {"DEL", VIEW("\x7F"), LOST},
        {"first C1 control", VIEW("a\xC2\x80z"), "a" LOST "z"},
        {"next line, a C1 control", VIEW("\xC2\x85"), LOST},
        {"last C1 control", VIEW("\xC2\x9F"), LOST},
        {"the last of a plane", VIEW("a\xEF\xBF\xBFz"), "a" LOST "z"},
        {"the last but one of a plane", VIEW("\xEF\xBF\xBE"), LOST},
        {"the last before them", VIEW("\xEF\xBF\xBC"), "\xEF\xBF\xBC"},
        {"the last of plane 1", VIEW("\xF0\x9F\xBF\xBF"), LOST},
        {"the last of all", VIEW("\xF4\x8F\xBF\xBE"), LOST},
        {"no last of a plane", VIEW("\xF0\x9E\xBF\xBD \xF0\x90\xBE\xBF \xF1\x8E\xBF\xBF"),
         "\xF0\x9E\xBF\xBD \xF0\x90\xBE\xBF \xF1\x8E\xBF\xBF"},
        {"first Arabic noncharacter", VIEW("\xEF\xB7\x90"), LOST},
        {"last Arabic noncharacter", VIEW("\xEF\xB7\xAF"), LOST},
        {"around them", VIEW("\xEF\xB7\x8F\xEF\xB7\xB0"), "\xEF\xB7\x8F\xEF\xB7\xB0"},
        {"first behind the C1 controls", VIEW("\xC2\xA0"), "\xC2\xA0"},
        {"two bytes", VIEW("gr\xC3\xBCn"), "gr\xC3\xBCn"},
        {"three bytes", VIEW("\xE6\x97\xA5\xE6\x9C\xAC"), "\xE6\x97\xA5\xE6\x9C\xAC"},
        {"four bytes", VIEW("\xF0\x9F\x8F\x8A"), "\xF0\x9F\x8F\x8A"},
        {"Latin-1", VIEW("gr\xFCn"), "gr" LOST "n"},
        {"truncated at the end", VIEW("a\xE6\x97"), "a" LOST LOST},
        {"truncated by markup", VIEW("\xE6\x97<b>"), LOST LOST "&lt;b&gt;"},
        {"lead byte and quote", VIEW("\xC3\""), LOST "&quot;"},
        {"lone continuation", VIEW("\x80\xBF"), LOST LOST},
        {"right-to-left override", VIEW("exe\xE2\x80\xAEgpj.exe"), "exe" LOST "gpj.exe"},
        {"first and last embedding", VIEW("\xE2\x80\xAA\xE2\x80\xAE"), LOST LOST},
        {"first and last isolate", VIEW("\xE2\x81\xA6\xE2\x81\xA9"), LOST LOST},
        {"marks", VIEW("\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C"), LOST LOST LOST},
        {"what stands beside them", VIEW("\xE2\x80\x8D\xE2\x80\x90\xE2\x80\xA9\xE2\x80\xAF"),
         "\xE2\x80\x8D\xE2\x80\x90\xE2\x80\xA9\xE2\x80\xAF"},
        {"and beside isolates", VIEW("\xE2\x81\xA5\xE2\x81\xAA\xD8\x9B\xD8\x9D"),
         "\xE2\x81\xA5\xE2\x81\xAA\xD8\x9B\xD8\x9D"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(escape(escape_html, rows[i].bytes), rows[i].html, "%s: '%s'", rows[i].name,
                         escaped.bytes);
    }
}

/* HTML has no other way to show lines than <pre>, where they stand as they are. */
Test(escape, keeps_the_lines_of_a_text_in_html, .fini = forget_escaped) {
    static const struct {
        const char *name;
        struct view bytes;
        const char *html;
    } rows[] = {
        {"nothing", VIEW(""), ""},
        {"LF", VIEW("a\nb\n"), "a\nb\n"},
        {"CR LF", VIEW("a\r\nb\r\n"), "a\nb\n"},
        {"CR", VIEW("a\rb\r"), "a\nb\n"},
        {"CR at the end", VIEW("\r"), "\n"},
        {"CR CR LF, as bad copying makes it", VIEW("a\r\r\nb"), "a\n\nb"},
        {"LF CR", VIEW("a\n\rb"), "a\n\nb"},
        {"empty lines", VIEW("\n\n\r\n\r\n"), "\n\n\n\n"},
        {"tab", VIEW("\ta\t"), "\ta\t"},
        {"form feed, vertical tab, backspace", VIEW("\f\v\b"), LOST LOST LOST},
        {"NUL", VIEW("a\0b"), "a" LOST "b"},
        {"C1 control", VIEW("\xC2\x85"), LOST},
        {"turned text, which a text may have", VIEW("\xE2\x80\xAEx"), "\xE2\x80\xAEx"},
        {"markup", VIEW("<b>&\"'\n</pre>"), "&lt;b&gt;&amp;&quot;&#39;\n&lt;/pre&gt;"},
        {"not UTF-8", VIEW("\xFF\n\xC3\r\n\xE6\x97\n"), LOST "\n" LOST "\n" LOST LOST "\n"},
        {"UTF-8", VIEW("gr\xC3\xBCn\r\n\xF0\x9F\x8F\x8A"), "gr\xC3\xBCn\n\xF0\x9F\x8F\x8A"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(escape(escape_html_lines, rows[i].bytes), rows[i].html, "%s: '%s'", rows[i].name,
                         escaped.bytes);
    }
}

Test(escape, makes_utf8_of_any_bytes, .fini = forget_escaped) {
    static const struct {
        const char *name;
        struct view bytes;
        struct view utf8;
    } rows[] = {
        {"nothing", VIEW(""), VIEW("")},
        {"what has a meaning elsewhere", VIEW("<&>\"'\\/%#?"), VIEW("<&>\"'\\/%#?")},
        {"control characters", VIEW("\0\1\n\r\t\x1B\x7F\xC2\x85"), VIEW("\0\1\n\r\t\x1B\x7F\xC2\x85")},
        {"two bytes", VIEW("gr\xC3\xBCn"), VIEW("gr\xC3\xBCn")},
        {"three and four bytes", VIEW("\xE6\x97\xA5\xF0\x9F\x8F\x8A"), VIEW("\xE6\x97\xA5\xF0\x9F\x8F\x8A")},
        {"Latin-1", VIEW("gr\xFCn"), VIEW("gr" LOST "n")},
        {"only what is not", VIEW("\xFF"), VIEW(LOST)},
        {"truncated at the end", VIEW("a\xE6\x97"), VIEW("a" LOST LOST)},
        {"a surrogate", VIEW("\xED\xA0\x80z"), VIEW(LOST LOST LOST "z")},
        {"overlong", VIEW("\xC0\xAF"), VIEW(LOST LOST)},
        {"between what is", VIEW("\xC3\xBC\xFE\xC3\xBC\x80\x80"), VIEW("\xC3\xBC" LOST "\xC3\xBC" LOST LOST)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        (void)escape(escape_utf8, rows[i].bytes);
        cr_expect_eq(escaped.length - 1, rows[i].utf8.length, "%s", rows[i].name);
        cr_expect_arr_eq(escaped.bytes, rows[i].utf8.bytes, rows[i].utf8.length, "%s: '%s'", rows[i].name,
                         escaped.bytes);
    }
}

Test(escape, leaves_a_terminal_as_it_is) {
    static const struct {
        const char *name;
        struct view bytes;
        const char *safe;
    } rows[] = {
        {"nothing", VIEW(""), ""},
        {"plain", VIEW(" a~ gr\xC3\xBCn \xE6\x97\xA5 \xF0\x9F\x8F\x8A"),
         " a~ gr\xC3\xBCn \xE6\x97\xA5 \xF0\x9F\x8F\x8A"},
        {"C0", VIEW("\0a\x1B[31m\x1F"), "?a?[31m?"},
        {"lines and tabs", VIEW("a\r\n\tb"), "a???b"},
        {"DEL", VIEW("a\x7F"), "a?"},
        {"CSI of C1",
         VIEW("\xC2\x9B"
              "31mred"),
         "?31mred"},
        {"first and last of C1", VIEW("\xC2\x80-\xC2\x9F"), "?-?"},
        {"around C1", VIEW("~\xC2\xA0"), "~\xC2\xA0"},
        {"C1 as bytes of no UTF-8", VIEW("a\x80\x9B\x9Fz"), "a???z"},
        {"Latin-1", VIEW("gr\xFCn \xA0\xC3"), "gr\xFCn \xA0\xC3"},
        {"the same bytes within characters", VIEW("\xC3\x9B \xE2\x80\x9B \xF0\x9F\x90\x9B"),
         "\xC3\x9B \xE2\x80\x9B \xF0\x9F\x90\x9B"},
        {"cut off", VIEW("a\xE2\x80"), "a\xE2?"},
        {"embeddings", VIEW("a\xE2\x80\xAA\xE2\x80\xAEz"), "a??z"},
        {"isolates", VIEW("\xE2\x81\xA6\xE2\x81\xA9z"), "??z"},
        {"marks", VIEW("\xE2\x80\x8E\xE2\x80\x8F\xD8\x9C"), "???"},
        {"beside them", VIEW("\xE2\x80\x90\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA"),
         "\xE2\x80\x90\xE2\x80\xAF\xE2\x81\xA5\xE2\x81\xAA"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct view bytes = rows[i].bytes;
        char *copy = malloc(bytes.length > 0 ? bytes.length : 1);
        cr_assert_not_null(copy);
        memcpy(copy, bytes.bytes, bytes.length);
        bool is_harmful =
            strlen(rows[i].safe) != bytes.length || memcmp(rows[i].safe, copy, bytes.length) != 0;
        cr_expect_eq(escape_finds_terminal_harm((struct view){copy, bytes.length}), is_harmful, "%s",
                     rows[i].name);
        size_t length = escape_terminal(copy, bytes.length);
        cr_expect_eq(length, strlen(rows[i].safe), "%s: %zu", rows[i].name, length);
        cr_expect_arr_eq(copy, rows[i].safe, strlen(rows[i].safe), "%s", rows[i].name);
        cr_expect_not(escape_finds_terminal_harm((struct view){copy, length}), "%s", rows[i].name);
        free(copy);
    }
}

Test(escape, gives_a_terminal_utf8, .fini = forget_escaped) {
    static const struct {
        const char *name;
        struct view bytes;
        const char *safe;
    } rows[] = {
        {"nothing", VIEW(""), ""},
        {"text", VIEW("gr\xC3\xBCn"), "gr\xC3\xBCn"},
        {"Latin-1", VIEW("gr\xFCn"), "gr" LOST "n"},
        {"C1 as a byte", VIEW("a\x9Bz"), "a" LOST "z"},
        {"C1", VIEW("a\xC2\x9Bz"), "a?z"},
        {"an escape sequence", VIEW("\x1B[31m\n"), "?[31m?"},
        {"an embedding", VIEW("a\xE2\x80\xAEz"), "a?z"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(escape(escape_terminal_utf8, rows[i].bytes), rows[i].safe, "%s", rows[i].name);
    }
    text_clear(&escaped, SIZE_MAX);
    text_append(&escaped, "\x1B");
    escape_terminal_utf8(&escaped, view_of("\x1B"));
    text_append_bytes(&escaped, "", 1);
    cr_expect_str_eq(escaped.bytes, "\x1B?", "what was there before is left alone");
}

/* Unicode 15, table 3-7: the first and last sequences of each row, and their neighbours, which are not
 * well-formed. */
Test(escape, knows_well_formed_utf8, .fini = forget_escaped) {
    static const struct {
        struct view bytes;
        bool well_formed;
    } rows[] = {
        {VIEW("\xC1\xBF"), false},         {VIEW("\xC2\xA1"), true},
        {VIEW("\xDF\xBF"), true},          {VIEW("\xDF\xC0"), false},
        {VIEW("\xE0\x9F\xBF"), false},     {VIEW("\xE0\xA0\x80"), true},
        {VIEW("\xE1\x80\x80"), true},      {VIEW("\xEC\xBF\xBF"), true},
        {VIEW("\xED\x9F\xBF"), true},      {VIEW("\xED\xA0\x80"), false},
        {VIEW("\xED\xBF\xBF"), false},     {VIEW("\xEE\x80\x80"), true},
        {VIEW("\xEF\xBF\xBC"), true},      {VIEW("\xEF\xBF\xC0"), false},
        {VIEW("\xE1\x7F\x80"), false},     {VIEW("\xF0\x8F\xBF\xBF"), false},
        {VIEW("\xF0\x90\x80\x80"), true},  {VIEW("\xF3\xBF\xBF\xBD"), true},
        {VIEW("\xF4\x8F\xBF\xBD"), true},  {VIEW("\xF4\x90\x80\x80"), false},
        {VIEW("\xF5\x80\x80\x80"), false}, {VIEW("\xF1\x80\x80\xC0"), false},
        {VIEW("\xF1\x80\x7F\x80"), false}, {VIEW("\xFF"), false},
        {VIEW("\xFE\xBF"), false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *html = escape(escape_html, rows[i].bytes);
        bool kept = strcmp(html, rows[i].bytes.bytes) == 0;
        cr_expect(kept == rows[i].well_formed, "row %zu", i);
        cr_expect(kept == (strstr(html, LOST) == NULL), "row %zu", i);
        cr_expect_eq(strcmp(escape(escape_utf8, rows[i].bytes), rows[i].bytes.bytes) == 0, kept,
                     "row %zu, UTF-8", i);
    }
}

Test(escape, leaves_nothing_in_html_that_has_a_meaning_there, .fini = forget_escaped) {
    for (unsigned pair = 0; pair < 65536; pair++) {
        const char bytes[2] = {(char)(pair >> 8), (char)(pair & 0xFF)};
        for (const char *at = escape(escape_html, (struct view){bytes, 2}); *at != '\0'; at++) {
            bool harmless =
                (unsigned char)*at >= 0x80 || (*at >= ' ' && *at <= '~' && strchr("<>\"'", *at) == NULL);
            cr_assert(harmless, "%04x: '%s'", pair, escaped.bytes);
        }
        for (const char *at = escape(escape_html_lines, (struct view){bytes, 2}); *at != '\0'; at++) {
            bool harmless = (unsigned char)*at >= 0x80 || *at == '\n' || *at == '\t' ||
                            (*at >= ' ' && *at <= '~' && strchr("<>\"'", *at) == NULL);
            cr_assert(harmless, "%04x, lines: '%s'", pair, escaped.bytes);
        }
    }
}

Test(escape, encodes_every_byte_of_a_path_but_the_unreserved, .fini = forget_escaped) {
    for (int i = 0; i < 256; i++) {
        char byte = (char)i;
        char expected[4] = {byte};
        bool kept =
            i < 0x80 && (isalnum(i) || (i != 0 && strchr("-._~/", i) != NULL)); /* RFC 3986 section 2.3 */
        if (!kept) {
            (void)snprintf(expected, sizeof expected, "%%%02X", (unsigned)i);
        }
        cr_expect_str_eq(escape(escape_url_path, (struct view){&byte, 1}), expected, "%#x: '%s'", (unsigned)i,
                         escaped.bytes);
    }
}

Test(escape, encodes_paths, .fini = forget_escaped) {
    static const struct {
        struct view bytes;
        const char *url;
    } rows[] = {
        {VIEW(""), ""},
        {VIEW("a/b c/d"), "a/b%20c/d"},
        {VIEW("100%"), "100%25"},
        {VIEW("a?b#c&d"), "a%3Fb%23c%26d"},
        {VIEW("a:b"), "a%3Ab"},
        {VIEW("\"><script>"), "%22%3E%3Cscript%3E"},
        {VIEW("new\r\nline"), "new%0D%0Aline"},
        {VIEW("gr\xC3\xBCn"), "gr%C3%BCn"},
        {VIEW("\xFF"), "%FF"},
        {VIEW("back\\slash"), "back%5Cslash"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(escape(escape_url_path, rows[i].bytes), rows[i].url, "'%s'", escaped.bytes);
    }
}

/* RFC 3986 section 3.4 says what may stand in a query; escapes that the client made stay as they are. */
Test(escape, keeps_a_query_but_for_what_cannot_stand_in_a_url, .fini = forget_escaped) {
    static const char kept[] = "-._~!$&'()*+,;=:@/?%";
    for (int i = 0; i < 256; i++) {
        char byte = (char)i;
        char expected[4] = {byte};
        if (i >= 0x80 || i == 0 || (!isalnum(i) && strchr(kept, i) == NULL)) {
            (void)snprintf(expected, sizeof expected, "%%%02X", (unsigned)i);
        }
        cr_expect_str_eq(escape(escape_url_query, (struct view){&byte, 1}), expected, "%#x: '%s'",
                         (unsigned)i, escaped.bytes);
    }
    static const char query[] = "a=%20b&c=d%2F\r\nSet-Cookie: x=\"y\"#z";
    cr_expect_str_eq(escape(escape_url_query, view_of(query)),
                     "a=%20b&c=d%2F%0D%0ASet-Cookie:%20x=%22y%22%23z");
}

Test(escape, reads_what_is_whole) {
    static const struct {
        struct view text;
        int byte;
    } rows[] = {
        {VIEW("%2F"), '/'}, {VIEW("%2f"), '/'}, {VIEW("%00"), 0},  {VIEW("%fFx"), 0xFF}, {VIEW("%2"), -1},
        {VIEW("%"), -1},    {VIEW(""), -1},     {VIEW("%g0"), -1}, {VIEW("%0g"), -1},    {VIEW("a2F"), -1},
        {VIEW("%%41"), -1}, {{"%41", 2}, -1},   {{NULL, 0}, -1},   {VIEW("% 1"), -1},    {VIEW("%+1"), -1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(escape_read(rows[i].text), rows[i].byte, "row %zu", i);
    }
}
