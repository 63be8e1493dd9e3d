/* SPDX-License-Identifier: MIT */
#include "server/log_line.h"

#include <stdio.h>
#include <string.h>

enum {
    VIEW_MAX_BYTES =
        900 /* of a text sent by the client; times 4 when all is escaped, times 3 for all texts */
};

/* A line under construction; always shorter than LOG_LINE_BYTES. */
struct line {
    char *bytes;
    size_t length;
};

static void put_text(struct line *line, const char *text) {
    size_t length = strlen(text);
    memcpy(line->bytes + line->length, text, length);
    line->length += length;
}

static void put_escaped(struct line *line, unsigned char c) {
    static const char hex[] = "0123456789abcdef";
    if (c > 0x1F && c < 0x7F && c != '"' && c != '\\') {
        line->bytes[line->length++] = (char)c;
        return;
    }
    const char escape[4] = {'\\', 'x', hex[c >> 4], hex[c & 0x0F]};
    memcpy(line->bytes + line->length, escape, sizeof escape);
    line->length += sizeof escape;
}

static void put_quoted(struct line *line, struct view text) {
    if (text.bytes == NULL) {
        put_text(line, "\"-\"");
        return;
    }
    put_text(line, "\"");
    for (size_t i = 0; i < text.length && i < VIEW_MAX_BYTES; i++) {
        put_escaped(line, (unsigned char)text.bytes[i]);
    }
    put_text(line, text.length > VIEW_MAX_BYTES ? "...\"" : "\"");
}

static const char *read_clock(struct log_clock *clock) {
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != clock->seconds || clock->text[0] == '\0') {
        struct tm local = {0};
        clock->seconds = now.tv_sec;
        (void)localtime_r(&now.tv_sec, &local);
        if (strftime(clock->text, sizeof clock->text, " - - [%d/%b/%Y:%H:%M:%S %z] ", &local) == 0) {
            clock->text[0] = '\0';
        }
    }
    return clock->text;
}

/* NOLINTNEXTLINE(readability-non-const-parameter): written through struct line */
size_t log_line_format(char line[LOG_LINE_BYTES], const struct answer_record *record, bool combined,
                       struct log_clock *clock) {
    struct line out = {.bytes = line};
    char address[CLIENT_ADDRESS_BYTES];
    char numbers[64];
    client_address_format(record->client, address);
    put_text(&out, address);
    put_text(&out, read_clock(clock));
    put_quoted(&out, record->request_line);
    (void)snprintf(numbers, sizeof numbers, " %d %llu", (int)record->status,
                   (unsigned long long)record->body_bytes);
    put_text(&out, numbers);
    if (combined) {
        put_text(&out, " ");
        put_quoted(&out, record->referer);
        put_text(&out, " ");
        put_quoted(&out, record->user_agent);
    }
    (void)snprintf(numbers, sizeof numbers, " %lld.%06lld\n", (long long)(record->duration_ns / 1000000000),
                   (long long)(record->duration_ns % 1000000000 / 1000));
    put_text(&out, numbers);
    return out.length;
}
