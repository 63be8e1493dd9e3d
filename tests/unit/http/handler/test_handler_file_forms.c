/* SPDX-License-Identifier: MIT */
/* Files that are compressed on the fly: the form is answered with as a file that the cache knows is. */
#include "http/semantics/date.h"
#include "tests/unit/http/handler/cached_answers.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(handler_file_forms, .init = cached_answers_set_up, .fini = cached_answers_tear_down, .timeout = 60);

#if LIDO_HAVE_ZLIB

enum { KIB = 1024 };

static char text[ANSWER_HEAD_BYTES];

/* A site without a file cache, whose answers have a field of their own. */
static const struct site *add_site(char *field) {
    static char all[] = "*";
    static char *const types[] = {all};
    char *const fields[] = {field};
    struct header_rule rule = {.pattern = "*", .add = fields, .add_count = 1};
    struct site_options options = handling_options();
    options.variants.forms = forms;
    options.variants.compress_types = types;
    options.variants.compress_type_count = 1;
    options.variants.compress_min_bytes = 1;
    options.variants.compress_max_bytes = KIB * KIB;
    options.rules.fields = &rule;
    options.rules.field_count = 1;
    return handling_add_site(&options);
}

static void blank(const char *name) {
    char *date = strstr(text, name);
    cr_assert_not_null(date);
    memset(date + strlen(name), '-', DATE_HTTP_LENGTH);
}

/* Ask for the gzip form. Returns the head but for its dates. */
static const char *ask(const struct site *site_to_ask, const char *range) {
    struct request request = request_for(REQUEST_GET, "/text.html");
    request.accept_encoding = view_of("gzip");
    request.range = range != NULL ? view_of(range) : (struct view){0};
    environment.site = site_to_ask;
    prepare_answer(&request);
    expect_field("Content-Encoding", "gzip");
    expect_field("Date", environment.date);
    expect_field("Expires", environment.date);
    (void)snprintf(text, sizeof text, "%.*s", (int)response.head.length, response.head.bytes);
    blank("\r\nDate: ");
    blank("\r\nExpires: ");
    return text;
}

static bool has_ready(void) {
    return response.dates.date_at == 0;
}

Test(handler_file_forms, have_ready_heads_that_say_what_the_first_one_said) {
    static char field[] = "X-Site: one";
    char first[sizeof text];
    const struct site *one = add_site(field);
    (void)strcpy(first, ask(one, NULL));
    cr_expect_not(has_ready());
    for (int i = 0; i < 3; i++) {
        let_clock_go_on(1);
        cr_expect_str_eq(ask(one, NULL), first);
        cr_expect(has_ready());
    }
    (void)ask(one, "bytes=0-1");
    cr_expect_eq(answer.status, 206);
    folder_touch(&root, "text.html", HANDLING_NOW - 30);
    cr_expect(strcmp(ask(one, NULL), first) != 0, "it has changed");
    cr_expect_not(has_ready());
}

Test(handler_file_forms, have_heads_of_their_own_for_each_site) {
    static char field[] = "X-Site: one";
    static char other_field[] = "X-Site: other";
    const struct site *one = add_site(field);
    const struct site *other = add_site(other_field);
    for (int i = 0; i < 3; i++) {
        (void)ask(one, NULL);
        expect_field("X-Site", "one");
        (void)ask(other, NULL);
        expect_field("X-Site", "other");
    }
    cr_expect(has_ready());
}

#else

Test(handler_file_forms, are_not_there_without_zlib) {
    cr_expect_null(forms);
}

#endif
