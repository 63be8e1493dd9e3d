/* SPDX-License-Identifier: MIT */
#include "conf/syntax/syntax.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char error[CONFIG_ERROR_BYTES];
static struct config_mistakes mistakes;
static char statements[1024];
static size_t used;

static void tear_down(void) {
    string_list_deinit(&mistakes.lines);
}

TestSuite(syntax, .fini = tear_down, .timeout = 60);

static void write_down(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void write_down(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    used += (size_t)vsnprintf(statements + used, sizeof statements - used, format, arguments);
    va_end(arguments);
    cr_assert_lt(used, sizeof statements);
}

static const char *line_in(const char *where) {
    cr_assert(strncmp(where, "lido.conf:", 10) == 0, "%s", where);
    return where + 10;
}

/* Writes each statement as "kind@line:name[text@line ...] ". */
static bool describe(void *context, const struct config_statement *statement) {
    static const char kinds[] = {
        [STATEMENT_OPTION] = '=', [STATEMENT_PAIR] = '-', [STATEMENT_BEGIN] = '{', [STATEMENT_END] = '}'};
    const char *name = statement->option != NULL ? statement->option->name : statement->section->name;
    (void)context;
    write_down("%s%c%s:%s[", used == 0 ? "" : " ", kinds[statement->kind], line_in(statement->where.text),
               name);
    for (size_t i = 0; i < statement->texts.count; i++) {
        write_down("%s%s@%s", i == 0 ? "" : " ", statement->texts.items[i],
                   line_in(statement->wheres.items[i]));
    }
    write_down("]");
    cr_assert(statement->texts.count > 0 || strcmp(statement->wheres.items[0], statement->where.text) == 0);
    return true;
}

static bool read_text(const char *text) {
    char *copied = calloc(1, strlen(text) + 2);
    cr_assert_not_null(copied);
    (void)strcpy(copied, text);
    used = 0;
    statements[0] = '\0';
    bool right = syntax_read("lido.conf", copied, strlen(text), describe, NULL, &mistakes, error);
    free(copied);
    return right;
}

Test(syntax, records_the_line_of_every_value) {
    static const struct {
        const char *name, *text, *statements;
    } rows[] = {
        {"nothing", "", ""},
        {"settings",
         "# a comment\nthreads = 8\nlisten = {\n    \"localhost:1\", # one\n    \"l:2\", \"l:3\",\n}\nindex = {}\n"
         "root =\n  \".\"\n",
         "=2:threads[8@2] =3:listen[localhost:1@4 l:2@5 l:3@5] =7:index[] =8:root[.@9]"},
        {"section", "cache\n\"/a*\"\n{\n max_age = 1h\n}\n", "{1:cache[/a*@2] =4:max_age[1h@4] }1:cache[]"},
        {"settings that share a line", "cache /a{max_age=1h immutable=on}root=a",
         "{1:cache[/a@1] =1:max_age[1h@1] =1:immutable[on@1] }1:cache[] =1:root[a@1]"},
        {"pairs", "error_page 404 = /a\ntypes {\n md = \"a/b\"\n 'c+' = d/e }\n",
         "-1:error_page[404@1 /a@1] {2:types[] -3:types[md@3 a/b@3] -4:types[c+@4 d/e@4] "
         "}2:types[]"},
        {"host",
         "host a 'b'\n c {\n root = r cache /x { private = on }\n error_page 500 = /e listing = on }\n",
         "{1:host[a@1 b@1 c@2] =3:root[r@3] {3:cache[/x@3] =3:private[on@3] }3:cache[] "
         "-4:error_page[500@4 /e@4] =4:listing[on@4] }1:host[]"},
        {"the same option in several scopes", "root = a\nhost x { root = b }\nhost y { root = c }\n",
         "=1:root[a@1] {2:host[x@2] =2:root[b@2] }2:host[] {3:host[y@3] =3:root[c@3] }3:host[]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(read_text(rows[i].text), "%s: %s", rows[i].name, error);
        cr_assert_str_eq(statements, rows[i].statements, "%s: %s", rows[i].name, statements);
    }
}

Test(syntax, ends_before_the_statement_that_has_the_mistake) {
    static const struct {
        const char *text, *statements, *error;
    } rows[] = {
        {"threads = 8\n  queue = {\n", "=1:threads[8@1]",
         "lido.conf:2: queue takes one value, not a list; remove the braces"},
        {"index = { a, b c }", "", "lido.conf:1: index: a ',' is missing before 'c'"},
        {"host a {\n root = b\n index = { c, \n", "{1:host[a@1] =2:root[b@2] }1:host[]",
         "lido.conf:3: index: the list that '{' opens here is never closed; end it with '}'"},
        {"host a b { listing = on }\nhost c, d {", "{1:host[a@1 b@1] =1:listing[on@1] }1:host[]",
         "lido.conf:2: host: ',' is not expected before '{'; write host \"a.example\" \"b.example\" { ... }"},
        {"error_page 404 = /a\nerror_page 500 =", "-1:error_page[404@1 /a@1]",
         "lido.conf:2: error_page: the path is missing; write error_page 404 = \"/404.html\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_not(read_text(rows[i].text), "%s", rows[i].text);
        cr_assert_str_eq(statements, rows[i].statements, "%s: %s", rows[i].text, statements);
        cr_assert_str_eq(error, rows[i].error, "%s", error);
    }
}

static bool refuse_threads(void *context, const struct config_statement *statement) {
    size_t *count = context;
    ++*count;
    (void)strcpy(error, "no threads");
    return statement->option != &option_table[OPTION_THREADS];
}

Test(syntax, goes_on_behind_a_statement_that_is_refused) {
    char text[] = "queue = 1\nthreads = 2\nroot = 'a\nindex = b\n\0";
    size_t count = 0;
    cr_assert_not(syntax_read("lido.conf", text, strlen(text), refuse_threads, &count, &mistakes, error));
    cr_assert_eq(count, 3);
    cr_assert_str_eq(error, "no threads");
    cr_assert_eq(mistakes.count, 2);
    cr_assert_str_eq(mistakes.lines.items[0], "no threads");
    cr_assert_str_eq(mistakes.lines.items[1],
                     "lido.conf:3: root: the closing quote ' is missing on this line");
}

/* Reads another text for each statement, in the middle of the first one. */
static bool read_within(void *context, const struct config_statement *statement) {
    (void)context;
    const char *first = statement->option->name;
    cr_assert_not(read_text("# a\nhost a 'b' { root = \"c\" }\nqueue = 'd"));
    cr_assert_str_eq(statements, "{2:host[a@2 b@2] =2:root[c@2] }2:host[]");
    cr_assert_str_eq(error, "lido.conf:3: queue: the closing quote ' is missing on this line");
    cr_assert_str_eq(statement->option->name, first);
    return true;
}

Test(syntax, keeps_no_state_of_its_own) {
    char text[] = "threads = 1\n\nroot = \"a\"\nlisten = {\n\n\0";
    char outer[CONFIG_ERROR_BYTES];
    cr_assert_not(syntax_read("outer.conf", text, strlen(text), read_within, NULL, &mistakes, outer));
    cr_assert_str_eq(outer,
                     "outer.conf:4: listen: the list that '{' opens here is never closed; end it with '}'");
}

/* Neither may take a stack, or time, that grows with the text as its square. */
Test(syntax, stands_any_nesting_and_any_length) {
    enum { SIZE = 1024 * 1024 };
    static const struct {
        const char *piece, *error;
    } rows[] = {
        {"{", "lido.conf:1: '{' stands without the name of an option; write name = value"},
        {"host a {", "lido.conf:1: host cannot stand within host; close the '{' of line 1 before it"},
        {"host a { cache /a {",
         "lido.conf:1: host cannot stand within cache; close the '{' of line 1 before it"},
        {"cors = {", "lido.conf:1: cors: '=' is not expected here; write cors = { \"a\", \"b\" }"},
        {"host ",
         "lido.conf:1: host: 'host' is too much before '{'; expected at most 64, write another section"},
        {"error_page 404 = /a\n", NULL},
        {"types { a = b } ", NULL},
        {"/* */ ", NULL},
        {"//", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = calloc(1, SIZE + 2);
        size_t length = strlen(rows[i].piece);
        size_t count = 0;
        cr_assert_not_null(text);
        for (size_t at = 0; at + length < SIZE; at += length) {
            memcpy(text + at, rows[i].piece, length);
        }
        bool right = syntax_read("lido.conf", text, strlen(text), refuse_threads, &count, &mistakes, error);
        cr_assert_eq(right, rows[i].error == NULL, "%s: %s", rows[i].piece, error);
        cr_assert(right || strcmp(error, rows[i].error) == 0, "%s: %s", rows[i].piece, error);
        free(text);
    }
}

Test(syntax, names_the_end_of_an_overlong_path_without_control_characters) {
    char path[1000];
    memset(path, 'x', sizeof path - 1);
    memcpy(path + sizeof path - 12, "a\nlido.conf", 12);
    struct place place = place_of(path, 12);
    cr_assert(strncmp(place.text, "...x", 4) == 0, "%s", place.text);
    cr_assert_str_eq(strstr(place.text, "a?lido"), "a?lido.conf:12");
    cr_assert_str_eq(place_of("lido.conf", 3).text, "lido.conf:3");
}
