/* SPDX-License-Identifier: MIT */
#include "server/tune/advice_text.h"

#include "server/terminal/units.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_BYTES = 512 };

/* Of this share of its one processor on, the client may have been what was measured. */
static const double client_busy_share = 0.9;

static const char *const from[TUNE_MODES] = {"from memory", "from disk"};

static void append(struct text *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void append(struct text *out, const char *format, ...) {
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    text_append(out, line);
}

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

static void append_shares(struct text *out, const struct sweep_advice *advice) {
    size_t threads = advice->point->threads;
    append(out, "%zu thread%s answer%s", threads, plural(threads), threads == 1 ? "s" : "");
    const char *between = " ";
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        const struct tune_point *best = advice->best[mode];
        if (best == NULL) {
            continue;
        }
        if (best == advice->point) {
            append(out, "%sthe most requests/s %s", between, from[mode]);
        } else {
            append(out, "%s%.0f %% of the most requests/s %s (with %zu)", between, advice->share[mode] * 100,
                   from[mode], best->threads);
        }
        between = ", ";
    }
    append(out, ".\n");
}

/* What the size in force has of the best, if it is another one. */
static void append_now(struct text *out, const struct sweep *sweep, const struct sweep_advice *advice) {
    for (size_t i = 0; i < sweep->count; i++) {
        const struct tune_point *now = &sweep->points[i];
        if (now->threads != sweep->threads_now || now->rounds == 0) {
            continue;
        }
        append(out, "threads = %zu, as it is now, has", now->threads);
        const char *between = " ";
        for (size_t mode = 0; mode < TUNE_MODES; mode++) {
            const struct tune_point *best = advice->best[mode];
            double most = best != NULL ? tune_figures_rate(&best->of[mode]) : 0;
            if (most > 0) {
                append(out, "%s%.0f %% %s", between, tune_figures_rate(&now->of[mode]) / most * 100,
                       from[mode]);
                between = ", ";
            }
        }
        append(out, ".\n");
    }
}

static void append_tail(struct text *out, const struct sweep_advice *advice) {
    size_t threads = advice->slow->threads;
    append(out, "%zu thread%s would answer as many, but one in a hundred would take much longer.\n", threads,
           plural(threads));
}

/* What may make the advice worth less. */
static void append_doubts(struct text *out, const struct sweep *sweep, const struct sweep_advice *advice) {
    double busy = 0;
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        double share = tune_figures_client_share(&advice->point->of[mode]);
        busy = share > busy ? share : busy;
    }
    if (advice->point->threads == sweep->threads_max) {
        append(out,
               "That is a thread for each client: with more of them (--tune-clients) more threads may be "
               "better.\n");
    }
    if (busy > client_busy_share) {
        append(out,
               "The load kept one processor busy for itself: from other machines more may be possible.\n");
    }
}

void advice_text_append(struct text *out, const struct sweep *sweep, const struct sweep_advice *advice,
                        bool is_partial) {
    size_t threads = advice->point->threads;
    append(out, is_partial ? "The best so far:\n\n" : "For the config file:\n\n");
    append(out, "    threads = %zu\n\n", threads);
    append_shares(out, advice);
    if (advice->slow != NULL) {
        append_tail(out, advice);
    }
    if (threads != sweep->threads_now) {
        append_now(out, sweep, advice);
    }
    append_doubts(out, sweep, advice);
}
