/* SPDX-License-Identifier: MIT */
#include "tests/hostile/relay.h"

#include "http/base/clock.h"

#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    PACKETS = 2048, /* that may be on their way in one direction, with those that wait for it */
    PACKET_BYTES = 1500,
    WAITING_MS =
        50, /* a packet that would have to wait longer for its turn is lost: the buffer of a router */
    BITS = 8,
    DIRECTIONS = 2,
};

struct packet {
    int64_t due_ns;
    size_t size;
    char bytes[PACKET_BYTES];
};

struct direction {
    int from;
    int to;
    int64_t free_ns; /* when the next packet may be sent, by the rate */
    size_t first;
    size_t count;
    struct packet packets[PACKETS];
};

static struct direction directions[DIRECTIONS];
static uint32_t dice = 2463534242U;

/* Marsaglia's xorshift32. */
static bool is_lost(const struct line_quality *quality) {
    dice ^= dice << 13;
    dice ^= dice >> 17;
    dice ^= dice << 5;
    return dice % 100 < quality->loss_percent;
}

static int64_t time_on_line_ns(const struct line_quality *quality, size_t size) {
    return quality->rate_kbit == 0 ? 0 : (int64_t)size * BITS * 1000 * 1000 / quality->rate_kbit;
}

/* Take what has come. What gets lost is read, too. */
static void take(struct direction *direction, const struct line_quality *quality, bool is_down) {
    char spill[PACKET_BYTES];
    for (;;) {
        int64_t now_ns = clock_steady_ns();
        int64_t begin_ns = direction->free_ns > now_ns ? direction->free_ns : now_ns;
        bool is_full =
            direction->count == PACKETS || begin_ns - now_ns > (int64_t)WAITING_MS * CLOCK_NS_PER_MS;
        struct packet *packet = &direction->packets[(direction->first + direction->count) % PACKETS];
        ssize_t size = read(direction->from, is_full ? spill : packet->bytes, PACKET_BYTES);
        if (size <= 0) {
            return;
        }
        if (is_full || is_down || is_lost(quality)) {
            continue;
        }
        packet->size = (size_t)size;
        direction->free_ns = begin_ns + time_on_line_ns(quality, packet->size);
        packet->due_ns = direction->free_ns + (int64_t)quality->delay_ms * CLOCK_NS_PER_MS;
        direction->count++;
    }
}

/* Returns when the next one is due, or INT64_MAX. */
static int64_t deliver(struct direction *direction, bool is_down) {
    while (direction->count > 0) {
        const struct packet *packet = &direction->packets[direction->first];
        if (packet->due_ns > clock_steady_ns()) {
            return packet->due_ns;
        }
        if (!is_down) {
            ssize_t written = write(direction->to, packet->bytes, packet->size);
            (void)written; /* a device that takes nothing loses it */
        }
        direction->first = (direction->first + 1) % PACKETS;
        direction->count--;
    }
    return INT64_MAX;
}

static void wait_for_packets(int64_t due_ns) {
    struct pollfd ends[DIRECTIONS];
    int64_t left_ns = due_ns - clock_steady_ns();
    left_ns = left_ns < 0 ? 0 : left_ns;
    struct timespec left = {.tv_sec = left_ns / CLOCK_NS_PER_S, .tv_nsec = left_ns % CLOCK_NS_PER_S};
    for (int i = 0; i < DIRECTIONS; i++) {
        ends[i] = (struct pollfd){.fd = directions[i].from, .events = POLLIN};
    }
    (void)ppoll(ends, DIRECTIONS, due_ns == INT64_MAX ? NULL : &left, NULL);
}

void relay_run(const struct line_quality *quality, const int ends[2], const volatile bool *is_down) {
    for (int i = 0; i < DIRECTIONS; i++) {
        directions[i].from = ends[i];
        directions[i].to = ends[1 - i];
    }
    for (;;) {
        int64_t due_ns = INT64_MAX;
        for (int i = 0; i < DIRECTIONS; i++) {
            take(&directions[i], quality, *is_down);
            int64_t next_ns = deliver(&directions[i], *is_down);
            due_ns = next_ns < due_ns ? next_ns : due_ns;
        }
        wait_for_packets(due_ns);
    }
}
