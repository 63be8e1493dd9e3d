/* SPDX-License-Identifier: MIT */
/* Several logs at once, and another plan while somebody writes. */
#include "tests/unit/server/log/several_logs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <pthread.h>
#include <string.h>

TestSuite(logs, .init = begin_logs, .fini = end_logs, .timeout = 60);

Test(logs, each_get_the_requests_and_the_form_that_they_want) {
    cr_assert_eq(turn_to("access_log = '@/all'\n"
                         "log_format = '{status} {target}'\n"
                         "access_log '@/errors' { status = '4xx 5xx' }\n"
                         "access_log '@/api' { path = '/api/*'  format = '{target}' }\n"),
                 0);
    answer("GET /a HTTP/1.0", 200);
    answer("GET /api/b HTTP/1.0", 200);
    answer("GET /api/c HTTP/1.0", 404);
    answer("GET /d HTTP/1.0", 503);
    logs_end(&logs);
    expect_text("all", "200 /a\n200 /api/b\n404 /api/c\n503 /d\n");
    expect_text("errors", "404 /api/c\n503 /d\n");
    expect_text("api", "/api/b\n/api/c\n");
    cr_expect_eq(logs_dropped(&logs), 0);
}

Test(logs, may_share_a_file) {
    cr_assert_eq(turn_to("access_log = '@/all'\nlog_format = 'first {target}'\n"
                         "access_log '@/all' { status = '404'  format = 'second {status}' }\n"),
                 0);
    answer("GET /a HTTP/1.0", 404);
    logs_end(&logs);
    expect_text("all", "first /a\nsecond 404\n");
}

Test(logs, are_only_those_of_sections_if_the_first_one_is_off) {
    cr_assert_eq(turn_to("access_log = off\naccess_log '@/errors' { status = '404'  format = '{status}' }\n"),
                 0);
    answer("GET /a HTTP/1.0", 200);
    answer("GET /a HTTP/1.0", 404);
    logs_end(&logs);
    expect_text("errors", "404\n");
}

Test(logs, name_no_client_if_they_may_not) {
    cr_assert_eq(turn_to("access_log = '@/all'\nlog_format = '{address}'\nlog_anonymize = on\n"), 0);
    answer("GET /a HTTP/1.0", 200);
    logs_end(&logs);
    expect_text("all", "192.0.2.0\n");
}

Test(logs, go_on_where_they_did_and_end_where_they_are_not_wanted) {
    cr_assert_eq(turn_to("access_log = '@/one'\nlog_format = '{target}'\n"), 0);
    answer("GET /1 HTTP/1.0", 200);
    cr_assert_eq(turn_to("access_log = '@/two'\nlog_format = '{target}'\n"
                         "access_log '@/one' { status = '404' }\n"),
                 0);
    await_no_former();
    answer("GET /2 HTTP/1.0", 200);
    answer("GET /3 HTTP/1.0", 404);
    logs_end(&logs);
    expect_text("one", "/1\n/3\n");
    expect_text("two", "/2\n/3\n");
    cr_expect_str_eq(news, "");
}

Test(logs, keep_a_plan_that_somebody_uses) {
    cr_assert_eq(turn_to("access_log = '@/one'\n"), 0);
    struct log_plan *first = atomic_load(&logs.current);
    struct log_user slow = {.uses = first};
    logs_join(&logs, &slow);
    cr_assert_eq(turn_to("access_log = '@/two'\n"), 0);
    (void)logs_look(&logs, tell, NULL);
    cr_expect_eq(logs.former, first);
    atomic_store(&slow.uses, NULL);
    await_no_former();
    logs_leave(&logs, &slow);
}

Test(logs, that_cannot_be_opened_change_nothing) {
    cr_assert_eq(turn_to("access_log = '@/one'\nlog_format = '{target}'\n"), 0);
    cr_expect_eq(turn_to("access_log = '@/one'\naccess_log '@/no/such/folder' { status = 404 }\n"), -ENOENT);
    answer("GET /1 HTTP/1.0", 200);
    logs_end(&logs);
    expect_text("one", "/1\n");
}

enum { WRITERS = 4, LINES_EACH = 2000 };

static void *write_many(void *argument) {
    struct log_user own = {.uses = NULL};
    struct answer_record record = {
        .client = &client, .request_line = view_of("GET /x HTTP/1.0"), .status = HTTP_OK};
    (void)argument;
    logs_join(&logs, &own);
    for (int i = 0; i < LINES_EACH; i++) {
        logs_write(&logs, &own, &record);
    }
    logs_leave(&logs, &own);
    return NULL;
}

static size_t count_lines(const char *name) {
    static char text[1024 * 1024];
    size_t count = 0;
    folder_read_text(&place, name, text, sizeof text);
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++) {
        count++;
    }
    return count;
}

Test(logs, lose_no_line_to_a_change_of_plans) {
    pthread_t threads[WRITERS];
    cr_assert_eq(turn_to("access_log = '@/a'\nlog_format = '{target}'\n"), 0);
    for (size_t i = 0; i < WRITERS; i++) {
        cr_assert_eq(pthread_create(&threads[i], NULL, write_many, NULL), 0);
    }
    for (int i = 0; i < 20; i++) {
        cr_assert_eq(turn_to(i % 2 == 0 ? "access_log = '@/b'\nlog_format = '{target} {status}'\n"
                                        : "access_log = '@/a'\nlog_format = '{target}'\n"),
                     0);
        (void)logs_look(&logs, tell, NULL);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    await_no_former();
    logs_end(&logs);
    cr_expect_eq(count_lines("a") + count_lines("b"), (size_t)WRITERS * LINES_EACH);
    cr_expect_eq(logs_dropped(&logs), 0);
}
