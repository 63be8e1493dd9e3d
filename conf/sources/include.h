/* SPDX-License-Identifier: MIT */
/*
 * What `include "sites/..."` names: a file, or by glob(7) several in the order of their names, relative to
 * the folder of the file that it stands in. Refused are circles and more than INCLUDES_DEEP files within each
 * other. Private to conf/.
 */
#ifndef LIDO_CONF_SOURCES_INCLUDE_H
#define LIDO_CONF_SOURCES_INCLUDE_H

#include "conf/base/complain.h"
#include "conf/settings.h"

#include <sys/types.h>

enum { INCLUDES_DEEP = 8 };

struct parser;

/* The files that are being read, each included by the one before. */
struct includes {
    struct config *config;
    struct {
        const char *path;
        dev_t device;
        ino_t inode;
    } files[INCLUDES_DEEP];
    size_t depth;
};

/* The content of the file, malloc'ed and with two NULs behind it; or NULL with a line in `error`. Blocks
 * while it reads; `anew` waits for a disk, but for nobody at the other end of a FIFO or a terminal. */
char *file_read(const char *path, bool anew, size_t *size, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Begin with the file at `path`, which includes the others. Returns true, or false after a complaint. */
bool includes_begin(struct includes *includes, const char *path, struct complaint about)
    __attribute__((warn_unused_result));

/* Have all files that the pattern names read by syntax_include(). Returns true, or false after a
 * complaint. */
bool includes_read(struct includes *includes, struct parser *parser, const char *pattern,
                   struct complaint about) __attribute__((warn_unused_result));

#endif
