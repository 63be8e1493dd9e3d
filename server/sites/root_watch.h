/* SPDX-License-Identifier: MIT */
/*
 * Whether what a site was made of is still in its place: its root folder, and its table of media types.
 *
 * A build that removes its folder and makes it anew, and a deploy that turns a link, leave the old folder
 * open and the name leading elsewhere. Looks at names only, one stat(2) each (for a root that is a file a few
 * calls more); keeps nothing open and changes nothing. For one thread at a time; may block as stat(2) does.
 */
#ifndef LIDO_SERVER_SITES_ROOT_WATCH_H
#define LIDO_SERVER_SITES_ROOT_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

/* What a name led to. */
struct root_stamp {
    int error; /* 0, or why it led nowhere; then the rest is 0 */
    dev_t device;
    ino_t inode;
    off_t size; /* these two of a file only */
    struct timespec modified;
};

struct root_watch {
    const char *root;    /* path of a folder or of the only file; the caller's, like the next one */
    const char *types;   /* path of the table, or NULL */
    char *const *places; /* the folders that links may lead to; the caller's */
    size_t place_count;
    struct root_stamp root_stamp;
    struct root_stamp types_stamp;
    uint64_t places_digest; /* of what these lead to */
};

/* What a descriptor stands for, to be compared with what its name leads to. */
struct root_stamp root_stamp_of(int fd);

/* Whether two stamps are of the same folder, of the same version of a file, or of the same failure. */
bool root_stamp_is_same(const struct root_stamp *a, const struct root_stamp *b);

/* Look where the names lead now, and return that; types is compared by size and time, too. */
struct root_watch root_watch_look(const struct root_watch *watch);

/* Open what the names lead to, and close it: once that has come back, others can do so without waiting for a mount. */
void root_watch_try(const struct root_watch *watch);

/* Whether all names lead where they led, both times. */
bool root_watch_is_same(const struct root_watch *a, const struct root_watch *b);

#endif
