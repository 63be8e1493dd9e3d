/* SPDX-License-Identifier: MIT */
#include "threadpool/work_queue.h"

#include "http/base/clock.h"

static size_t at_most(size_t value, size_t limit) {
    return value < limit ? value : limit;
}

static void lock(struct work_queue *queue) {
    (void)pthread_mutex_lock(&queue->lock);
}

static void unlock(struct work_queue *queue) {
    (void)pthread_mutex_unlock(&queue->lock);
}

static bool is_pressing(const struct work_queue *queue) {
    return queue->ring.depth > 0 || queue->to_retire > 0 || queue->is_closed;
}

static bool has_something(const struct work_queue *queue) {
    return is_pressing(queue) || later_work_is_ready(&queue->later);
}

/* Restore the invariant of "Waking in turn" after a change. Returns the popper that unlock_and_call()
 * shall call. */
static struct work_queue_popper *choose_next(struct work_queue *queue) {
    struct work_queue_popper *popper = queue->first_waiting;
    if (popper == NULL || queue->call_is_under_way || !(has_something(queue) || queue->is_sent_for)) {
        return NULL;
    }
    queue->first_waiting = popper->next;
    queue->call_is_under_way = true;
    popper->is_called = true;
    return popper;
}

/* Signal after unlocking: a popper that wakes to a locked queue would go back to sleep at once. */
static void unlock_and_signal(struct work_queue *queue) {
    struct work_queue_popper *popper = choose_next(queue);
    unlock(queue);
    if (popper != NULL) {
        (void)pthread_cond_signal(&popper->called);
    }
}

/* Let whoever is elsewhere know whether there is something. With the lock held. */
static bool mark(struct work_queue *queue) {
    bool something = has_something(queue);
    int64_t due_ns = later_work_is_ready(&queue->later) ? queue->later.due_ns : INT64_MAX;
    atomic_store_explicit(&queue->is_pressing, is_pressing(queue), memory_order_relaxed);
    atomic_store_explicit(&queue->due_ns, due_ns, memory_order_relaxed);
    atomic_store(&queue->has_something, something);
    return something;
}

/* See "Poppers who are elsewhere": first the mark, then the look at who may not have seen it. Who is sent for
 * comes by the queue, and finds what is there. */
static void unlock_and_call(struct work_queue *queue) {
    bool others_may_come = mark(queue) && queue->summon != NULL;
    if (!others_may_come || (queue->is_sent_for && queue->first_waiting != NULL)) {
        unlock_and_signal(queue);
        return;
    }
    unlock(queue);
    if (!queue->summon(queue->summon_context)) {
        lock(queue);
        unlock_and_signal(queue);
    }
}

static void count_push(struct work_queue *queue, size_t accepted, size_t refused) {
    queue->stats.accepted += accepted;
    if (queue->ring.depth > queue->stats.depth_high_water) {
        queue->stats.depth_high_water = queue->ring.depth;
    }
    if (refused > 0) {
        queue->stats.refused += refused;
        queue->room_is_wanted = true;
    }
}

/* Returns how many there was room for. */
static size_t push(struct work_queue *queue, void *const items[], size_t count, int64_t queued_ns) {
    if (queue->is_closed) {
        return 0;
    }
    size_t depth = queue->ring.depth;
    size_t accepted = depth < queue->capacity ? at_most(count, queue->capacity - depth) : 0;
    for (size_t i = 0; i < accepted; i++) {
        work_ring_append(&queue->ring, items[i], queued_ns);
    }
    count_push(queue, accepted, count - accepted);
    return accepted;
}

size_t work_queue_try_push(struct work_queue *queue, void *const items[], size_t count) {
    int64_t queued_ns = clock_steady_ns();
    lock(queue);
    size_t accepted = push(queue, items, count, queued_ns);
    unlock_and_call(queue);
    return accepted;
}

bool work_queue_try_put_back(struct work_queue *queue, void *item) {
    int64_t queued_ns = clock_steady_ns();
    lock(queue);
    size_t accepted = push(queue, &item, 1, queued_ns);
    (void)mark(queue);
    unlock(queue);
    return accepted == 1;
}

/* Come back when called, which is no promise: a popper that was awake may have been quicker. */
static void wait_for_a_call(struct work_queue *queue, struct work_queue_popper *popper) {
    popper->is_called = false;
    popper->next = NULL;
    if (queue->first_waiting != NULL) {
        queue->last_waiting->next = popper;
    } else {
        queue->first_waiting = popper;
    }
    queue->last_waiting = popper;
    while (!popper->is_called) {
        (void)pthread_cond_wait(&popper->called, &queue->lock);
    }
    queue->call_is_under_way = false;
}

static struct work_queue_taken take_oldest(struct work_queue *queue) {
    struct work_queue_taken taken = {.entry = work_ring_take(&queue->ring),
                                     .makes_room = queue->room_is_wanted};
    queue->room_is_wanted = false;
    return taken;
}

/* Whether to call the producer that rests. */
static bool reaches_awaited_depth(struct work_queue *queue) {
    bool reached = queue->depth_is_awaited && queue->ring.depth <= queue->awaited_depth;
    if (reached) {
        queue->depth_is_awaited = false;
    }
    return reached;
}

static struct work_queue_taken take_later(struct work_queue *queue, int64_t now_ns) {
    bool has_place = !queue->is_closed;
    queue->later.taken_places += has_place ? 1 : 0;
    return (struct work_queue_taken){.entry = later_work_take(&queue->later, now_ns), .has_place = has_place};
}

/* Whether what can wait comes next. */
static bool is_later_next(const struct work_queue *queue, int64_t now_ns) {
    if (queue->is_closed) {
        return queue->ring.depth == 0 && queue->later.ring.depth > 0;
    }
    return later_work_is_ready(&queue->later) && (queue->ring.depth == 0 || now_ns >= queue->later.due_ns);
}

/* There must be something. */
static enum work_queue_answer hand_out(struct work_queue *queue, struct work_queue_taken *taken) {
    if (queue->to_retire > 0) {
        queue->to_retire--;
        return WORK_QUEUE_RETIRE;
    }
    int64_t now_ns = queue->later.ring.depth > 0 ? clock_steady_ns() : 0;
    if (is_later_next(queue, now_ns)) {
        *taken = take_later(queue, now_ns);
        return WORK_QUEUE_ITEM;
    }
    if (queue->ring.depth == 0) {
        return WORK_QUEUE_CLOSED;
    }
    *taken = take_oldest(queue);
    return WORK_QUEUE_ITEM;
}

/* There must be something. Opens the lock. */
static enum work_queue_answer leave_with_something(struct work_queue *queue, struct work_queue_taken *taken) {
    enum work_queue_answer answer = hand_out(queue, taken);
    bool reached = reaches_awaited_depth(queue);
    unlock_and_call(queue);
    if (reached) {
        (void)pthread_cond_signal(&queue->depth_reached);
    }
    return answer;
}

/* Who is to leave for good does not go elsewhere: another one has to. */
static bool is_to_go_elsewhere(const struct work_queue *queue) {
    return queue->is_sent_for && queue->to_retire == 0 && !queue->is_closed;
}

enum work_queue_answer work_queue_pop(struct work_queue *queue, struct work_queue_popper *popper,
                                      struct work_queue_taken *taken) {
    lock(queue);
    while (!has_something(queue) && !queue->is_sent_for) {
        wait_for_a_call(queue, popper);
    }
    if (is_to_go_elsewhere(queue)) {
        queue->is_sent_for = false;
        unlock_and_signal(queue); /* and not summon(): the caller looks itself */
        return WORK_QUEUE_AWAY;
    }
    return leave_with_something(queue, taken);
}

bool work_queue_try_pop(struct work_queue *queue, struct work_queue_taken *taken,
                        enum work_queue_answer *answer) {
    if (!work_queue_has_something(queue)) {
        return false;
    }
    lock(queue);
    if (!mark(queue)) {
        unlock(queue);
        return false;
    }
    *answer = leave_with_something(queue, taken);
    return true;
}

bool work_queue_has_something(const struct work_queue *queue) {
    return atomic_load(&queue->has_something);
}

bool work_queue_is_pressing(const struct work_queue *queue, int64_t now_ns) {
    return atomic_load_explicit(&queue->is_pressing, memory_order_relaxed) ||
           now_ns >= atomic_load_explicit(&queue->due_ns, memory_order_relaxed);
}

bool work_queue_try_put_later(struct work_queue *queue, void *item, bool is_next) {
    int64_t now_ns = clock_steady_ns();
    lock(queue);
    bool accepted = !queue->is_closed && later_work_put(&queue->later, item, is_next, now_ns);
    queue->stats.accepted += accepted ? 1 : 0;
    (void)mark(queue);
    unlock(queue);
    return accepted;
}

bool work_queue_begin_later(struct work_queue *queue) {
    if (atomic_load_explicit(&queue->is_pressing, memory_order_relaxed)) {
        return false;
    }
    lock(queue);
    bool may = !is_pressing(queue) && queue->later.ring.depth == 0 && later_work_has_place(&queue->later);
    queue->later.taken_places += may ? 1 : 0;
    unlock(queue);
    return may;
}

void work_queue_end_later(struct work_queue *queue) {
    lock(queue);
    queue->later.taken_places--;
    (void)mark(queue);
    unlock(queue);
}

void work_queue_set_places(struct work_queue *queue, size_t places) {
    lock(queue);
    queue->later.places = places;
    unlock_and_call(queue);
}

void work_queue_send_away(struct work_queue *queue) {
    lock(queue);
    queue->is_sent_for = true;
    unlock_and_signal(queue);
}

bool work_queue_await_depth(struct work_queue *queue, size_t depth, int64_t until_ns) {
    struct timespec until = clock_time_of(until_ns);
    int error = 0;
    lock(queue);
    queue->awaited_depth = depth;
    queue->depth_is_awaited = queue->ring.depth > depth;
    while (queue->depth_is_awaited && error == 0) {
        error = pthread_cond_timedwait(&queue->depth_reached, &queue->lock, &until);
    }
    queue->depth_is_awaited = false;
    unlock(queue);
    return error == 0;
}

void work_queue_close(struct work_queue *queue) {
    lock(queue);
    queue->is_closed = true;
    queue->room_is_wanted = false; /* there will be none */
    unlock_and_call(queue);
}

void work_queue_retire(struct work_queue *queue, size_t count) {
    lock(queue);
    queue->to_retire += count;
    unlock_and_call(queue);
}

size_t work_queue_retain(struct work_queue *queue, size_t count) {
    lock(queue);
    size_t retained = at_most(count, queue->to_retire);
    queue->to_retire -= retained;
    (void)mark(queue);
    unlock(queue);
    return retained;
}

void work_queue_read_stats(struct work_queue *queue, struct work_queue_stats *stats) {
    lock(queue);
    *stats = queue->stats;
    stats->depth = queue->ring.depth;
    stats->later_depth = queue->later.ring.depth;
    stats->later_places = queue->later.taken_places;
    unlock(queue);
}
