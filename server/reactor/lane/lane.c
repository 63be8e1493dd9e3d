/* SPDX-License-Identifier: MIT */
#include "server/reactor/lane/lane.h"

#include "http/base/clock.h"
#include "server/reactor/lane/help.h"
#include "server/reactor/lane/leading.h"

#include <errno.h>
#include <string.h>
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
                  int64_t now_ns) {
    worker_begin_led(worker, client->ready_ns, now_ns);
    client->ready_ns = 0;
    lane->serve(lane->context, worker, client);
    worker_end_led(worker);
    beat(leader);
}

static void serve_from(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                       struct batch *batch) {
    struct client *client = NULL;
    while ((client = batch_take(batch)) != NULL) {
        serve(lane, leader, worker, client, clock_steady_ns());
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

struct harvest {
    struct client *clients[BATCH_CLIENTS_MAX];
    size_t count;
    int64_t at_ns;
};

/* How long to wait for it. */
struct patience {
    int timeout_ms;
    int64_t awake_ns;  /* until then the caller has been awake; 0: it does not wait */
    bool others_sleep; /* until there is something */
};

static void claim(struct lane *lane, struct patience patience, struct harvest *harvest) {
    struct epoll_event events[BATCH_CLIENTS_MAX];
    int count = epoll_wait(lane->epoll_fd, events, BATCH_CLIENTS_MAX, patience.timeout_ms);
    harvest->at_ns = clock_steady_ns();
    bool slept = patience.awake_ns != 0 && harvest->at_ns - patience.awake_ns > SLEPT_NS;
    for (int i = 0; i < count; i++) {
        if (events[i].data.u64 == 0) {
            atomic_store(&lane->is_called, false);
        }
    }
    harvest->count =
        count > 0 ? client_watch_claim(lane->clients, lane->room, events, (size_t)count, harvest->clients)
                  : 0;
    struct readiness_harvest found = {.clients = harvest->clients,
                                      .count = harvest->count,
                                      .was_watched = slept || patience.others_sleep,
                                      .is_full = count == BATCH_CLIENTS_MAX,
                                      .at_ns = harvest->at_ns};
    readiness_date(&lane->readiness, &found);
}

static struct patience no_patience(const struct lane *lane) {
    return (struct patience){.others_sleep = atomic_load(&lane->sleepers) > 0};
}

static void harvest_at_once(struct lane *lane, struct lane_leader *leader, struct harvest *harvest) {
    claim(lane, no_patience(lane), harvest);
    beat(leader);
}

/* It may have taken a call that was meant for one who sleeps. */
size_t lane_harvest(struct lane *lane, struct client *clients[]) {
    struct harvest harvest;
    claim(lane, no_patience(lane), &harvest);
    (void)lane_call_sleeper(lane);
    memcpy(clients, harvest.clients, harvest.count * sizeof(struct client *));
    return harvest.count;
}

/* `now_ns`: 0 if it has to be looked up. See "Note on wake-ups". */
static void sleep_and_harvest(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                              int64_t now_ns, int timeout_ms, struct harvest *harvest) {
    struct patience patience = {.awake_ns = now_ns != 0 ? now_ns : clock_steady_ns()};
    worker_rest(worker, patience.awake_ns);
    if (lane->rest != NULL) {
        lane->rest(lane->context, worker);
    }
    patience.others_sleep = atomic_fetch_add(&lane->sleepers, 1) > 0;
    bool may_sleep = !worker_is_wanted(worker) && !lane_has_left(lane);
    patience.timeout_ms = may_sleep ? timeout_ms : 0;
    claim(lane, patience, harvest);
    atomic_fetch_sub(&lane->sleepers, 1);
    beat(leader);
}

/* Returns false when the worker does not lead any more. The last one stays. */
static bool wait_or_leave(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                          int64_t now_ns, struct harvest *harvest) {
    struct lane_leader *nobody = NULL;
    if (atomic_compare_exchange_strong(&lane->waiter, &nobody, leader)) {
        sleep_and_harvest(lane, leader, worker, now_ns, -1, harvest);
        struct lane_leader *myself = leader;
        (void)atomic_compare_exchange_strong(&lane->waiter, &myself, NULL); /* unless it was deposed */
        return true;
    }
    if (lane_help_may_linger(lane)) {
        sleep_and_harvest(lane, leader, worker, now_ns, LANE_LINGER_MS, harvest);
    } else {
        harvest_at_once(lane, leader, harvest);
    }
    bool stays = harvest->count > 0 || lane_has_left(lane); /* it may have harvested the call for that */
    return stays || (lane_leave(lane, leader) == LANE_NOBODY_LEADS && lane_enter(lane, leader));
}

/* Of a crowd, all are received before the first is served: they may share what that finds out. */
static void receive_all(struct lane *lane, struct lane_leader *leader, struct worker *worker) {
    struct client *client = NULL;
    batch_begin(&leader->received);
    while ((client = batch_take(&leader->claimed)) != NULL) {
        if (lane->receive(lane->context, worker, client)) {
            batch_append(&leader->received, client);
        }
    }
}

/* All but the client in hand are in a batch at any time, and can be served by others. */
static void serve_harvest(struct lane *lane, struct lane_leader *leader, struct worker *worker,
                          const struct harvest *harvest) {
    size_t count = harvest->count;
    int64_t now_ns = harvest->at_ns;
    if (now_ns - leader->turn_ns > SLEPT_NS) {
        leader->busy_since_ns = now_ns;
    } else if (count >= LANE_CROWD) {
        lane_help_if_busy(lane, leader, worker, now_ns);
    }
    if (count == 0) {
        return;
    }
    lane_help_note_harvest(lane, count);
    if (count == 1) {
        serve(lane, leader, worker, harvest->clients[0], now_ns);
        return;
    }
    batch_publish(&leader->claimed, harvest->clients, count);
    lane_have_watched(lane);
    lane_help_if_long(lane, leader, worker, count);
    if (lane->receive != NULL) {
        receive_all(lane, leader, worker);
    }
    serve_from(lane, leader, worker, &leader->received);
    serve_from(lane, leader, worker, &leader->claimed);
    lane_help_note_batch(leader, count, clock_steady_ns() - now_ns);
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
        struct harvest harvest;
        if (wanted) {
            harvest_at_once(lane, leader, &harvest);
            if (harvest.count == 0 && !pressed) {
                return true; /* what can wait has its turn */
            }
            (void)lane_call_sleeper(lane);
        } else if (!wait_or_leave(lane, leader, worker, now_ns, &harvest)) {
            return false;
        }
        serve_harvest(lane, leader, worker, &harvest);
        now_ns = clock_steady_ns();
        leader->turn_ns = now_ns;
        leader->owes_turn = true;
    }
    serve_for_others(lane, leader, worker); /* it may have been called for that, in place of a leader */
    return false;
}
