/* SPDX-License-Identifier: MIT */
/* One file or folder of a folder, as listings and archives look at it: its name, and what stat(2) says. */
#ifndef LIDO_HTTP_FILES_FOLDER_ENTRY_H
#define LIDO_HTTP_FILES_FOLDER_ENTRY_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

struct folder_entry {
    const char *name; /* without a slash */
    bool is_folder;
    bool is_link;       /* what follows is of what it leads to, beneath the root */
    bool has_status;    /* what follows is known */
    bool is_executable; /* by its owner */
    off_t size;         /* of a file, in bytes */
    struct timespec modified;
    struct timespec changed;
};

#endif
