/* SPDX-License-Identifier: MIT */
#include "server/tune/table.h"

#include "server/terminal/units.h"

#include <inttypes.h>
#include <stdio.h>

enum { LINE_BYTES = 256 };

static void append_line(struct text *out, const struct tune_point *point, enum tune_mode mode, bool is_now) {
    const struct tune_figures *figures = &point->of[mode];
    char rate[UNITS_BYTES];
    char median[UNITS_BYTES];
    char tail[UNITS_BYTES];
    char wait_median[UNITS_BYTES];
    char wait_tail[UNITS_BYTES];
    char server[UNITS_BYTES];
    char line[LINE_BYTES];
    units_format_number(tune_figures_rate(figures), rate);
    units_format_duration((double)histogram_reading_quantile_ns(&figures->latencies, 0.5) / 1e9, median);
    units_format_duration((double)histogram_reading_quantile_ns(&figures->latencies, 0.99) / 1e9, tail);
    units_format_duration((double)histogram_reading_quantile_ns(&figures->waits, 0.5) / 1e9, wait_median);
    units_format_duration((double)histogram_reading_quantile_ns(&figures->waits, 0.99) / 1e9, wait_tail);
    units_format_duration(tune_figures_server_s(figures), server);
    (void)snprintf(line, sizeof line, "%c %6zu %11s %9s %9s %10s %10s %12s", is_now ? '*' : ' ',
                   point->threads, rate, median, tail, wait_median, wait_tail, server);
    text_append(out, line);
    if (figures->errors > 0) {
        (void)snprintf(line, sizeof line, "  %" PRIu64 " failed", figures->errors);
        text_append(out, line);
    }
    text_append(out, "\n");
}

void table_append(struct text *out, const struct sweep *sweep, enum tune_mode mode) {
    static const char *const heads[TUNE_MODES] = {
        "From memory: the files have been read before\n",
        "From disk: taken out of memory before each request (file_cache = off)\n",
    };
    static const char columns[] =
        " threads  requests/s       p50       p99   wait p50   wait p99  CPU/request\n";
    bool has_head = false;
    for (size_t i = 0; i < sweep->count; i++) {
        const struct tune_point *point = &sweep->points[i];
        if (point->of[mode].elapsed_ns == 0) {
            continue;
        }
        if (!has_head) {
            text_append(out, heads[mode]);
            text_append(out, columns);
            has_head = true;
        }
        append_line(out, point, mode, point->threads == sweep->threads_now);
    }
    if (has_head) {
        text_append(out, "\n");
    }
}
