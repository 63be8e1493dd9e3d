/* SPDX-License-Identifier: MIT */
#include "conf/syntax/statement.h"

#include "conf/base/complain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct place place_of(const char *path, int line) {
    enum { PATH_SHOWN_MAX = PLACE_BYTES - 16 };
    struct place place;
    size_t length = strlen(path);
    bool clipped = length > PATH_SHOWN_MAX;
    (void)snprintf(place.text, sizeof place.text, "%s%s:%d", clipped ? "..." : "",
                   clipped ? path + length - PATH_SHOWN_MAX : path, line);
    replace_controls(place.text);
    return place;
}

void config_syntax_deinit(struct config_syntax *syntax) {
    free(syntax->statements);
    free(syntax->texts);
    *syntax = (struct config_syntax){.count = 0};
}
