/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/listing/listing.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NOBODY = 65534 };

struct folder workplace;
struct folder root;
struct beneath beneath;

void listing_set_up(void) {
    folder_create(&workplace);
    folder_create_inside(&root, &workplace, "root");
    folder_chmod(&root, "", 0755);
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

void listing_tear_down(void) {
    if (seteuid(getuid()) != 0) {
        abort(); /* nothing could be cleaned up */
    }
    beneath_close_root(&beneath);
    folder_remove(&workplace);
}

void become_nobody(void) {
    cr_assert(geteuid() != 0 || seteuid(NOBODY) == 0);
}

struct listing_query standard_query(void) {
    return (struct listing_query){.limit = LISTING_LIMIT_STANDARD};
}

struct listing *begin_listing(const char *path, const struct listing_query *query,
                              struct memory_budget *budget) {
    struct listing *listing = NULL;
    int fd = beneath_open(&beneath, path);
    cr_assert_geq(fd, 0, "cannot open '%s'", path);
    cr_assert_eq(listing_open(&listing, &beneath, fd, path, query, budget), 0);
    return listing;
}

struct listing *whole_listing(const char *path, const struct listing_query *query) {
    struct listing *listing = begin_listing(path, query, NULL);
    int result = listing_continue(listing, (struct time_slice){INT64_MAX});
    cr_assert_eq(result, 0, "'%s': %s", path, strerror(-result));
    return listing;
}

static char *append(char *at, const char *end, const char *text) {
    size_t length = strlen(text);
    cr_assert(length < (size_t)(end - at), "too many rows for one text");
    memcpy(at, text, length + 1);
    return at + length;
}

const char *row_names(const struct listing *listing) {
    static char names[1024 * 1024];
    char *at = names;
    size_t count = 0;
    const struct folder_entry *rows = listing_rows(listing, &count);
    names[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        cr_assert(rows[i].has_status, "'%s' has none", rows[i].name);
        at = append(at, names + sizeof names, i > 0 ? "|" : "");
        at = append(at, names + sizeof names, rows[i].name);
        at = append(at, names + sizeof names, rows[i].is_folder ? "/" : "");
    }
    return names;
}

void expect_rows(const struct listing_query *query, const char *names) {
    struct listing *listing = whole_listing("", query);
    const char *found = row_names(listing);
    cr_expect(strcmp(found, names) == 0,
              "sort %d, descending %d, limit %zu, offset %zu, filter '%s': '%s' instead of '%s'", query->sort,
              query->descending, query->limit, query->offset, query->filter, found, names);
    listing_close(listing);
}

size_t descriptor_count(void) {
    size_t n = 0;
    DIR *folder = opendir("/proc/self/fd");
    cr_assert_not_null(folder);
    while (readdir(folder) != NULL) {
        n++;
    }
    (void)closedir(folder);
    return n;
}
