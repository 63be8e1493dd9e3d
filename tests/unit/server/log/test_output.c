/* SPDX-License-Identifier: MIT */
#include "server/log/output.h"
#include "tests/support/deadline.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct folder folder;
static struct log_output output = {.fd = -1};

static void set_up(void) {
    folder_create(&folder);
    folder_mkdir(&folder, "logs");
    (void)signal(SIGPIPE, SIG_IGN);
}

static void tear_down(void) {
    log_output_close(&output);
    folder_remove(&folder);
}

TestSuite(output, .init = set_up, .fini = tear_down, .timeout = 60);

static void open_output(const char *name) {
    cr_assert_eq(log_output_open(&output, folder_path(&folder, name).text,
                                 (struct log_output_form){.stream = STDOUT_FILENO}),
                 0);
}

static uint64_t put(const char *lines) {
    return log_output_write(&output, lines, strlen(lines));
}

static void expect_text(const char *name, const char *expected) {
    char found[512];
    folder_read_text(&folder, name, found, sizeof found);
    cr_expect_str_eq(found, expected, "%s", name);
}

static void move(const char *from, const char *to) {
    cr_assert_eq(rename(folder_path(&folder, from).text, folder_path(&folder, to).text), 0);
}

Test(output, to_a_deleted_file_goes_to_a_new_one) {
    open_output("logs/a.log");
    cr_expect_eq(put("one\n"), 0);
    cr_assert_eq(unlink(folder_path(&folder, "logs/a.log").text), 0);
    cr_expect_eq(put("two\nthree\n"), 0);
    expect_text("logs/a.log", "two\nthree\n");
}

Test(output, to_a_deleted_folder_is_lost_by_count_until_there_is_one) {
    open_output("logs/a.log");
    cr_assert_eq(unlink(folder_path(&folder, "logs/a.log").text), 0);
    cr_assert_eq(rmdir(folder_path(&folder, "logs").text), 0);
    cr_expect_eq(put("one\ntwo\n"), 2);
    cr_expect_eq(output.error, ENOENT, "why, from the first line on");
    output.error = 0;
    cr_expect_eq(put("three\n"), 1);
    cr_expect_eq(output.error, ENOENT);
    folder_mkdir(&folder, "logs");
    cr_expect_eq(put("four\n"), 0);
    expect_text("logs/a.log", "four\n");
}

Test(output, follows_its_path_at_once_where_another_file_is) {
    open_output("logs/a.log");
    cr_expect_eq(put("one\n"), 0);
    move("logs/a.log", "logs/a.log.1");
    folder_write_text(&folder, "logs/a.log", "");
    cr_expect_eq(put("two\n"), 0);
    expect_text("logs/a.log.1", "one\n");
    expect_text("logs/a.log", "two\n");
}

/* Who rotates logs may create the file himself, with the owner that it shall have. */
Test(output, to_a_renamed_file_goes_on_for_a_while_and_then_to_a_new_one) {
    open_output("logs/a.log");
    cr_expect_eq(put("one\n"), 0);
    move("logs/a.log", "logs/a.log.1");
    cr_expect_eq(put("two\n"), 0);
    expect_text("logs/a.log.1", "one\ntwo\n");
    int64_t deadline = deadline_in(10 * LOG_OUTPUT_PATIENCE_MS);
    while (access(folder_path(&folder, "logs/a.log").text, F_OK) != 0) {
        cr_assert(clock_now_ms() < deadline, "no new file");
        cr_assert_eq(put("more\n"), 0);
    }
    expect_text("logs/a.log", "more\n");
}

Test(output, to_a_renamed_file_stays_there_if_there_can_be_no_other) {
    open_output("logs/a.log");
    move("logs", "elsewhere");
    log_output_reopen(&output);
    cr_expect_eq(put("one\n"), 0);
    expect_text("elsewhere/a.log", "lido: the log cannot be opened anew: No such file or directory\none\n");
}

Test(output, to_a_full_disk_is_lost_by_count) {
    cr_assert_eq(log_output_open(&output, "/dev/full", (struct log_output_form){.stream = STDOUT_FILENO}), 0);
    cr_expect_eq(put("one\ntwo\nthree\n"), 3);
    cr_expect_eq(put("four\n"), 1);
}

/* A line was torn, and then the folder went. */
Test(output, says_why_the_path_cannot_be_opened_and_not_what_it_could_not_write) {
    open_output("logs/a.log");
    output.torn = true;
    cr_assert_eq(unlink(folder_path(&folder, "logs/a.log").text), 0);
    cr_assert_eq(rmdir(folder_path(&folder, "logs").text), 0);
    cr_expect_eq(put("one\n"), 1);
    cr_expect_eq(output.error, ENOENT);
    folder_mkdir(&folder, "logs");
    cr_expect_eq(put("two\n"), 0);
    expect_text("logs/a.log", "two\n");
}

Test(output, waits_for_no_reader_of_a_fifo) {
    char found[16] = "";
    struct folder_path path = folder_path(&folder, "fifo");
    folder_fifo(&folder, "fifo");
    open_output("fifo");
    cr_expect_eq(put("one\ntwo\n"), 2);
    int reader = open(path.text, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_assert_neq(reader, -1);
    cr_expect_eq(put("three\n"), 0);
    cr_expect_eq(read(reader, found, sizeof found), 6);
    cr_expect_str_eq(found, "three\n");
    (void)close(reader);
    cr_expect_eq(put("four\n"), 1, "the reader has gone");
}

Test(output, names_what_cannot_be_opened) {
    struct log_output none;
    cr_expect_eq(log_output_open(&none, folder_path(&folder, "no/a.log").text,
                                 (struct log_output_form){.stream = STDOUT_FILENO}),
                 -ENOENT);
    cr_expect_eq(log_output_open(&none, folder_path(&folder, "logs").text,
                                 (struct log_output_form){.stream = STDOUT_FILENO}),
                 -EISDIR);
}
