/* SPDX-License-Identifier: MIT */
/* What gets into the log; for outputs that make difficulties see test_writer_output.c. */
#include "server/log/writer.h"
#include "tests/unit/server/log/log_lines.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void set_up(void) {
    folder_create(&folder);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(writer, .init = set_up, .fini = tear_down, .timeout = 200);

Test(writer, writes_lines_in_their_order) {
    open_in_folder();
    write_line("one\n");
    write_line("two\n");
    write_line("three\n");
    cr_expect_str_eq(close_and_read(), "one\ntwo\nthree\n");
}

Test(writer, appends_to_what_is_there) {
    folder_write_text(&folder, "access.log", "before\n");
    open_in_folder();
    write_line("after\n");
    cr_expect_str_eq(close_and_read(), "before\nafter\n");
}

Test(writer, may_stay_empty) {
    open_in_folder();
    cr_expect_str_eq(close_and_read(), "");
}

Test(writer, does_not_let_everybody_read) {
    struct stat status;
    (void)umask(0);
    open_in_folder();
    end_and_release();
    cr_assert_eq(stat(folder_path(&folder, "access.log").text, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0640);
}

Test(writer, says_why_it_cannot_be_opened) {
    cr_expect_eq(log_writer_open(&opened, folder_path(&folder, "no/access.log").text,
                                 (struct log_output_form){.stream = STDOUT_FILENO}),
                 -ENOENT);
    cr_expect_eq(log_writer_open(&opened, folder.path, (struct log_output_form){.stream = STDOUT_FILENO}),
                 -EISDIR);
}

/* ---- Opened anew --------------------------------------------------------------------------------------- */

static void rename_log(void) {
    struct folder_path from = folder_path(&folder, "access.log");
    struct folder_path to = folder_path(&folder, "renamed.log");
    cr_assert_eq(rename(from.text, to.text), 0);
}

Test(writer, goes_on_in_a_new_file_when_the_old_one_was_renamed) {
    char old[256];
    char both[512];
    open_in_folder();
    write_line("one\n");
    rename_log();
    log_writer_reopen(opened);
    write_line("two\n");
    const char *new = close_and_read();
    folder_read_text(&folder, "renamed.log", old, sizeof old);
    cr_expect_not_null(strstr(new, "two\n"), "old: %s new: %s", old, new);
    (void)snprintf(both, sizeof both, "%s%.200s", old, new);
    cr_expect_str_eq(both, "one\ntwo\n", "nothing is lost, and nothing is twice");
}

Test(writer, keeps_the_old_file_when_no_new_one_can_be_had) {
    char old[256];
    open_in_folder();
    rename_log();
    folder_mkdir(&folder, "access.log");
    log_writer_reopen(opened);
    write_line("still here\n");
    end_and_release();
    folder_read_text(&folder, "renamed.log", old, sizeof old);
    cr_expect_str_eq(old, "lido: the log cannot be opened anew: Is a directory\nstill here\n");
}

Test(writer, may_be_none_to_give_up) {
    log_writer_release(NULL);
}

enum { WRITERS = 8, LINES_EACH = 4000 };

static void *write_many(void *argument) {
    size_t writer = *(const size_t *)argument;
    for (size_t i = 0; i < LINES_EACH; i++) {
        char line[128];
        int length = snprintf(line, sizeof line, "writer %zu line %zu %.*s end\n", writer, i, (int)(i % 60),
                              "............................................................");
        log_writer_write(opened, line, (size_t)length);
    }
    return NULL;
}

/* Count the lines of the writers, which must be whole and, for each writer, in order. */
static uint64_t count_whole_lines(const char *from, uint64_t *told) {
    size_t next[WRITERS] = {0};
    uint64_t lines = 0;
    for (; *from != '\0'; from += strcspn(from, "\n") + 1) {
        const char *end = from + strcspn(from, "\n");
        uint64_t dropped = 0;
        size_t writer = 0;
        size_t line = 0;
        if (sscanf(from, "lido: %" SCNu64 " log", &dropped) == 1) {
            *told += dropped;
            continue;
        }
        cr_assert_eq(sscanf(from, "writer %zu line %zu ", &writer, &line), 2, "%.100s", from);
        cr_assert(end - from > 4 && strncmp(end - 4, " end", 4) == 0, "%.100s", from);
        cr_assert(writer < WRITERS && line >= next[writer], "out of order: %.100s", from);
        next[writer] = line + 1;
        lines++;
    }
    return lines;
}

Test(writer, keeps_lines_whole_and_in_order_from_many_threads) {
    static size_t numbers[WRITERS];
    pthread_t threads[WRITERS];
    uint64_t told = 0;
    open_in_folder();
    for (size_t i = 0; i < WRITERS; i++) {
        numbers[i] = i;
        cr_assert_eq(pthread_create(&threads[i], NULL, write_many, &numbers[i]), 0);
    }
    for (size_t i = 0; i < WRITERS; i++) {
        (void)pthread_join(threads[i], NULL);
    }
    uint64_t dropped = log_writer_loss(opened).count;
    uint64_t lines = count_whole_lines(close_and_read(), &told);
    cr_expect_eq(lines + dropped, WRITERS * LINES_EACH);
    cr_expect_eq(told, dropped);
}

Test(writer, drops_nothing_that_fits_its_buffer) {
    open_in_folder();
    write_numbered(BUFFER_BYTES / LINE_BYTES - 1);
    cr_expect_eq(log_writer_loss(opened).count, 0);
    struct reading reading = read_numbered(close_and_read());
    cr_expect_eq(reading.lines, BUFFER_BYTES / LINE_BYTES - 1);
    cr_expect_eq(reading.told, 0);
}
