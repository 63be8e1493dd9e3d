/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/log/log_lines.h"

#include "http/base/clock.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct folder folder;
struct log_writer *opened;
char text[READ_BYTES];

void open_in_folder(void) {
    cr_assert_eq(log_writer_open(&opened, folder_path(&folder, "access.log").text,
                                 (struct log_output_form){.stream = STDOUT_FILENO}),
                 0);
}

const char *close_and_read(void) {
    end_and_release();
    folder_read_text(&folder, "access.log", text, sizeof text);
    return text;
}

void end_and_release(void) {
    (void)log_writer_end(opened, clock_steady_ns() + LOG_WRITER_PATIENCE_NS);
    log_writer_release(opened);
}

void write_line(const char *line) {
    log_writer_write(opened, line, strlen(line));
}

void put_numbered(char line[LINE_BYTES + 1], size_t number) {
    (void)snprintf(line, LINE_BYTES + 1, "%08u%*s\n", (unsigned)number, LINE_BYTES - 9, "");
}

void write_numbered_from(size_t first, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char line[LINE_BYTES + 1];
        put_numbered(line, first + i);
        log_writer_write(opened, line, LINE_BYTES);
    }
}

void write_numbered(size_t count) {
    write_numbered_from(0, count);
}

struct reading read_numbered(const char *from) {
    struct reading reading = {0};
    size_t least = 0;
    while (*from != '\0') {
        size_t length = strcspn(from, "\n");
        char line[2 * LINE_BYTES]; /* as sscanf() measures all that follows, too */
        uint64_t dropped = 0;
        size_t number = 0;
        (void)snprintf(line, sizeof line, "%.*s", (int)length, from);
        if (sscanf(line, "lido: %" SCNu64 " log lines were dropped: ", &dropped) == 1) {
            reading.told += dropped;
        } else if (length == LINE_BYTES - 1 && sscanf(line, "%8zu", &number) == 1) {
            cr_assert_geq(number, least, "out of order");
            least = number + 1;
            reading.lines++;
        } else {
            reading.torn++;
        }
        from += length + (from[length] == '\n' ? 1 : 0);
    }
    return reading;
}
