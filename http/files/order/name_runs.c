/* SPDX-License-Identifier: MIT */
#include "http/files/order/name_runs.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A block is sorted at once, which takes a tenth of a millisecond. */
enum { BLOCK_BYTES = 16 * 1024, BLOCK_NAMES = 1024, NAMES_PER_STEP = 256 };

/* Names as they come. */
struct name_block {
    size_t size;
    size_t count;
    const char *names[BLOCK_NAMES];
    char bytes[BLOCK_BYTES + PATH_MAX];
};

/* --- memory --------------------------------------------------------------------------------------------- */

void name_runs_init(struct name_runs *runs, size_t sure_bytes, struct memory_budget *budget) {
    *runs = (struct name_runs){.budget = budget, .sure_bytes = sure_bytes};
}

static void drop_block(struct name_runs *runs) {
    if (runs->block != NULL) {
        memory_budget_give(runs->budget, memory_held(sizeof *runs->block));
    }
    free(runs->block);
    runs->block = NULL;
}

void name_runs_deinit(struct name_runs *runs) {
    for (size_t i = 0; i < runs->count; i++) {
        free(runs->runs[i].bytes);
    }
    free(runs->runs);
    drop_block(runs);
    memory_budget_give(runs->budget, runs->held_bytes);
    name_runs_init(runs, runs->sure_bytes, runs->budget);
}

/* Returns 0, -ENOSPC or -ENOMEM. */
static int take_budget(struct name_runs *runs, size_t bytes) {
    bool is_sure = runs->held_bytes + bytes <= runs->sure_bytes;
    bool is_there =
        is_sure ? memory_budget_take(runs->budget, bytes) : memory_budget_take_spare(runs->budget, bytes);
    if (!is_there) {
        return runs->name_count > 1 ? -ENOSPC : -ENOMEM;
    }
    runs->held_bytes += bytes;
    return 0;
}

static void give_budget(struct name_runs *runs, size_t bytes) {
    memory_budget_give(runs->budget, bytes);
    runs->held_bytes -= bytes;
}

static int grow(struct name_runs *runs) {
    size_t capacity = runs->capacity > 0 ? 2 * runs->capacity : 1;
    size_t more =
        memory_held(capacity * sizeof *runs->runs) - memory_held(runs->capacity * sizeof *runs->runs);
    int result = take_budget(runs, more);
    if (result != 0) {
        return result;
    }
    /* NOLINTNEXTLINE(clang-analyzer-optin.portability.UnixAPI): there is room for one at least */
    struct name_run *grown = realloc(runs->runs, capacity * sizeof *grown);
    if (grown == NULL) {
        give_budget(runs, more);
        return -ENOMEM;
    }
    runs->runs = grown;
    runs->capacity = capacity;
    return 0;
}

/* --- gathering ------------------------------------------------------------------------------------------ */

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void fill_run(struct name_run *run, struct name_block *block) {
    qsort(block->names, block->count, sizeof *block->names, compare_names);
    char *end = run->bytes;
    for (size_t i = 0; i < block->count; i++) {
        end = stpcpy(end, block->names[i]) + 1;
    }
    run->size = (uint32_t)(end - run->bytes);
    run->at = 0;
}

int name_runs_seal(struct name_runs *runs) {
    struct name_block *block = runs->block;
    if (block == NULL || block->count == 0) {
        return 0;
    }
    int result = runs->count == runs->capacity ? grow(runs) : 0;
    if (result == 0) {
        result = take_budget(runs, memory_held(block->size));
    }
    if (result != 0) {
        return result;
    }
    struct name_run *run = &runs->runs[runs->count];
    run->bytes = malloc(block->size);
    if (run->bytes == NULL) {
        give_budget(runs, memory_held(block->size));
        return -ENOMEM;
    }
    fill_run(run, block);
    runs->count++;
    runs->name_count += block->count;
    block->size = block->count = 0;
    return 0;
}

static int create_block(struct name_runs *runs) {
    if (!memory_budget_take(runs->budget, memory_held(sizeof *runs->block))) {
        return -ENOMEM;
    }
    runs->block = malloc(sizeof *runs->block);
    if (runs->block == NULL) {
        memory_budget_give(runs->budget, memory_held(sizeof *runs->block));
        return -ENOMEM;
    }
    runs->block->size = runs->block->count = 0;
    return 0;
}

int name_runs_reserve(struct name_runs *runs) {
    if (runs->block == NULL) {
        return create_block(runs);
    }
    bool has_room = runs->block->size < BLOCK_BYTES && runs->block->count < BLOCK_NAMES;
    return has_room ? 0 : name_runs_seal(runs);
}

void name_runs_add(struct name_runs *runs, const char *name) {
    struct name_block *block = runs->block;
    size_t size = strlen(name) + 1;
    assert(size <= sizeof block->bytes - block->size && block->count < BLOCK_NAMES);
    block->names[block->count++] = memcpy(block->bytes + block->size, name, size);
    block->size += size;
}

/* --- merging -------------------------------------------------------------------------------------------- */

static const char *name_of(const struct name_run *run) {
    return run->bytes + run->at;
}

static bool is_at_end(const struct name_run *run) {
    return run->at == run->size;
}

/* Whether its next name comes before that of the other; those at their end come last. */
static bool comes_before(const struct name_run *run, const struct name_run *other) {
    return !is_at_end(run) && (is_at_end(other) || strcmp(name_of(run), name_of(other)) < 0);
}

/* Let the run at `hole` sink to where it belongs in the heap. */
static void sink(struct name_runs *runs, size_t hole) {
    struct name_run *heap = runs->runs;
    struct name_run run = heap[hole];
    for (size_t child = 2 * hole + 1; child < runs->count; child = 2 * hole + 1) {
        if (child + 1 < runs->count && comes_before(&heap[child + 1], &heap[child])) {
            child++;
        }
        if (!comes_before(&heap[child], &run)) {
            break;
        }
        heap[hole] = heap[child];
        hole = child;
    }
    heap[hole] = run;
}

static void make_heap(struct name_runs *runs) {
    for (size_t i = runs->count / 2; i > 0; i--) {
        sink(runs, i - 1);
    }
}

static void go_by_name(struct name_run *run) {
    run->at += (uint32_t)strlen(name_of(run)) + 1;
}

static void free_run(struct name_runs *runs, struct name_run *run) {
    give_budget(runs, memory_held(run->size));
    free(run->bytes);
    *run = runs->runs[--runs->count];
}

void name_runs_begin_taking(struct name_runs *runs) {
    drop_block(runs);
    make_heap(runs);
}

static void go_by_first(struct name_runs *runs) {
    struct name_run *first = &runs->runs[0];
    go_by_name(first);
    if (is_at_end(first)) {
        free_run(runs, first);
    }
    if (runs->count > 0) {
        sink(runs, 0);
    }
    runs->name_count--;
}

const char *name_runs_take(struct name_runs *runs) {
    if (runs->is_shown) {
        go_by_first(runs);
    }
    runs->is_shown = runs->count > 0;
    return runs->is_shown ? name_of(&runs->runs[0]) : NULL;
}

/* --- halving -------------------------------------------------------------------------------------------- */

/* Let the run end where it has come to. */
static void cut(struct name_runs *runs, struct name_run *run) {
    char *shorter = realloc(run->bytes, run->at);
    if (shorter != NULL) {
        run->bytes = shorter;
    }
    give_budget(runs, memory_held(run->size) - memory_held(run->at));
    run->size = run->at;
    run->at = 0;
}

static void cut_all(struct name_runs *runs) {
    for (size_t i = runs->count; i > 0; i--) {
        struct name_run *run = &runs->runs[i - 1];
        if (run->at == 0) {
            free_run(runs, run);
        } else {
            cut(runs, run);
        }
    }
    runs->name_count = runs->kept_count;
    runs->kept_count = 0;
}

static void cut_block(struct name_block *block, const char *before) {
    size_t count = block->count;
    block->size = block->count = 0;
    for (size_t i = 0; i < count; i++) { /* in the order of the bytes, as nothing has been sorted */
        size_t size = strlen(block->names[i]) + 1;
        if (strcmp(block->names[i], before) < 0) {
            block->names[block->count++] = memmove(block->bytes + block->size, block->names[i], size);
            block->size += size;
        }
    }
}

bool name_runs_halve(struct name_runs *runs, char before[PATH_MAX]) {
    size_t wanted = runs->name_count / 2;
    assert(wanted > 0);
    if (runs->kept_count == 0) {
        make_heap(runs);
    }
    for (int i = 0; i < NAMES_PER_STEP && runs->kept_count < wanted; i++) {
        go_by_name(&runs->runs[0]);
        sink(runs, 0);
        runs->kept_count++;
    }
    if (runs->kept_count < wanted) {
        return false;
    }
    (void)stpcpy(before, name_of(&runs->runs[0]));
    cut_all(runs);
    cut_block(runs->block, before);
    return true;
}
