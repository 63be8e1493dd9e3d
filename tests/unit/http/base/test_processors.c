/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for sched_getaffinity and sysconf: the tests say how many processors there are. */
#include "http/base/processors.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

static size_t allowed; /* 0: more than a set can hold */
static long online;

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set);
long __real_sysconf(int name);
long __wrap_sysconf(int name);

int __wrap_sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set) {
    cr_expect_eq(pid, 0);
    if (allowed == 0) {
        errno = EINVAL;
        return -1;
    }
    memset(set, 0, size);
    for (size_t i = 0; i < allowed; i++) {
        CPU_SET(i, set);
    }
    return 0;
}

long __wrap_sysconf(int name) {
    return name == _SC_NPROCESSORS_ONLN ? online : __real_sysconf(name);
}

Test(processors, are_those_that_the_process_may_use) {
    static const struct {
        const char *name;
        size_t allowed;
        long online;
        size_t count;
    } rows[] = {
        {"one of many", 1, 8, 1},
        {"all of them", 8, 8, 8},
        {"as many as a set holds", 1024, 1024, 1024},
        {"more than that", 0, 2048, 2048},
        {"nobody knows", 0, -1, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        allowed = rows[i].allowed;
        online = rows[i].online;
        cr_expect_eq(processors_count(), rows[i].count, "%s", rows[i].name);
    }
}
