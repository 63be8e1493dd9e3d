/* SPDX-License-Identifier: MIT */
#include "server/log/line_parts.h"

#include "http/base/clock.h"
#include "server/log/put.h"

enum { LOCAL_BEFORE = 5, LOCAL_BEHIND = 2 }; /* " - - [" up to its bracket, and "] " */

void slots_add(struct log_slots *slots, const char *line, const char *at, size_t length, bool is_json) {
    if (slots != NULL && slots->count < LOG_SLOTS_MAX) {
        slots->items[slots->count].offset = (size_t)(at - line);
        slots->items[slots->count].length = length;
        slots->items[slots->count].is_json = is_json;
        slots->count++;
    }
}

char *put_address(char *at, const struct log_subject *subject) {
    return at + client_address_format(subject->record->client, at);
}

char *put_client(char *at, const char *line, const struct log_subject *subject) {
    if (subject->name.bytes != NULL) {
        return put_bytes(at, subject->name.bytes, subject->name.length);
    }
    char *end = put_address(at, subject);
    slots_add(subject->slots, line, at, (size_t)(end - at), false);
    return end;
}

static struct timespec read_clock(struct log_second *second, const char *format, bool is_utc) {
    struct timespec now = clock_wall_coarse();
    if (now.tv_sec == second->seconds && second->length > 0) {
        return now;
    }
    struct tm calendar = {0};
    (void)(is_utc ? gmtime_r : localtime_r)(&now.tv_sec, &calendar);
    second->seconds = now.tv_sec;
    second->length = strftime(second->text, sizeof second->text, format, &calendar);
    return now;
}

static void read_local(struct log_clock *clock) {
    (void)read_clock(&clock->local, " - - [%d/%b/%Y:%H:%M:%S %z] ", false);
}

char *put_local_time(char *at, struct log_clock *clock) {
    read_local(clock);
    return put_bytes(at, clock->local.text, clock->local.length);
}

char *put_bare_local_time(char *at, struct log_clock *clock) {
    read_local(clock);
    size_t before = LOCAL_BEFORE + 1;
    return put_bytes(at, clock->local.text + before, clock->local.length - before - LOCAL_BEHIND);
}

char *put_utc(char *at, struct log_clock *clock) {
    struct timespec now = read_clock(&clock->utc, "%Y-%m-%dT%H:%M:%S.", true);
    at = put_bytes(at, clock->utc.text, clock->utc.length);
    at = put_digits(at, (uint64_t)now.tv_nsec / CLOCK_NS_PER_MS, 3);
    *at++ = 'Z';
    return at;
}
