/* SPDX-License-Identifier: MIT */
/*
 * Which files and folders a config needs while the server runs, and what for: the rules of the sandbox, before they are
 * Landlock's.
 *
 * Follows links and looks at the file system; opens and restricts nothing. A folder that is replaced, as a root is when
 * a new one is moved to its place, is another folder to Landlock: so the folder in which it stands is granted, too, unless
 * that is too wide (grants_is_too_wide()), or the owner wants it strict. Not thread-safe.
 */
#ifndef LIDO_SERVER_SANDBOX_GRANTS_H
#define LIDO_SERVER_SANDBOX_GRANTS_H

#include "conf/settings.h"

#include <stdbool.h>
#include <stddef.h>

/* What may be done with it and all beneath; any of them together. */
enum grant_rights {
    GRANT_READ = 1,    /* files and folders */
    GRANT_WRITE = 2,   /* files, also such as are not there yet */
    GRANT_REMOVE = 4,  /* files */
    GRANT_SOCKETS = 8, /* make and remove sockets */
};

struct grant {
    char *path; /* owned; absolute and without links */
    unsigned rights;
};

/* All-zero: nothing is granted. */
struct grants {
    struct grant *items;
    size_t count;
};

/* Find what the config names: roots, the folders that their links may lead to, media_types, the config's own files, logs,
 * pid_file, UNIX sockets. `home` is the home folder of whoever runs this, or NULL. What is not there is left out. Returns
 * 0; or a negative errno, and then *failed is the path, a text of the config, that could not be looked at. Release with
 * grants_deinit() in any case. */
int grants_find(struct grants *grants, const struct config *config, const char *home, const char **failed)
    __attribute__((warn_unused_result));

/* Whether an errno says of a path that there is nothing to grant: it is not there, or out of reach for whoever runs this.
 * After any other one nobody knows, and a server that went on would refuse what it should serve. */
bool grants_is_absent(int error);

/* Grant one path, links followed, if it is there. Returns 0 or a negative errno. */
int grants_add(struct grants *grants, const char *path, unsigned rights) __attribute__((warn_unused_result));

/* Whether all rights of `other` are among those of `grants`; if not, *missing is one that is not. */
bool grants_cover(const struct grants *grants, const struct grants *other, const struct grant **missing);

/* Whether a folder holds so much besides what it would be granted for that it is not: /, what belongs to the system,
 * everybody's home folders, or `home`. `path` is absolute and without links. */
bool grants_is_too_wide(const char *path, const char *home);

void grants_deinit(struct grants *grants);

#endif
