/* SPDX-License-Identifier: MIT */
#include "http/transport/width.h"
#include "tests/support/loopback.h"
#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

static struct socket_pair pair;
static struct memory_budget budget = {.limit_bytes = 2 * WIDTH_WIDE_BYTES};

static void set_up(void) {
    socket_pair_open_tcp(&pair);
}

static void tear_down(void) {
    socket_pair_close(&pair);
}

TestSuite(width, .init = set_up, .fini = tear_down, .timeout = 60);

/* 0 when it was never set. */
static int unsent_max(int fd) {
    int bytes = -1;
    socklen_t length = sizeof bytes;
    cr_assert_eq(getsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, &length), 0);
    return bytes;
}

Test(width, is_given_to_a_large_answer_until_the_client_is_gone) {
    struct width width = {0};
    width_fit(&width, pair.ours, &budget, WIDTH_NARROW_BYTES);
    cr_expect_eq(budget.used_bytes, 0, "of no use");
    cr_expect_eq(unsent_max(pair.ours), 0);
    width_fit(&width, pair.ours, &budget, WIDTH_NARROW_BYTES + 1);
    width_fit(&width, pair.ours, &budget, UINT64_MAX);
    cr_expect_eq(budget.used_bytes, WIDTH_WIDE_BYTES, "one share for all answers");
    cr_expect_eq(unsent_max(pair.ours), WIDTH_WIDE_BYTES);
    width_give_back(&width);
    width_give_back(&width);
    cr_expect_eq(budget.used_bytes, 0);
}

Test(width, is_not_given_when_the_shares_are_gone) {
    struct width widths[2] = {0};
    struct width late = {0};
    int fd = pair.ours;
    width_fit(&late, fd, NULL, UINT64_MAX);
    width_fit(&widths[0], fd, &budget, UINT64_MAX);
    width_fit(&widths[1], fd, &budget, UINT64_MAX);
    socket_pair_close(&pair);
    socket_pair_open_tcp(&pair);
    width_fit(&late, pair.ours, &budget, UINT64_MAX);
    cr_expect_eq(unsent_max(pair.ours), 0);
    width_give_back(&late);
    cr_expect_eq(budget.used_bytes, budget.limit_bytes, "nothing was given, nothing comes back");
    width_give_back(&widths[0]);
    width_fit(&late, pair.ours, &budget, UINT64_MAX);
    cr_expect_eq(unsent_max(pair.ours), WIDTH_WIDE_BYTES);
}

Test(width, takes_no_share_for_a_socket_that_knows_none) {
    struct width width = {0};
    socket_pair_close(&pair);
    socket_pair_open(&pair);
    width_fit(&width, pair.ours, &budget, UINT64_MAX);
    cr_expect_eq(budget.used_bytes, 0);
}
