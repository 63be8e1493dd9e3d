/* SPDX-License-Identifier: MIT */
#include "conf/sources/include.h"

#include "conf/syntax/syntax.h"
#include "http/base/string_list.h"

#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const char wildcards[] = "*?[";

/* Writes the folder of `path`, with its slash, and the pattern behind it. What glob(3) would read in the
 * folder's name is escaped if it is going to. Returns whether it fits. */
static bool join(const char *path, const char *pattern, bool escaped, char joined[PATH_MAX]) {
    const char *slash = strrchr(path, '/');
    size_t length = pattern[0] == '/' || slash == NULL ? 0 : (size_t)(slash - path) + 1;
    size_t used = 0;
    for (size_t i = 0; i < length && used + 2 < PATH_MAX; i++) {
        if (escaped && strchr("*?[]\\", path[i]) != NULL) {
            joined[used++] = '\\';
        }
        joined[used++] = path[i];
    }
    return snprintf(joined + used, PATH_MAX - used, "%s", pattern) < (int)(PATH_MAX - used);
}

bool includes_begin(struct includes *includes, const char *path, struct complaint about) {
    struct stat status = {0};
    struct string_list *read = &includes->config->files;
    if (stat(path, &status) == -1) {
        return complain(about, "cannot include '%s': %m; write the path of a file", show(path).text);
    }
    for (size_t i = 0; i < includes->depth; i++) {
        if (includes->files[i].device == status.st_dev && includes->files[i].inode == status.st_ino) {
            return complain(about, "'%s' includes itself in a circle; remove one include", show(path).text);
        }
    }
    if (includes->depth == INCLUDES_DEEP || read->count >= CONFIG_FILES_MAX) {
        return complain(about, "'%s' is one file too many; expected at most %d, %d within each other",
                        show(path).text, CONFIG_FILES_MAX, INCLUDES_DEEP);
    }
    if (string_list_add(read, path) != 0) {
        return complain(about, "out of memory");
    }
    includes->files[includes->depth].path = read->items[read->count - 1];
    includes->files[includes->depth].device = status.st_dev;
    includes->files[includes->depth].inode = status.st_ino;
    includes->depth++;
    return true;
}

/* Other things than files could keep the program waiting for ever, as a FIFO does that nobody writes to. The
 * first config may be one: its owner says so on the command line. */
static bool check_is_file(const char *path, struct complaint about) {
    struct stat status = {0};
    return stat(path, &status) == -1 || S_ISREG(status.st_mode) ||
           complain(about, "'%s' is %s; write the path of a file", show(path).text,
                    S_ISDIR(status.st_mode) ? "a folder" : "no file");
}

static bool read_one(struct includes *includes, struct parser *parser, const char *path,
                     struct complaint about) {
    size_t length = 0;
    if (!check_is_file(path, about) || !includes_begin(includes, path, about)) {
        return false;
    }
    const char *kept = includes->files[includes->depth - 1].path;
    char *text = file_read(kept, includes->config->is_anew, &length, about.error);
    bool right = text != NULL && syntax_include(parser, kept, text, length);
    free(text);
    includes->depth--;
    return right;
}

/* For glob(3): whether to stop at a folder that cannot be read. One that is not there has no files. */
static int is_in_the_way(const char *path, int error) {
    (void)path;
    return error != ENOENT && error != ENOTDIR;
}

bool includes_read(struct includes *includes, struct parser *parser, const char *pattern,
                   struct complaint about) {
    char joined[PATH_MAX];
    bool is_pattern = strpbrk(pattern, wildcards) != NULL;
    if (!join(includes->files[includes->depth - 1].path, pattern, is_pattern, joined)) {
        return complain(about, "'%s' is too long; expected at most %d bytes", show(pattern).text,
                        PATH_MAX - 1);
    }
    if (!is_pattern) {
        return read_one(includes, parser, joined, about);
    }
    glob_t found;
    int outcome = glob(joined, 0, is_in_the_way, &found);
    bool right = outcome == 0 || outcome == GLOB_NOMATCH ||
                 complain(about, "cannot look for '%s': %m", show(pattern).text);
    for (size_t i = 0; outcome == 0 && i < found.gl_pathc && right; i++) {
        right = read_one(includes, parser, found.gl_pathv[i], about);
    }
    globfree(&found);
    return right;
}
