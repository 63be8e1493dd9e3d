/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for write, so that the output fails in the ways and at the time that a test wants, and
 * for pthread_cond_timedwait, so that a test can do without the clock. */
#include "server/log/writer.h"
#include "tests/support/deadline.h"
#include "tests/unit/server/log/log_lines.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

enum { SMALL_PIPE_BYTES = 4096 };

/* What the log's next calls of write(2) do: each takes one step. */
struct step {
    int error;      /* 0 for none */
    size_t at_most; /* at most so many bytes; 0 for all */
};

static const struct step *steps; /* NULL: write(2) is as ever; ends with an all-zero step */
static sem_t writes;             /* posted after each call that took a step */
static size_t wanted_bytes;      /* that the last call which took a step was to write */
static sem_t gathering;          /* posted when it begins to, */
static bool is_patient;          /* the log gathers lines until there are enough, however long it takes */

ssize_t __real_write(int fd, const void *bytes, size_t length);
ssize_t __wrap_write(int fd, const void *bytes, size_t length);

ssize_t __wrap_write(int fd, const void *bytes, size_t length) {
    if (steps == NULL || (steps->error == 0 && steps->at_most == 0)) {
        return __real_write(fd, bytes, length);
    }
    struct step step = *steps++;
    wanted_bytes = length;
    ssize_t result = -1;
    errno = step.error;
    if (step.error == 0) {
        result = __real_write(fd, bytes, length < step.at_most ? length : step.at_most);
    }
    int error = errno;
    (void)sem_post(&writes);
    errno = error;
    return result;
}

int __real_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock,
                                  const struct timespec *until);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock,
                                  const struct timespec *until);

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *lock,
                                  const struct timespec *until) {
    if (is_patient) {
        (void)sem_post(&gathering);
        return pthread_cond_wait(condition, lock);
    }
    return __real_pthread_cond_timedwait(condition, lock, until);
}

static void set_up(void) {
    folder_create(&folder);
    (void)sem_init(&writes, 0, 0);
    (void)sem_init(&gathering, 0, 0);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(writer_output, .init = set_up, .fini = tear_down, .timeout = 60);

/* Let the log write into a pipe as its standard output. Returns the end to read from. */
static int open_into_pipe(void) {
    int pipe_fds[2];
    cr_assert_eq(pipe2(pipe_fds, O_CLOEXEC), 0);
    (void)fcntl(pipe_fds[1], F_SETPIPE_SZ, SMALL_PIPE_BYTES);
    cr_assert_eq(dup2(pipe_fds[1], STDOUT_FILENO), STDOUT_FILENO);
    (void)close(pipe_fds[1]);
    (void)signal(SIGPIPE, SIG_IGN);
    cr_assert_eq(log_writer_open(&opened, "-", (struct log_output_form){.stream = STDOUT_FILENO}), 0);
    return pipe_fds[0];
}

static bool standard_output_is_open(void) {
    return fcntl(STDOUT_FILENO, F_GETFD) != -1;
}

/* Read what comes next and add it to `text`. Returns false at the end. */
static bool read_more(int fd) {
    size_t length = strlen(text);
    ssize_t n = read(fd, text + length, sizeof text - 1 - length);
    cr_assert_geq(n, 0);
    text[length + (size_t)n] = '\0';
    return n > 0;
}

static void read_until(int fd, const char *needle) {
    while (strstr(text, needle) == NULL) {
        cr_assert(read_more(fd), "the end came before '%s'", needle);
    }
}

static void close_output_and_read_to_end(int fd) {
    end_and_release();
    cr_expect(standard_output_is_open());
    (void)close(STDOUT_FILENO);
    while (read_more(fd)) {
    }
}

Test(writer_output, writes_to_standard_output_and_leaves_it_open) {
    int fd = open_into_pipe();
    write_line("hello\n");
    close_output_and_read_to_end(fd);
    cr_expect_str_eq(text, "hello\n");
}

Test(writer_output, opens_standard_output_only_once) {
    int fd = open_into_pipe();
    log_writer_reopen(opened);
    write_line("hello\n");
    close_output_and_read_to_end(fd);
    cr_expect_str_eq(text, "hello\n");
}

Test(writer_output, never_blocks_a_writer_and_tells_how_many_lines_were_dropped) {
    size_t count = 4 * BUFFER_BYTES / LINE_BYTES;
    int fd = open_into_pipe();
    write_numbered(count); /* would hang here */
    uint64_t dropped = log_writer_loss(opened).count;
    cr_expect_geq(dropped, count / 4, "two buffers hold half of them");
    read_until(fd, "lido: ");
    while (read_numbered(text).told < dropped) {
        cr_assert(read_more(fd));
    }
    close_output_and_read_to_end(fd);
    struct reading reading = read_numbered(text);
    cr_expect_eq(reading.told, dropped);
    cr_expect_not_null(strstr(text, " log lines were dropped: its output was too slow\n"));
    cr_expect_eq(reading.lines + dropped, count);
    cr_expect_eq(reading.torn, 0);
}

Test(writer_output, loses_nothing_to_an_output_that_was_made_non_blocking) {
    int fd = open_into_pipe();
    cr_assert_eq(fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK), 0);
    write_numbered(1000);
    read_until(fd, "00000999");
    close_output_and_read_to_end(fd);
    cr_expect_eq(read_numbered(text).lines, 1000);
    cr_expect_eq(read_numbered(text).torn, 0);
}

/* Let the log have a first line, and wait for others to write with it. */
static void open_patient(void) {
    char line[LINE_BYTES + 1];
    is_patient = true;
    open_in_folder();
    put_numbered(line, 0);
    write_line(line);
    (void)sem_wait(&gathering); /* would hang here, if it did not wait */
}

Test(writer_output, writes_many_lines_at_once_and_waits_for_no_more_than_are_enough) {
    static const struct step whole[] = {{.at_most = BUFFER_BYTES}, {0}};
    steps = whole;
    open_patient();
    write_numbered_from(1, WRITE_BYTES / LINE_BYTES - 1);
    (void)sem_wait(&writes); /* would hang here, if it waited for more */
    cr_expect_eq(wanted_bytes, WRITE_BYTES);
    cr_expect_eq(read_numbered(close_and_read()).lines, WRITE_BYTES / LINE_BYTES);
}

Test(writer_output, writes_what_it_has_gathered_when_it_is_closed) {
    open_patient();
    write_numbered_from(1, 1);
    cr_expect_eq(read_numbered(close_and_read()).lines, 2);
}

static void expect_given_up_after_a_second(void) {
    int64_t begin = clock_now_ms();
    end_and_release();
    int64_t elapsed_ms = clock_now_ms() - begin;
    cr_expect_geq(elapsed_ms, 990);
    cr_expect_leq(elapsed_ms, 20 * 1000);
}

Test(writer_output, gives_a_blocked_output_up_after_a_second) {
    int fd = open_into_pipe();
    write_numbered(1000);
    read_until(fd, "00000000");
    expect_given_up_after_a_second();
    cr_expect(standard_output_is_open());
}

Test(writer_output, gives_a_blocked_non_blocking_output_up_after_a_second) {
    int fd = open_into_pipe();
    cr_assert_eq(fcntl(STDOUT_FILENO, F_SETFL, O_NONBLOCK), 0);
    write_numbered(1000);
    read_until(fd, "00000000");
    expect_given_up_after_a_second();
}

static const struct step watched[] = {{.at_most = SMALL_PIPE_BYTES}, {.at_most = SMALL_PIPE_BYTES}, {0}};

/* Two, since the log's thread counts the first one before it writes the second one. */
static void lose_two_lines(void) {
    steps = watched;
    for (int i = 0; i < 2; i++) {
        write_line("lost\n");
        (void)sem_wait(&writes);
    }
    cr_expect_geq(log_writer_loss(opened).count, 1);
    cr_expect_leq(log_writer_loss(opened).count, 2);
}

Test(writer_output, counts_what_a_full_disk_does_not_take) {
    cr_assert_eq(log_writer_open(&opened, "/dev/full", (struct log_output_form){.stream = STDOUT_FILENO}), 0);
    lose_two_lines();
    end_and_release();
}

Test(writer_output, counts_what_a_reader_that_has_gone_does_not_take) {
    int fd = open_into_pipe();
    write_line("read\n");
    read_until(fd, "read\n");
    (void)close(fd);
    lose_two_lines();
    end_and_release();
    cr_expect(standard_output_is_open());
}

Test(writer_output, goes_on_after_short_and_interrupted_writes) {
    static const struct step bad_day[] = {{.at_most = 1},
                                          {.error = EINTR},
                                          {.at_most = 5},
                                          {.error = EINTR},
                                          {.error = EAGAIN},
                                          {.at_most = 100},
                                          {0}};
    open_in_folder();
    steps = bad_day;
    write_numbered(100);
    struct reading reading = read_numbered(close_and_read());
    cr_expect_eq(reading.lines, 100);
    cr_expect_eq(reading.torn, 0);
}

Test(writer_output, begins_a_new_line_after_the_disk_was_full_in_the_middle_of_one) {
    static const struct step full_disk[] = {
        {.at_most = LINE_BYTES + 10}, /* the second line is torn, */
        {.error = ENOSPC},            /* the other two are lost */
        {.error = ENOSPC},            /* and not even the line feed */
        {.error = ENOSPC},            /* gets out at first */
        {0},
    };
    char lines[4 * LINE_BYTES + 1];
    for (size_t i = 0; i < 4; i++) {
        put_numbered(lines + i * LINE_BYTES, i);
    }
    open_in_folder();
    steps = full_disk;
    write_line(lines); /* at once, so that the log cannot come in between */
    (void)sem_wait(&writes);
    (void)sem_wait(&writes);
    write_line("lost\n");
    (void)sem_wait(&writes);
    (void)sem_wait(&writes);
    write_line("0001\n");
    const char *kept = close_and_read();
    cr_expect_eq(strncmp(kept, lines, LINE_BYTES), 0);
    cr_expect_str_eq(kept + LINE_BYTES,
                     "00000001  \n0001\nlido: 4 log lines were dropped: No space left on device\n");
}
