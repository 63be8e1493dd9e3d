/* SPDX-License-Identifier: MIT */
/* A page that declares its charset is not overruled by the one that is added to all, in whatever form it goes
 * out (HTML, section 13.2.3: the header wins over the page). */
#include "tests/unit/http/handler/cached_answers.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(handler_file_charset, .init = cached_answers_set_up, .fini = cached_answers_tear_down,
          .timeout = 60);

static const char declared[] = "<meta charset=windows-1252><p>caf\xe9";
static const char plain[] = "<p>nothing is declared here, of itself";

static void write_page(const char *name, const char *text) {
    folder_write_text(&root, name, text);
    folder_touch(&root, name, HANDLING_NOW - 60);
}

static void expect_type(const char *target, const char *encoding, const char *type) {
    static const enum request_method methods[] = {REQUEST_GET, REQUEST_HEAD};
    for (size_t i = 0; i < 6; i++) {
        struct request request = request_for(methods[i % 2], target);
        request.accept_encoding = encoding != NULL ? view_of(encoding) : (struct view){0};
        expect_same(target, &request);
        const char *given = answer_field(&answer, "Content-Type");
        cr_expect(given != NULL && strcmp(given, type) == 0, "%s, %s: %s", target, encoding, given);
    }
}

Test(handler_file_charset, is_not_added_to_a_page_that_declares_its_own) {
    write_page("declared.html", declared);
    write_page("plain.html", plain);
    use(handling_options());
    expect_type("/declared.html", NULL, "text/html");
    expect_type("/declared.html", "gzip", "text/html");
    expect_type("/plain.html", NULL, "text/html; charset=utf-8");
    write_page("declared.html", plain);
    expect_type("/declared.html", NULL, "text/html; charset=utf-8");
}

Test(handler_file_charset, is_that_of_the_page_and_not_of_its_sibling) {
    write_page("declared.html", declared);
    write_page("declared.html.br", "stands for brotli");
    write_page("plain.html", plain);
    write_page("plain.html.br", declared);
    use(with_codings());
    expect_type("/declared.html", "br", "text/html");
    expect_type("/declared.html", NULL, "text/html");
    expect_type("/plain.html", "br", "text/html; charset=utf-8");
}

Test(handler_file_charset, holds_for_error_pages_as_well) {
    static const struct error_page_rule rule = {.status = HTTP_NOT_FOUND, .path = "404.html"};
    struct site_options options = handling_options();
    options.rules.error_pages = &rule;
    options.rules.error_page_count = 1;
    write_page("404.html", declared);
    use(options);
    expect_type("/missing", NULL, "text/html");
}
