/* SPDX-License-Identifier: MIT */
#include "tests/support/program.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { PROC_FILE_BYTES = 4096, PROC_PATH_BYTES = 64, SETTLING_MS = 30 };

static void read_proc(const struct program *program, const char *name, char text[PROC_FILE_BYTES]) {
    char path[PROC_PATH_BYTES];
    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)program->pid, name);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert(fd != -1, "%s: %s", path, strerror(errno));
    ssize_t length = read(fd, text, PROC_FILE_BYTES - 1);
    cr_assert(length > 0, "%s: %s", path, strerror(errno));
    text[length] = '\0';
    (void)close(fd);
}

size_t program_descriptor_count(const struct program *program) {
    char path[PROC_PATH_BYTES];
    (void)snprintf(path, sizeof path, "/proc/%d/fd", (int)program->pid);
    DIR *folder = opendir(path);
    cr_assert(folder != NULL, "%s: %s", path, strerror(errno));
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        count += entry->d_name[0] != '.';
    }
    (void)closedir(folder);
    return count;
}

int64_t program_processor_ms(const struct program *program) {
    char text[PROC_FILE_BYTES];
    read_proc(program, "stat", text);
    char *at = strrchr(text, ')'); /* the name before it may hold anything */
    cr_assert(at != NULL);
    for (int field = 2; field < 14 && at != NULL; field++) { /* utime is field 14 of proc(5), stime follows */
        at = strchr(at + 1, ' ');
    }
    cr_assert(at != NULL);
    char *after_user;
    long long user = strtoll(at, &after_user, 10);
    long long system = strtoll(after_user, NULL, 10);
    return (user + system) * 1000 / sysconf(_SC_CLK_TCK);
}

static size_t status_number(const struct program *program, const char *name) {
    char text[PROC_FILE_BYTES];
    read_proc(program, "status", text);
    const char *at = strstr(text, name);
    cr_assert(at != NULL, "no %s in /proc/<pid>/status", name);
    return strtoul(at + strlen(name), NULL, 10);
}

size_t program_resident_kib(const struct program *program) {
    return status_number(program, "\nVmRSS:");
}

size_t program_thread_count(const struct program *program) {
    return status_number(program, "\nThreads:");
}

/* Whether the thread is called so; one that has just ended is not. */
static bool is_worker(const struct program *program, const char *thread) {
    char path[PROC_PATH_BYTES];
    char name[32] = "";
    (void)snprintf(path, sizeof path, "/proc/%d/task/%.16s/comm", (int)program->pid, thread);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd != -1 ? read(fd, name, sizeof name - 1) : -1;
    if (fd != -1) {
        (void)close(fd);
    }
    return length > 0 && strncmp(name, "worker-", strlen("worker-")) == 0;
}

static size_t count_workers(const struct program *program) {
    char path[PROC_PATH_BYTES];
    (void)snprintf(path, sizeof path, "/proc/%d/task", (int)program->pid);
    DIR *folder = opendir(path);
    cr_assert(folder != NULL, "%s: %s", path, strerror(errno));
    size_t count = 0;
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        count += is_worker(program, entry->d_name) ? 1 : 0;
    }
    (void)closedir(folder);
    return count;
}

size_t program_worker_count(const struct program *program) {
    size_t count = count_workers(program);
    for (size_t before = SIZE_MAX; count != before;) {
        before = count;
        (void)poll(NULL, 0, SETTLING_MS);
        count = count_workers(program);
    }
    return count;
}

void program_limit_descriptors(const struct program *program, size_t count) {
    struct rlimit limit = {count, count};
    cr_assert(prlimit(program->pid, RLIMIT_NOFILE, &limit, NULL) == 0, "prlimit: %s", strerror(errno));
}
