/* SPDX-License-Identifier: MIT */
#include "http/pages/error_page.h"
#include "tests/unit/support/html_page.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static struct text written;

static void clean_up(void) {
    text_deinit(&written);
    html_page_clean_up();
}

TestSuite(error_page, .fini = clean_up, .timeout = 10);

static const enum http_status statuses[] = {
#define X(name, code, reason, sentence) HTTP_##name,
    HTTP_STATUS_LIST(X)
#undef X
};
enum { STATUS_COUNT = sizeof statuses / sizeof statuses[0] };

static const char *write_page(const struct error_page *page) {
    text_clear(&written, SIZE_MAX);
    error_page_write(&written, page);
    text_append_bytes(&written, "", 1);
    cr_assert_not(written.failed);
    cr_assert_eq(strlen(written.bytes), written.length - 1, "a NUL in the page of %d", (int)page->status);
    return written.bytes;
}

static const char *page_of(enum http_status status) {
    return write_page(&(struct error_page){.status = status});
}

Test(error_page, names_the_status_in_its_title_and_its_heading) {
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        char title[128];
        char heading[128];
        char sentence[128];
        const char *reason = http_status_reason(statuses[i]);
        (void)snprintf(title, sizeof title, "<title>%d %s</title>", (int)statuses[i], reason);
        (void)snprintf(heading, sizeof heading, "<h1><span>%d</span> %s</h1>", (int)statuses[i], reason);
        (void)snprintf(sentence, sizeof sentence, "<p>%s</p>", http_status_sentence(statuses[i]));
        const char *page = page_of(statuses[i]);
        bool has_sentence = http_status_sentence(statuses[i])[0] != '\0';
        cr_expect_eq(html_page_count(page, title), 1, "%s is missing", title);
        cr_expect_eq(html_page_count(page, heading), 1, "%s is missing", heading);
        cr_expect_eq(html_page_count(page, sentence), has_sentence ? 1 : 0, "%s", sentence);
        cr_expect_eq(html_page_count(page, "<p>"), has_sentence ? 1 : 0, "%d", (int)statuses[i]);
    }
}

/* An error page must show without another request, which might fail as well. */
Test(error_page, is_whole_html_that_loads_nothing) {
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        const char *page = page_of(statuses[i]);
        cr_expect(strncmp(page, "<!doctype html>\n", 16) == 0, "%d", (int)statuses[i]);
        cr_expect(strstr(page, "<meta charset=\"utf-8\">") != NULL, "%d", (int)statuses[i]);
        cr_expect(strcmp(page + strlen(page) - 8, "</html>\n") == 0, "%d", (int)statuses[i]);
        cr_expect(strstr(page, "src=") == NULL && html_page_count(page, "href=") == 1 &&
                      html_page_count(page, "href=\"data:") == 1 && strstr(page, "url(") == NULL,
                  "%d", (int)statuses[i]);
        cr_expect(strstr(page, "<script") == NULL && strstr(page, "style=") == NULL, "%d", (int)statuses[i]);
    }
}

Test(error_page, leads_up_where_there_is_something_above) {
    const char *page = write_page(&(struct error_page){.status = HTTP_NOT_FOUND, .up = "../../"});
    cr_expect_eq(html_page_count(page, "<a id=\"up\" href=\"../../\">"), 1);
    cr_expect_eq(html_page_count(page, "<a "), 1);
}

/* Both ends of a long path are shown, and no half of a character. */
Test(error_page, names_a_path_and_shortens_a_long_one) {
    static char longest[4000];
    struct text path = {0};
    for (size_t length = 0; length < 200; length++) {
        text_clear(&path, SIZE_MAX);
        for (size_t i = 0; i < length; i++) {
            text_append(&path, i % 3 == 0 ? "a" : "\xC3\xA9");
        }
        struct error_page missing = {.status = HTTP_NOT_FOUND, .path = {path.bytes, path.length}};
        missing.path.bytes = length == 0 ? "" : path.bytes;
        const char *page = write_page(&missing);
        const char *shown = html_page_between(page, "<p id=\"path\"><bdi>/", "</bdi></p>");
        bool is_long = path.length > 120;
        cr_expect_eq(html_page_count(shown, "\xEF\xBF\xBD"), 0, "%zu: %s", length, shown);
        cr_expect_eq(html_page_count(shown, "\xE2\x80\xA6"), is_long ? 1 : 0, "%zu: %s", length, shown);
        cr_expect_leq(strlen(shown), 120 + 3, "%zu", length);
        cr_expect_geq(strlen(shown), is_long ? 120 - 2 + 3 : path.length, "%zu", length);
    }
    text_deinit(&path);
    memset(longest, 0x80, sizeof longest); /* no characters at all */
    (void)write_page(&(struct error_page){.status = HTTP_NOT_FOUND, .path = {longest, sizeof longest}});
}

Test(error_page, says_more_than_the_status_where_it_is_told_more) {
    struct error_page page = {.status = HTTP_BAD_REQUEST, .detail = "It is <so>.", .instance = "/a"};
    const char *html = write_page(&page);
    cr_expect_eq(html_page_count(html, "<p>It is &lt;so&gt;.</p>"), 1);
    cr_expect_eq(html_page_count(html, "<p>"), 1);
    text_clear(&written, SIZE_MAX);
    error_page_write_json(&written, &page);
    text_append_bytes(&written, "", 1);
    cr_expect_str_eq(
        written.bytes,
        "{\"status\":400,\"title\":\"Bad Request\",\"detail\":\"It is <so>.\",\"instance\":\"/a\"}\n");
}

/* RFC 9110 section 15.4: a redirect's content usually contains a short hypertext note with a link. */
Test(error_page, of_a_redirect_leads_where_the_redirect_does) {
    const char *page = write_page(
        &(struct error_page){.status = HTTP_MOVED_PERMANENTLY, .location = "https://example.org/new"});
    cr_expect_eq(html_page_count(
                     page, "<a id=\"location\" href=\"https://example.org/new\">https://example.org/new</a>"),
                 1);
    cr_expect_eq(html_page_count(page, "<a "), 1);
}

Test(error_page, lets_no_reference_break_out_of_its_attribute) {
    static const char hostile[] = "x\"'><script>alert(1)</script>&\n\xFF";
    const char *page = write_page(&(struct error_page){.status = HTTP_FOUND,
                                                       .up = hostile,
                                                       .up_folder = view_of(hostile),
                                                       .path = view_of(hostile),
                                                       .location = hostile,
                                                       .server_name = hostile});
    static const char safe[] =
        "x&quot;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;\xEF\xBF\xBD\xEF\xBF\xBD";
    cr_expect_eq(html_page_count(page, "<script"), 0);
    cr_expect_eq(html_page_count(page, safe), 6);
    cr_expect_eq(html_page_count(page, "\""), html_page_count(page_of(HTTP_FOUND), "\"") + 2 * 5);
}

Test(error_page, names_the_server_only_where_a_name_is_given) {
    cr_expect_eq(html_page_count(page_of(HTTP_NOT_FOUND), "Lido"), 0);
    const char *page =
        write_page(&(struct error_page){.status = HTTP_NOT_FOUND, .server_name = "Lido 1.2.3"});
    cr_expect_eq(html_page_count(page, "<footer>Lido 1.2.3</footer>"), 1);
}

Test(error_page, is_appended_and_says_when_memory_ran_out) {
    struct text page = {0};
    struct error_page not_found = {.status = HTTP_NOT_FOUND};
    text_append(&page, "before");
    error_page_write(&page, &not_found);
    cr_expect(memcmp(page.bytes, "before<!doctype html>", 21) == 0);
    text_deinit(&page);
    page.failed = true;
    error_page_write(&page, &not_found);
    error_page_write_json(&page, &not_found);
    cr_expect(page.failed);
    cr_expect_eq(page.length, 0);
}

/* RFC 9457 section 3.1. */
Test(error_page, has_a_form_for_programs) {
    cr_expect_str_eq(ERROR_PAGE_JSON_TYPE, "application/problem+json");
    for (size_t i = 0; i < STATUS_COUNT; i++) {
        text_clear(&written, SIZE_MAX);
        error_page_write_json(&written,
                              &(struct error_page){.status = statuses[i], .up = "../", .server_name = "x"});
        cr_assert_not(written.failed);
        const char *sentence = http_status_sentence(statuses[i]);
        json_t *problem = json_loadb(written.bytes, written.length, 0, NULL);
        cr_assert_not_null(problem, "%d", (int)statuses[i]);
        cr_expect_eq(json_integer_value(json_object_get(problem, "status")), (int)statuses[i]);
        cr_expect_str_eq(json_string_value(json_object_get(problem, "title")),
                         http_status_reason(statuses[i]));
        const json_t *detail = json_object_get(problem, "detail");
        cr_expect(sentence[0] == '\0' ? detail == NULL : strcmp(json_string_value(detail), sentence) == 0);
        cr_expect_eq(json_object_size(problem), sentence[0] == '\0' ? 2 : 3);
        json_decref(problem);
    }
}

Test(error_page, is_one_line_for_programs) {
    error_page_write_json(&written, &(struct error_page){.status = HTTP_NOT_FOUND});
    static const char line[] =
        "{\"status\":404,\"title\":\"Not Found\",\"detail\":\"There is nothing here under this name.\"}\n";
    cr_expect_eq(written.length, sizeof line - 1);
    cr_expect_eq(memcmp(written.bytes, line, sizeof line - 1), 0);
}
