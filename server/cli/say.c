/* SPDX-License-Identifier: MIT */
#include "server/cli/say.h"

#include "http/base/escape.h"

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* A pipe that can take something can take PIPE_BUF bytes (pipe(7)). */
enum { LINE_BYTES = PIPE_BUF, WAIT_MS = 100 };

static unsigned lost; /* lines, since one was taken; of the thread that says them in passing */

/* In one piece, so that it does not mix with what others write there. */
static void print(const char *line) {
    char text[LINE_BYTES];
    size_t length = (size_t)(stpcpy(text, "lido: ") - text);
    size_t kept = strnlen(line, sizeof text - 1 - length);
    memcpy(text + length, line, kept);
    length += escape_terminal(text + length, kept);
    text[length++] = '\n';
    (void)fwrite(text, 1, length, stderr);
    (void)fflush(stderr);
}

int say(const char *line, int exit_status) {
    print(line);
    return exit_status;
}

static bool would_be_taken(void) {
    struct pollfd output = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&output, 1, lost == 0 ? WAIT_MS : 0) == 1;
}

void say_in_passing(const char *line) {
    if (!would_be_taken()) {
        lost++;
        return;
    }
    if (lost > 0) {
        char told[64];
        (void)snprintf(told, sizeof told, "nobody took what was said here; lines left out: %u", lost);
        lost = 0;
        print(told);
    }
    if (would_be_taken()) {
        print(line);
    } else {
        lost++;
    }
}
