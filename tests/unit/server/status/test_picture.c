/* SPDX-License-Identifier: MIT */
#include "http/base/clock.h"
#include "server/status/picture.h"
#include "tests/unit/server/status/made_reading.h"

#include <criterion/criterion.h>
#include <string.h>

static struct text text;

static void draw_reading(struct reading *reading) {
    text_clear(&text, 0);
    picture_write(reading, &text);
    text_append_bytes(&text, "", 1);
    cr_assert_not(text.failed);
    reading_release(reading);
}

static void draw(size_t worker_count) {
    draw_reading(made_reading(worker_count));
}

static void tear_down(void) {
    text_deinit(&text);
}

TestSuite(picture, .fini = tear_down, .timeout = 60);

static void expect(const char *part) {
    cr_expect(strstr(text.bytes, part) != NULL, "there is no %s", part);
}

static size_t count_of(const char *part) {
    size_t count = 0;
    for (const char *at = text.bytes; (at = strstr(at, part)) != NULL; at++) {
        count++;
    }
    return count;
}

Test(picture, shows_what_was_read) {
    draw(8);
    expect("<b>40</b> of 100 connections are open");
    expect("<b>5</b> of 10 places are taken");
    expect("<b>200 µs</b> is what half of them wait");
    expect("<b>8</b> reading, for the rest of a request");
    expect("up 12 s");
    expect("08:49:37 UTC");
    expect("<tr><td>2.0 s</td><th");
    expect("</code></th><td>200</td><td>4.0 KiB</td><td>10 s</td>");
    expect("<b>75 %</b> had nothing to do");
}

/* Without a log that wants it, nobody knows. */
Test(picture, has_a_column_for_who_was_slow_where_that_is_known) {
    draw(8);
    cr_expect_eq(count_of("most by"), 0);
    struct reading *reading = made_reading(8);
    reading->slow[0].split.parts_ns[TIME_WAIT] = 2 * CLOCK_NS_PER_S;
    draw_reading(reading);
    cr_expect_eq(count_of("most by"), 1);
    expect("</code></th><td>pool</td><td>200</td>");
}

Test(picture, escapes_what_comes_from_clients) {
    draw(8);
    expect("<code>/&lt;script&gt;\xEF\xBF\xBD</code>");
    expect("try threads = 9 &amp; see");
    expect("<code>/&lt;b&gt;&amp;");
    cr_expect_eq(count_of("<script>"), 1, "its own");
}

Test(picture, draws_few_workers_as_lanes_and_many_as_cells) {
    draw(32);
    cr_expect_eq(count_of("<span class=\"for\">"), 32);
    cr_expect_eq(count_of("class=\"cells\""), 0);
    draw(1024);
    cr_expect_eq(count_of("<span class=\"for\">"), 12);
    cr_expect_eq(count_of("height=\"8\"/>"), 1024);
    expect("viewBox=\"0 0 640 160\"");
    expect("1024 workers, one cell each");
    cr_expect_lt(text.length, 256 * 1024);
}

Test(picture, shows_lines_that_end_at_the_right) {
    draw(1);
    expect("<path class=\"first\" d=\"M596 67L598 33L600 0\"/>"); /* 10, 20 and 30 requests */
    expect("requests <b>30</b>");
    expect("<path class=\"first\" d=\"M600 0\"/>"); /* of the day: 60 in the 3 s that it has seen */
    expect("<p class=\"top\">20</p>");
    expect("found <b>75 %</b>");
}
