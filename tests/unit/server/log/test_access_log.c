/* SPDX-License-Identifier: MIT */
/* What gets into the log; for outputs that make difficulties see test_access_log_output.c. */
#include "server/log/access_log.h"
#include "tests/unit/server/log/log_lines.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void set_up(void) {
    folder_create(&folder);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(access_log, .init = set_up, .fini = tear_down, .timeout = 60);

Test(access_log, writes_lines_in_their_order) {
    open_in_folder();
    write_line("one\n");
    write_line("two\n");
    write_line("three\n");
    cr_expect_str_eq(close_and_read(), "one\ntwo\nthree\n");
}

Test(access_log, appends_to_what_is_there) {
    folder_write_text(&folder, "access.log", "before\n");
    open_in_folder();
    write_line("after\n");
    cr_expect_str_eq(close_and_read(), "before\nafter\n");
}

Test(access_log, may_stay_empty) {
    open_in_folder();
    cr_expect_str_eq(close_and_read(), "");
}

Test(access_log, does_not_let_everybody_read) {
    struct stat status;
    (void)umask(0);
    open_in_folder();
    access_log_close(opened);
    cr_assert_eq(stat(folder_path(&folder, "access.log").text, &status), 0);
    cr_expect_eq(status.st_mode & 0777, 0640);
}

Test(access_log, says_why_it_cannot_be_opened) {
    cr_expect_eq(access_log_open(&opened, folder_path(&folder, "no/access.log").text), -ENOENT);
    cr_expect_eq(access_log_open(&opened, folder.path), -EISDIR);
}

/* ---- Opened anew --------------------------------------------------------------------------------------- */

static void rename_log(void) {
    struct folder_path from = folder_path(&folder, "access.log");
    struct folder_path to = folder_path(&folder, "renamed.log");
    cr_assert_eq(rename(from.text, to.text), 0);
}

Test(access_log, goes_on_in_a_new_file_when_the_old_one_was_renamed) {
    char old[256];
    char both[512];
    open_in_folder();
    write_line("one\n");
    rename_log();
    access_log_reopen(opened);
    write_line("two\n");
    const char *new = close_and_read();
    folder_read_text(&folder, "renamed.log", old, sizeof old);
    cr_expect_not_null(strstr(new, "two\n"), "old: %s new: %s", old, new);
    (void)snprintf(both, sizeof both, "%s%.200s", old, new);
    cr_expect_str_eq(both, "one\ntwo\n", "nothing is lost, and nothing is twice");
}

Test(access_log, keeps_the_old_file_when_no_new_one_can_be_had) {
    char old[256];
    open_in_folder();
    rename_log();
    folder_mkdir(&folder, "access.log");
    access_log_reopen(opened);
    write_line("still here\n");
    access_log_close(opened);
    folder_read_text(&folder, "renamed.log", old, sizeof old);
    cr_expect_str_eq(old, "lido: the log cannot be opened anew: Is a directory\nstill here\n");
}

Test(access_log, may_be_none_to_close) {
    access_log_close(NULL);
}

enum { WRITERS = 8, LINES_EACH = 4000 };

static void *write_many(void *argument) {
    size_t writer = *(const size_t *)argument;
    for (size_t i = 0; i < LINES_EACH; i++) {
        char line[128];
        int length = snprintf(line, sizeof line, "writer %zu line %zu %.*s end\n", writer, i, (int)(i % 60),
                              "............................................................");
        access_log_write(opened, line, (size_t)length);
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

Test(access_log, keeps_lines_whole_and_in_order_from_many_threads) {
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
    uint64_t dropped = access_log_dropped(opened);
    uint64_t lines = count_whole_lines(close_and_read(), &told);
    cr_expect_eq(lines + dropped, WRITERS * LINES_EACH);
    cr_expect_eq(told, dropped);
}

Test(access_log, drops_nothing_that_fits_its_buffer) {
    open_in_folder();
    write_numbered(BUFFER_BYTES / LINE_BYTES - 1);
    cr_expect_eq(access_log_dropped(opened), 0);
    struct reading reading = read_numbered(close_and_read());
    cr_expect_eq(reading.lines, BUFFER_BYTES / LINE_BYTES - 1);
    cr_expect_eq(reading.told, 0);
}

/* ---- Somewhere else ------------------------------------------------------------------------------------ */

static void turn_to(const char *name) {
    struct log_output output;
    cr_assert_eq(log_output_open(&output, folder_path(&folder, name).text), 0);
    access_log_turn_to(opened, &output);
    cr_expect_eq(output.fd, -1, "it is the log's now");
}

static void expect_text(const char *name, const char *expected) {
    char found[512];
    folder_read_text(&folder, name, found, sizeof found);
    cr_expect_str_eq(found, expected, "%s", name);
}

Test(access_log, that_turns_elsewhere_leaves_earlier_lines_where_they_belong) {
    open_in_folder();
    for (int i = 0; i < 3; i++) {
        write_line("one\n");
    }
    turn_to("second.log");
    cr_expect_str_eq(close_and_read(), "one\none\none\n");
    expect_text("second.log", "");
}

Test(access_log, writes_where_it_was_last_told_to) {
    open_in_folder();
    turn_to("second.log");
    turn_to("third.log");
    write_line("three\n");
    cr_expect_str_eq(close_and_read(), "");
    expect_text("second.log", "");
    expect_text("third.log", "three\n");
}

Test(access_log, opens_the_new_path_anew) {
    open_in_folder();
    turn_to("second.log");
    write_line("one\n");
    access_log_reopen(opened);
    write_line("two\n");
    (void)close_and_read();
    expect_text("second.log", "one\ntwo\n");
}

Test(access_log, can_go_nowhere_and_come_back) {
    struct log_output nowhere = LOG_OUTPUT_NONE;
    open_in_folder();
    access_log_turn_to(opened, &nowhere);
    write_line("lost on purpose\n");
    access_log_reopen(opened);
    turn_to("second.log");
    write_line("two\n");
    cr_expect_eq(access_log_dropped(opened), 0);
    (void)close_and_read();
    expect_text("second.log", "two\n");
}

Test(access_log, takes_over_an_output_that_is_open) {
    struct log_output output;
    struct log_output missing;
    cr_expect_eq(log_output_open(&missing, folder_path(&folder, "no/access.log").text), -ENOENT);
    cr_assert_eq(log_output_open(&output, folder_path(&folder, "access.log").text), 0);
    cr_assert_eq(access_log_create(&opened, &output), 0);
    cr_expect_null(output.path);
    write_line("one\n");
    cr_expect_str_eq(close_and_read(), "one\n");
}
