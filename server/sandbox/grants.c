/* SPDX-License-Identifier: MIT */
#include "server/sandbox/grants.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int add(struct grants *grants, char *path, unsigned rights) {
    for (size_t i = 0; i < grants->count; i++) {
        if (strcmp(grants->items[i].path, path) == 0) {
            grants->items[i].rights |= rights;
            free(path);
            return 0;
        }
    }
    struct grant *items = realloc(grants->items, (grants->count + 1) * sizeof *items);
    if (items == NULL) {
        free(path);
        return -ENOMEM;
    }
    grants->items = items;
    items[grants->count++] = (struct grant){.path = path, .rights = rights};
    return 0;
}

int grants_add(struct grants *grants, const char *path, unsigned rights) {
    char *real = realpath(path, NULL);
    return real != NULL ? add(grants, real, rights) : grants_is_absent(errno) ? 0 : -errno;
}

bool grants_is_absent(int error) {
    return error == ENOENT || error == ENOTDIR || error == EACCES || error == ELOOP || error == ENAMETOOLONG;
}

void grants_deinit(struct grants *grants) {
    for (size_t i = 0; i < grants->count; i++) {
        free(grants->items[i].path);
    }
    free(grants->items);
    *grants = (struct grants){.items = NULL};
}

static bool is_beneath(const char *path, const char *folder) {
    size_t length = strlen(folder);
    length -= folder[length - 1] == '/' ? 1 : 0; /* of / itself */
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

static bool covers(const struct grants *grants, const struct grant *wanted) {
    unsigned missing = wanted->rights;
    for (size_t i = 0; i < grants->count; i++) {
        if (is_beneath(wanted->path, grants->items[i].path)) {
            missing &= ~grants->items[i].rights;
        }
    }
    return missing == 0;
}

bool grants_cover(const struct grants *grants, const struct grants *other, const struct grant **missing) {
    for (size_t i = 0; i < other->count; i++) {
        if (!covers(grants, &other->items[i])) {
            *missing = &other->items[i];
            return false;
        }
    }
    return true;
}

bool grants_is_too_wide(const char *path, const char *home) {
    static const char *const wide[] = {"/",     "/bin", "/boot", "/dev", "/etc", "/home", "/lib",    "/proc",
                                       "/root", "/run", "/sbin", "/sys", "/usr", "/var",  "/var/lib"};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        if (strcmp(path, wide[i]) == 0) {
            return true;
        }
    }
    static const char homes[] = "/home/";
    bool is_home =
        strncmp(path, homes, sizeof homes - 1) == 0 && strchr(path + sizeof homes - 1, '/') == NULL;
    return is_home || (home != NULL && strcmp(path, home) == 0);
}
