/* SPDX-License-Identifier: MIT */
#include "server/status/picture.h"

#include "http/base/escape.h"
#include "http/pages/page.h"
#include "http/semantics/date.h"
#include "server/status/words.h"

enum { BAR_UNITS = 1000 };

void picture_begin_part(struct text *out, const char *id, const char *title, const char *sentence) {
    words_add(out, "<section id=\"%s\">\n<h2>%s</h2>\n<p class=\"what\">%s</p>\n", id, title, sentence);
}

void picture_write_bar(struct text *out, double share, const char *colour) {
    double bounded = share < 0 ? 0 : share > 1 ? 1 : share;
    int width = (int)(bounded * BAR_UNITS);
    words_add(out,
              "<svg class=\"bar\" viewBox=\"0 0 %d 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">"
              "<rect class=\"%s\" width=\"%d\" height=\"10\"/></svg>",
              BAR_UNITS, colour, width > 0 || share <= 0 ? width : 1);
}

static void write_head(const struct reading *reading, struct text *out) {
    const struct measure_gauges *gauges = &reading->snapshot.now.gauges;
    const char *health = health_name(reading->health.state);
    char date[DATE_RFC3339_BYTES];
    page_open(out);
    text_append(out, "Lido: the pool");
    page_begin_status(out);
    text_append(out, "<header>\n<h1>The pool at work</h1>\n<p id=\"now\">");
    words_add(out, "<b class=\"%s\">%s</b> &middot; up ", health, health);
    words_add_duration(out, reading->snapshot.uptime_s);
    words_add(out, " &middot; %zu thread%s on %zu processor%s &middot; Lido %s", gauges->threads,
              gauges->threads == 1 ? "" : "s", gauges->processors, gauges->processors == 1 ? "" : "s",
              LIDO_VERSION);
    if (date_format_rfc3339(reading->wall_s, date)) {
        words_add(out, " &middot; <time datetime=\"%s\">%.8s UTC</time>", date, date + 11);
    }
    text_append(out, "</p>\n<p id=\"live\" role=\"status\"></p>\n</header>\n");
}

static void write_health(const struct reading *reading, struct text *out) {
    for (size_t i = 0; i < reading->health.reason_count; i++) {
        words_add(out, "<p class=\"alarm\">%s.</p>\n", reading->health.reasons[i]);
    }
}

static void write_advice(const struct reading *reading, struct text *out) {
    picture_begin_part(out, "advice", "Advice",
                       "What size the pool should have, by what was measured in the last minutes.");
    text_append(out, "<ul>\n");
    for (size_t i = 0; i < reading->line_count; i++) {
        text_append(out, "<li>");
        escape_html(out, view_of(reading->lines[i]));
        text_append(out, "</li>\n");
    }
    text_append(out, "</ul>\n</section>\n");
}

static void write_data(struct text *out) {
    picture_begin_part(out, "data", "The same for programs", "What this page is made of, for other tools.");
    text_append(out, "<ul>\n<li><a href=\"status.json\">status.json</a>: all of it as data; "
                     "<a href=\"status.json?series=1\">with the points of the plots</a></li>\n"
                     "<li><a href=\"metrics\">metrics</a>: for Prometheus</li>\n"
                     "<li><a href=\"health\">health</a>: 200 or 503, for who watches over the server</li>\n"
                     "</ul>\n</section>\n");
}

void picture_write(const struct reading *reading, struct text *out) {
    write_head(reading, out);
    text_append(out, "<main>\n");
    write_health(reading, out);
    write_advice(reading, out);
    text_append(out, "<div class=\"way\">\n");
    picture_write_way(reading, out);
    text_append(out, "</div>\n");
    picture_write_workers(reading, out);
    picture_write_plots(reading, out);
    picture_write_slowest(reading, out);
    write_data(out);
    text_append(out, "</main>\n");
    page_end_status(out);
}
