/* SPDX-License-Identifier: MIT */
#include "server/cli/say.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int ends[2];
static int former;
static char text[128 * 1024];

static void set_up(void) {
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    former = dup(STDERR_FILENO);
    cr_assert_neq(dup2(ends[1], STDERR_FILENO), -1);
}

static void tear_down(void) {
    (void)dup2(former, STDERR_FILENO);
    (void)close(former);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

TestSuite(say, .init = set_up, .fini = tear_down, .timeout = 20);

static const char *taken(void) {
    ssize_t length = read(ends[0], text, sizeof text - 1);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

static void fill(void) {
    static const char zeros[4096];
    int flags = fcntl(ends[1], F_GETFL);
    cr_assert_eq(fcntl(ends[1], F_SETFL, flags | O_NONBLOCK), 0);
    while (write(ends[1], zeros, sizeof zeros) > 0) {
    }
    cr_assert_eq(fcntl(ends[1], F_SETFL, flags), 0);
}

Test(say, leaves_the_terminal_as_it_is) {
    cr_expect_eq(say("a \033[1m b\n", 2), 2);
    cr_expect_str_eq(taken(), "lido: a ?[1m b?\n");
    say_in_passing("\xC2\x9B"
                   "1m \x9B \xE2\x80\xAE gr\xC3\xBCn");
    cr_expect_str_eq(taken(), "lido: ?1m ? ? gr\xC3\xBCn\n");
    say_in_passing("plain");
    cr_expect_str_eq(taken(), "lido: plain\n");
}

Test(say, writes_a_long_line_in_one_piece_and_no_more_of_it) {
    char line[3 * 4096];
    memset(line, 'x', sizeof line - 1);
    line[sizeof line - 1] = '\0';
    say_in_passing(line);
    cr_expect_eq(strlen(taken()), 4096);
    cr_expect_eq(text[4095], '\n');
}

Test(say, waits_for_nobody_who_does_not_read_and_says_what_was_left_out) {
    fill();
    for (int i = 0; i < 1000; i++) { /* a wait for each would take longer than the test may */
        say_in_passing("lost");
    }
    cr_assert_eq(read(ends[0], text, sizeof text), 64 * 1024); /* all that a pipe holds (pipe(7)) */
    say_in_passing("heard");
    cr_expect_str_eq(taken(), "lido: nobody took what was said here; lines left out: 1000\nlido: heard\n");
}
