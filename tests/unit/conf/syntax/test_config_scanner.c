/* SPDX-License-Identifier: MIT */
#include "conf/syntax/scanner.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes the tokens of `text` as "kind@line:text " into `out`. */
static void scan(char *text, char *out, size_t size) {
    static const char kinds[] = {
        [TOKEN_END] = '.',  [TOKEN_WORD] = 'w',  [TOKEN_STRING] = 's', [TOKEN_EQUALS] = '=',
        [TOKEN_OPEN] = '{', [TOKEN_CLOSE] = '}', [TOKEN_COMMA] = ',',  [TOKEN_MISTAKE] = '!',
    };
    struct scanner scanner;
    struct token token;
    size_t used = 0;
    scanner_init(&scanner, text);
    do {
        token = scanner_next(&scanner);
        bool has_text = token.kind == TOKEN_WORD || token.kind == TOKEN_STRING;
        used +=
            (size_t)snprintf(out + used, size - used, "%s%c%d%s%.*s", used == 0 ? "" : " ", kinds[token.kind],
                             token.line, has_text ? ":" : "", has_text ? (int)token.length : 0, token.start);
    } while (token.kind != TOKEN_END && token.kind != TOKEN_MISTAKE && used < size);
}

Test(config_scanner, cuts_text_into_tokens_with_their_lines) {
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
        {"l = { \"a b\", 'c' ,d,}", "w1:l =1 {1 s1:\"a b\" ,1 s1:'c' ,1 w1:d ,1 }1 .1"},
        {"# c\na # b = 'c\n= 8 // {\n/* x\n y */ z", "w2:a =3 w3:8 w5:z .5"},
        {"a = \"# no comment, /* not this */ = }\"", "w1:a =1 s1:\"# no comment, /* not this */ = }\" .1"},
        {"a = 'it\\'s'", "w1:a =1 s1:'it\\'s' .1"},
        {"a = \"\\\"\\\\\\$\"", "w1:a =1 s1:\"\\\"\\\\\\$\" .1"},
        {"a = unix://x/y", "w1:a =1 w1:unix://x/y .1"},
        {"a = //x", "w1:a =1 .1"},
        {"a = b/c:[::1]:80\tx", "w1:a =1 w1:b/c:[::1]:80 w1:x .1"},
        {"a = /**/ b /***/", "w1:a =1 w1:b .1"},
        {"a\"b\"", "w1:a s1:\"b\" .1"},
        {"a = '${NOPE} ${'", "w1:a =1 s1:'${NOPE} ${' .1"},
        {"a = \"\\${NOPE} $ {\"", "w1:a =1 s1:\"\\${NOPE} $ {\" .1"},
        {"a = \"${NOPE:-x}\"", "w1:a =1 s1:\"${NOPE:-x}\" .1"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = strdup(rows[i].text);
        char tokens[512];
        scan(text, tokens, sizeof tokens);
        cr_assert_str_eq(tokens, rows[i].tokens, "'%s': %s", rows[i].text, tokens);
        free(text);
    }
}

Test(config_scanner, blanks_comments_and_keeps_lines) {
    char text[] = "\xef\xbb\xbf# one\na = b # two\n/* three\n * four */ c // five\n";
    char tokens[128];
    scan(text, tokens, sizeof tokens);
    cr_assert_str_eq(text, "        \na = b      \n        \n           c        \n");
}

Test(config_scanner, says_what_it_cannot_read) {
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
        {"a#b", 1, "'#' begins a comment; put a blank before it, or the whole value in quotes"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct scanner scanner;
        char *text = strdup(rows[i].text);
        scanner_init(&scanner, text);
        struct token token = scanner_next(&scanner);
        cr_assert_eq(token.kind, TOKEN_MISTAKE, "'%s': accepted", rows[i].text);
        cr_assert_eq(token.line, rows[i].line, "'%s': line %d", rows[i].text, token.line);
        cr_assert_str_eq(token.wrong, rows[i].wrong, "'%s': %s", rows[i].text, token.wrong);
        free(text);
    }
}

Test(config_scanner, accepts_a_variable_that_is_set) {
    char text[] = "\"a${LIDO_TEST_IS_SET}b\"";
    char tokens[64];
    cr_assert_eq(setenv("LIDO_TEST_IS_SET", "", 1), 0);
    scan(text, tokens, sizeof tokens);
    cr_assert_str_eq(tokens, "s1:\"a${LIDO_TEST_IS_SET}b\" .1");
}
