/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/watch.h"

#include "http/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>

/* Whether there is something to do that no event tells of. */
static bool is_left_alone(const struct lane *lane, const struct threadpool *pool) {
    return lane_has_left(lane) || threadpool_has_items(pool);
}

/* Returns 0 or a negative errno, and then it stays awake. */
static int sleep_now(struct lane_watch *watch) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
    if (epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, watch->lane->epoll_fd, &event) == -1) {
        return -errno;
    }
    watch->is_awake = false;
    atomic_store(&watch->lane->is_watched, false);
    return 0;
}

int lane_watch_init(struct lane_watch *watch, int epoll_fd, struct lane *lane) {
    *watch = (struct lane_watch){.source = SOURCE_LANE, .epoll_fd = epoll_fd, .lane = lane, .is_awake = true};
    return sleep_now(watch);
}

/* A set within a set costs something with each event, hence not while there are many. */
void lane_watch_wake(struct lane_watch *watch) {
    watch->quiet_looks = 0;
    if (!watch->is_awake) {
        (void)epoll_ctl(watch->epoll_fd, EPOLL_CTL_DEL, watch->lane->epoll_fd, NULL);
        atomic_store(&watch->lane->is_watched, true);
        watch->is_awake = true;
        watch->was_due = false;
        watch->was_led = true;
        watch->looked_ns = 0; /* what was seen before it slept proves nothing */
    }
}

int lane_watch_wait_ms(const struct lane_watch *watch) {
    return watch->is_awake ? LANE_WATCH_LOOK_MS : -1;
}

static bool is_ready(const struct lane *lane) {
    struct pollfd set = {.fd = lane->epoll_fd, .events = POLLIN};
    return poll(&set, 1, 0) == 1;
}

/* What the leaders have done since the last look. */
struct steps {
    bool any;           /* one that leads has taken one: it will come to all that is due */
    bool waiter_stands; /* the one that sleeps, or should, has not */
};

/* Take down who has taken a step since the last look. */
static struct steps take_down_steps(struct lane *lane, size_t count) {
    struct steps steps = {.any = false};
    for (size_t i = 0; i < count; i++) {
        struct lane_leader *leader = &lane->all[i];
        uint32_t beats = atomic_load_explicit(&leader->beats, memory_order_relaxed);
        leader->stands = beats == leader->beats_seen;
        leader->beats_seen = beats;
        steps.any = steps.any || (!leader->stands && atomic_load(&leader->leads));
        steps.waiter_stands = steps.waiter_stands || (leader->stands && atomic_load(&lane->waiter) == leader);
    }
    return steps;
}

/* Returns how many were deposed: who stands, but for one that waits while there is nothing to do. */
static size_t depose_stuck(struct lane *lane, struct threadpool *pool, size_t count, bool is_overdue) {
    size_t deposed = 0;
    for (size_t i = 0; i < count; i++) {
        struct lane_leader *leader = &lane->all[i];
        bool may_stand = atomic_load(&lane->waiter) == leader && !is_overdue;
        if (!leader->stands || may_stand || !atomic_load(&leader->leads)) {
            continue;
        }
        deposed++;
        if (lane_depose(lane, leader)) {
            threadpool_call_leader(pool);
        }
    }
    return deposed;
}

/* A call may be lost with one who was stopped after it took it, or before it made it. */
static void call_again(struct lane *lane, struct threadpool *pool) {
    if (atomic_load(&lane->leaders) == 0) {
        threadpool_call_leader(pool);
    }
    lane_call_again(lane);
}

/* While anybody gets on there is no need to ask for events. The first look after a sleep proves nothing. */
static size_t look(struct lane_watch *watch, struct threadpool *pool, bool *is_deserted) {
    struct lane *lane = watch->lane;
    size_t count = atomic_load(&lane->led_count);
    struct steps steps = take_down_steps(lane, count);
    bool ready = (!steps.any || steps.waiter_stands) && is_ready(lane);
    bool is_due = ready || (!steps.any && is_left_alone(lane, pool));
    bool is_first = watch->looked_ns == 0;
    bool is_overdue = is_due && watch->was_due;
    size_t deposed = is_first ? 0 : depose_stuck(lane, pool, count, is_overdue);
    if (is_overdue) {
        call_again(lane, pool);
    }
    bool is_led = atomic_load(&lane->leaders) > 0;
    *is_deserted = !is_first && ready && !is_led && !watch->was_led;
    watch->was_led = is_led;
    watch->was_due = is_due;
    watch->quiet_looks = steps.any || is_due || deposed > 0 ? 0 : watch->quiet_looks + 1;
    return deposed;
}

/* It sleeps first and then looks for what was left, as whoever leaves something looks for a watch afterwards. */
size_t lane_watch_look(struct lane_watch *watch, struct threadpool *pool, bool *is_deserted) {
    int64_t now_ns = clock_steady_ns();
    *is_deserted = false;
    if (!watch->is_awake || now_ns - watch->looked_ns < LANE_WATCH_LOOK_MS * CLOCK_NS_PER_MS) {
        return 0;
    }
    size_t deposed = look(watch, pool, is_deserted);
    watch->looked_ns = now_ns;
    if (watch->quiet_looks >= LANE_WATCH_QUIET_LOOKS && sleep_now(watch) == 0 &&
        is_left_alone(watch->lane, pool)) {
        lane_watch_wake(watch);
    }
    return deposed;
}
