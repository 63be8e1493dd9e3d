/* SPDX-License-Identifier: MIT */
/* How a queue comes and goes; see work_queue.h. */
#include "http/base/steady_condition.h"
#include "threadpool/work_queue.h"

#include <errno.h>

int work_queue_init(struct work_queue *queue, size_t capacity) {
    if (capacity == 0) {
        return -EINVAL;
    }
    *queue = (struct work_queue){.capacity = capacity, .due_ns = INT64_MAX};
    int error = work_ring_init(&queue->ring, capacity);
    error = error == 0 ? steady_condition_init_with_lock(&queue->depth_reached, &queue->lock) : error;
    if (error != 0) {
        work_ring_deinit(&queue->ring);
    }
    return error;
}

void work_queue_deinit(struct work_queue *queue) {
    (void)pthread_mutex_destroy(&queue->lock);
    (void)pthread_cond_destroy(&queue->depth_reached);
    work_ring_deinit(&queue->ring);
    work_ring_deinit(&queue->later.ring);
}

/* Only who calls this changes a ring's memory, so it may look at its capacity without the lock. */
static int grow_ring(struct work_queue *queue, struct work_ring *ring, size_t capacity) {
    struct work_ring larger;
    if (capacity <= ring->capacity) {
        return 0;
    }
    if (work_ring_init(&larger, capacity) != 0) {
        return -ENOMEM;
    }
    (void)pthread_mutex_lock(&queue->lock);
    work_ring_move(ring, &larger);
    (void)pthread_mutex_unlock(&queue->lock);
    work_ring_deinit(&larger);
    return 0;
}

int work_queue_allow_later(struct work_queue *queue, size_t capacity) {
    return grow_ring(queue, &queue->later.ring, capacity);
}

int work_queue_set_capacity(struct work_queue *queue, size_t capacity) {
    if (capacity == 0) {
        return -EINVAL;
    }
    int error = grow_ring(queue, &queue->ring, capacity);
    if (error == 0) {
        (void)pthread_mutex_lock(&queue->lock);
        queue->capacity = capacity;
        (void)pthread_mutex_unlock(&queue->lock);
    }
    return error;
}

int work_queue_popper_init(struct work_queue_popper *popper) {
    *popper = (struct work_queue_popper){.next = NULL};
    return -pthread_cond_init(&popper->called, NULL);
}

void work_queue_popper_deinit(struct work_queue_popper *popper) {
    (void)pthread_cond_destroy(&popper->called);
}
