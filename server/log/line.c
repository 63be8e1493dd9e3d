/* SPDX-License-Identifier: MIT */
#include "server/log/line.h"

#include "http/base/clock.h"

#include <stdint.h>
#include <string.h>

enum {
    VIEW_MAX_BYTES =
        900, /* of a text sent by the client; times 4 when all is escaped, times 3 for all texts */
    BLOCK_BYTES = sizeof(uint64_t) /* of a text, looked at and copied together */
};

/* Everything below writes at `at` and returns where it ended; the line has room for all of it. By hand, as
 * every request needs a line and snprintf() takes ten times as long. */

static char *put_bytes(char *at, const char *bytes, size_t length) {
    memcpy(at, bytes, length);
    return at + length;
}

/* The last `count` digits of the number. */
static char *put_digits(char *at, uint64_t number, size_t count) {
    for (size_t i = count; i > 0; number /= 10) {
        at[--i] = (char)('0' + number % 10);
    }
    return at + count;
}

static char *put_number(char *at, uint64_t number) {
    size_t count = 1;
    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        count++;
    }
    return put_digits(at, number, count);
}

static char *put_seconds(char *at, uint64_t duration_ns) {
    at = put_number(at, duration_ns / 1000000000);
    *at++ = '.';
    return put_digits(at, duration_ns / 1000, 6);
}

static bool is_harmful(unsigned char c) {
    return c < 0x20 || c > 0x7E || c == '"' || c == '\\';
}

static char *put_escaped(char *at, const char *text, size_t length) {
    static const char hex[] = "0123456789abcdef";
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (is_harmful(c)) {
            const char escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 0x0F]};
            at = put_bytes(at, escape, sizeof escape);
        } else {
            *at++ = (char)c;
        }
    }
    return at;
}

/* is_harmful() for a block of bytes: most of what clients send has none. A byte below 0x80 has its high bit
 * set by one of these sums if it is harmful; one above has it anyhow. What a sum carries into the next byte
 * no longer matters, as only a harmful byte carries. */
static bool block_is_harmful(const char block[BLOCK_BYTES]) {
    uint64_t each_byte = UINT64_C(0x0101010101010101); /* times a byte: a block of that byte */
    uint64_t bytes;
    memcpy(&bytes, block, sizeof bytes);
    uint64_t control = bytes - each_byte * 0x20;
    uint64_t above = bytes + each_byte;
    uint64_t quote = (bytes ^ each_byte * '"') - each_byte;
    uint64_t backslash = (bytes ^ each_byte * '\\') - each_byte;
    return ((bytes | control | above | quote | backslash) & each_byte * 0x80) != 0;
}

static char *put_text(char *at, const char *text, size_t length) {
    for (; length >= BLOCK_BYTES; length -= BLOCK_BYTES, text += BLOCK_BYTES) {
        at = block_is_harmful(text) ? put_escaped(at, text, BLOCK_BYTES) : put_bytes(at, text, BLOCK_BYTES);
    }
    return put_escaped(at, text, length);
}

static char *put_quoted(char *at, struct view text) {
    if (text.bytes == NULL) {
        return put_bytes(at, "\"-\"", 3);
    }
    bool is_cut = text.length > VIEW_MAX_BYTES;
    *at++ = '"';
    at = put_text(at, text.bytes, is_cut ? VIEW_MAX_BYTES : text.length);
    return is_cut ? put_bytes(at, "...\"", 4) : put_bytes(at, "\"", 1);
}

static char *put_time(char *at, struct log_clock *clock) {
    struct timespec now = clock_wall_coarse();
    if (now.tv_sec != clock->seconds || clock->length == 0) {
        struct tm local = {0};
        clock->seconds = now.tv_sec;
        (void)localtime_r(&now.tv_sec, &local);
        clock->length = strftime(clock->text, sizeof clock->text, " - - [%d/%b/%Y:%H:%M:%S %z] ", &local);
    }
    return put_bytes(at, clock->text, clock->length);
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written through `at` */
size_t log_line_format(char line[LOG_LINE_BYTES], const struct answer_record *record, bool combined,
                       struct log_clock *clock) {
    char *at = line + client_address_format(record->client, line);
    at = put_time(at, clock);
    at = put_quoted(at, record->request_line);
    *at++ = ' ';
    at = put_number(at, (uint64_t)record->status);
    *at++ = ' ';
    at = put_number(at, record->body_bytes);
    if (combined) {
        *at++ = ' ';
        at = put_quoted(at, record->referer);
        *at++ = ' ';
        at = put_quoted(at, record->user_agent);
    }
    *at++ = ' ';
    at = put_seconds(at, (uint64_t)record->duration_ns);
    *at++ = '\n';
    return (size_t)(at - line);
}
