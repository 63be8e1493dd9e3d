/* SPDX-License-Identifier: MIT */
#include "server/workers.h"

#include "http/base/clock.h"
#include "server/reactor/lane/lane.h"
#include "server/reactor/reactor.h"
#include "server/state.h"

static void note_slow(struct server *server, const struct answer_record *record) {
    struct slow_request slow = {
        .ended_ns = clock_steady_ns(),
        .duration_ns = record->duration_ns,
        .split = record->split,
        .body_bytes = record->body_bytes,
        .status = (int)record->status,
    };
    slowest_note(&server->slowest, &slow, record->request_line);
}

/* Whoever looks at the server all the time is not to be what is seen. */
static void count_status_page(struct worker_local *local, const struct answer_record *record) {
    measure_count_status_page(&local->counts, (int)record->status, record->new_body_bytes, record->complete);
    worker_leave_wait_out(local->worker);
    if (atomic_load_explicit(&local->server->logs_status_pages, memory_order_relaxed)) {
        logs_write(&local->server->logs, &local->log_user, record);
    }
}

/* An answer of hours is seen in what the server sends now, not in one lump at its end. */
static void on_sent(void *context, uint64_t body_bytes) {
    struct worker_local *local = context;
    measure_count_sent(&local->counts, body_bytes);
}

static void on_answered(void *context, const struct answer_record *record) {
    struct worker_local *local = context;
    if (record->is_own_page && local->worker != NULL) {
        count_status_page(local, record);
        return;
    }
    measure_count_answer(&local->counts, (int)record->status, record->new_body_bytes, record->duration_ns,
                         record->complete);
    if (slowest_wants(&local->server->slowest, record->duration_ns)) {
        note_slow(local->server, record);
    }
    logs_write(&local->server->logs, &local->log_user, record);
    bool is_cut_off = !record->complete && record->error != 0;
    if (record->status >= HTTP_INTERNAL_SERVER_ERROR || is_cut_off) {
        error_log_tell_answer(&local->server->error_log, record);
    }
}

static void on_step(void *context, enum connection_step step) {
    static const enum worker_activity activities[] = {
        [CONNECTION_STEP_READ] = WORKER_READING,
        [CONNECTION_STEP_RESOLVE] = WORKER_RESOLVING,
        [CONNECTION_STEP_SEND] = WORKER_SENDING,
    };
    const struct worker_local *local = context;
    worker_enter(local->worker, activities[step]);
}

static void ahead_of_blocking(void *context, enum blocking_kind kind) {
    static const enum worker_activity activities[] = {
        [BLOCKING_FILE] = WORKER_IN_FILE,
        [BLOCKING_FOLDER] = WORKER_IN_FOLDER,
        [BLOCKING_COMPRESSION] = WORKER_COMPRESSING,
    };
    const struct worker_local *local = context;
    const struct view *target = local->http.target;
    worker_enter_long(local->worker, activities[kind], target->bytes, target->length);
    lane_step_out(reactor_lane(local->server->reactor), local->worker);
}

static bool leads_alone(void *context) {
    const struct worker_local *local = context;
    return lane_is_led_alone(reactor_lane(local->server->reactor), local->worker);
}

/* What waits in the same batch of the lane comes first. */
static bool may_begin(void *context) {
    const struct worker_local *local = context;
    return !lane_has_others(reactor_lane(local->server->reactor), local->worker) &&
           worker_begin_later(local->worker);
}

void workers_local_init(struct worker_local *local, struct server *server, struct worker *worker) {
    struct blocking blocking = {
        .ahead = ahead_of_blocking, .is_dear = leads_alone, .may_begin = may_begin, .context = local};
    *local = (struct worker_local){
        .server = server,
        .worker = worker,
        .http = {.service = &server->service,
                 .on_step = worker != NULL ? on_step : NULL,
                 .on_sent = on_sent,
                 .on_answered = on_answered,
                 .context = local,
                 .blocking = worker != NULL ? blocking : (struct blocking){0}},
    };
    measure_join(server->measure, &local->counts);
    logs_join(&server->logs, &local->log_user);
}

static struct worker_local *local_of(struct server *server, struct worker *worker) {
    struct worker_local *local = worker_local(worker);
    if (local->server == NULL) {
        workers_local_init(local, server, worker);
    }
    return local;
}

static void serve_client(void *context, struct worker *worker, struct client *client) {
    struct server *server = context;
    struct worker_local *local = local_of(server, worker);
    local->http.waited_ns = worker_last_wait_ns(worker);
    enum connection_verdict verdict = connection_serve(&client->connection, &local->http);
    worker_end_later(worker);
    reactor_return(server->reactor, client, verdict);
}

/* With what a worker has, but not with this worker's: it may be in the middle of another client's request. */
void workers_see_off(struct server *server, struct client *client) {
    struct worker_local local;
    workers_local_init(&local, server, NULL);
    enum connection_verdict verdict = connection_serve(&client->connection, &local.http);
    workers_local_deinit(server, &local);
    reactor_return(server->reactor, client, verdict);
}

static bool receive_from(void *context, struct worker *worker, struct client *client) {
    struct server *server = context;
    enum connection_verdict verdict = CONNECTION_DONE;
    if (connection_receive(&client->connection, &local_of(server, worker)->http, &verdict)) {
        return true;
    }
    client->ready_ns = 0;
    reactor_return(server->reactor, client, verdict);
    return false;
}

/* The main thread may have found it in the lane, and have sent it by the queue. */
static void serve(void *context, struct worker *worker, void *item) {
    struct client *client = item;
    if (client->ready_ns != 0) {
        worker_has_waited_since(worker, client->ready_ns);
        client->ready_ns = 0;
    }
    serve_client(context, worker, client);
}

static void rest(void *context, struct worker *worker) {
    struct server *server = context;
    generation_put_down(&local_of(server, worker)->http.generation, &server->setup.sites.place);
}

static bool lead(void *context, struct worker *worker) {
    struct server *server = context;
    (void)local_of(server, worker); /* for workers_local_deinit() to know the worker */
    bool looks_again = lane_lead(reactor_lane(server->reactor), worker);
    if (!looks_again) {
        rest(server, worker); /* at the queue, perhaps */
    }
    return looks_again;
}

static bool summon(void *context) {
    const struct server *server = context;
    return lane_summon(reactor_lane(server->reactor));
}

void workers_local_deinit(void *context, void *memory) {
    struct server *server = context;
    struct worker_local *local = memory;
    if (local->server == NULL) {
        return;
    }
    measure_leave(server->measure, &local->counts);
    logs_leave(&server->logs, &local->log_user);
    connection_worker_deinit(&local->http);
    if (local->worker != NULL) {
        lane_step_out(reactor_lane(server->reactor), local->worker);
    }
}

void workers_fill_in_pool(struct threadpool_options *pool) {
    pool->local_bytes = sizeof(struct worker_local);
    pool->serve = serve;
    pool->local_deinit = workers_local_deinit;
    pool->lead = lead;
    pool->summon = summon;
}

void workers_fill_in_reactor(struct reactor_options *reactor) {
    reactor->receive = receive_from;
    reactor->serve = serve_client;
    reactor->rest = rest;
}
