/* SPDX-License-Identifier: MIT */
/* The advice in sentences. */
#include "server/advice/advice.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

struct line {
    char *text;
    size_t length;
};

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Cut, if need be. */
static void add(struct line *line, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line->text + line->length, ADVICE_LINE_BYTES - line->length, format, arguments);
    va_end(arguments);
    size_t room = ADVICE_LINE_BYTES - 1 - line->length;
    line->length += length < 0 ? 0 : (size_t)length < room ? (size_t)length : room;
}

static const char *plural(size_t count) {
    return count == 1 ? "" : "s";
}

static double per_cent(double share) {
    return share * 100;
}

/* What is shorter is told as no number. */
static const double shortest_s = 0.0001;

static void add_time(struct line *line, double seconds) {
    if (seconds < shortest_s) {
        add(line, "less than 0.1 ms");
    } else if (seconds < 0.01) {
        add(line, "%.1f ms", seconds * 1000);
    } else if (seconds < 1) {
        add(line, "%.0f ms", seconds * 1000);
    } else {
        add(line, "%.1f s", seconds);
    }
}

static void add_time_about(struct line *line, double seconds) {
    add(line, "%s", seconds < shortest_s ? "" : "about ");
    add_time(line, seconds);
}

static void add_use(struct line *line, const struct advice *advice) {
    add(line, "%zu thread%s %s %.0f %% busy", advice->threads, plural(advice->threads),
        advice->threads == 1 ? "was" : "were", per_cent(advice->busy));
    if (advice->files >= 0.05) {
        add(line, ", %.0f %% of it waiting for files", per_cent(advice->files));
    }
    add(line, "; queue wait p99 ");
    add_time(line, advice->wait_p99_s);
}

/* With threads = auto it grows by itself, up to threads_max. */
static bool is_auto(const struct advice *advice) {
    return advice->gauges.threads_max > 0;
}

static void add_wish(struct line *line, const struct advice *advice) {
    if (!is_auto(advice)) {
        add(line, "; try threads = %zu (", advice->threads_advised);
    } else if (advice->threads < advice->gauges.threads_max) {
        add(line, "; %zu would do (", advice->threads_advised);
    } else {
        add(line, "; try threads_max = %zu (", advice->threads_advised);
    }
    add_time_about(line, advice->wait_advised_s);
    add(line, ")");
}

/* A request costs less when the processors are busy, as more is done at once: so it is told only near that. */
static void add_limit(struct line *line, const struct advice *advice) {
    if (advice->threads_useful >= advice->threads_advised && advice->machine_busy >= 0.5) {
        add(line, "; more than %zu brings nothing on %zu core%s", advice->threads_useful, advice->processors,
            plural(advice->processors));
    }
}

static void tell_threads(struct line *line, const struct advice *advice) {
    switch (advice->verdict) {
    case ADVICE_UNKNOWN:
        add(line, "not known yet: %llu request%s in %.0f s, and %d are needed",
            (unsigned long long)advice->requests, plural((size_t)advice->requests), advice->span_s,
            ADVICE_REQUESTS_MIN);
        break;
    case ADVICE_FINE:
        add_use(line, advice);
        add(line, ": threads = %zu is %s%s", advice->threads, advice->is_ample ? "enough" : "about right",
            advice->is_early ? "; whether fewer would do is not known yet" : "");
        break;
    case ADVICE_MORE_THREADS:
        add_use(line, advice);
        add_wish(line, advice);
        add_limit(line, advice);
        break;
    case ADVICE_FEWER_THREADS:
        add(line, "at most %zu of %zu threads were ever busy at once: %s%zu would do", advice->busy_max,
            advice->threads, is_auto(advice) ? "" : "threads = ", advice->threads_advised);
        break;
    case ADVICE_PROCESSORS_BUSY:
        add(line, "%zu core%s %s %.0f %% busy; queue wait p99 ", advice->processors,
            plural(advice->processors), advice->processors == 1 ? "is" : "are",
            per_cent(advice->machine_busy));
        add_time(line, advice->wait_p99_s);
        add(line, "; more than %zu thread%s bring%s nothing", advice->threads, plural(advice->threads),
            advice->threads == 1 ? "s" : "");
        break;
    }
}

static bool tell_queue(struct line *line, const struct advice *advice) {
    if (advice->queue_advised == 0) {
        return false;
    }
    add(line, "the queue of %zu was full although the threads can cope: ", advice->gauges.queue_capacity);
    if (advice->counts.rejected > 0) {
        add(line, "%llu request%s turned away; ", (unsigned long long)advice->counts.rejected,
            advice->counts.rejected == 1 ? " was" : "s were");
    }
    add(line, "try queue = %zu", advice->queue_advised);
    return true;
}

static bool tell_cache(struct line *line, const struct advice *advice) {
    if (advice->cache_bytes_advised == 0) {
        return false;
    }
    uint64_t lookups = advice->counts.cache_hits + advice->counts.cache_misses;
    add(line,
        "the file cache is full: %llu files had to leave it, and %.0f %% of the look-ups found nothing; try "
        "file_cache_memory = %zuM",
        (unsigned long long)advice->counts.cache_evictions,
        per_cent((double)advice->counts.cache_misses / (double)lookups), advice->cache_bytes_advised >> 20);
    return true;
}

static bool tell_connections(struct line *line, const struct advice *advice) {
    if (advice->connections_advised == 0) {
        return false;
    }
    add(line,
        "%zu connections were open, as many as may be, and %llu idle one%s had to give way; try max_connections = "
        "%zu",
        advice->gauges.connections_max, (unsigned long long)advice->counts.gave_way,
        plural((size_t)advice->counts.gave_way), advice->connections_advised);
    return true;
}

size_t advice_tell(const struct advice *advice, char lines[ADVICE_LINES_MAX][ADVICE_LINE_BYTES]) {
    static bool (*const others[])(struct line * line, const struct advice *advice) = {tell_queue, tell_cache,
                                                                                      tell_connections};
    size_t count = 1;
    struct line first = {.text = lines[0]};
    tell_threads(&first, advice);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct line line = {.text = lines[count]};
        count += others[i](&line, advice) ? 1 : 0;
    }
    return count;
}
