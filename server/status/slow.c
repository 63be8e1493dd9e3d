/* SPDX-License-Identifier: MIT */
/* The slowest requests of late, as a table of the page. */
#include "http/base/clock.h"
#include "http/base/escape.h"
#include "http/pages/human_number.h"
#include "server/status/picture.h"
#include "server/status/words.h"

static double seconds(int64_t ns) {
    return (double)ns / (double)CLOCK_NS_PER_S;
}

/* Whether anybody asked for it to be measured, and it has come to something. */
static bool knows_who_was_slow(const struct reading *reading) {
    bool knows = false;
    for (size_t i = 0; i < reading->slow_count && !knows; i++) {
        knows = time_split_slowest(&reading->slow[i].split) != NULL;
    }
    return knows;
}

static void write_row(const struct reading *reading, const struct slow_request *slow, bool names_who,
                      struct text *out) {
    const char *who = time_split_slowest(&slow->split);
    int64_t ago_ns = reading->snapshot.now.taken_ns - slow->ended_ns;
    text_append(out, "<tr><td>");
    words_add_duration(out, seconds(slow->duration_ns));
    text_append(out, "</td><th scope=\"row\"><code>"); /* early in the row: a phone shows no more of it */
    escape_html(out, view_of(slow->target));
    text_append(out, "</code></th>");
    if (names_who) {
        words_add(out, "<td>%s</td>", who != NULL ? who : "");
    }
    words_add(out, "<td>%d</td><td>", slow->status);
    human_number_append_size(out, slow->body_bytes);
    text_append(out, "</td><td>");
    words_add_duration(out, ago_ns > 0 ? seconds(ago_ns) : 0);
    text_append(out, "</td></tr>\n");
}

void picture_write_slowest(const struct reading *reading, struct text *out) {
    picture_begin_part(
        out, "slow", "The slowest requests of late",
        "From the first byte of the request to the last of the answer, so a slow client counts, too.");
    if (reading->slow_count == 0) {
        text_append(out, "<p>None took a millisecond in the last five minutes.</p>\n</section>\n");
        return;
    }
    bool names_who = knows_who_was_slow(reading);
    words_add(
        out,
        "<div class=\"wide\" role=\"region\" aria-label=\"The slowest requests\" tabindex=\"0\"><table>\n"
        "<thead><tr><th scope=\"col\">took</th><th scope=\"col\">asked for</th>%s"
        "<th scope=\"col\">status</th><th scope=\"col\">body</th><th scope=\"col\">ended before</th>"
        "</tr></thead>\n<tbody>\n",
        names_who ? "<th scope=\"col\">most by</th>" : "");
    for (size_t i = 0; i < reading->slow_count; i++) {
        write_row(reading, &reading->slow[i], names_who, out);
    }
    text_append(out, "</tbody></table></div>\n</section>\n");
}
