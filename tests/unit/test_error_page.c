/* SPDX-License-Identifier: MIT */
#include "http/error_page.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(error_page, .timeout = 10);

static const enum http_status statuses[] = {
#define X(name, code, reason, sentence) HTTP_##name,
    HTTP_STATUS_LIST(X)
#undef X
};

/* The page of a status as a text, to be released with free(). */
static char *page_of(enum http_status status) {
    struct text page = {0};
    error_page_write(&page, status);
    text_append_bytes(&page, "", 1);
    cr_assert_not(page.failed);
    cr_assert_eq(strlen(page.bytes), page.length - 1, "a NUL in the page of %d", (int)status);
    return page.bytes;
}

static size_t count(const char *page, const char *part) {
    size_t n = 0;
    while ((page = strstr(page, part)) != NULL) {
        page += strlen(part);
        n++;
    }
    return n;
}

Test(error_page, names_the_status_in_its_title_and_its_heading) {
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        char title[128];
        char heading[128];
        char sentence[128];
        const char *reason = http_status_reason(statuses[i]);
        (void)snprintf(title, sizeof title, "<title>%d %s</title>", (int)statuses[i], reason);
        (void)snprintf(heading, sizeof heading, "<h1>%d %s</h1>", (int)statuses[i], reason);
        (void)snprintf(sentence, sizeof sentence, "<p>%s</p>", http_status_sentence(statuses[i]));
        char *page = page_of(statuses[i]);
        cr_expect(count(page, title) == 1, "%s is missing", title);
        cr_expect(count(page, heading) == 1, "%s is missing", heading);
        cr_expect(count(page, sentence) == 1, "%s is missing", sentence);
        free(page);
    }
}

/* An error page must show without another request, which might fail as well. */
Test(error_page, is_whole_html_that_loads_nothing) {
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        char *page = page_of(statuses[i]);
        cr_expect(strncmp(page, "<!doctype html>\n", 16) == 0, "%d", (int)statuses[i]);
        cr_expect(strstr(page, "<meta charset=\"utf-8\">") != NULL, "%d", (int)statuses[i]);
        cr_expect(strcmp(page + strlen(page) - 8, "</html>\n") == 0, "%d", (int)statuses[i]);
        cr_expect(strstr(page, "src=") == NULL && strstr(page, "href=") == NULL &&
                      strstr(page, "url(") == NULL,
                  "%d", (int)statuses[i]);
        cr_expect(strstr(page, "<script") == NULL, "%d", (int)statuses[i]);
        free(page);
    }
}

Test(error_page, is_appended_and_says_when_memory_ran_out) {
    struct text page = {0};
    text_append(&page, "before");
    error_page_write(&page, HTTP_NOT_FOUND);
    cr_expect(memcmp(page.bytes, "before<!doctype html>", 21) == 0);
    text_deinit(&page);
    page.failed = true;
    error_page_write(&page, HTTP_NOT_FOUND);
    cr_expect(page.failed);
    cr_expect_eq(page.length, 0);
}
