/* SPDX-License-Identifier: MIT */
#include "conf/syntax/syntax.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config_syntax syntax;
static char error[CONFIG_ERROR_BYTES];

static void tear_down(void) {
    config_syntax_deinit(&syntax);
}

TestSuite(config_syntax, .fini = tear_down, .timeout = 60);

/* Writes the statements as "kind@line/depth:name[text@line ...] " into `out`. */
static void describe(char *out, size_t size) {
    static const char kinds[] = {
        [STATEMENT_OPTION] = '=', [STATEMENT_PAIR] = '-', [STATEMENT_BEGIN] = '{', [STATEMENT_END] = '}'};
    size_t used = 0;
    out[0] = '\0';
    for (size_t i = 0; i < syntax.count; i++) {
        const struct config_statement *statement = &syntax.statements[i];
        const char *name = statement->option ? statement->option->name : statement->section->name;
        used += (size_t)snprintf(out + used, size - used, "%s%c%d/%zu:%s[", used == 0 ? "" : " ",
                                 kinds[statement->kind], statement->line, statement->depth, name);
        for (size_t j = 0; j < statement->count; j++) {
            const struct config_text *text = &syntax.texts[statement->first + j];
            used += (size_t)snprintf(out + used, size - used, "%s%.*s@%d", j == 0 ? "" : " ",
                                     (int)text->length, text->start, text->line);
        }
        used += (size_t)snprintf(out + used, size - used, "]");
    }
}

Test(config_syntax, records_the_line_of_every_value) {
    static const struct {
        const char *name, *text, *statements;
    } rows[] = {
        {"nothing", "", ""},
        {"settings",
         "# a comment\nthreads = 8\nlisten = {\n    \"localhost:1\", # one\n    \"l:2\", \"l:3\",\n}\nindex = {}\n"
         "root =\n  \".\"\n",
         "=2/0:threads[8@2] =3/0:listen[\"localhost:1\"@4 \"l:2\"@5 \"l:3\"@5] =7/0:index[] =8/0:root[\".\"@9]"},
        {"section", "cache\n\"/a*\"\n{\n max_age = 1h\n}\n",
         "{1/0:cache[\"/a*\"@2] =4/1:max_age[1h@4] }5/0:cache[]"},
        {"settings that share a line", "cache /a{max_age=1h immutable=on}root=a",
         "{1/0:cache[/a@1] =1/1:max_age[1h@1] =1/1:immutable[on@1] }1/0:cache[] =1/0:root[a@1]"},
        {"pairs", "error_page 404 = /a\ntypes {\n md = \"a/b\"\n 'c+' = d/e }\n",
         "-1/0:error_page[404@1 /a@1] {2/0:types[] -3/1:types[md@3 \"a/b\"@3] -4/1:types['c+'@4 d/e@4] "
         "}4/0:types[]"},
        {"host",
         "host a 'b'\n c {\n root = r cache /x { private = on }\n error_page 500 = /e listing = on }\n",
         "{1/0:host[a@1 'b'@1 c@2] =3/1:root[r@3] {3/1:cache[/x@3] =3/2:private[on@3] }3/1:cache[] "
         "-4/1:error_page[500@4 /e@4] =4/1:listing[on@4] }4/0:host[]"},
        {"the same option in several scopes", "root = a\nhost x { root = b }\nhost y { root = c }\n",
         "=1/0:root[a@1] {2/0:host[x@2] =2/1:root[b@2] }2/0:host[] {3/0:host[y@3] =3/1:root[c@3] }3/0:host[]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char statements[1024];
        char *text = strdup(rows[i].text);
        cr_assert(config_syntax_check("lido.conf", text, &syntax, error), "%s: %s", rows[i].name, error);
        describe(statements, sizeof statements);
        cr_assert_str_eq(statements, rows[i].statements, "%s: %s", rows[i].name, statements);
        config_syntax_deinit(&syntax);
        free(text);
    }
}

Test(config_syntax, ends_before_the_statement_that_has_the_mistake) {
    static const struct {
        const char *text, *statements, *error;
    } rows[] = {
        {"threads = 8\n  queue = {\n", "=1/0:threads[8@1]",
         "lido.conf:2: queue takes one value, not a list; remove the braces"},
        {"index = { a, b c }", "", "lido.conf:1: index: a ',' is missing before 'c'"},
        {"host a {\n root = b\n index = { c, \n", "{1/0:host[a@1] =2/1:root[b@2]",
         "lido.conf:3: index: the list that '{' opens here is never closed; end it with '}'"},
        {"host a b { listing = on }\nhost c, d {", "{1/0:host[a@1 b@1] =1/1:listing[on@1] }1/0:host[]",
         "lido.conf:2: host: ',' is not expected before '{'; write host \"a.example\" \"b.example\" { ... }"},
        {"error_page 404 = /a\nerror_page 500 =", "-1/0:error_page[404@1 /a@1]",
         "lido.conf:2: error_page: the path is missing; write error_page 404 = \"/404.html\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char statements[512];
        char *text = strdup(rows[i].text);
        cr_assert_not(config_syntax_check("lido.conf", text, &syntax, error), "%s", rows[i].text);
        describe(statements, sizeof statements);
        cr_assert_str_eq(statements, rows[i].statements, "%s: %s", rows[i].text, statements);
        cr_assert_str_eq(error, rows[i].error, "%s", error);
        size_t texts = 0;
        for (size_t j = 0; j < syntax.count; j++) {
            texts += syntax.statements[j].count;
        }
        cr_assert_eq(syntax.text_count, texts, "%s: texts of nothing", rows[i].text);
        config_syntax_deinit(&syntax);
        free(text);
    }
}

Test(config_syntax, names_the_end_of_an_overlong_path_without_control_characters) {
    char path[1000];
    memset(path, 'x', sizeof path - 1);
    memcpy(path + sizeof path - 12, "a\nlido.conf", 12);
    struct place place = place_of(path, 12);
    cr_assert(strncmp(place.text, "...x", 4) == 0, "%s", place.text);
    cr_assert_str_eq(strstr(place.text, "a?lido"), "a?lido.conf:12");
    cr_assert_str_eq(place_of("lido.conf", 3).text, "lido.conf:3");
}
