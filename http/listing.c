/* SPDX-License-Identifier: MIT */
#include "http/listing.h"

#include "http/escape.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct entry {
    char *name;
    bool is_folder;
    off_t size;
    time_t modified;
};

struct entries {
    struct entry *items;
    size_t count;
    size_t capacity;
};

static void entries_deinit(struct entries *entries) {
    for (size_t i = 0; i < entries->count; i++) {
        free(entries->items[i].name);
    }
    free(entries->items);
}

static int add_entry(struct entries *entries, const char *name, const struct stat *status) {
    if (entries->count == entries->capacity) {
        size_t capacity = entries->capacity > 0 ? entries->capacity * 2 : 64;
        struct entry *items = realloc(entries->items, capacity * sizeof *items);
        if (items == NULL) {
            return -ENOMEM;
        }
        entries->items = items;
        entries->capacity = capacity;
    }
    char *copy = strdup(name);
    if (copy == NULL) {
        return -ENOMEM;
    }
    entries->items[entries->count++] = (struct entry){
        .name = copy,
        .is_folder = S_ISDIR(status->st_mode),
        .size = status->st_size,
        .modified = status->st_mtim.tv_sec,
    };
    return 0;
}

/* A link is looked at as it would be served: beneath the root, so that a listing tells nothing of what lies outside. */
static bool stat_link(const struct beneath *root, const char *folder_path, const char *name,
                      struct stat *status) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s%s", folder_path, name);
    if (length < 0 || (size_t)length >= sizeof path) {
        return false;
    }
    int fd = beneath_open(root, path);
    if (fd < 0) {
        return false;
    }
    bool found = fstat(fd, status) == 0;
    (void)close(fd);
    return found;
}

static int read_entries(struct entries *entries, DIR *folder, const struct beneath *root, const char *path) {
    for (;;) {
        errno = 0;
        const struct dirent *found = readdir(folder);
        if (found == NULL) {
            return -errno;
        }
        struct stat status;
        if (found->d_name[0] == '.' ||
            fstatat(dirfd(folder), found->d_name, &status, AT_SYMLINK_NOFOLLOW) == -1 ||
            (S_ISLNK(status.st_mode) && !stat_link(root, path, found->d_name, &status)) ||
            (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))) {
            continue;
        }
        int result = add_entry(entries, found->d_name, &status);
        if (result != 0) {
            return result;
        }
    }
}

static int compare_entries(const void *left, const void *right) {
    const struct entry *a = left;
    const struct entry *b = right;
    if (a->is_folder != b->is_folder) {
        return a->is_folder ? -1 : 1;
    }
    return strcmp(a->name, b->name);
}

static void write_size(struct text *out, off_t size) {
    static const char units[] = "KMGTPE";
    if (size < 1024) {
        text_append_number(out, (uint64_t)size);
        text_append(out, " B");
        return;
    }
    double scaled = (double)size / 1024;
    size_t unit = 0;
    while (scaled >= 1023.5 && units[unit + 1] != '\0') { /* never "1024 KiB" */
        scaled /= 1024;
        unit++;
    }
    char number[32];
    (void)snprintf(number, sizeof number, scaled < 9.95 ? "%.1f %ciB" : "%.0f %ciB", scaled, units[unit]);
    text_append(out, number);
}

static void write_entry(struct text *out, const struct entry *entry) {
    struct view name = view_of(entry->name);
    char date[sizeof "-2147483648-12-31 23:59"] = "";
    struct tm tm = {0};
    if (gmtime_r(&entry->modified, &tm) != NULL) {
        (void)strftime(date, sizeof date, "%Y-%m-%d %H:%M", &tm);
    }
    text_append(out, "<tr><td><a href=\"./"); /* "./": a name may look like a scheme, e.g. "a:b" */
    escape_url_path(out, name);
    text_append(out, entry->is_folder ? "/\">" : "\">");
    escape_html(out, name);
    text_append(out, entry->is_folder ? "/</a><td>" : "</a><td>");
    if (!entry->is_folder) {
        write_size(out, entry->size);
    }
    text_append(out, "<td>");
    text_append(out, date);
    text_append(out, "\n");
}

static void write_page(struct text *out, const struct entries *entries, const char *path) {
    text_append(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>/");
    escape_html(out, view_of(path));
    text_append(out,
                "</title>\n<style>:root{color-scheme:light dark}"
                "body{font:1rem/1.6 system-ui,sans-serif;margin:2rem auto;max-width:60rem;padding:0 1rem}"
                "table{border-collapse:collapse;width:100%}"
                "td,th{padding:.15rem .75rem .15rem 0;text-align:left;font-variant-numeric:tabular-nums}"
                "td:first-child{overflow-wrap:anywhere}td+td{white-space:nowrap;text-align:right}"
                "a{text-decoration:none}a:hover{text-decoration:underline}"
                "h1{font-size:1.25rem;overflow-wrap:anywhere}</style>\n<h1>/");
    escape_html(out, view_of(path));
    text_append(out, "</h1>\n<table>\n");
    if (path[0] != '\0') {
        text_append(out, "<tr><td><a href=\"../\">../</a><td><td>\n");
    }
    for (size_t i = 0; i < entries->count; i++) {
        write_entry(out, &entries->items[i]);
    }
    text_append(out, "</table>\n</html>\n");
}

int listing_write(struct text *out, const struct beneath *root, int folder_fd, const char *path) {
    int own_fd = fcntl(folder_fd, F_DUPFD_CLOEXEC, 0); /* closedir() closes its descriptor */
    if (own_fd == -1) {
        return -errno;
    }
    DIR *folder = fdopendir(own_fd);
    if (folder == NULL) {
        int error = errno;
        (void)close(own_fd);
        return -error;
    }
    rewinddir(folder); /* the copy shares its position with folder_fd, which may have been read before */
    struct entries entries = {0};
    int result = read_entries(&entries, folder, root, path);
    (void)closedir(folder);
    if (result == 0 && entries.count > 0) {
        qsort(entries.items, entries.count, sizeof *entries.items, compare_entries);
    }
    if (result == 0) {
        write_page(out, &entries, path);
    }
    entries_deinit(&entries);
    return result;
}
