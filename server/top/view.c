/* SPDX-License-Identifier: MIT */
#include "server/top/view.h"

#include "server/terminal/units.h"

#include <inttypes.h>
#include <string.h>

enum { LABEL_COLUMNS = 9, BAR_COLUMNS = 24, WIDE_COLUMNS = 100, MAP_ROWS_MAX = 8 };

/* How a share looks: calm, filling, or at its end. */
static enum draw_style style_of(double share) {
    if (share < 0.7) {
        return DRAW_GOOD;
    }
    return share < 0.95 ? DRAW_WARN : DRAW_BAD;
}

static double share_of(json_int_t part, json_int_t whole) {
    return whole > 0 ? (double)part / (double)whole : 0;
}

static void draw_label(struct drawing *drawing, const char *label) {
    draw(drawing, DRAW_BOLD, "%s", label);
    draw_to(drawing, LABEL_COLUMNS);
}

static void draw_count(struct drawing *drawing, const char *before, json_int_t count, const char *behind) {
    char number[UNITS_BYTES];
    units_format_number((double)count, number);
    draw(drawing, DRAW_PLAIN, "%s%s%s", before, number, behind);
}

/* A count that should be 0 stands out when it is not. */
static void draw_trouble(struct drawing *drawing, const char *before, json_int_t count) {
    char number[UNITS_BYTES];
    units_format_number((double)count, number);
    draw(drawing, count > 0 ? DRAW_WARN : DRAW_DIM, "%s%s", before, number);
}

static void draw_head(struct drawing *drawing, const struct top_status *status, const char *where,
                      const char *trouble) {
    char uptime[UNITS_BYTES];
    units_format_duration(status->uptime_s, uptime);
    draw(drawing, DRAW_BOLD, "Lido %s  ", status->version);
    draw(drawing, strcmp(status->health, "ok") == 0 ? DRAW_GOOD : DRAW_BAD, "%s", status->health);
    draw(drawing, DRAW_DIM, "  %s  pid %" JSON_INTEGER_FORMAT ", up %s, %" JSON_INTEGER_FORMAT " processor%s",
         where, status->pid, uptime, status->processors, status->processors == 1 ? "" : "s");
    draw_end(drawing);
    if (trouble[0] != '\0') {
        draw(drawing, DRAW_BAD, "  %s", trouble);
        draw_end(drawing);
    }
    for (size_t i = 0; i < status->reason_count; i++) {
        draw(drawing, DRAW_BAD, "  %s", status->reasons[i]);
        draw_end(drawing);
    }
    draw_end(drawing);
}

static size_t bar_columns(const struct drawing *drawing) {
    return drawing->columns >= WIDE_COLUMNS ? 2 * BAR_COLUMNS : BAR_COLUMNS;
}

static void draw_gauge(struct drawing *drawing, const char *label, double share) {
    draw_label(drawing, label);
    draw_bar(drawing, style_of(share), share, bar_columns(drawing));
}

static void draw_pool(struct drawing *drawing, const struct top_status *status) {
    draw_gauge(drawing, "Queue", share_of(status->queue_depth, status->queue_capacity));
    draw_count(drawing, "  ", status->queue_depth, " of ");
    draw_count(drawing, "", status->queue_capacity, " places");
    draw_count(drawing, ", at most ", status->queue_high_water, "");
    draw_end(drawing);
    draw_gauge(drawing, "Threads", share_of(status->busy, status->threads));
    draw_count(drawing, "  ", status->busy, " of ");
    draw_count(drawing, "", status->threads, " busy");
    draw_count(drawing, ", at most ", status->busy_high_water, "");
    draw_count(drawing, "; ", status->leaders, " in the lane");
    if (status->stuck > 0 || status->spares > 0) {
        draw(drawing, DRAW_BAD, "; %" JSON_INTEGER_FORMAT " stuck, %" JSON_INTEGER_FORMAT " spare",
             status->stuck, status->spares);
    }
    draw_end(drawing);
}

static void draw_clients(struct drawing *drawing, const struct top_status *status) {
    draw_gauge(drawing, "Clients", share_of(status->connections, status->connections_max));
    draw_count(drawing, "  ", status->connections, " of ");
    draw_count(drawing, "", status->connections_max, " connections");
    draw_count(drawing, ", at most ", status->connections_high_water, "");
    draw_end(drawing);
    draw_label(drawing, "Waiting");
    draw_count(drawing, "idle ", status->parked[0], "");
    draw_count(drawing, ", reading ", status->parked[1], "");
    draw_count(drawing, ", writing ", status->parked[2], "");
    draw_count(drawing, ", lingering ", status->parked[3], "");
    draw_end(drawing);
    draw_label(drawing, "Door");
    draw_count(drawing, "", status->accepted, " accepted, ");
    draw_count(drawing, "", status->requests, " requests");
    draw_trouble(drawing, ", rejected ", status->rejected);
    draw_trouble(drawing, ", gave way ", status->gave_way);
    draw_trouble(drawing, ", timed out ", status->timeouts);
    draw_end(drawing);
}

static void draw_cache(struct drawing *drawing, const struct top_status *status) {
    char bytes[UNITS_BYTES];
    char most[UNITS_BYTES];
    units_format_size((double)status->cache_bytes, bytes);
    units_format_size((double)status->cache_bytes_max, most);
    if (status->cache_bytes_max == 0) {
        draw_label(drawing, "Cache");
        draw(drawing, DRAW_DIM, "off");
    } else {
        draw_gauge(drawing, "Cache", share_of(status->cache_bytes, status->cache_bytes_max));
        draw(drawing, DRAW_PLAIN, "  %s of %s", bytes, most);
        draw_count(drawing, ", ", status->cache_files, status->cache_files == 1 ? " file" : " files");
    }
    draw_end(drawing);
}

static void draw_window(struct drawing *drawing, const char *name, const struct top_window *window) {
    char cells[9][UNITS_BYTES];
    json_int_t looked_up = window->cache_hits + window->cache_misses;
    units_format_number(window->requests_per_s, cells[0]);
    units_format_size(window->bytes_per_s, cells[1]);
    units_format_number(window->busy_mean, cells[2]);
    units_format_number(window->queue_depth_mean, cells[3]);
    units_format_duration(window->wait_median_s, cells[4]);
    units_format_duration(window->wait_p99_s, cells[5]);
    units_format_duration(window->service_median_s, cells[6]);
    units_format_duration(window->service_p99_s, cells[7]);
    draw(drawing, DRAW_BOLD, "%-5s", name);
    draw(drawing, DRAW_PLAIN, "%10s %8s %6s %5s %8s %8s %8s %8s", cells[0], cells[1], cells[2], cells[3],
         cells[4], cells[5], cells[6], cells[7]);
    draw(drawing, window->server_errors > 0 ? DRAW_BAD : DRAW_PLAIN, " %4" JSON_INTEGER_FORMAT,
         window->server_errors);
    if (looked_up > 0) {
        draw(drawing, DRAW_PLAIN, "   hits %.0f %%", share_of(window->cache_hits, looked_up) * 100);
    }
    draw_end(drawing);
}

static void draw_windows(struct drawing *drawing, const struct top_status *status) {
    static const char *const names[TOP_WINDOWS] = {"10 s", "1 min", "5 min"};
    draw_end(drawing);
    draw(drawing, DRAW_DIM, "     requests/s  bytes/s   busy queue wait p50      p99 serv p50      p99  5xx");
    draw_end(drawing);
    for (size_t i = 0; i < TOP_WINDOWS; i++) {
        draw_window(drawing, names[i], &status->windows[i]);
    }
    draw_end(drawing);
}

/* A sentence, broken at blanks where it is too long for a row. */
static void draw_sentence(struct drawing *drawing, const char *text) {
    size_t room = drawing->columns > 2 ? drawing->columns - 2 : 1;
    while (*text != '\0') {
        size_t length = strlen(text);
        if (length > room) {
            length = room;
            while (length > 0 && text[length] != ' ') {
                length--;
            }
            length = length == 0 ? room : length;
        }
        draw(drawing, DRAW_PLAIN, "%.*s", (int)length, text);
        draw_end(drawing);
        text += length;
        text += strspn(text, " ");
    }
}

static void draw_advice(struct drawing *drawing, const struct top_status *status) {
    for (size_t i = 0; i < status->advice_count; i++) {
        draw_sentence(drawing, status->advice[i]);
    }
    draw_end(drawing);
}

static bool is_at_work(const struct top_worker *worker) {
    return strcmp(worker->state, "idle") != 0 && strcmp(worker->state, "leading") != 0;
}

/* One letter for each thread: many of them at a glance. */
static char letter_of(const struct top_worker *worker) {
    if (worker->is_stuck != 0) {
        return '!';
    }
    if (strcmp(worker->state, "idle") == 0) {
        return '.';
    }
    if (strncmp(worker->state, "in a f", strlen("in a f")) == 0) {
        return 'F';
    }
    return worker->state[0];
}

static void draw_map(struct drawing *drawing, const struct top_status *status) {
    size_t shown = 0;
    draw(drawing, DRAW_DIM,
         ". idle  l in the lane  r reading  s sending  c compressing  F in a file  ! stuck");
    draw_end(drawing);
    for (size_t row = 0; shown < status->worker_count && row < MAP_ROWS_MAX; row++) {
        for (size_t i = 0; shown < status->worker_count && i < drawing->columns; i++, shown++) {
            const struct top_worker *worker = &status->workers[shown];
            char letter = letter_of(worker);
            enum draw_style style = is_at_work(worker) ? DRAW_GOOD : DRAW_DIM;
            draw(drawing, letter == '!' || letter == 'F' ? DRAW_WARN : style, "%c", letter);
        }
        draw_end(drawing);
    }
    draw_end(drawing);
}

/* Of those at work the one that comes next behind `before`, the longest first; NULL begins. */
static const struct top_worker *find_longest(const struct top_status *status,
                                             const struct top_worker *before) {
    const struct top_worker *longest = NULL;
    for (size_t i = 0; i < status->worker_count; i++) {
        const struct top_worker *worker = &status->workers[i];
        bool is_next = before == NULL || worker->for_s < before->for_s ||
                       (worker->for_s == before->for_s && worker > before);
        if (is_at_work(worker) && is_next && (longest == NULL || worker->for_s > longest->for_s)) {
            longest = worker;
        }
    }
    return longest;
}

/* Those at work, the longest first. */
static void draw_workers(struct drawing *drawing, const struct top_status *status, size_t rows) {
    const struct top_worker *worker = find_longest(status, NULL);
    if (worker == NULL || rows < 2) {
        return;
    }
    draw(drawing, DRAW_DIM, "thread  state               for     served  target");
    draw_end(drawing);
    for (size_t row = 1; worker != NULL && row < rows; row++) {
        char time[UNITS_BYTES];
        char served[UNITS_BYTES];
        units_format_duration(worker->for_s, time);
        units_format_number((double)worker->served, served);
        draw(drawing, worker->is_stuck != 0 ? DRAW_BAD : DRAW_PLAIN,
             "%6" JSON_INTEGER_FORMAT "  %-12s %10s %10s  %s", worker->index, worker->state, time, served,
             worker->target);
        draw_end(drawing);
        worker = find_longest(status, worker);
    }
    draw_end(drawing);
}

static void draw_slowest(struct drawing *drawing, const struct top_status *status) {
    if (status->slow_count == 0 || draw_rows_left(drawing) < 2) {
        return;
    }
    draw(drawing, DRAW_DIM, "slowest       status       ago  target");
    draw_end(drawing);
    for (size_t i = 0; i < status->slow_count && draw_rows_left(drawing) > 0; i++) {
        const struct top_slow *slow = &status->slowest[i];
        char time[UNITS_BYTES];
        char ago[UNITS_BYTES];
        units_format_duration(slow->duration_s, time);
        units_format_duration(slow->ago_s, ago);
        draw(drawing, DRAW_PLAIN, "%-12s %7" JSON_INTEGER_FORMAT " %9s  %s", time, slow->status, ago,
             slow->target);
        draw_end(drawing);
    }
}

void view_draw(struct drawing *drawing, const struct top_status *status, const char *where,
               const char *trouble) {
    draw_head(drawing, status, where, trouble);
    draw_pool(drawing, status);
    draw_clients(drawing, status);
    draw_cache(drawing, status);
    draw_windows(drawing, status);
    draw_advice(drawing, status);
    draw_map(drawing, status);
    size_t left = draw_rows_left(drawing);
    draw_workers(drawing, status, left / 2 > TOP_SLOWEST_MAX ? left - TOP_SLOWEST_MAX - 2 : left);
    draw_slowest(drawing, status);
}
