/* SPDX-License-Identifier: MIT */
#include "server/log/line.h"

#include "http/base/clock.h"
#include "server/log/put.h"

#include <stdint.h>
#include <string.h>

/* --- when ----------------------------------------------------------------------------------------------- */

static struct timespec read_clock(struct log_clock *clock, enum log_format format) {
    struct timespec now = clock_wall_coarse();
    if (now.tv_sec == clock->seconds && clock->length > 0 && format == clock->format) {
        return now;
    }
    struct tm calendar = {0};
    bool is_json = format == LOG_FORMAT_JSON;
    (void)(is_json ? gmtime_r : localtime_r)(&now.tv_sec, &calendar);
    clock->seconds = now.tv_sec;
    clock->format = format;
    clock->length =
        strftime(clock->text, sizeof clock->text,
                 is_json ? "{\"time\":\"%Y-%m-%dT%H:%M:%S." : " - - [%d/%b/%Y:%H:%M:%S %z] ", &calendar);
    return now;
}

/* --- lines for people, and for what reads those of Apache ------------------------------------------------ */

static char *put_split(char *at, const struct time_split *split) {
    static const char *const names[TIME_PART_COUNT] = {
        [TIME_WAIT] = " wait=", [TIME_CLIENT] = " client=", [TIME_OPEN] = " open=", [TIME_SEND] = " send="};
    for (size_t i = 0; i < TIME_PART_COUNT; i++) {
        at = put_seconds(put_string(at, names[i]), split->parts_ns[i]);
    }
    const char *slowest = time_split_slowest(split);
    return put_string(put_string(at, " slow="), slowest != NULL ? slowest : "-");
}

static char *put_line(char *at, const struct answer_record *record, enum log_format format,
                      struct log_clock *clock) {
    at += client_address_format(record->client, at);
    (void)read_clock(clock, format);
    at = put_bytes(at, clock->text, clock->length);
    at = put_quoted(at, record->request_line);
    *at++ = ' ';
    at = put_number(at, (uint64_t)record->status);
    *at++ = ' ';
    at = put_number(at, record->body_bytes);
    if (format != LOG_FORMAT_COMMON) {
        *at++ = ' ';
        at = put_quoted(at, record->referer);
        *at++ = ' ';
        at = put_quoted(at, record->user_agent);
    }
    *at++ = ' ';
    return put_seconds(at, record->duration_ns);
}

/* --- an object a line (JSON Lines) ------------------------------------------------------------------------ */

static char *put_member(char *at, const char *name, struct view text) {
    return put_json_string(put_string(at, name), text);
}

/* The first word of the request line, and the one after it: null each when the line does not consist of two or
 * three. */
static char *put_method_and_target(char *at, struct view line) {
    struct view words[3] = {0};
    size_t count = 0;
    while (line.bytes != NULL && line.length > 0 && count < 3) {
        const char *blank = memchr(line.bytes, ' ', line.length);
        size_t length = blank != NULL && count < 2 ? (size_t)(blank - line.bytes) : line.length;
        words[count++] = (struct view){line.bytes, length};
        size_t skipped = length + (blank != NULL && length < line.length ? 1 : 0);
        line = (struct view){line.bytes + skipped, line.length - skipped};
    }
    bool is_whole = count >= 2 && words[0].length > 0 && words[1].length > 0;
    at = put_member(at, ",\"method\":", is_whole ? words[0] : (struct view){0});
    return put_member(at, ",\"target\":", is_whole ? words[1] : (struct view){0});
}

static char *put_json_split(char *at, const struct time_split *split) {
    static const char *const names[TIME_PART_COUNT] = {[TIME_WAIT] = ",\"wait\":",
                                                       [TIME_CLIENT] = ",\"client_wait\":",
                                                       [TIME_OPEN] = ",\"open\":",
                                                       [TIME_SEND] = ",\"send\":"};
    for (size_t i = 0; i < TIME_PART_COUNT; i++) {
        at = put_seconds(put_string(at, names[i]), split->parts_ns[i]);
    }
    const char *slowest = time_split_slowest(split);
    struct view slow = slowest != NULL ? view_of(slowest) : (struct view){0};
    return put_member(at, ",\"slow\":", slow);
}

static char *put_object(char *at, const struct answer_record *record, struct log_clock *clock) {
    char client[CLIENT_ADDRESS_BYTES];
    size_t length = client_address_format(record->client, client);
    struct timespec now = read_clock(clock, LOG_FORMAT_JSON);
    at = put_bytes(at, clock->text, clock->length);
    at = put_digits(at, (uint64_t)now.tv_nsec / CLOCK_NS_PER_MS, 3);
    at = put_member(at, "Z\",\"client\":", (struct view){client, length});
    at = put_member(at, ",\"request\":", record->request_line);
    at = put_method_and_target(at, record->request_line);
    at = put_number(put_string(at, ",\"status\":"), (uint64_t)record->status);
    at = put_number(put_string(at, ",\"bytes\":"), record->body_bytes);
    at = put_string(at, record->complete ? ",\"complete\":true" : ",\"complete\":false");
    at = put_member(at, ",\"referer\":", record->referer);
    at = put_member(at, ",\"user_agent\":", record->user_agent);
    at = put_seconds(put_string(at, ",\"seconds\":"), record->duration_ns);
    at = put_json_split(at, &record->split);
    *at++ = '}';
    return at;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written through `at` */
size_t log_line_format(char line[LOG_LINE_BYTES], const struct answer_record *record, enum log_format format,
                       struct log_clock *clock) {
    char *at =
        format == LOG_FORMAT_JSON ? put_object(line, record, clock) : put_line(line, record, format, clock);
    if (format == LOG_FORMAT_TIMED) {
        at = put_split(at, &record->split);
    }
    *at++ = '\n';
    return (size_t)(at - line);
}
