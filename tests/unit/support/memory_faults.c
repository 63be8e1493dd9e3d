/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/memory_faults.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_malloc(size_t size);
void *__wrap_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__real_realloc(void *bytes, size_t size);
void *__wrap_realloc(void *bytes, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
char *__wrap_strdup(const char *text);
void __real_free(void *bytes);
void __wrap_free(void *bytes);

static size_t successes_left = SIZE_MAX; /* SIZE_MAX: no failure is planned */
static bool has_failed;
static bool fails_for_good;
static ptrdiff_t live_count;
static size_t largest;

void memory_fail_after(size_t successes) {
    successes_left = successes;
    has_failed = false;
    fails_for_good = false;
}

void memory_fail_from(size_t successes) {
    memory_fail_after(successes);
    fails_for_good = true;
}

bool memory_stop_failing(void) {
    successes_left = SIZE_MAX;
    return has_failed;
}

ptrdiff_t memory_live_count(void) {
    return live_count;
}

size_t memory_take_largest(void) {
    size_t result = largest;
    largest = 0;
    return result;
}

static bool runs_out(void) {
    if (successes_left == SIZE_MAX) {
        return false;
    }
    if (successes_left > 0) {
        successes_left--;
        return false;
    }
    successes_left = fails_for_good ? 0 : SIZE_MAX;
    has_failed = true;
    errno = ENOMEM;
    return true;
}

static void *count_new(void *bytes, size_t size) {
    live_count += bytes != NULL ? 1 : 0;
    largest = size > largest ? size : largest;
    return bytes;
}

void *__wrap_malloc(size_t size) {
    return runs_out() ? NULL : count_new(__real_malloc(size), size);
}

void *__wrap_calloc(size_t count, size_t size) {
    return runs_out() ? NULL : count_new(__real_calloc(count, size), count * size);
}

void *__wrap_realloc(void *bytes, size_t size) {
    if (runs_out()) {
        return NULL;
    }
    live_count -= bytes != NULL ? 1 : 0;
    return count_new(__real_realloc(bytes, size), size);
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return runs_out() ? NULL : count_new(__real_aligned_alloc(alignment, size), size);
}

char *__wrap_strdup(const char *text) {
    size_t size = strlen(text) + 1;
    char *copy = __wrap_malloc(size);
    return copy != NULL ? memcpy(copy, text, size) : NULL;
}

void __wrap_free(void *bytes) {
    live_count -= bytes != NULL ? 1 : 0;
    __real_free(bytes);
}

void memory_demand_live(ptrdiff_t expected) {
    if (memory_live_count() != expected) {
        (void)fprintf(stderr, "%td allocations are live instead of %td\n", memory_live_count(), expected);
        abort();
    }
}
