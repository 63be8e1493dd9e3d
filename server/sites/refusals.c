/* SPDX-License-Identifier: MIT */
#include "server/sites/refusals.h"

#include "server/sites/errands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_BYTES = 1024 };

struct refusal {
    struct errand errand;
    struct refused_link *link;
    bool is_there; /* what it leads to */
    bool is_folder;
};

static void look(struct errand *errand) {
    struct refusal *refusal = (struct refusal *)errand;
    struct stat found;
    refusal->is_there = stat(refusal->link->target, &found) == 0;
    refusal->is_folder = refusal->is_there && S_ISDIR(found.st_mode);
}

static void discard(struct errand *errand) {
    struct refusal *refusal = (struct refusal *)errand;
    free(refusal->link);
    free(refusal);
}

/* The folder to name is the link's target or, of a file, the one that this is in; by the name that the link
 * gives it, as that is what counts. */
static void tell_of(const struct refusal *refusal, void (*tell)(void *context, const char *line),
                    void *context) {
    const struct refused_link *link = refusal->link;
    const char *slash = refusal->is_folder ? NULL : strrchr(link->target, '/');
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

static void tell_if_there(const struct refusal *refusal, void (*tell)(void *context, const char *line),
                          void *context) {
    if (refusal->is_there) { /* else it makes no difference what is allowed */
        tell_of(refusal, tell, context);
    }
}

/* Returns whether there is a look under way; else nothing is told of the link. */
static bool have_looked_at(struct errands *errands, struct refused_link *link) {
    struct refusal *refusal = calloc(1, sizeof *refusal);
    if (refusal != NULL) {
        *refusal = (struct refusal){.errand = {.run = look, .discard = discard}, .link = link};
    }
    if (refusal == NULL || !errands_give(errands, &refusal->errand)) {
        free(refusal);
        free(link);
        return false;
    }
    return true;
}

void refusals_tell(struct refusals *refusals, struct errands *errands, struct refused_links *refused,
                   void (*tell)(void *context, const char *line), void *context) {
    struct errand *errand = NULL;
    struct refused_link *link = NULL;
    while (refusals->under_way > 0 && (errand = errands_take(errands, look)) != NULL) {
        refusals->under_way--;
        tell_if_there((const struct refusal *)errand, tell, context);
        discard(errand);
    }
    while (refusals->under_way < REFUSED_LINKS_WAITING_MAX && (link = refused_links_take(refused)) != NULL) {
        refusals->under_way += have_looked_at(errands, link) ? 1 : 0;
    }
}

void refusals_tell_at_once(struct refused_links *refused, void (*tell)(void *context, const char *line),
                           void *context) {
    struct refusal refusal = {.link = NULL};
    while ((refusal.link = refused_links_take(refused)) != NULL) {
        look(&refusal.errand);
        tell_if_there(&refusal, tell, context);
        free(refusal.link);
    }
}
