/* SPDX-License-Identifier: MIT */
#include "http/site/missing.h"

#include "http/base/view.h"
#include "http/files/folder_reader.h"
#include "http/semantics/target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TOLD_NAME_BYTES = 240 };

/* One name on the way: path[begin .. end). */
struct step {
    const struct beneath *root;
    const char *path;
    size_t begin;
    size_t end;
};

/* Open the first `length` bytes of the path. Returns the descriptor, the caller's, or a negative errno. */
static int open_first(const struct step *step, size_t length) {
    char first[TARGET_PATH_BYTES];
    if (length >= sizeof first) {
        return -ENAMETOOLONG;
    }
    memcpy(first, step->path, length);
    first[length] = '\0';
    return beneath_open(step->root, first);
}

static int open_folder_of(const struct step *step) {
    return open_first(step, step->begin > 0 ? step->begin - 1 : 0);
}

static void write_reason(const struct step *step, const char *what, char reason[SITE_MISSING_BYTES]) {
    bool is_all = step->path[step->end] == '\0';
    (void)snprintf(reason, SITE_MISSING_BYTES, "%.*s%s%s",
                   is_all ? 0 : (int)(step->end < TOLD_NAME_BYTES ? step->end : TOLD_NAME_BYTES), step->path,
                   is_all ? "" : " is ", what);
}

/* Look for the name in other letters, and if there is one, say so. Takes over the folder. */
static void find_other_letters(const struct step *step, int folder_fd, char reason[SITE_MISSING_BYTES]) {
    struct view name = {step->path + step->begin, step->end - step->begin};
    char folder[TARGET_PATH_BYTES];
    struct folder_reader reader;
    struct folder_entry entry;
    (void)snprintf(folder, sizeof folder, "%.*s", (int)step->begin, step->path);
    if (folder_reader_open(&reader, step->root, folder_fd, folder) != 0) {
        return;
    }
    bool is_found = false;
    int result = 1;
    while (!is_found && (result == 1 || result == -EAGAIN)) {
        result = folder_reader_next(&reader, &entry);
        is_found = result == 1 && strlen(entry.name) == name.length && view_equals_nocase(name, entry.name);
    }
    if (is_found) {
        (void)snprintf(reason, SITE_MISSING_BYTES, "no such file, but %.*s is there: letters differ in case",
                       TOLD_NAME_BYTES, entry.name);
    }
    folder_reader_close(&reader);
}

/* The name that could not be opened, in its folder, which could. */
static void explain_name(const struct step *step, int error, char reason[SITE_MISSING_BYTES]) {
    char name[NAME_MAX + 1];
    struct stat status;
    size_t length = step->end - step->begin;
    int folder_fd = length < sizeof name ? open_folder_of(step) : -ENAMETOOLONG;
    if (folder_fd < 0) {
        return;
    }
    memcpy(name, step->path + step->begin, length);
    name[length] = '\0';
    if (fstatat(folder_fd, name, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        (void)close(folder_fd);
        if (S_ISLNK(status.st_mode)) {
            write_reason(step, error == ELOOP ? SITE_MISSING_LOOP : "a link to what is not there", reason);
        }
        return;
    }
    find_other_letters(step, folder_fd, reason);
}

void site_missing_explain(const struct beneath *root, const char *path, char reason[SITE_MISSING_BYTES]) {
    struct step step = {.root = root, .path = path};
    (void)snprintf(reason, SITE_MISSING_BYTES, "no such file");
    while (path[step.begin] != '\0') {
        struct stat status = {0};
        step.end = step.begin + strcspn(path + step.begin, "/");
        int fd = open_first(&step, step.end);
        if (fd < 0) {
            explain_name(&step, -fd, reason);
            return;
        }
        bool is_folder = fstat(fd, &status) == 0 && S_ISDIR(status.st_mode);
        (void)close(fd);
        if (!is_folder && path[step.end] == '/') {
            write_reason(&step, "no folder", reason);
            return;
        }
        step.begin = step.end + (path[step.end] == '/' ? 1 : 0);
    }
}
