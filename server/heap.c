/* SPDX-License-Identifier: MIT */
#include "server/heap.h"

#include <stddef.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

static void give_back(void) {
#ifdef __GLIBC__
    (void)malloc_trim(0);
#endif
}

bool heap_look(struct heap *heap, const void *current, int64_t now_ms) {
    if (heap->due_ms == 0 && heap->current != NULL && heap->current != current) {
        heap->due_ms = now_ms + HEAP_PATIENCE_MS;
    }
    heap->current = current;
    if (heap->due_ms != 0 && now_ms >= heap->due_ms) {
        heap->due_ms = 0;
        give_back();
    }
    return heap->due_ms != 0;
}
