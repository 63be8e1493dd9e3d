/* SPDX-License-Identifier: MIT */
/*
 * System calls of input and output that do what a test tells them: fail, do little, reach the end.
 *
 * Link with --wrap for recv, sendmsg, sendfile, sendfile64, pread and pread64 (the names with 64 are glibc's,
 * for files beyond 2 GiB). Each call has a script of steps, used up one by one; behind its end the real call
 * is made. A test runs in a process of its own, so that all is well at its start.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_IO_FAULTS_H
#define LIDO_TESTS_UNIT_SUPPORT_IO_FAULTS_H

#include <stddef.h>

enum io_call { IO_RECV, IO_SENDMSG, IO_SENDFILE, IO_PREAD, IO_CALL_COUNT };

/* What one call does; all-zero: what it should. */
struct io_step {
    int error;      /* fail with this errno */
    size_t at_most; /* do the real thing with at most so many bytes */
    int nothing;    /* do nothing and return 0, as at the end of a file */
    int pretend;    /* do nothing and return as if all had been done */
};

#define IO_FAIL(number) ((struct io_step){.error = (number)})
#define IO_SHORT(bytes) ((struct io_step){.at_most = (bytes)})
#define IO_NOTHING ((struct io_step){.nothing = 1})
#define IO_PRETEND ((struct io_step){.pretend = 1})
#define IO_PASS ((struct io_step){0})

/* Let the next calls do these steps, e.g. IO_SCRIPT(IO_RECV, IO_FAIL(EINTR), IO_SHORT(1)). At most 32. */
#define IO_SCRIPT(call, ...)                               \
    io_script(call, (const struct io_step[]){__VA_ARGS__}, \
              sizeof((const struct io_step[]){__VA_ARGS__}) / sizeof(struct io_step))
void io_script(enum io_call call, const struct io_step *steps, size_t count);

/* Let every call behind the script's end do this, too. */
void io_always(enum io_call call, struct io_step step);

/* How many calls were made, with whatever outcome, and the flags of the last sendmsg. */
size_t io_count(enum io_call call);
int io_last_send_flags(void);

#endif
