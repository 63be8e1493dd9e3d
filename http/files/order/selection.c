/* SPDX-License-Identifier: MIT */
#include "http/files/order/selection.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

void selection_init(struct selection *selection, selection_compare *compare, size_t wanted,
                    struct memory_budget *budget) {
    assert(wanted > 0);
    *selection = (struct selection){.compare = compare, .wanted = wanted, .budget = budget};
}

static bool take_bytes(struct selection *selection, size_t bytes) {
    if (!memory_budget_take(selection->budget, bytes)) {
        return false;
    }
    selection->budget_bytes += bytes;
    return true;
}

static void give_bytes(struct selection *selection, size_t bytes) {
    memory_budget_give(selection->budget, bytes);
    selection->budget_bytes -= bytes;
}

static void free_name(struct selection *selection, const char *name) {
    give_bytes(selection, memory_held(strlen(name) + 1));
    free((char *)(uintptr_t)name);
}

bool selection_drop(struct selection *selection, size_t count) {
    while (count > 0 && selection->count > 0) {
        free_name(selection, selection->heap[--selection->count].name);
        count--;
    }
    return selection->count == 0;
}

void selection_deinit(struct selection *selection) {
    (void)selection_drop(selection, SIZE_MAX);
    give_bytes(selection, memory_held(selection->capacity * sizeof *selection->heap));
    free(selection->heap);
    selection->heap = NULL;
    selection->capacity = 0;
}

/* Make room for one more. */
static int grow(struct selection *selection) {
    size_t capacity = selection->capacity > 0 ? selection->capacity * 2 : FIRST_CAPACITY;
    capacity = capacity < selection->wanted ? capacity : selection->wanted;
    size_t more_bytes = memory_held(capacity * sizeof *selection->heap) -
                        memory_held(selection->capacity * sizeof *selection->heap);
    if (!take_bytes(selection, more_bytes)) {
        return -ENOMEM;
    }
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): at least one is wanted */
    struct folder_entry *heap = realloc(selection->heap, capacity * sizeof *heap);
    if (heap == NULL) {
        give_bytes(selection, more_bytes);
        return -ENOMEM;
    }
    selection->heap = heap;
    selection->capacity = capacity;
    return 0;
}

static const char *copy_name(struct selection *selection, const char *name) {
    size_t size = strlen(name) + 1;
    if (!take_bytes(selection, memory_held(size))) {
        return NULL;
    }
    char *copy = malloc(size);
    if (copy == NULL) {
        give_bytes(selection, memory_held(size));
        return NULL;
    }
    return memcpy(copy, name, size);
}

/* Put the entry into the free place `hole`, or above it as far as it comes after the entries there. */
static void sift_up(struct selection *selection, size_t hole, struct folder_entry entry) {
    struct folder_entry *heap = selection->heap;
    while (hole > 0) {
        size_t parent = (hole - 1) / 2;
        if (selection->compare(&heap[parent], &entry) >= 0) {
            break;
        }
        heap[hole] = heap[parent];
        hole = parent;
    }
    heap[hole] = entry;
}

/* Put the entry in the place of the top, which has been taken. The free place sinks to the bottom first and
 * then rises to where the entry belongs: that is near the bottom nearly always, so that this takes half the
 * comparisons of looking at the entry on each level (Wegener, bottom-up heapsort). */
static void replace_top(struct selection *selection, struct folder_entry entry) {
    struct folder_entry *heap = selection->heap;
    size_t hole = 0;
    for (size_t child = 1; child < selection->count; child = 2 * hole + 1) {
        if (child + 1 < selection->count && selection->compare(&heap[child + 1], &heap[child]) > 0) {
            child++;
        }
        heap[hole] = heap[child];
        hole = child;
    }
    sift_up(selection, hole, entry);
}

int selection_offer(struct selection *selection, const struct folder_entry *entry) {
    bool is_full = selection->count == selection->wanted;
    if (is_full && selection->compare(entry, &selection->heap[0]) >= 0) {
        return 0;
    }
    if (!is_full && selection->count == selection->capacity) {
        int result = grow(selection);
        if (result != 0) {
            return result;
        }
    }
    struct folder_entry copy = *entry;
    copy.name = copy_name(selection, entry->name);
    if (copy.name == NULL) {
        return -ENOMEM;
    }
    if (is_full) {
        free_name(selection, selection->heap[0].name);
        replace_top(selection, copy);
    } else {
        sift_up(selection, selection->count++, copy);
    }
    return 0;
}

struct folder_entry selection_take_last(struct selection *selection) {
    assert(selection->count > 0);
    struct folder_entry last = selection->heap[0];
    struct folder_entry moved = selection->heap[--selection->count];
    if (selection->count > 0) {
        replace_top(selection, moved);
    }
    return last;
}

void selection_release(struct selection *selection, struct folder_entry *entry) {
    free_name(selection, entry->name);
    entry->name = NULL;
}
