/* SPDX-License-Identifier: MIT */
/* What whoever runs the server is told of logs that lose lines: of each for itself. */
#include "tests/support/deadline.h"
#include "tests/unit/server/log/several_logs.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { FEW_MS = 30000 }; /* generous: it ends a hang */

TestSuite(losses, .init = begin_logs, .fini = end_logs, .timeout = 60);

Test(losses, are_told_when_they_begin_and_when_the_log_is_closed) {
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
    cr_expect_str_eq(news, "log '/dev/full' is closed; lines lost: 2 (No space left on device)\n");
    cr_expect_not(logs_look(&logs, tell, NULL), "there is nothing more to tell");
}

static void await_lost(uint64_t count) {
    int64_t deadline = deadline_in(FEW_MS);
    while (logs_dropped(&logs) < count) {
        cr_assert(clock_now_ms() < deadline, "lost: %d", (int)logs_dropped(&logs));
    }
}

/* That a second goes by without requests does not mean that the next ones get out. */
Test(losses, go_on_until_a_line_gets_out_again) {
    char losing[2048];
    char again[2048];
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
    int64_t deadline = deadline_in(FEW_MS);
    while (logs_look(&logs, tell, NULL)) {
        cr_assert(clock_now_ms() < deadline, "it is not over");
    }
    (void)snprintf(again, sizeof again, "log '%s' takes lines again; lines lost: 3\n", path.text);
    cr_expect_str_eq(news, again);
    logs_end(&logs);
    expect_text("logs/one", "/found\nlido: 3 log lines were dropped: No such file or directory\n");
}

static int open_reader(const char *name) {
    int reader = open(folder_path(&place, name).text, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_assert_neq(reader, -1);
    return reader;
}

/* Look until there is this and no other news, in which '@' stands for the folder. */
static void await_news(const char *expected) {
    char text[2048];
    const char *at = strchr(expected, '@');
    int64_t deadline = deadline_in(FEW_MS);
    (void)snprintf(text, sizeof text, "%.*s%s%s\n", (int)(at - expected), expected, place.path, at + 1);
    while (news[0] == '\0') {
        cr_assert(clock_now_ms() < deadline, "no news instead of '%s'", text);
        (void)logs_look(&logs, tell, NULL);
    }
    cr_expect_str_eq(news, text);
    news[0] = '\0';
}

static void expect_no_news(void) {
    for (int i = 0; i < 3; i++) {
        (void)logs_look(&logs, tell, NULL);
    }
    cr_expect_str_eq(news, "");
}

static void expect_from(int reader, const char *expected) {
    char text[1024];
    ssize_t length = read(reader, text, sizeof text - 1);
    cr_assert_geq(length, 0);
    text[length] = '\0';
    cr_expect_str_eq(text, expected);
    (void)close(reader);
}

Test(losses, are_told_of_each_log_for_itself) {
    folder_fifo(&place, "a");
    folder_fifo(&place, "b");
    cr_assert_eq(turn_to("log_format = '{target}'\naccess_log = off\n"
                         "access_log '@/a' { status = '200' }\naccess_log '@/b' { status = '404' }\n"),
                 0);
    answer("GET /1 HTTP/1.0", 200);
    await_lost(1);
    await_news("log '@/a' loses lines: No such device or address");
    answer("GET /2 HTTP/1.0", 404);
    answer("GET /3 HTTP/1.0", 404);
    await_lost(3);
    await_news("log '@/b' loses lines: No such device or address");
    int reader_of_a = open_reader("a");
    answer("GET /4 HTTP/1.0", 200);
    await_news("log '@/a' takes lines again; lines lost: 1");
    answer("GET /5 HTTP/1.0", 404);
    await_lost(4);
    expect_no_news(); /* of either */
    int reader_of_b = open_reader("b");
    answer("GET /6 HTTP/1.0", 404);
    await_news("log '@/b' takes lines again; lines lost: 3");
    cr_expect_not(logs_look(&logs, tell, NULL));
    logs_end(&logs);
    expect_from(reader_of_a, "/4\nlido: 1 log lines were dropped: No such device or address\n");
    expect_from(reader_of_b, "/6\nlido: 3 log lines were dropped: No such device or address\n");
}

/* Log answers until a log whose reader does not read is full. */
static void fill_up(void) {
    int64_t deadline = deadline_in(FEW_MS);
    while (logs_dropped(&logs) < 10) {
        cr_assert(clock_now_ms() < deadline, "it takes all");
        answer("GET /of/a/log/that/is/stuck HTTP/1.0", 200);
    }
}

static void await_text(const char *name, const char *expected) {
    char found[1024] = "";
    int64_t deadline = deadline_in(FEW_MS);
    while (strcmp(found, expected) != 0) {
        cr_assert(clock_now_ms() < deadline, "'%s'", found);
        folder_read_text(&place, name, found, sizeof found);
    }
}

Test(losses, to_one_that_is_stuck_are_none_of_another) {
    char again[256];
    char bytes[65536];
    folder_fifo(&place, "stuck");
    int reader = open_reader("stuck");
    cr_assert_eq(turn_to("log_format = '{target}'\naccess_log = off\n"
                         "access_log '@/stuck' { status = '200' }\naccess_log '@/b' { status = '404' }\n"),
                 0);
    fill_up();
    await_news("log '@/stuck' loses lines: its output is too slow");
    answer("GET /b HTTP/1.0", 404);
    await_text("b", "/b\n");
    expect_no_news();
    (void)snprintf(again, sizeof again, "log '@/stuck' takes lines again; lines lost: %" PRIu64,
                   logs_dropped(&logs));
    int64_t deadline = deadline_in(FEW_MS);
    while (logs_look(&logs, tell, NULL)) {
        cr_assert(clock_now_ms() < deadline, "it is not over");
        (void)!read(reader, bytes, sizeof bytes);
    }
    await_news(again);
    (void)close(reader);
}

Test(losses, of_a_log_that_is_closed_are_told_while_another_one_goes_on_to_lose) {
    folder_fifo(&place, "a");
    cr_assert_eq(turn_to("access_log = /dev/full\naccess_log '@/a' { status = '404' }\n"), 0);
    answer("GET /1 HTTP/1.0", 404);
    await_lost(2);
    (void)logs_look(&logs, tell, NULL);
    news[0] = '\0';
    cr_assert_eq(turn_to("access_log = off\naccess_log '@/a' { status = '404' }\n"), 0);
    await_no_former();
    cr_expect_str_eq(news, "log '/dev/full' is closed; lines lost: 1 (No space left on device)\n");
    cr_expect_eq(logs_dropped(&logs), 2);
    cr_expect(logs_look(&logs, tell, NULL), "the other one loses lines still");
}

Test(losses, of_logs_that_are_no_more_count) {
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

Test(losses, of_a_log_that_is_not_written_to_any_more_are_told) {
    struct log_user slow = {.uses = NULL};
    lose_a_line_and_turn_off(&slow);
    (void)logs_look(&logs, tell, NULL);
    cr_expect_str_eq(news, "log '/dev/full' loses lines: No space left on device\n");
    news[0] = '\0';
    atomic_store(&slow.uses, NULL);
    await_no_former();
    cr_expect_str_eq(news, "log '/dev/full' is closed; lines lost: 1 (No space left on device)\n");
    logs_leave(&logs, &slow);
}

Test(losses, are_told_though_the_log_was_closed_before_the_first_look) {
    struct log_user slow = {.uses = NULL};
    lose_a_line_and_turn_off(&slow);
    atomic_store(&slow.uses, NULL);
    logs_leave(&logs, &slow);
    await_no_former();
    cr_expect_str_eq(news, "log '/dev/full' is closed; lines lost: 1 (No space left on device)\n");
}
