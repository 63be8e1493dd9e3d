/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/lane.h"

#include "http/base/clock.h"
#include "server/reactor/lane/help.h"
#include "server/reactor/lane/leading.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    SLEPT_NS = 6 * 1000, /* an epoll_wait(2) that took longer has put the thread to sleep */
    LEADERS_BYTES = LANE_LEADERS_MAX * sizeof(struct lane_leader)
};

/* All-zero, and in pages that take no memory until somebody of them leads. */
static int make_leaders(struct lane *lane) {
    void *pages = mmap(NULL, LEADERS_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) {
        return -errno;
    }
    (void)madvise(pages, LEADERS_BYTES, MADV_NOHUGEPAGE); /* or the first one would take memory for all */
    lane->all = pages;
    return 0;
}

int lane_init(struct lane *lane, const struct lane_options *options) {
    *lane = (struct lane){
        .epoll_fd = epoll_create1(EPOLL_CLOEXEC),
        .wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC),
        .leaders_max = options->leaders_max,
        .clients = options->clients,
        .room = options->room,
        .wakeup = options->wakeup,
        .is_watched = true,
        .receive = options->receive,
        .serve = options->serve,
        .rest = options->rest,
        .context = options->context,
    };
    struct epoll_event call = {.events = EPOLLIN | EPOLLET, .data.u64 = 0};
    if (lane->epoll_fd == -1 || lane->wake_fd == -1 ||
        epoll_ctl(lane->epoll_fd, EPOLL_CTL_ADD, lane->wake_fd, &call) == -1) {
        return -errno;
    }
    return make_leaders(lane);
}

void lane_deinit(struct lane *lane) {
    if (lane->all != NULL) {
        (void)munmap(lane->all, LEADERS_BYTES);
    }
    lane->all = NULL;
    if (lane->epoll_fd != -1) {
        (void)close(lane->epoll_fd);
    }
    if (lane->wake_fd != -1) {
        (void)close(lane->wake_fd);
    }
    lane->epoll_fd = -1;
    lane->wake_fd = -1;
}

/* So that the watch sees that it gets on. */
static void beat(struct lane_leader *leader) {
    uint32_t beats = atomic_load_explicit(&leader->beats, memory_order_relaxed);
    atomic_store_explicit(&leader->beats, beats + 1, memory_order_relaxed);
}

void lane_close(struct lane *lane) {
    atomic_store(&lane->is_closed, true);
    lane_call_again(lane);
}

/* --- batches -------------------------------------------------------------------------------------------- */

static void serve(struct lane *lane, struct lane_leader *leader, struct worker *worker, struct client *client,
                  int64_t ready_ns, int64_t now_ns) {
    worker_begin_led(worker, ready_ns, now_ns);
    lane->serve(lane->context, worker, client);
    worker_end_led(worker);
    beat(leader);
}

static void serve_from(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                       struct batch *batch) {
    int64_t ready_ns = 0;
    struct client *client = NULL;
    while ((client = batch_take(batch, &ready_ns)) != NULL) {
        serve(lane, leader, worker, client, ready_ns, clock_steady_ns());
    }
}

/* What others have claimed and cannot come to. */
static void serve_for_others(struct lane *lane, struct lane_leader *leader, struct worker *worker) {
    size_t count = atomic_load_explicit(&lane->led_count, memory_order_relaxed);
    for (size_t i = 0; i < count; i++) {
        if (&lane->all[i] != leader) {
            serve_from(lane, leader, worker, &lane->all[i].received);
            serve_from(lane, leader, worker, &lane->all[i].claimed);
        }
    }
}

/* --- harvesting ----------------------------------------------------------------------------------------- */

static size_t claim(struct lane *lane, int timeout_ms, struct client *clients[]) {
    struct epoll_event events[BATCH_CLIENTS_MAX];
    int count = epoll_wait(lane->epoll_fd, events, BATCH_CLIENTS_MAX, timeout_ms);
    for (int i = 0; i < count; i++) {
        if (events[i].data.u64 == 0) {
            atomic_store(&lane->is_called, false);
        }
    }
    return count > 0 ? client_watch_claim(lane->clients, lane->room, events, (size_t)count, clients) : 0;
}

static size_t harvest(struct lane *lane, struct lane_leader *leader, int timeout_ms,
                      struct client *clients[]) {
    size_t count = claim(lane, timeout_ms, clients);
    beat(leader);
    return count;
}

/* It may have taken a call that was meant for one who sleeps. */
size_t lane_harvest(struct lane *lane, struct client *clients[]) {
    size_t count = claim(lane, 0, clients);
    (void)lane_call_sleeper(lane);
    return count;
}

/* `now_ns`: 0 if it has to be looked up. See "Note on wake-ups". */
static size_t sleep_and_harvest(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                                int64_t now_ns, int timeout_ms, struct client *clients[]) {
    worker_rest(worker, now_ns != 0 ? now_ns : clock_steady_ns());
    if (lane->rest != NULL) {
        lane->rest(lane->context, worker);
    }
    atomic_fetch_add(&lane->sleepers, 1);
    bool may_sleep = !worker_is_wanted(worker) && !lane_has_left(lane);
    size_t count = harvest(lane, leader, may_sleep ? timeout_ms : 0, clients);
    atomic_fetch_sub(&lane->sleepers, 1);
    return count;
}

/* Returns false when the worker does not lead any more. The last one stays. */
static bool wait_or_leave(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                          int64_t now_ns, struct client *clients[], size_t *count) {
    struct lane_leader *nobody = NULL;
    if (atomic_compare_exchange_strong(&lane->waiter, &nobody, leader)) {
        *count = sleep_and_harvest(lane, leader, worker, now_ns, -1, clients);
        struct lane_leader *myself = leader;
        (void)atomic_compare_exchange_strong(&lane->waiter, &myself, NULL); /* unless it was deposed */
        return true;
    }
    *count = lane_help_may_linger(lane)
                 ? sleep_and_harvest(lane, leader, worker, now_ns, LANE_LINGER_MS, clients)
                 : harvest(lane, leader, 0, clients);
    bool stays = *count > 0 || lane_has_left(lane); /* it may have harvested the call for that */
    return stays || (lane_leave(lane, leader) == LANE_NOBODY_LEADS && lane_enter(lane, leader));
}

/* Of a crowd, all are received before the first is served: they may share what that finds out. */
static void receive_all(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                        int64_t ready_ns) {
    struct client *client = NULL;
    batch_begin(&leader->received, ready_ns);
    while ((client = batch_take(&leader->claimed, &ready_ns)) != NULL) {
        if (lane->receive(lane->context, worker, client)) {
            batch_append(&leader->received, client);
        }
    }
}

/* All but the client in hand are in a batch at any time, and can be served by others. */
static void serve_harvest(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                          struct client *const clients[], size_t count) {
    int64_t ready_ns = clock_steady_ns();
    if (ready_ns - leader->turn_ns > SLEPT_NS) {
        leader->busy_since_ns = ready_ns;
    } else if (count >= LANE_CROWD) {
        lane_help_if_busy(lane, leader, worker, ready_ns);
    }
    if (count == 0) {
        return;
    }
    lane_help_note_harvest(lane, count);
    if (count == 1) {
        serve(lane, leader, worker, clients[0], ready_ns, ready_ns);
        return;
    }
    batch_publish(&leader->claimed, clients, count, ready_ns);
    lane_have_watched(lane);
    lane_help_if_long(lane, leader, worker, count);
    if (lane->receive != NULL) {
        receive_all(lane, leader, worker, ready_ns);
    }
    serve_from(lane, leader, worker, &leader->received);
    serve_from(lane, leader, worker, &leader->claimed);
    lane_help_note_batch(leader, count, clock_steady_ns() - ready_ns);
}

/* The queue goes first, but the lane has its turn, too. An item at least after each batch, however late it is by now;
 * and a batch after each item that takes longer than the turn. See "Note on turns". */
static bool is_turn_of_queue(struct lane *lane, struct lane_leader *leader, struct worker *worker) {
    int64_t now_ns = clock_steady_ns();
    bool its_turn = leader->owes_turn || now_ns - leader->turn_ns < LANE_QUEUE_TURN_NS;
    leader->owes_turn = false;
    if (its_turn) {
        lane_help_if_busy(lane, leader, worker, now_ns);
    }
    return its_turn;
}

bool lane_lead(struct lane *lane, struct worker *worker) {
    struct lane_leader *leader = lane_leader_of(lane, worker);
    if (leader == NULL) {
        return false;
    }
    beat(leader);
    int64_t now_ns = 0;
    while (lane_enter(lane, leader)) {
        if (atomic_load_explicit(&lane->is_closed, memory_order_relaxed)) {
            (void)lane_leave(lane, leader);
            return false;
        }
        bool wanted = worker_is_wanted(worker);
        bool pressed = wanted && worker_is_pressed(worker, leader->turn_ns);
        if (pressed && is_turn_of_queue(lane, leader, worker)) {
            return true;
        }
        now_ns = lane_has_left(lane) ? 0 : now_ns; /* to serve those takes its time */
        serve_for_others(lane, leader, worker);
        struct client *clients[BATCH_CLIENTS_MAX];
        size_t count = 0;
        if (wanted) {
            count = harvest(lane, leader, 0, clients);
            if (count == 0 && !pressed) {
                return true; /* what can wait has its turn */
            }
            (void)lane_call_sleeper(lane);
        } else if (!wait_or_leave(lane, leader, worker, now_ns, clients, &count)) {
            return false;
        }
        serve_harvest(lane, leader, worker, clients, count);
        now_ns = clock_steady_ns();
        leader->turn_ns = now_ns;
        leader->owes_turn = true;
    }
    serve_for_others(lane, leader, worker); /* it may have been called for that, in place of a leader */
    return false;
}
