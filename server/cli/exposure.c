/* SPDX-License-Identifier: MIT */
#include "server/cli/exposure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether the folder is at `path` or beneath it. Both are absolute and without links. */
static bool is_in(const char *folder, const char *path) {
    size_t length = strlen(path);
    return strncmp(folder, path, length) == 0 && (folder[length] == '/' || folder[length] == '\0');
}

static bool describe_root(const char *root, const char *home, char text[EXPOSURE_TEXT_BYTES]) {
    char path[PATH_MAX];
    if (realpath(root, path) == NULL) {
        return false;
    }
    const char *what = NULL;
    if (strcmp(path, "/") == 0) {
        what = "the whole disk";
    } else if (home != NULL && is_in(home, path)) {
        what = "your home folder";
    } else {
        return false;
    }
    (void)snprintf(
        text, EXPOSURE_TEXT_BYTES,
        "warning: other machines can read %s (root %s); serve a folder in it, or listen on localhost", what,
        path);
    return true;
}

bool exposure_describe(const struct config *config, bool is_public, const char *home,
                       char text[EXPOSURE_TEXT_BYTES]) {
    char home_path[PATH_MAX];
    if (!is_public) {
        return false;
    }
    home = home != NULL ? realpath(home, home_path) : NULL;
    bool is_exposed = describe_root(config->site.root, home, text);
    for (size_t i = 0; !is_exposed && i < config->host_count; i++) {
        is_exposed = describe_root(config->hosts[i].site.root, home, text);
    }
    return is_exposed;
}
