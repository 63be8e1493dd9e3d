/* SPDX-License-Identifier: MIT */
#include "http/files/mime_lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char blanks[] = " \t\r\n";

/* The next word before `end`; of length 0 when there is none. */
static struct view take_word(const char **at, const char *end) {
    while (*at < end && strchr(blanks, **at) != NULL) {
        (*at)++;
    }
    const char *begin = *at;
    while (*at < end && strchr(blanks, **at) == NULL) {
        (*at)++;
    }
    return (struct view){begin, (size_t)(*at - begin)};
}

bool mime_line_read(const char *line, mime_type_taker *take, void *context) {
    const char *end = line + strcspn(line, "#");
    struct view type = take_word(&line, end);
    if (type.length == 0 || memchr(type.bytes, '/', type.length) == NULL) {
        return true;
    }
    for (;;) {
        struct view extension = take_word(&line, end);
        if (extension.length == 0) {
            return true;
        }
        if (!take(context, extension, type)) {
            return false;
        }
    }
}

/* Of this process, not of the file: another time it may be read. */
static bool is_ours(int error) {
    return error == ENOMEM || error == EMFILE || error == ENFILE;
}

bool mime_file_read(const char *path, mime_type_taker *take, void *context) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK); /* waits for no writer of a FIFO */
    FILE *file = fd != -1 ? fdopen(fd, "r") : NULL;
    if (file == NULL) {
        int error = errno;
        if (fd != -1) {
            (void)close(fd);
        }
        errno = error;
        return !is_ours(error);
    }
    char *line = NULL;
    size_t size = 0;
    bool taken = true;
    bool more = true;
    while (taken && more) {
        errno = 0; /* which getline() leaves as it is at the end of the file */
        more = getline(&line, &size, file) != -1;
        taken = more ? mime_line_read(line, take, context) : errno != ENOMEM;
    }
    free(line);
    (void)fclose(file);
    errno = ENOMEM; /* the only reason to stop */
    return taken;
}
