/* SPDX-License-Identifier: MIT */
#include "server/tune/advice_text.h"
#include "server/tune/table.h"
#include "tests/unit/server/tune/made_sweep.h"

#include <criterion/criterion.h>
#include <string.h>

static struct text out;

static void tear_down(void) {
    text_deinit(&out);
}

TestSuite(advice_text, .fini = tear_down, .timeout = 60);

static double linear(size_t threads) {
    return threads >= 8 ? 20000 : 2500 * (double)threads;
}

static double flat(size_t threads) {
    return threads == 1 ? 380 : 400;
}

static void measure(size_t most) {
    for (size_t threads = 1; threads <= most; threads *= 2) {
        made_sweep_measure(threads, 1e-3);
    }
}

static const char *say(bool is_partial) {
    struct sweep_advice advice;
    cr_assert(sweep_advise(&sweep, &advice));
    text_clear(&out, 0);
    advice_text_append(&out, &sweep, &advice, is_partial);
    text_append_bytes(&out, "", 1);
    return out.bytes;
}

Test(advice_text, gives_the_line_to_paste_and_why) {
    made_sweep_begin(linear, flat);
    measure(16);
    const char *said = say(false);
    cr_expect_str_eq(
        said,
        "For the config file:\n\n    threads = 8\n\n"
        "8 threads answer the most requests/s from memory, 100 % of the most requests/s from disk "
        "(with 2).\n"
        "threads = 4, as it is now, has 50 % from memory, 100 % from disk.\n",
        "\n%s", said);
}

Test(advice_text, of_a_sweep_that_was_stopped_says_so) {
    made_sweep_begin(linear, NULL);
    measure(4);
    cr_expect(strstr(say(true), "The best so far:\n\n    threads = 4\n") == out.bytes, "%s", out.bytes);
    cr_expect(strstr(out.bytes, "as it is now") == NULL, "it is as it is now: %s", out.bytes);
}

Test(advice_text, tells_what_makes_it_worth_less) {
    made_sweep_begin(linear, NULL);
    sweep.threads_max = 4;
    measure(4);
    cr_expect(strstr(say(false), "--tune-clients") != NULL, "%s", out.bytes);
    sweep.points[2].of[TUNE_MEMORY].client_ns = sweep.points[2].of[TUNE_MEMORY].elapsed_ns;
    cr_expect(strstr(say(false), "one processor busy for itself") != NULL, "%s", out.bytes);
}

Test(advice_text, says_why_it_is_not_a_smaller_size) {
    made_sweep_begin(flat, NULL);
    made_sweep_measure(1, 50e-3);
    made_sweep_measure(4, 10e-3);
    cr_expect(strstr(say(false), "1 thread would answer as many, but one in a hundred") != NULL, "%s",
              out.bytes);
}

Test(advice_text, table_has_a_line_for_each_size) {
    made_sweep_begin(linear, NULL);
    measure(4);
    sweep.points[0].of[TUNE_MEMORY].errors = 3;
    table_append(&out, &sweep, TUNE_MEMORY);
    table_append(&out, &sweep, TUNE_DISK);
    text_append_bytes(&out, "", 1);
    static const char expected[] =
        "From memory: the files have been read before\n"
        " threads  requests/s       p50       p99   wait p50   wait p99  CPU/request\n"
        "       1       2,500    999 us    999 us     500 us     500 us      20.0 us  3 failed\n"
        "       2       5,000    999 us    999 us     500 us     500 us      20.0 us\n"
        "*      4      10,000    999 us    999 us     500 us     500 us      20.0 us\n"
        "\n";
    cr_expect_str_eq(out.bytes, expected, "\n%s", out.bytes);
}
