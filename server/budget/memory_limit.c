/* SPDX-License-Identifier: MIT */
#include "server/budget/memory_limit.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LINE_BYTES = 2 * PATH_MAX };

/* Of one version: where its tree is mounted, what of it, and where in it this process is. */
struct hierarchy {
    const char *limit_name; /* the file with the limit of a group */
    char mount_point[PATH_MAX];
    char mount_root[PATH_MAX];
    char group[PATH_MAX]; /* "" when the process is in none */
};

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* "max", or what is as good as that, is more than any machine has. */
static uint64_t read_limit(const char *path) {
    char line[32] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return UINT64_MAX;
    }
    bool has_line = fgets(line, sizeof line, file) != NULL;
    (void)fclose(file);
    char *end = line;
    uint64_t limit = strtoull(line, &end, 10);
    return has_line && end != line ? limit : UINT64_MAX;
}

/* The limits of the group and of all that it is in, as far as they are mounted. */
static uint64_t least_upwards(struct hierarchy *of) {
    uint64_t limit = UINT64_MAX;
    size_t root_length = strcmp(of->mount_root, "/") == 0 ? 0 : strlen(of->mount_root);
    bool is_below = strncmp(of->group, of->mount_root, root_length) == 0;
    char *group = is_below ? of->group + root_length : of->group; /* else it is mounted by itself */
    if (of->mount_point[0] == '\0' || of->group[0] == '\0') {
        return limit;
    }
    for (char *slash = group + strlen(group); slash != NULL; slash = strrchr(group, '/')) {
        char path[3 * PATH_MAX];
        *slash = '\0';
        (void)snprintf(path, sizeof path, "%s%s/%s", of->mount_point, group, of->limit_name);
        limit = least(limit, read_limit(path));
    }
    return limit;
}

/* Whether a list with commas has this word. */
static bool has_word(const char *list, const char *word) {
    size_t length = strlen(word);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',' ? 1 : 0;
        if (strncmp(at, word, length) == 0 &&
            (at[length] == ',' || at[length] == '\0' || at[length] == '\n')) {
            return true;
        }
    }
    return false;
}

/* A line is "4:memory:/path", or of version 2 "0::/path". */
static void take_group(char *line, struct hierarchy *one, struct hierarchy *two) {
    char *controllers = strchr(line, ':');
    char *path = controllers != NULL ? strchr(controllers + 1, ':') : NULL;
    if (path == NULL) {
        return;
    }
    *path++ = '\0';
    path[strcspn(path, "\n")] = '\0';
    struct hierarchy *of = controllers[1] == '\0' ? two : has_word(controllers + 1, "memory") ? one : NULL;
    if (of != NULL) {
        (void)snprintf(of->group, sizeof of->group, "%s", path);
    }
}

/* A line is "36 35 98:0 /root /mount/point options [optional fields] - type source super-options", see
 * proc_pid_mountinfo(5). */
static void take_mount(char *line, struct hierarchy *one, struct hierarchy *two) {
    char *rest = strstr(line, " - ");
    char *state = NULL;
    char *fields[5] = {0};
    if (rest == NULL) {
        return;
    }
    *rest = '\0';
    char *field = strtok_r(line, " ", &state);
    for (size_t i = 0; i < 5 && field != NULL; i++, field = strtok_r(NULL, " ", &state)) {
        fields[i] = field;
    }
    char *type = strtok_r(rest + 3, " \n", &state);
    (void)strtok_r(NULL, " \n", &state);
    char *options = strtok_r(NULL, " \n", &state);
    if (fields[4] == NULL || type == NULL || options == NULL) {
        return;
    }
    bool is_one = strcmp(type, "cgroup") == 0 && has_word(options, "memory");
    struct hierarchy *of = is_one ? one : strcmp(type, "cgroup2") == 0 ? two : NULL;
    if (of != NULL && of->mount_point[0] == '\0') {
        (void)snprintf(of->mount_root, sizeof of->mount_root, "%s", fields[3]);
        (void)snprintf(of->mount_point, sizeof of->mount_point, "%s", fields[4]);
    }
}

static void read_lines(const char *path, void (*take)(char *, struct hierarchy *, struct hierarchy *),
                       struct hierarchy *one, struct hierarchy *two) {
    char line[LINE_BYTES];
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        take(line, one, two);
    }
    if (file != NULL) {
        (void)fclose(file);
    }
}

uint64_t memory_limit_of_groups(const char *cgroup_path, const char *mountinfo_path) {
    struct hierarchy one = {.limit_name = "memory.limit_in_bytes"};
    struct hierarchy two = {.limit_name = "memory.max"};
    read_lines(cgroup_path, take_group, &one, &two);
    read_lines(mountinfo_path, take_mount, &one, &two);
    return least(least_upwards(&one), least_upwards(&two));
}

uint64_t memory_limit_read(void) {
    long pages = sysconf(_SC_PHYS_PAGES);
    long page_bytes = sysconf(_SC_PAGESIZE);
    uint64_t machine = pages > 0 && page_bytes > 0 ? (uint64_t)pages * (uint64_t)page_bytes : UINT64_MAX;
    return least(machine, memory_limit_of_groups("/proc/self/cgroup", "/proc/self/mountinfo"));
}
