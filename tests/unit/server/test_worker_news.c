/* SPDX-License-Identifier: MIT */
#include "server/worker_news.h"

#include <criterion/criterion.h>

Test(worker_news, say_what_a_worker_hangs_at) {
    char line[WORKER_NEWS_BYTES];
    struct worker_stuck stuck = {
        .index = 3, .activity = WORKER_IN_FILE, .subject = "/a", .for_ns = INT64_C(5000000000)};
    worker_news_stuck(line, &stuck);
    cr_expect_str_eq(line, "worker 3 is stuck in a file for 5.0 s: /a");
    stuck.is_over = true;
    worker_news_stuck(line, &stuck);
    cr_expect_str_eq(line, "worker 3 is back; it was in a file for 5.0 s: /a");
}

Test(worker_news, say_so_of_a_request_without_a_target) {
    char line[WORKER_NEWS_BYTES];
    struct worker_stuck stuck = {.activity = WORKER_IN_FILE, .subject = ""};
    struct worker_report report = {.activity = WORKER_IN_FILE};
    worker_news_stuck(line, &stuck);
    cr_expect_str_eq(line, "worker 0 is stuck in a file for 0.0 s: (a request without a target)");
    worker_news_left_behind(line, &report, 0);
    cr_expect_str_eq(line, "worker 0 is left behind in a file for 0.0 s: (a request without a target)");
}
