/* SPDX-License-Identifier: MIT */
#include "tests/stress/workplace.h"

#include "tests/stress/check.h"
#include "tests/stress/talk.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 16 * 1024, FILE_BYTES = WORKPLACE_BYTES + 256 };

bool workplace_create(char path[WORKPLACE_BYTES]) {
    const char *parent = getenv("TMPDIR");
    (void)snprintf(path, WORKPLACE_BYTES, "%s/lido-stress-XXXXXX", parent != NULL ? parent : "/tmp");
    return check(mkdtemp(path) != NULL, "no folder can be made");
}

void workplace_remove(const char *path) {
    DIR *folder = opendir(path);
    const struct dirent *entry = NULL;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        if (entry->d_name[0] != '.') {
            (void)unlinkat(dirfd(folder), entry->d_name, 0);
        }
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    (void)check(rmdir(path) == 0, "the folder cannot be removed");
}

void workplace_write(const char *path, const char *name, const char *bytes, size_t size) {
    char file_path[FILE_BYTES];
    (void)snprintf(file_path, sizeof file_path, "%s/%s", path, name);
    FILE *file = fopen(file_path, "w");
    if (check(file != NULL, "a file cannot be made")) {
        bool is_written = fwrite(bytes, 1, size, file) == size;
        (void)check(fclose(file) == 0 && is_written, "a file cannot be written");
    }
}

uint64_t count_log_lines(const char *path) {
    char line[LINE_BYTES];
    uint64_t lines = 0;
    FILE *file = fopen(path, "r");
    if (!check(file != NULL, "there is no log")) {
        return 0;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        bool is_request = strncmp(line, "127.0.0.1 - - [", 15) == 0;
        (void)check(is_request || strncmp(line, "lido: ", 6) == 0, line);
        lines += is_request ? 1 : 0;
    }
    (void)fclose(file);
    return lines;
}

/* The runtime of a sanitizer opens /dev/null and pipes to its symbolizer for itself; the server has none. */
static bool is_ours(int folder_fd, const char *name) {
    char target[WORKPLACE_BYTES];
    ssize_t length = readlinkat(folder_fd, name, target, sizeof target - 1);
    target[length > 0 ? length : 0] = '\0';
    return length > 0 && strcmp(target, "/dev/null") != 0 && strncmp(target, "pipe:", strlen("pipe:")) != 0;
}

size_t count_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    const struct dirent *entry = NULL;
    size_t descriptors = 0;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        descriptors += is_ours(dirfd(folder), entry->d_name) ? 1 : 0;
    }
    if (folder != NULL) {
        (void)closedir(folder);
    }
    return descriptors;
}
