/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=clock_gettime: the steady clock goes on when a test wants it to. */
#include "conf/config.h"
#include "server/log/error_log.h"
#include "tests/support/folder.h"
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static struct error_log errors;
static atomic_long later_s; /* than it is */

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    now->tv_sec += clock == CLOCK_MONOTONIC ? atomic_load(&later_s) : 0;
    return result;
}

static void set_up(void) {
    config_test_begin();
    error_log_init(&errors);
}

static void tear_down(void) {
    config_test_end();
}

TestSuite(error_log, .init = set_up, .fini = tear_down, .timeout = 60);

/* Follow these settings. */
static int turn_to(const char *text) {
    static struct error_log_plan plan;
    start_again();
    cr_assert(load(text), "%s", error);
    int result = error_log_prepare(&plan, NULL, &config);
    if (result == 0) {
        error_log_turn_to(&errors, &plan, &config);
    }
    return result;
}

/* End the log, and read it without the times. */
static const char *end_and_read(void) {
    static char text[4096];
    char *out = text;
    char whole[4096];
    error_log_deinit(&errors);
    folder_read_text(&folder, "errors", whole, sizeof whole);
    for (const char *line = whole; *line != '\0';) {
        size_t length = strcspn(line, "\n") + 1;
        size_t time = strcspn(line, " ") + 1;
        cr_assert_eq(time, strlen("2026-11-29T12:00:00+0000 "), "%s", line);
        memcpy(out, line + time, length - time);
        out += length - time;
        line += length;
    }
    *out = '\0';
    return text;
}

Test(error_log, has_lines_of_its_level_and_those_before_it) {
    cr_assert_eq(turn_to("error_log = errors\nerror_level = warning\n"), 0);
    error_log_tell(&errors, ERROR_LEVEL_ERROR, "one");
    error_log_tell(&errors, ERROR_LEVEL_WARNING, "two");
    error_log_tell(&errors, ERROR_LEVEL_NOTICE, "three");
    error_log_tell_sparingly(&errors, ERROR_LEVEL_INFO, "four");
    cr_expect_str_eq(end_and_read(), "error: one\nwarning: two\n");
}

Test(error_log, has_one_line_for_each_text) {
    char long_text[3000];
    memset(long_text, 'x', sizeof long_text - 1);
    long_text[sizeof long_text - 1] = '\0';
    cr_assert_eq(turn_to("error_log = errors\n"), 0);
    error_log_tell(&errors, ERROR_LEVEL_ERROR, "a\nb\033c\xC2\x9B\x9B\xC3\xBC");
    error_log_tell(&errors, ERROR_LEVEL_ERROR, long_text);
    const char *text = end_and_read();
    cr_expect_eq(strncmp(text, "error: a?b?c??\xC3\xBC\nerror: xxx", 27), 0, "%s", text);
    cr_expect_eq(strlen(text), strlen("error: a?b?c??\xC3\xBC\nerror: \n") + 1023);
}

Test(error_log, says_so_much_a_minute_and_how_much_more_there_was) {
    cr_assert_eq(turn_to("error_log = errors\nerror_rate = 2\n"), 0);
    for (int i = 0; i < 5; i++) {
        error_log_tell_sparingly(&errors, ERROR_LEVEL_ERROR, "often");
    }
    error_log_tell(&errors, ERROR_LEVEL_ERROR, "rare");
    (void)error_log_look(&errors);
    atomic_store(&later_s, 61);
    (void)error_log_look(&errors);
    error_log_tell_sparingly(&errors, ERROR_LEVEL_ERROR, "again");
    for (int i = 0; i < 2; i++) {
        error_log_tell_sparingly(&errors, ERROR_LEVEL_ERROR, "often");
    }
    cr_expect_str_eq(end_and_read(), "error: often\nerror: often\nerror: rare\n"
                                     "warning: 3 lines more were left out within a minute (error_rate)\n"
                                     "error: again\nerror: often\n"
                                     "warning: 1 lines more were left out within a minute (error_rate)\n");
}

Test(error_log, tells_which_request_failed_and_why) {
    struct client_address client = {.family = AF_INET, .bytes = {192, 0, 2, 7}};
    struct answer_record record = {.client = &client,
                                   .request_line = view_of("GET /\"x\x01 HTTP/1.0"),
                                   .status = HTTP_SERVICE_UNAVAILABLE,
                                   .error = EMFILE};
    cr_assert_eq(turn_to("error_log = errors\n"), 0);
    error_log_tell_answer(&errors, &record);
    record.error = 0;
    error_log_tell_answer(&errors, &record);
    cr_expect_str_eq(end_and_read(),
                     "error: 503 for 192.0.2.7 \"GET /\\x22x\\x01 HTTP/1.0\": Too many open files\n"
                     "error: 503 for 192.0.2.7 \"GET /\\x22x\\x01 HTTP/1.0\"\n");
}

Test(error_log, can_be_off) {
    cr_assert_eq(turn_to("error_log = off\n"), 0);
    error_log_tell(&errors, ERROR_LEVEL_ERROR, "one");
    error_log_tell_sparingly(&errors, ERROR_LEVEL_ERROR, "two");
    error_log_reopen(&errors);
    error_log_deinit(&errors);
}

Test(error_log, that_cannot_be_opened_is_a_mistake) {
    cr_expect_eq(turn_to("error_log = 'no/such/folder'\n"), -ENOENT);
    error_log_deinit(&errors);
}
