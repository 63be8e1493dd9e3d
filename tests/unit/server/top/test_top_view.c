/* SPDX-License-Identifier: MIT */
#include "server/top/view.h"
#include "tests/unit/server/top/made_status.h"

#include <criterion/criterion.h>
#include <string.h>

static struct top_status status;
static struct text out;
static char plain[64 * 1024]; /* without styles */

static void tear_down(void) {
    top_status_deinit(&status);
    text_deinit(&out);
}

TestSuite(top_view, .fini = tear_down, .timeout = 60);

/* Draw it, and take the styles out. Returns how many rows there are. */
static size_t show(size_t threads, size_t columns, size_t rows, const char *trouble) {
    struct drawing drawing = {.out = &out, .columns = columns, .rows = rows};
    size_t length = 0;
    size_t count = 0;
    made_status_read(&status, threads);
    text_clear(&out, 0);
    view_draw(&drawing, &status, "localhost:8080", trouble);
    cr_assert(!out.failed && out.length < sizeof plain);
    for (size_t i = 0; i < out.length; i++) {
        if ((unsigned char)out.bytes[i] >= DRAW_STYLE_END) {
            plain[length++] = out.bytes[i];
            count += out.bytes[i] == '\n' ? 1 : 0;
        }
    }
    plain[length] = '\0';
    return count;
}

static void expect_fits(size_t columns) {
    for (const char *line = plain; *line != '\0'; line += strcspn(line, "\n") + 1) {
        cr_expect(strcspn(line, "\n") <= columns, "%zu: '%.160s'", columns, line);
    }
}

Test(top_view, draws_the_server_from_the_door_to_the_threads) {
    static const char *const expected[] = {
        "Lido 1.2.3  degraded  localhost:8080  pid 4711, up 2 h, 2 processors\n",
        "  1 thread is stuck\n",
        "Queue    ############------------  512 of 1,024 places, at most 600\n",
        "Threads  ######------------------  1 of 4 busy, at most 4; 1 in the lane; 1 stuck, 1 spare\n",
        "Clients  #-----------------------  20 of 1,000 connections, at most 30\n",
        "Waiting  idle 11, reading 2, writing 3, lingering 1\n",
        "Door     678 accepted, 12,345 requests, rejected 9, gave way 0, timed out 3\n",
        "Cache    #-----------------------  1.00 MB of 33.6 MB, 12 files\n",
        "     requests/s  bytes/s   busy queue wait p50      p99 serv p50      p99  5xx\n",
        "10 s      1,000  2.00 MB    1.5  0.25   100 us  2.00 ms  50.0 us  1.00 ms    3   hits 90 %\n",
        "8 threads were 97 % busy: try threads = 20\n",
        "\n.!..\n",
        "    11  in a file        7.50 s         10  /slow?[2J.bin\n",
        "12 s             200      30 s  /large.iso\n",
    };
    (void)show(4, 99, SIZE_MAX, "");
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        cr_expect(strstr(plain, expected[i]) != NULL, "no '%s' in\n%s", expected[i], plain);
    }
}

Test(top_view, fits_into_any_window) {
    static const size_t sizes[][2] = {{80, 24}, {200, 60}, {40, 10}, {20, 3}, {1, 1}};
    static const size_t threads[] = {1, 4, 1024};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        for (size_t j = 0; j < sizeof threads / sizeof threads[0]; j++) {
            cr_expect_leq(show(threads[j], sizes[i][0], sizes[i][1], ""), sizes[i][1]);
            expect_fits(sizes[i][0]);
        }
    }
}

Test(top_view, shows_a_thousand_threads_as_letters) {
    (void)show(1024, 160, SIZE_MAX, "");
    size_t idle = 0;
    const char *map = strstr(plain, "\n.!.");
    cr_assert(map != NULL);
    for (const char *c = map + 1; *c == '.' || *c == '!' || *c == '\n'; c++) {
        idle += *c == '.' ? 1 : 0;
    }
    cr_expect_eq(idle, 1023);
}

Test(top_view, lets_nothing_from_elsewhere_move_the_cursor) {
    (void)show(4, 80, SIZE_MAX, "\x1b[31m\x02");
    for (size_t i = 0; i < out.length; i++) {
        cr_assert(out.bytes[i] != '\x1b', "\n%s", plain);
    }
    cr_expect(strstr(plain, "?[31m?") != NULL, "\n%s", plain);
}
