/* SPDX-License-Identifier: MIT */
#include "server/sites/refusals.h"

#include "http/base/refused_links.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_BYTES = 1024 };

/* The folder to name is the link's target or, of a file, the one that this is in; by the name that the link
 * gives it, as that is what counts. */
static void tell_refused(const struct refused_link *link, void (*tell)(void *context, const char *line),
                         void *context) {
    struct stat found;
    if (stat(link->target, &found) == -1) {
        return; /* it is not there, whatever is allowed */
    }
    const char *slash = S_ISDIR(found.st_mode) ? NULL : strrchr(link->target, '/');
    size_t length = slash != NULL ? (size_t)(slash - link->target) : strlen(link->target);
    char line[LINE_BYTES];
    int size =
        snprintf(line, sizeof line,
                 "the link '%s' leads to '%s', outside of the root: 404; to serve what is there, name the "
                 "folder in links: links = \"%.*s\"",
                 link->path, link->target, length > 0 ? (int)length : 1, link->target);
    if ((size_t)size >= sizeof line) {
        (void)snprintf(line, sizeof line, "a link leads out of the root: 404; its path begins with '%.300s'",
                       link->path);
    }
    tell(context, line);
}

void refusals_tell(struct refused_links *links, void (*tell)(void *context, const char *line),
                   void *context) {
    struct refused_link *link = refused_links_take(links);
    while (link != NULL) {
        tell_refused(link, tell, context);
        free(link);
        link = refused_links_take(links);
    }
}
