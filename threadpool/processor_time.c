/* SPDX-License-Identifier: MIT */
#include "threadpool/processor_time.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PATH_BYTES = 64, TEXT_BYTES = 128 };

bool processor_time_read(int thread_id, struct processor_time *time) {
    char path[PATH_BYTES];
    char text[TEXT_BYTES];
    (void)snprintf(path, sizeof path, "/proc/self/task/%d/schedstat", thread_id);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return false;
    }
    ssize_t length = read(fd, text, sizeof text - 1);
    (void)close(fd);
    text[length > 0 ? length : 0] = '\0';
    char *end = text;
    struct processor_time found = {.running_ns = strtoll(text, &end, 10)};
    char *waiting = end;
    found.waiting_ns = strtoll(waiting, &end, 10);
    if (waiting == text || end == waiting) {
        return false;
    }
    *time = found;
    return true;
}
