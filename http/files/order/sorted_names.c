/* SPDX-License-Identifier: MIT */
#include "http/files/order/sorted_names.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_PER_STEP = 32 };

/* Which names there is room for at this time. "" is before all names. */
struct sorted_names_bounds {
    char from[PATH_MAX];
    char before[PATH_MAX]; /* "": none is left out */
};

void sorted_names_init(struct sorted_names *names, size_t sure_bytes, struct memory_budget *budget) {
    *names = (struct sorted_names){.found_count = 0};
    name_runs_init(&names->runs, sure_bytes, budget);
}

void sorted_names_deinit(struct sorted_names *names) {
    name_runs_deinit(&names->runs);
    if (names->bounds != NULL) {
        memory_budget_give(names->runs.budget, memory_held(sizeof *names->bounds));
    }
    free(names->bounds);
    names->bounds = NULL;
}

/* --- room ----------------------------------------------------------------------------------------------- */

static int create_bounds(struct sorted_names *names) {
    if (!memory_budget_take(names->runs.budget, memory_held(sizeof *names->bounds))) {
        return -ENOMEM;
    }
    names->bounds = malloc(sizeof *names->bounds);
    if (names->bounds == NULL) {
        memory_budget_give(names->runs.budget, memory_held(sizeof *names->bounds));
        return -ENOMEM;
    }
    names->bounds->from[0] = names->bounds->before[0] = '\0';
    return 0;
}

/* If there is no room, begin to make some. */
static int begin_halving_if(struct sorted_names *names, int result) {
    if (result != -ENOSPC) {
        return result;
    }
    result = names->bounds == NULL ? create_bounds(names) : 0;
    names->is_halving = result == 0;
    return result == 0 ? -EAGAIN : result;
}

/* Whether it is for later, when those that there is room for have been taken. */
static bool is_for_later(const struct sorted_names *names, const char *name) {
    const struct sorted_names_bounds *bounds = names->bounds;
    return bounds != NULL && bounds->before[0] != '\0' && strcmp(name, bounds->before) >= 0;
}

static bool is_behind_us(const struct sorted_names *names, const char *name) {
    return names->bounds != NULL && strcmp(name, names->bounds->from) < 0;
}

/* --- preparing ------------------------------------------------------------------------------------------ */

static void add(struct sorted_names *names, const char *name) {
    if (is_behind_us(names, name)) {
        return;
    }
    names->found_count++;
    if (!is_for_later(names, name)) {
        name_runs_add(&names->runs, name);
    }
}

static int read_some(struct sorted_names *names, struct folder_reader *reader) {
    for (int i = 0; i < NAMES_PER_STEP; i++) {
        struct folder_entry entry;
        int result = begin_halving_if(names, name_runs_reserve(&names->runs));
        if (result != 0) {
            return result;
        }
        result = folder_reader_next(reader, &entry);
        if (result == 0) {
            names->is_read = true;
            return -EAGAIN;
        }
        if (result == 1) {
            add(names, entry.name);
        } else if (result != -EAGAIN) {
            return result;
        }
    }
    return -EAGAIN;
}

static int finish(struct sorted_names *names) {
    int result = begin_halving_if(names, name_runs_seal(&names->runs));
    if (result == 0) {
        name_runs_begin_taking(&names->runs);
        names->is_sorted = true;
    }
    return result;
}

int sorted_names_prepare(struct sorted_names *names, struct folder_reader *reader) {
    if (names->is_sorted) {
        return 0;
    }
    if (names->is_halving) {
        names->is_halving = !name_runs_halve(&names->runs, names->bounds->before);
        return -EAGAIN;
    }
    return names->is_read ? finish(names) : read_some(names, reader);
}

/* --- taking --------------------------------------------------------------------------------------------- */

const char *sorted_names_take(struct sorted_names *names) {
    assert(names->is_sorted);
    return name_runs_take(&names->runs);
}

bool sorted_names_has_more(const struct sorted_names *names) {
    return names->bounds != NULL && names->bounds->before[0] != '\0';
}

void sorted_names_turn(struct sorted_names *names) {
    assert(sorted_names_has_more(names) && names->runs.name_count == 0);
    (void)stpcpy(names->bounds->from, names->bounds->before);
    names->bounds->before[0] = '\0';
    names->found_count = 0;
    names->is_read = names->is_sorted = false;
}

size_t sorted_names_held_bytes(const struct sorted_names *names) {
    return names->runs.held_bytes;
}
