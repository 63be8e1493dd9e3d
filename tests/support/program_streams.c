/* SPDX-License-Identifier: MIT */
#include "tests/support/program_descriptors.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static void begin_output(struct program_output *output, int fd) {
    output->fd = fd;
    output->length = 0;
    output->text[0] = '\0';
}

static void open_pipe(struct program_output *output, int *write_end) {
    int ends[2];
    cr_assert(pipe2(ends, O_CLOEXEC) == 0, "pipe2: %s", strerror(errno));
    begin_output(output, ends[0]);
    *write_end = ends[1];
}

/* pty(7). The program is not in a session of it: no key makes a signal. */
static void open_terminal(struct program_streams *streams, struct program *program, size_t columns) {
    char name[64];
    struct winsize size = {.ws_col = (unsigned short)columns, .ws_row = PROGRAM_TERMINAL_ROWS};
    int ours = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    cr_assert(ours != -1 && grantpt(ours) == 0 && unlockpt(ours) == 0, "posix_openpt: %s", strerror(errno));
    cr_assert(ptsname_r(ours, name, sizeof name) == 0 && ioctl(ours, TIOCSWINSZ, &size) == 0, "%s",
              strerror(errno));
    streams->in = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    streams->out = fcntl(streams->in, F_DUPFD_CLOEXEC, 0);
    streams->err = fcntl(streams->in, F_DUPFD_CLOEXEC, 0);
    cr_assert(streams->in != -1 && streams->out != -1 && streams->err != -1, "%s: %s", name, strerror(errno));
    begin_output(&program->out, ours);
    begin_output(&program->err, -1);
}

void program_streams_open(struct program_streams *streams, struct program *program,
                          const struct program_options *options) {
    if (options->terminal_columns > 0) {
        open_terminal(streams, program, options->terminal_columns);
        return;
    }
    open_pipe(&program->out, &streams->out);
    open_pipe(&program->err, &streams->err);
    if (options->out_bytes > 0) {
        (void)fcntl(streams->out, F_SETPIPE_SZ, (int)options->out_bytes);
    }
    streams->in = open("/dev/null", O_RDONLY | O_CLOEXEC);
    cr_assert(streams->in != -1, "/dev/null: %s", strerror(errno));
}

void program_streams_close(const struct program_streams *streams) {
    (void)close(streams->in);
    (void)close(streams->out);
    (void)close(streams->err);
}
