/* SPDX-License-Identifier: MIT */
/* How it was in the last five minutes and in the last day: lines over time, drawn as SVG 1.1. */
#include "http/pages/human_number.h"
#include "server/status/picture.h"
#include "server/status/words.h"

enum { PLOT_WIDTH = 600, PLOT_HEIGHT = 100, LINES_MAX = 4 };

enum plot_unit { UNIT_NUMBER, UNIT_BYTES, UNIT_SECONDS, UNIT_PER_CENT };

/* What a line shows of a point; `step_s` is how long the point stands for. */
typedef double plot_reader(const struct measure_point *point, double step_s);

struct line {
    const char *name;
    const char *colour; /* a class of status.css, which has a dash of its own, too */
    plot_reader *read;
};

struct plot {
    const char *title;
    const char *sentence;
    enum plot_unit unit;
    struct line lines[LINES_MAX]; /* those behind the last one have no name */
};

struct points {
    const struct measure_point *all;
    size_t count;
    size_t places; /* for so many there is room; the last one is at the right */
    int step_s;
    const char *span;  /* the class of this plot, */
    const char *words; /* and what it shows */
};

/* --- what there is to show ------------------------------------------------------------------------------ */

#define RATE(name, member)                                                 \
    static double name(const struct measure_point *point, double step_s) { \
        return (double)point->member / step_s;                             \
    }
#define MEAN(name, member)                                                 \
    static double name(const struct measure_point *point, double step_s) { \
        (void)step_s;                                                      \
        return (double)point->member;                                      \
    }

RATE(requests, requests)
RATE(bytes, body_bytes)
RATE(successes, statuses[1])
RATE(redirections, statuses[2])
RATE(client_errors, statuses[3])
RATE(server_errors, statuses[4])
RATE(rejections, rejected)
RATE(timeouts, timeouts)
MEAN(busy, busy)
MEAN(threads, threads)
MEAN(depth, queue_depth)
MEAN(connections, connections)
MEAN(wait_median, wait_median_s)
MEAN(wait_p99, wait_p99_s)
MEAN(service_median, service_median_s)
MEAN(service_p99, service_p99_s)

static double hits(const struct measure_point *point, double step_s) {
    uint64_t lookups = point->cache_hits + point->cache_misses;
    (void)step_s;
    return lookups > 0 ? 100 * (double)point->cache_hits / (double)lookups : 0;
}

static const struct plot plots[] = {
    {"Requests a second", "What clients ask for.", UNIT_NUMBER, {{"requests", "first", requests}}},
    {"Bytes a second",
     "What they get, without the heads of answers.",
     UNIT_BYTES,
     {{"bytes", "first", bytes}}},
    {"Answers a second",
     "By the class of their status: 4xx is the client's fault, 5xx the server's.",
     UNIT_NUMBER,
     {{"2xx", "first", successes},
      {"3xx", "second", redirections},
      {"4xx", "third", client_errors},
      {"5xx", "fourth", server_errors}}},
    {"Busy workers",
     "When all are busy for long, requests wait.",
     UNIT_NUMBER,
     {{"busy", "first", busy}, {"threads", "second", threads}}},
    {"Places taken in the queue",
     "A queue that is never empty means too few threads or processors.",
     UNIT_NUMBER,
     {{"waiting", "first", depth}}},
    {"Time in the queue or the lane",
     "From when a request could be served to its first step.",
     UNIT_SECONDS,
     {{"half", "first", wait_median}, {"99 of 100", "second", wait_p99}}},
    {"Time to serve",
     "From the first step of a request to the end of its answer.",
     UNIT_SECONDS,
     {{"half", "first", service_median}, {"99 of 100", "second", service_p99}}},
    {"Connections",
     "Open ones, most of which wait for their client.",
     UNIT_NUMBER,
     {{"open", "first", connections}}},
    {"Found in the file cache",
     "Of all files that were looked up there.",
     UNIT_PER_CENT,
     {{"found", "first", hits}}},
    {"Rejections and time-outs a second",
     "Clients that were turned away, or that were too slow.",
     UNIT_NUMBER,
     {{"rejected", "fourth", rejections}, {"timed out", "third", timeouts}}},
};

/* --- drawing -------------------------------------------------------------------------------------------- */

static void write_value(struct text *out, enum plot_unit unit, double value) {
    switch (unit) {
    case UNIT_NUMBER:
        words_add_number(out, value);
        break;
    case UNIT_BYTES:
        human_number_append_size(out, (uint64_t)value);
        break;
    case UNIT_SECONDS:
        words_add_duration(out, value);
        break;
    case UNIT_PER_CENT:
        words_add(out, "%.0f %%", value);
        break;
    }
}

/* The last point of a day has only begun: it stands for what was seen of it. */
static double value_of(const struct points *points, const struct line *line, size_t index) {
    const struct measure_point *point = &points->all[index];
    bool has_begun = index + 1 == points->count && point->span_s > 0 && point->span_s < points->step_s;
    return line->read(point, has_begun ? point->span_s : points->step_s);
}

static double find_most(const struct points *points, const struct line *line) {
    double most = 0;
    for (size_t i = 0; i < points->count; i++) {
        double value = value_of(points, line, i);
        most = value > most ? value : most;
    }
    return most;
}

static void write_coordinate(struct text *out, const char *before, double value) {
    text_append(out, before);
    text_append_number(out, (uint64_t)(value + 0.5));
}

static void write_line(struct text *out, const struct points *points, const struct line *line, double top) {
    double step = (double)PLOT_WIDTH / (double)(points->places - 1);
    size_t first = points->places - points->count;
    words_add(out, "<path class=\"%s\" d=\"", line->colour);
    for (size_t i = 0; i < points->count; i++) {
        double share = top > 0 ? value_of(points, line, i) / top : 0;
        write_coordinate(out, i == 0 ? "M" : "L", (double)(first + i) * step);
        write_coordinate(out, " ", (double)PLOT_HEIGHT * (1 - share));
    }
    text_append(out, "\"/>");
}

static void write_plot(struct text *out, const struct plot *plot, const struct points *points) {
    double top = 0;
    size_t count = 0;
    for (; count < LINES_MAX && plot->lines[count].name != NULL; count++) {
        double most = find_most(points, &plot->lines[count]);
        top = most > top ? most : top;
    }
    top = plot->unit == UNIT_PER_CENT ? 100 : top;
    words_add(out, "<div class=\"%s\"><p class=\"top\">", points->span);
    write_value(out, plot->unit, top);
    words_add(out,
              "</p><svg viewBox=\"0 -2 %d %d\" preserveAspectRatio=\"none\" role=\"img\" "
              "aria-label=\"%s in %s\">",
              PLOT_WIDTH, PLOT_HEIGHT + 4, plot->title, points->words);
    for (size_t i = 0; i < count && points->count > 0; i++) {
        write_line(out, points, &plot->lines[i], top);
    }
    text_append(out, "</svg></div>\n");
}

/* Each line with its last value. */
static void write_names(struct text *out, const struct plot *plot, const struct points *points) {
    text_append(out, "<ul class=\"names\">");
    for (size_t i = 0; i < LINES_MAX && plot->lines[i].name != NULL; i++) {
        const struct line *line = &plot->lines[i];
        words_add(
            out,
            "<li><svg viewBox=\"0 0 20 4\" aria-hidden=\"true\"><path class=\"%s\" d=\"M0 2H20\"/></svg> %s <b>",
            line->colour, line->name);
        write_value(out, plot->unit, points->count > 0 ? value_of(points, line, points->count - 1) : 0);
        text_append(out, "</b></li>");
    }
    text_append(out, "</ul>\n");
}

void picture_write_plots(const struct reading *reading, struct text *out) {
    struct points minutes = {
        reading->series->seconds, reading->series->second_count, MEASURE_SECONDS, 1, "minutes",
        "the last five minutes"};
    struct points day = {
        reading->series->days, reading->series->day_count, MEASURE_DAY_POINTS, MEASURE_DAY_POINT_S, "day",
        "the last day"};
    picture_begin_part(out, "plots", "How it was",
                       "Now is at the right; the number above is where the plot ends.");
    text_append(
        out,
        "<fieldset><legend>Show</legend>"
        "<input type=\"radio\" name=\"span\" id=\"minutes\" checked><label for=\"minutes\">five minutes</label>"
        "<input type=\"radio\" name=\"span\" id=\"day\"><label for=\"day\">a day</label></fieldset>\n"
        "<div class=\"plots\">\n");
    for (size_t i = 0; i < sizeof plots / sizeof *plots; i++) {
        words_add(out, "<div class=\"plot\"><h3>%s</h3>\n<p class=\"what\">%s</p>\n", plots[i].title,
                  plots[i].sentence);
        write_names(out, &plots[i], &minutes);
        write_plot(out, &plots[i], &minutes);
        write_plot(out, &plots[i], &day);
        text_append(out, "</div>\n");
    }
    text_append(out, "</div>\n</section>\n");
}
