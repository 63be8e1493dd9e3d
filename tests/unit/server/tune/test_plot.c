/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "server/tune/plot.h"
#include "tests/unit/server/tune/made_sweep.h"

#include <criterion/criterion.h>
#include <string.h>

static struct text out;

static void tear_down(void) {
    text_deinit(&out);
}

TestSuite(plot, .fini = tear_down, .timeout = 60);

static double linear(size_t threads) {
    return threads >= 8 ? 20000 : 2500 * (double)threads;
}

static double flat(size_t threads) {
    return threads == 1 ? 380 : 400;
}

/* Sets `out`, with a NUL. */
static const char *draw(size_t width, bool has_utf8) {
    struct sweep_advice advice;
    struct plot_style style = {.width = width, .has_utf8 = has_utf8};
    cr_assert(sweep_advise(&sweep, &advice));
    plot_append(&out, &sweep, &advice, &style);
    text_append_bytes(&out, "", 1);
    cr_assert(!out.failed);
    return out.bytes;
}

static void measure(size_t most) {
    for (size_t threads = 1; threads <= most; threads *= 2) {
        made_sweep_measure(threads, 1e-3);
    }
}

Test(plot, draws_each_mode_as_a_share_of_its_best) {
    made_sweep_begin(linear, flat);
    measure(16);
    static const char expected[] = "  %   of the most requests/s\n"
                                   "100 |  ..........x..........x..........8..........8\n"
                                   "    | x                             ..\n"
                                   " 80 |                             ..\n"
                                   "    |                           ..\n"
                                   " 60 |                         ..\n"
                                   "    |                     ..o.\n"
                                   " 40 |                 ....\n"
                                   "    |             ....\n"
                                   " 20 |    ........o\n"
                                   "    | o..\n"
                                   "  0 |\n"
                                   "      1          2          4          8          16  threads\n"
                                   "                                       ^ advised\n"
                                   "      o from memory, 100 % = 20,000/s   x from disk, 100 % = 400/s\n"
                                   "\n";
    const char *drawn = draw(80, false);
    cr_expect_str_eq(drawn, expected, "\n%s", drawn);
}

Test(plot, leaves_out_what_was_not_measured) {
    made_sweep_begin(linear, NULL);
    measure(4);
    const char *drawn = draw(80, false);
    cr_expect(strstr(drawn, "from memory") != NULL);
    cr_expect(strstr(drawn, "from disk") == NULL && strchr(drawn, 'x') == NULL, "\n%s", drawn);
}

/* As it is when it was stopped: they are not at 0 %. */
Test(plot, leaves_out_sizes_that_were_not_measured) {
    made_sweep_begin(linear, flat);
    measure(4);
    struct tune_figures figures = {.requests = 10000, .elapsed_ns = CLOCK_NS_PER_S};
    tune_figures_add(&sweep_take(&sweep, 3)->of[TUNE_MEMORY], &figures);
    (void)sweep_take(&sweep, 8);
    const char *drawn = draw(80, false);
    cr_expect(strstr(drawn, "\n  0 |\n") != NULL, "\n%s", drawn);
    cr_expect(strstr(drawn, "\n100 |  ..........x..........o..........8\n") != NULL, "\n%s", drawn);
}

Test(plot, fits_into_any_width) {
    static const size_t widths[] = {80, 60, 40};
    made_sweep_begin(linear, flat);
    for (size_t threads = 1; threads <= 20; threads++) {
        made_sweep_measure(threads, 1e-3);
    }
    for (size_t i = 0; i < sizeof widths / sizeof widths[0]; i++) {
        text_clear(&out, 0);
        const char *line = draw(widths[i], false);
        for (size_t row = 0; row < PLOT_ROWS + 2; row++, line += strcspn(line, "\n") + 1) {
            cr_expect(strcspn(line, "\n") <= widths[i], "%zu: '%.90s'", widths[i], line);
        }
    }
}

Test(plot, takes_nicer_marks_where_it_can) {
    made_sweep_begin(linear, flat);
    measure(4);
    const char *drawn = draw(80, true);
    cr_expect(strstr(drawn, "●") != NULL && strstr(drawn, "○") != NULL && strstr(drawn, "·") != NULL, "\n%s",
              drawn);
}

Test(plot, has_nothing_to_draw_of_a_single_size) {
    made_sweep_begin(linear, NULL);
    measure(1);
    cr_expect_str_eq(draw(80, false), "");
}
