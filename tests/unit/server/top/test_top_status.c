/* SPDX-License-Identifier: MIT */
#include "server/top/status.h"
#include "tests/unit/server/top/made_status.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct top_status status;
static char error[TOP_STATUS_ERROR_BYTES];

static void tear_down(void) {
    top_status_deinit(&status);
}

TestSuite(top_status, .fini = tear_down, .timeout = 60);

static bool read_text(const char *text) {
    top_status_deinit(&status);
    error[0] = '\0';
    return top_status_read(&status, text, strlen(text), error);
}

Test(top_status, reads_what_a_server_tells) {
    made_status_read(&status, 8);
    cr_expect_str_eq(status.version, "1.2.3");
    cr_expect_eq(status.threads, 8);
    cr_expect_eq(status.worker_count, 8);
    cr_expect_eq(status.queue_depth, 512);
    cr_expect_eq(status.parked[3], 1);
    cr_expect_eq(status.timeouts, 3, "but for idle connections");
    cr_expect(status.windows[1].requests_per_s > 1999 && status.windows[1].requests_per_s < 2001);
    cr_expect_eq(status.windows[2].server_errors, 3);
    cr_expect(status.workers[1].is_stuck);
    cr_assert_eq(status.slow_count, 1);
    cr_expect_str_eq(status.slowest[0].target, "/large.iso");
    cr_assert_eq(status.reason_count, 1);
    cr_assert_eq(status.advice_count, 1);
}

Test(top_status, passes_over_names_that_it_does_not_know) {
    char *text = made_status_text(2);
    char longer[16 * 1024];
    (void)snprintf(longer, sizeof longer, "{\"new\": [1, {}], %s", text + 1);
    cr_expect(read_text(longer), "%s", error);
    free(text);
}

Test(top_status, refuses_what_is_no_status) {
    static const char *const texts[] = {"", "no", "[]", "{}", "{\"server\": 1}", "{\"a\": 1, \"a\": 2}", "{"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        cr_expect(!read_text(texts[i]), "'%s'", texts[i]);
        cr_expect(error[0] != '\0', "'%s'", texts[i]);
    }
}

/* Each name that is read has to be there, and to be of its type. */
Test(top_status, misses_every_name_that_has_to_be_there) {
    static const char *const names[] = {"\"version\"", "\"uptime_s\"",  "\"busy\"",      "\"capacity\"",
                                        "\"parked\"",  "\"lingering\"", "\"bytes_max\"", "\"gave_way\"",
                                        "\"1m\"",      "\"p99_s\"",     "\"statuses\"",  "\"for_s\"",
                                        "\"ago_s\"",   "\"lines\"",     "\"reasons\""};
    char *text = made_status_text(3);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char *at = strstr(text, names[i]);
        cr_assert(at != NULL, "%s", names[i]);
        at[1] = '_';
        cr_expect(!read_text(text), "without %s", names[i]);
        cr_expect(strstr(error, "no status") != NULL, "%s: %s", names[i], error);
        at[1] = names[i][1];
    }
    cr_expect(read_text(text), "as it was: %s", error);
    char *number = strstr(text, "4711");
    for (size_t i = 0; i < 4; i++) {
        number[i] = "true"[i];
    }
    cr_expect(!read_text(text), "a pid is a number");
    free(text);
}

Test(top_status, has_a_bound_for_threads) {
    made_status_read(&status, TOP_WORKERS_MAX + 5);
    cr_expect_eq(status.worker_count, TOP_WORKERS_MAX);
}
