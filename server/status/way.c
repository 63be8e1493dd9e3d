/* SPDX-License-Identifier: MIT */
/* The way of a client through the server, as the page draws it: door, queue, lane, waiting room. */
#include "http/pages/human_number.h"
#include "server/status/picture.h"
#include "server/status/words.h"

/* "12 of 1,024", and a bar of it. */
static void write_fill(struct text *out, size_t part, size_t whole, const char *of_what, const char *colour) {
    text_append(out, "<p class=\"fill\"><b>");
    human_number_append(out, part);
    text_append(out, "</b> of ");
    human_number_append(out, whole);
    words_add(out, " %s</p>\n", of_what);
    picture_write_bar(out, whole > 0 ? (double)part / (double)whole : 0, colour);
}

static void write_rate(struct text *out, uint64_t count, double span_s, const char *of_what) {
    text_append(out, "<li><b>");
    words_add_number(out, span_s > 0 ? (double)count / span_s : 0);
    words_add(out, "</b> %s</li>\n", of_what);
}

static void write_count(struct text *out, uint64_t count, const char *of_what) {
    text_append(out, "<li><b>");
    human_number_append(out, count);
    words_add(out, "</b> %s</li>\n", of_what);
}

static void write_door(const struct reading *reading, struct text *out) {
    const struct measure_now *now = &reading->snapshot.now;
    const struct measure_window *window = &reading->snapshot.windows[MEASURE_10_S];
    picture_begin_part(
        out, "door", "The door",
        "The main thread lets clients in here, and hands those who have something to say to the queue.");
    write_fill(out, now->gauges.connections, now->gauges.connections_max, "connections are open", "water");
    text_append(out, "<ul>\n");
    write_rate(out, window->counts.accepted, window->span_s, "accepted a second");
    write_rate(out, window->counts.requests, window->span_s, "requests a second");
    write_count(out, now->counts.rejected, "turned away with 503");
    write_count(out, now->counts.paused_queue + now->counts.paused_connections + now->counts.paused_resources,
                "times closed for a while");
    text_append(out, "</ul>\n</section>\n");
}

static void write_wait(struct text *out, const struct measure_duration *wait) {
    text_append(out, "<li><b>");
    words_add_duration(out, wait->median_s);
    text_append(out, "</b> is what half of them wait</li>\n<li><b>");
    words_add_duration(out, wait->p99_s);
    text_append(out, "</b> is what one of 100 waits at least</li>\n");
}

static void write_queue(const struct reading *reading, struct text *out) {
    const struct measure_gauges *gauges = &reading->snapshot.now.gauges;
    picture_begin_part(
        out, "queue", "The queue",
        "Clients that a worker can serve wait here until one is free; when it is full, the door closes or "
        "turns them away.");
    write_fill(out, gauges->queue_depth, gauges->queue_capacity, "places are taken",
               gauges->queue_depth * 2 > gauges->queue_capacity ? "hot" : "water");
    text_append(out, "<ul>\n");
    write_wait(out, &reading->snapshot.windows[MEASURE_10_S].wait);
    write_count(out, gauges->queue_high_water, "were the most ever");
    text_append(out, "</ul>\n</section>\n");
}

static void write_lane(const struct reading *reading, struct text *out) {
    size_t sleeping = 0;
    for (size_t i = 0; i < reading->worker_count; i++) {
        sleeping += reading->workers[i].activity == WORKER_LEADING ? 1 : 0;
    }
    picture_begin_part(
        out, "lane", "The lane",
        "Kept connections wait here for their next request; a worker that leads takes them itself, past "
        "the queue.");
    write_fill(out, reading->snapshot.now.gauges.leaders, reading->snapshot.now.gauges.processors,
               "leaders there can be", "lead");
    text_append(out, "<ul>\n");
    write_count(out, sleeping, sleeping == 1 ? "of them waits for all the others" : "of them wait");
    write_count(out, reading->snapshot.now.gauges.parked[PARKED_IDLE], "kept connections say nothing");
    text_append(out, "</ul>\n</section>\n");
}

static void write_room(const struct reading *reading, struct text *out) {
    static const char *const words[PARKED_KINDS] = {
        [PARKED_IDLE] = "idle, for the next request",
        [PARKED_READING] = "reading, for the rest of a request",
        [PARKED_WRITING] = "writing, for the client to take more",
        [PARKED_LINGERING] = "lingering, for the client to close",
    };
    const struct measure_gauges *gauges = &reading->snapshot.now.gauges;
    picture_begin_part(
        out, "room", "The waiting room",
        "Connections that wait for their client cost no thread; each kind has a time-out of its own.");
    text_append(out, "<ul class=\"bars\">\n");
    for (size_t i = 0; i < PARKED_KINDS; i++) {
        text_append(out, "<li><b>");
        human_number_append(out, gauges->parked[i]);
        words_add(out, "</b> %s", words[i]);
        picture_write_bar(
            out, gauges->connections > 0 ? (double)gauges->parked[i] / (double)gauges->connections : 0,
            "water");
        text_append(out, "</li>\n");
    }
    text_append(out, "</ul>\n</section>\n");
}

void picture_write_way(const struct reading *reading, struct text *out) {
    write_door(reading, out);
    write_queue(reading, out);
    write_lane(reading, out);
    write_room(reading, out);
}
