/* SPDX-License-Identifier: MIT */
/* Several logs at once, and another plan while somebody writes. */
#include "conf/config.h"
#include "server/log/logs.h"
#include "tests/support/deadline.h"
#include "tests/support/folder.h"
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct folder place;
static struct logs logs;
static struct log_user user;
static struct client_address client = {.family = AF_INET, .bytes = {192, 0, 2, 7}};
static char news[2048];

static void set_up(void) {
    config_test_begin();
    folder_create(&place);
    logs_init(&logs);
    logs_join(&logs, &user);
}

static void tear_down(void) {
    logs_leave(&logs, &user);
    logs_deinit(&logs);
    folder_remove(&place);
    config_test_end();
}

TestSuite(logs, .init = set_up, .fini = tear_down, .timeout = 60);

/* Turn to the logs of a config in which '@' stands for the folder. Returns what log_plan_create() does. */
static int turn_to(const char *text) {
    char file[4096] = "";
    size_t length = 0;
    for (; *text != '\0'; text++) {
        length += *text == '@' ? (size_t)snprintf(file + length, sizeof file - length, "%s", place.path) : 0;
        file[length] = *text;
        length += *text == '@' ? 0 : 1;
    }
    file[length] = '\0';
    start_again();
    cr_assert(load(file), "%s: %s", file, error);
    struct log_plan *plan = NULL;
    const struct config_rule *failed = NULL;
    int result = log_plan_create(&plan, atomic_load(&logs.current), &config, &failed);
    if (result == 0) {
        logs_turn_to(&logs, plan);
        log_plan_release(plan);
    }
    return result;
}

static void answer(const char *request_line, int status) {
    struct answer_record record = {
        .client = &client, .request_line = view_of(request_line), .status = (enum http_status)status};
    logs_write(&logs, &user, &record);
}

static void tell(void *context, const char *line) {
    (void)context;
    (void)snprintf(news + strlen(news), sizeof news - strlen(news), "%s\n", line);
}

/* Nobody uses the plan before any more, and its logs end on their own time. */
static void await_no_former(void) {
    int64_t deadline = deadline_in(30000);
    while (logs.former != NULL) {
        cr_assert(clock_now_ms() < deadline, "a plan is left over");
        (void)logs_look(&logs, tell, NULL);
    }
}

static void expect_text(const char *name, const char *expected) {
    char found[1024];
    folder_read_text(&place, name, found, sizeof found);
    cr_expect_str_eq(found, expected, "%s", name);
}

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

Test(logs, tell_when_lines_begin_to_be_lost_and_when_that_is_over) {
    cr_assert_eq(turn_to("access_log = /dev/full\n"), 0);
    (void)logs_look(&logs, tell, NULL);
    cr_expect_str_eq(news, "");
    answer("GET /1 HTTP/1.0", 200);
    answer("GET /2 HTTP/1.0", 200);
    logs_end(&logs);
    cr_expect_eq(logs_dropped(&logs), 2);
    (void)logs_look(&logs, tell, NULL);
    cr_expect_str_eq(news, "log '/dev/full' loses lines: No space left on device\n");
    news[0] = '\0';
    cr_assert_eq(turn_to("access_log = off\n"), 0);
    await_no_former();
    (void)logs_look(&logs, tell, NULL);
    (void)logs_look(&logs, tell, NULL);
    cr_expect_str_eq(news, "no log loses lines any more; 2 were lost\n");
}

static void await_lost(uint64_t count) {
    int64_t deadline = deadline_in(30000);
    while (logs_dropped(&logs) < count) {
        cr_assert(clock_now_ms() < deadline, "lost: %d", (int)logs_dropped(&logs));
    }
}

/* That a second goes by without requests does not mean that the next ones get out. */
Test(logs, lose_lines_until_one_gets_out_again) {
    char losing[2048];
    folder_mkdir(&place, "logs");
    struct folder_path path = folder_path(&place, "logs/one");
    (void)snprintf(losing, sizeof losing, "log '%s' loses lines: No such file or directory\n", path.text);
    cr_assert_eq(turn_to("access_log = '@/logs/one'\nlog_format = '{target}'\n"), 0);
    cr_assert_eq(unlink(path.text), 0);
    cr_assert_eq(rmdir(folder_path(&place, "logs").text), 0);
    for (uint64_t lost = 1; lost <= 3; lost++) {
        answer("GET /lost HTTP/1.0", 200);
        await_lost(lost);
        for (int i = 0; i < 3; i++) {
            cr_expect(logs_look(&logs, tell, NULL));
        }
        cr_expect_str_eq(news, losing, "told once: %s", news);
    }
    folder_mkdir(&place, "logs");
    news[0] = '\0';
    answer("GET /found HTTP/1.0", 200);
    int64_t deadline = deadline_in(30000);
    while (logs_look(&logs, tell, NULL)) {
        cr_assert(clock_now_ms() < deadline, "it is not over");
    }
    cr_expect_str_eq(news, "no log loses lines any more; 3 were lost\n");
    logs_end(&logs);
    expect_text("logs/one", "/found\nlido: 3 log lines were dropped: No such file or directory\n");
}

Test(logs, name_the_one_that_loses_lines_and_not_one_that_lost_more_before) {
    struct folder_path fifo = folder_path(&place, "fifo");
    folder_fifo(&place, "fifo");
    cr_assert_eq(turn_to("access_log = '@/fifo'\naccess_log '/dev/full' { status = '404' }\n"), 0);
    answer("GET /1 HTTP/1.0", 200);
    answer("GET /2 HTTP/1.0", 200);
    await_lost(2);
    int reader = open(fifo.text, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_assert_neq(reader, -1);
    (void)logs_look(&logs, tell, NULL);
    answer("GET /3 HTTP/1.0", 200);
    int64_t deadline = deadline_in(30000);
    while (logs_look(&logs, tell, NULL)) {
        cr_assert(clock_now_ms() < deadline, "it is not over");
    }
    news[0] = '\0';
    answer("GET /4 HTTP/1.0", 404);
    await_lost(3);
    (void)logs_look(&logs, tell, NULL);
    cr_expect_str_eq(news, "log '/dev/full' loses lines: No space left on device\n");
    (void)close(reader);
}

Test(logs, count_what_logs_have_lost_that_are_no_more) {
    cr_assert_eq(turn_to("access_log = /dev/full\n"), 0);
    answer("GET /1 HTTP/1.0", 200);
    logs_end(&logs);
    cr_assert_eq(turn_to("access_log = '@/one'\n"), 0);
    cr_expect_eq(logs_dropped(&logs), 1);
    await_no_former();
    cr_expect_eq(logs_dropped(&logs), 1);
}

static void lose_a_line_and_turn_off(struct log_user *slow) {
    cr_assert_eq(turn_to("access_log = /dev/full\n"), 0);
    atomic_store(&slow->uses, atomic_load(&logs.current));
    logs_join(&logs, slow);
    answer("GET /1 HTTP/1.0", 200);
    logs_end(&logs);
    cr_assert_eq(turn_to("access_log = off\n"), 0);
}

Test(logs, name_the_one_that_loses_lines_though_it_is_not_written_to_any_more) {
    struct log_user slow = {.uses = NULL};
    lose_a_line_and_turn_off(&slow);
    (void)logs_look(&logs, tell, NULL);
    cr_expect_str_eq(news, "log '/dev/full' loses lines: No space left on device\n");
    atomic_store(&slow.uses, NULL);
    await_no_former();
    logs_leave(&logs, &slow);
}

Test(logs, tell_of_lines_that_one_has_lost_that_is_closed_now) {
    struct log_user slow = {.uses = NULL};
    lose_a_line_and_turn_off(&slow);
    atomic_store(&slow.uses, NULL);
    logs_leave(&logs, &slow);
    await_no_former();
    cr_expect_not_null(strstr(news, "a log that is closed now has lost lines"), "%s", news);
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
