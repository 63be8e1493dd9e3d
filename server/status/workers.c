/* SPDX-License-Identifier: MIT */
/* What each worker does, as the page draws it: few as lanes, many as a field of cells. */
#include "http/base/escape.h"
#include "http/pages/human_number.h"
#include "server/status/picture.h"
#include "server/status/words.h"

#include <math.h>
#include <stdlib.h>

enum {
    LANES_MAX =
        32, /* workers that have a lane each; of more, those that have been at something for longest */
    LANES_OF_MANY = 12,
    CELLS_OF_A_ROW = 64,
    CELL_UNITS = 10
};

/* How it is drawn: the colour of a class of status.css. */
enum look { LOOK_IDLE, LOOK_LEAD, LOOK_WORK, LOOK_SEND, LOOK_FILE, LOOK_ZIP, LOOK_STUCK, LOOK_COUNT };

static const struct {
    const char *colour;
    const char *words; /* of the legend */
} looks[LOOK_COUNT] = {
    [LOOK_IDLE] = {"idle", "wait at the queue"}, [LOOK_LEAD] = {"lead", "wait in the lane"},
    [LOOK_WORK] = {"work", "compute"},           [LOOK_SEND] = {"send", "send"},
    [LOOK_FILE] = {"file", "are in files"},      [LOOK_ZIP] = {"zip", "compress"},
    [LOOK_STUCK] = {"stuck", "are stuck"},
};

static enum look look_of(const struct worker_report *worker) {
    static const enum look all[WORKER_ACTIVITY_COUNT] = {
        [WORKER_IDLE] = LOOK_IDLE,      [WORKER_LEADING] = LOOK_LEAD,    [WORKER_READING] = LOOK_WORK,
        [WORKER_RESOLVING] = LOOK_WORK, [WORKER_SENDING] = LOOK_SEND,    [WORKER_IN_FILE] = LOOK_FILE,
        [WORKER_IN_FOLDER] = LOOK_FILE, [WORKER_COMPRESSING] = LOOK_ZIP,
    };
    return worker->is_stuck ? LOOK_STUCK : all[worker->activity];
}

static const char *words_of(const struct worker_report *worker) {
    static const char *const all[WORKER_ACTIVITY_COUNT] = {
        [WORKER_IDLE] = "waits at the queue",     [WORKER_LEADING] = "waits in the lane, for all",
        [WORKER_READING] = "reads a request",     [WORKER_RESOLVING] = "looks up what is asked for",
        [WORKER_SENDING] = "sends an answer",     [WORKER_IN_FILE] = "waits for a file",
        [WORKER_IN_FOLDER] = "works on a folder", [WORKER_COMPRESSING] = "compresses a file",
    };
    return all[worker->activity];
}

static void write_legend(const struct reading *reading, struct text *out) {
    size_t counts[LOOK_COUNT] = {0};
    for (size_t i = 0; i < reading->worker_count; i++) {
        counts[look_of(&reading->workers[i])]++;
    }
    text_append(out, "<ul class=\"legend\">\n");
    for (enum look look = LOOK_IDLE; look < LOOK_COUNT; look++) {
        words_add(
            out,
            "<li><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"%s\" width=\"10\" height=\"10\"/>"
            "</svg> <b>%zu</b> %s</li>\n",
            looks[look].colour, counts[look], looks[look].words);
    }
    text_append(out, "</ul>\n");
}

/* --- lanes ---------------------------------------------------------------------------------------------- */

/* From a millisecond to ten seconds, as powers: what is long stands out, and what is short can be seen. */
static double share_of(double seconds) {
    double share = (log10(seconds > 0 ? seconds : 1e-9) + 3) / 4;
    return share < 0.04 ? 0.04 : share > 1 ? 1 : share;
}

static void write_lane(const struct reading *reading, const struct worker_report *worker, struct text *out) {
    enum look look = look_of(worker);
    double for_s = reading_worker_for_s(reading, worker);
    bool rests = look == LOOK_IDLE || look == LOOK_LEAD;
    words_add(out, "<li><b>%u</b>", worker->index);
    picture_write_bar(out, rests ? look == LOOK_LEAD : share_of(for_s), looks[look].colour);
    words_add(out, "<span>%s%s</span><span class=\"for\">", words_of(worker),
              worker->is_stuck ? ": stuck" : "");
    words_add_duration(out, for_s);
    text_append(out, "</span><code>");
    escape_html(out, view_of(worker->subject));
    text_append(out, "</code></li>\n");
}

static int compare_by_time(const void *a, const void *b) {
    const struct worker_report *first = *(const struct worker_report *const *)a;
    const struct worker_report *second = *(const struct worker_report *const *)b;
    return (first->since_ns > second->since_ns) - (first->since_ns < second->since_ns);
}

/* All of them; of many, those that have been at something for longest. */
static void write_lanes(const struct reading *reading, struct text *out) {
    const struct worker_report **shown = calloc(reading->worker_count + 1, sizeof(void *));
    size_t count = 0;
    bool are_many = reading->worker_count > LANES_MAX;
    for (size_t i = 0; shown != NULL && i < reading->worker_count; i++) {
        enum look look = look_of(&reading->workers[i]);
        if (!are_many || (look != LOOK_IDLE && look != LOOK_LEAD)) {
            shown[count++] = &reading->workers[i];
        }
    }
    if (are_many && shown != NULL) {
        qsort(shown, count, sizeof(void *), compare_by_time);
        count = count < LANES_OF_MANY ? count : LANES_OF_MANY;
        text_append(out, "<h3>Those that have been at something for longest</h3>\n");
    }
    text_append(out, "<ol class=\"lanes\">\n");
    for (size_t i = 0; i < count; i++) {
        write_lane(reading, shown[i], out);
    }
    text_append(out, "</ol>\n");
    out->failed = out->failed || shown == NULL;
    free(shown);
}

static void write_cells(const struct reading *reading, struct text *out) {
    size_t rows = (reading->worker_count + CELLS_OF_A_ROW - 1) / CELLS_OF_A_ROW;
    words_add(
        out,
        "<svg class=\"cells\" viewBox=\"0 0 %d %zu\" role=\"img\" aria-label=\"%zu workers, one cell each\">",
        CELLS_OF_A_ROW * CELL_UNITS, rows * CELL_UNITS, reading->worker_count);
    for (size_t i = 0; i < reading->worker_count; i++) {
        words_add(out, "<rect class=\"%s\" x=\"%zu\" y=\"%zu\" width=\"8\" height=\"8\"/>",
                  looks[look_of(&reading->workers[i])].colour, i % CELLS_OF_A_ROW * CELL_UNITS + 1,
                  i / CELLS_OF_A_ROW * CELL_UNITS + 1);
    }
    text_append(out, "</svg>\n");
}

/* --- where the time went -------------------------------------------------------------------------------- */

static void write_share(struct text *out, uint64_t part, uint64_t whole, const char *colour,
                        const char *what) {
    double share = whole > 0 ? (double)part / (double)whole : 0;
    words_add(out, "<li><b>%.0f %%</b> %s", 100 * share, what);
    picture_write_bar(out, share, colour);
    text_append(out, "</li>\n");
}

static void write_times(const struct reading *reading, struct text *out) {
    const struct measure_times *times = &reading->snapshot.windows[MEASURE_1_MIN].counts.times;
    uint64_t whole = times->idle_ns + times->computing_ns + times->files_ns + times->processor_ns;
    text_append(out, "<h3>What they did with the last minute</h3>\n<ul class=\"bars times\">\n");
    write_share(out, times->idle_ns, whole, "idle", "had nothing to do");
    write_share(out, times->computing_ns, whole, "work", "computed");
    write_share(out, times->files_ns, whole, "file", "waited for files");
    write_share(out, times->processor_ns, whole, "hot", "waited for a processor");
    text_append(out, "</ul>\n");
}

void picture_write_workers(const struct reading *reading, struct text *out) {
    picture_begin_part(
        out, "workers", "The workers",
        "Each thread serves one client at a time; one that waits for a disk cannot serve another, which "
        "is why there are more of them than processors.");
    write_legend(reading, out);
    if (reading->worker_count > LANES_MAX) {
        write_cells(reading, out);
    }
    write_lanes(reading, out);
    write_times(reading, out);
    text_append(out, "</section>\n");
}
