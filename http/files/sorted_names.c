/* SPDX-License-Identifier: MIT */
#include "http/files/sorted_names.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES_PER_STEP = 32 };

static int compare_names(const struct folder_entry *a, const struct folder_entry *b) {
    return strcmp(a->name, b->name);
}

void sorted_names_init(struct sorted_names *names, size_t wanted, struct memory_budget *budget) {
    *names = (struct sorted_names){.found_count = 0};
    selection_init(&names->selection, compare_names, wanted, budget);
}

static void free_chunk(struct sorted_names *names) {
    for (size_t i = names->first_held; i < names->count; i++) {
        selection_release(&names->selection, &names->chunk[i]);
    }
    memory_budget_give(names->selection.budget, memory_held(names->count * sizeof *names->chunk));
    free(names->chunk);
    names->chunk = NULL;
    names->count = names->first_held = names->next = 0;
}

static void release_after(struct sorted_names *names) {
    if (names->after.name != NULL) {
        selection_release(&names->selection, &names->after);
    }
}

void sorted_names_deinit(struct sorted_names *names) {
    free_chunk(names);
    release_after(names);
    selection_deinit(&names->selection);
}

static int read_some(struct sorted_names *names, struct folder_reader *reader) {
    for (int i = 0; i < NAMES_PER_STEP; i++) {
        struct folder_entry entry;
        int result = folder_reader_next(reader, &entry);
        if (result == 0) {
            names->is_read = true;
            return -EAGAIN;
        }
        bool is_shown =
            result == 1 && (names->after.name == NULL || strcmp(entry.name, names->after.name) > 0);
        if (is_shown) {
            names->found_count++;
            result = selection_offer(&names->selection, &entry);
        }
        if (result < 0 && result != -EAGAIN) {
            return result;
        }
    }
    return -EAGAIN;
}

static int make_chunk(struct sorted_names *names) {
    size_t bytes = names->selection.count * sizeof *names->chunk;
    if (!memory_budget_take(names->selection.budget, memory_held(bytes))) {
        return -ENOMEM;
    }
    names->chunk = malloc(bytes);
    if (names->chunk == NULL) {
        memory_budget_give(names->selection.budget, memory_held(bytes));
        return -ENOMEM;
    }
    names->count = names->first_held = names->selection.count;
    return 0;
}

static int sort_some(struct sorted_names *names) {
    int result = names->chunk == NULL && names->selection.count > 0 ? make_chunk(names) : 0;
    for (int i = 0; i < NAMES_PER_STEP && result == 0 && names->first_held > 0; i++) {
        names->chunk[--names->first_held] = selection_take_last(&names->selection);
    }
    if (result == 0 && names->first_held == 0) {
        selection_deinit(&names->selection);
        names->is_sorted = true;
    }
    return result;
}

int sorted_names_prepare(struct sorted_names *names, struct folder_reader *reader) {
    if (names->is_sorted) {
        return 0;
    }
    int result = names->is_read ? sort_some(names) : read_some(names, reader);
    return result == 0 && !names->is_sorted ? -EAGAIN : result;
}

const struct folder_entry *sorted_names_take(struct sorted_names *names) {
    assert(names->is_sorted);
    if (names->next == names->count) {
        return NULL; /* the last one is still held: the next chunk begins behind it */
    }
    if (names->next > 0) {
        selection_release(&names->selection, &names->chunk[names->first_held++]);
    }
    return &names->chunk[names->next++];
}

bool sorted_names_has_more(const struct sorted_names *names) {
    return names->found_count > names->count;
}

void sorted_names_turn(struct sorted_names *names, size_t wanted) {
    assert(wanted > 0 && names->next == names->count && names->count > 0);
    release_after(names);
    names->after = names->chunk[names->count - 1];
    names->first_held = names->count;
    free_chunk(names);
    names->selection.wanted = wanted;
    names->found_count = 0;
    names->is_read = names->is_sorted = false;
}

size_t sorted_names_held_count(const struct sorted_names *names) {
    return names->count - names->first_held + names->selection.count;
}
