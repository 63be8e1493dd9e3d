/* SPDX-License-Identifier: MIT */
#include "conf/syntax/scanner.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What scanner_init() asks for: two NULs behind the text. */
static char *copy(const char *text) {
    char *copied = calloc(1, strlen(text) + 2);
    cr_assert_not_null(copied);
    return strcpy(copied, text);
}

/* Writes the tokens of `text` as "kind@line:meaning" into `out`: 'w' for texts, '!' for a mistake. */
static void scan(const char *text, char *out, size_t size) {
    char *copied = copy(text);
    struct scanner scanner;
    struct token token;
    size_t used = 0;
    scanner_init(&scanner, copied, strlen(copied));
    do {
        token = scanner_next(&scanner);
        int kind = token.kind == TOKEN_END       ? '.'
                   : token.kind == TOKEN_TEXT    ? 'w'
                   : token.kind == TOKEN_MISTAKE ? '!'
                                                 : token.kind;
        used +=
            (size_t)snprintf(out + used, size - used, "%s%c%d%s%s", used == 0 ? "" : " ", kind, token.line,
                             token.text != NULL ? ":" : "", token.text != NULL ? token.text : "");
        free(token.text);
    } while (token.kind != TOKEN_END && token.kind != TOKEN_MISTAKE && used < size);
    free(copied);
}

Test(scanner, cuts_text_into_tokens_with_their_lines) {
    static const struct {
        const char *text, *tokens;
    } rows[] = {
        {"", ".1"},
        {"threads = 8", "w1:threads =1 w1:8 .1"},
        {"threads=8\n", "w1:threads =1 w1:8 .2"},
        {"\r\na = b\r\n", "w2:a =2 w2:b .3"},
        {"\xef\xbb\xbf"
         "a = b",
         "w1:a =1 w1:b .1"},
        {"l = { \"a b\", 'c' ,d,}", "w1:l =1 {1 w1:a b ,1 w1:c ,1 w1:d ,1 }1 .1"},
        {"# c\na # b = 'c\n= 8 // {\n/* x\n y */ z", "w2:a =3 w3:8 w5:z .5"},
        {"a = \"# no comment, /* not this */ = }\"", "w1:a =1 w1:# no comment, /* not this */ = } .1"},
        {"a = 'it\\'s'", "w1:a =1 w1:it's .1"},
        {"a = \"\\\"\\\\\\$\"", "w1:a =1 w1:\"\\$ .1"},
        {"a = unix://x/y", "w1:a =1 w1:unix://x/y .1"},
        {"a = //x", "w1:a =1 .1"},
        {"a = b/c:[::1]:80\tx", "w1:a =1 w1:b/c:[::1]:80 w1:x .1"},
        {"a = /**/ b /***/", "w1:a =1 w1:b .1"},
        {"a\"b\"", "w1:a w1:b .1"},
        {"a = '${NOPE} ${'", "w1:a =1 w1:${NOPE} ${ .1"},
        {"a = \"\\${NOPE} $ {\"", "w1:a =1 w1:${NOPE} $ { .1"},
        {"a = \"${NOPE:-x}\"", "w1:a =1 w1:x .1"},
        {"a = \"\" ''", "w1:a =1 w1: w1: .1"},
        {"a = \"[${NOPE:-}] ${LIDO_TEST_SET:-x} ${LIDO_TEST_SET}\"", "w1:a =1 w1:[] b\"c b\"c .1"},
        {"a = 'b\\c\\\\d\\\"'", "w1:a =1 w1:b\\c\\d\\\" .1"},
    };
    cr_assert_eq(setenv("LIDO_TEST_SET", "b\"c", 1), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char tokens[512];
        scan(rows[i].text, tokens, sizeof tokens);
        cr_assert_str_eq(tokens, rows[i].tokens, "'%s': %s", rows[i].text, tokens);
    }
}

Test(scanner, keeps_how_a_token_is_written) {
    static const char text[] = "\n 'it\\'s' b";
    char *copied = copy(text);
    struct scanner scanner;
    scanner_init(&scanner, copied, strlen(copied));
    struct token token = scanner_next(&scanner);
    cr_assert_eq(token.start, copied + 2);
    cr_assert_eq(token.length, strlen("'it\\'s'"));
    free(token.text);
    token = scanner_next(&scanner);
    cr_assert_eq(token.start, copied + strlen(text) - 1);
    cr_assert_eq(token.length, 1);
    free(token.text);
    free(copied);
}

Test(scanner, says_what_it_cannot_read) {
    static const char dollar[] =
        "'${' begins a variable; write ${NAME} or ${NAME:-text}, or \\$ for a plain '$'";
    static const char missing[] = "the closing quote \" is missing on this line";
    static const struct {
        const char *text;
        int line;
        const char *wrong;
    } rows[] = {
        {"\"abc", 1, missing},
        {"\n\"abc\n\"", 2, missing},
        {"\"abc\\\n\"", 1, missing},
        {"\"abc\\", 1, missing},
        {"\"abc\\\"", 1, missing},
        {"\n\n'abc\n'", 3, "the closing quote ' is missing on this line"},
        {"'abc\\'", 1, "the closing quote ' is missing on this line"},
        {"\n/* abc\n\n", 2, "the comment that begins here with /* is never closed by */"},
        {"/*/", 1, "the comment that begins here with /* is never closed by */"},
        {"\"a\\n\"", 1, "'\\n' means nothing here; write \\\\ for a plain '\\'"},
        {"\"a\\033\"", 1, "'\\0' means nothing here; write \\\\ for a plain '\\'"},
        {"\"${\"", 1, dollar},
        {"\"${}\"", 1, dollar},
        {"\"${A", 1, dollar},
        {"\"${A\n}\"", 1, dollar},
        {"\"${A B}\"", 1, dollar},
        {"\"${A:b}\"", 1, dollar},
        {"\"${A:-\"}\"", 1, dollar},
        {"\"${LIDO_TEST_NOT_SET}\"", 1,
         "the environment variable LIDO_TEST_NOT_SET is not set; set it, or write ${LIDO_TEST_NOT_SET:-text} with a text "
         "for then"},
        {"${HOME}", 1, "a variable such as ${NAME} stands in double quotes: \"${NAME}\""},
        {"a${HOME}", 1, "a variable such as ${NAME} stands in double quotes: \"${NAME}\""},
        {"*:80", 1, "'*' is allowed in quotes only; put the whole value in quotes"},
        {"(x)", 1, "'(' is allowed in quotes only; put the whole value in quotes"},
        {")", 1, "')' is allowed in quotes only; put the whole value in quotes"},
        {"+", 1, "'+' is allowed in quotes only; put the whole value in quotes"},
        {"+=", 1, "'+=' is not offered; write the whole list after '='"},
        {"8;", 1, "a setting ends without ';'; remove it, or put the value in quotes"},
        {"a;#b", 1, "a setting ends without ';'; remove it, or put the value in quotes"},
        {"a#b", 1, "'#' begins a comment; put a blank before it, or the whole value in quotes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char tokens[512];
        char expected[512];
        (void)snprintf(expected, sizeof expected, "!%d:%s", rows[i].line, rows[i].wrong);
        scan(rows[i].text, tokens, sizeof tokens);
        cr_assert_str_eq(tokens, expected, "'%s': %s", rows[i].text, tokens);
    }
}

Test(scanner, stays_at_its_end_and_goes_on_behind_a_mistake) {
    static const struct {
        const char *text;
        int kind;
    } rows[] = {{"", TOKEN_END},   {" # a", TOKEN_END}, {"'", TOKEN_END},         {"* a", TOKEN_TEXT},
                {"a;", TOKEN_END}, {"'a\n=", '='},      {"/* a = b *", TOKEN_END}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *copied = copy(rows[i].text);
        struct scanner scanner;
        scanner_init(&scanner, copied, strlen(copied));
        free(scanner_next(&scanner).text);
        struct token token = scanner_next(&scanner);
        cr_assert_eq(token.kind, rows[i].kind, "'%s'", rows[i].text);
        free(token.text);
        free(copied);
    }
}

/* Bytes that no file has by then: flex alone must not stumble. */
Test(scanner, survives_NULs) {
    static const char bytes[] = "a = '\0' \0 \"\0\" # \0\n/* \0 */ b\0";
    char text[sizeof bytes + 2] = "";
    struct scanner scanner;
    size_t count = 0;
    memcpy(text, bytes, sizeof bytes);
    scanner_init(&scanner, text, sizeof bytes);
    for (struct token token = scanner_next(&scanner); token.kind != TOKEN_END;
         token = scanner_next(&scanner)) {
        free(token.text);
        count++;
    }
    cr_assert_eq(count, 6);
}

Test(scanner, holds_a_value_of_4095_bytes_and_refuses_a_longer_one) {
    static const char *const forms[] = {"%.*s", "'%.*s'", "\"%.*s\"", "\"${LIDO_TEST_LONG}%.*s\""};
    static char value[2 * SCANNER_TEXT_BYTES];
    static char text[2 * SCANNER_TEXT_BYTES];
    static char tokens[2 * SCANNER_TEXT_BYTES];
    memset(value, 'a', sizeof value - 1);
    cr_assert_eq(setenv("LIDO_TEST_LONG", "aaaaaaaa", 1), 0);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        int room = SCANNER_TEXT_BYTES - 1 - (strstr(forms[i], "LONG") != NULL ? 8 : 0);
        (void)snprintf(text, sizeof text, forms[i], room, value);
        scan(text, tokens, sizeof tokens);
        cr_assert_eq(strlen(tokens), strlen("w1:") + SCANNER_TEXT_BYTES - 1 + strlen(" .1"), "%s", forms[i]);

        (void)snprintf(text, sizeof text, forms[i], room + 1, value);
        scan(text, tokens, sizeof tokens);
        cr_assert(strncmp(tokens, "!1:'aaaa", 8) == 0, "%s: %s", forms[i], tokens);
        cr_assert_not_null(strstr(tokens, "...' is too long; expected at most 4095 bytes"), "%s", tokens);
    }
}
