/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/watch.h"

#include "http/base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>

static int sleep_now(struct lane_watch *watch) {
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = watch};
    if (epoll_ctl(watch->epoll_fd, EPOLL_CTL_ADD, watch->lane->epoll_fd, &event) == -1) {
        return -errno; /* stays awake */
    }
    watch->is_awake = false;
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
        watch->is_awake = true;
        watch->was_ready = false;
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

/* Take down who has taken a step since the last look. Returns whether anybody has. */
static bool take_down_steps(struct lane *lane, size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        struct lane_leader *leader = &lane->all[i];
        uint32_t beats = atomic_load_explicit(&leader->beats, memory_order_relaxed);
        leader->stands = beats == leader->beats_seen;
        leader->beats_seen = beats;
        any = any || !leader->stands;
    }
    return any;
}

/* Returns how many were deposed: who stands, but for one that waits while there is nothing to harvest. */
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

/* The first look after a sleep proves nothing. While anybody gets on there is no need to ask for events. */
size_t lane_watch_look(struct lane_watch *watch, struct threadpool *pool, bool *is_deserted) {
    struct lane *lane = watch->lane;
    int64_t now_ns = clock_steady_ns();
    *is_deserted = false;
    if (!watch->is_awake || now_ns - watch->looked_ns < LANE_WATCH_LOOK_MS * CLOCK_NS_PER_MS) {
        return 0;
    }
    size_t count = atomic_load(&lane->led_count);
    bool any_steps = take_down_steps(lane, count);
    bool ready = !any_steps && is_ready(lane);
    bool is_first = watch->looked_ns == 0;
    bool is_overdue = ready && watch->was_ready;
    size_t deposed = is_first ? 0 : depose_stuck(lane, pool, count, is_overdue);
    bool is_led = atomic_load(&lane->leaders) > 0;
    *is_deserted = !is_first && ready && !is_led && !watch->was_led;
    watch->was_led = is_led;
    watch->was_ready = ready;
    watch->looked_ns = now_ns;
    watch->quiet_looks = !any_steps && !ready && deposed == 0 ? watch->quiet_looks + 1 : 0;
    if (watch->quiet_looks >= LANE_WATCH_QUIET_LOOKS) {
        (void)sleep_now(watch);
    }
    return deposed;
}
