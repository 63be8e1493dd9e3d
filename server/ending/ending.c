/* SPDX-License-Identifier: MIT */
#include "server/ending/ending.h"

#include "http/base/clock.h"
#include "server/ending/sockets.h"
#include "server/reactor/reactor.h"
#include "server/state.h"
#include "server/weighing.h"
#include "server/worker_news.h"
#include "server/workers.h"

#include <stdio.h>
#include <unistd.h>

enum { LINE_BYTES = 256, LEFT_BEHIND_TOLD = 8 /* workers that are named */ };

/* --- by the main thread ----------------------------------------------------------------------------------- */

/* Somebody is in a file system that does not answer: nothing can be freed, but the log can be written. */
static void leave_workers_behind(struct server *server) {
    struct worker_report reports[LEFT_BEHIND_TOLD];
    size_t count = threadpool_read_workers(server->pool, reports, LEFT_BEHIND_TOLD);
    server->hangs = true;
    for (size_t i = 0; i < count; i++) {
        char line[WORKER_NEWS_BYTES];
        worker_news_left_behind(line, &reports[i], clock_steady_ns());
        state_tell(server, ERROR_LEVEL_WARNING, line);
    }
}

static void tell_manager(struct server *server) {
    struct service_load load;
    state_read_load(server, &load);
    service_tell_stopping(&server->manager, &load);
}

void ending_run(struct server *server, int status) {
    stop_guard_advance(&server->guard, STOP_ENDING, status);
    tell_manager(server);
    server->advice_count = weighing_end(server, server->advice);
    bool have_ended = reactor_await_workers(server->reactor);
    reactor_cut_clients(server->reactor);
    workers_local_deinit(server, &server->main_local);
    if (!have_ended) {
        leave_workers_behind(server);
    }
    logs_end(&server->logs);
    error_log_end(&server->error_log);
    if (!have_ended) {
        ending_part_from_sockets();
    }
    stop_guard_advance(&server->guard, STOP_FREEING, status);
}

void ending_begin_to_free(struct server *server) {
    if (server->guard.has_thread && server->guard.stage != STOP_FREEING) {
        stop_guard_advance(&server->guard, STOP_FREEING, SERVER_FAILED);
    }
}

/* --- without it ------------------------------------------------------------------------------------------- */

/* By the thread of the error log, also where others write to standard error themselves: nobody may be reading there. */
static void tell(struct server *server) {
    struct reactor_stats stats;
    char line[LINE_BYTES];
    const char *work = atomic_load(&server->work);
    reactor_read_stats(server->reactor, &stats);
    (void)snprintf(line, sizeof line,
                   "stopped without the main thread, which hangs%s%s: %zu connection%s cut; left behind: its "
                   "pid_file and UNIX sockets, if there are any",
                   work != NULL ? " in " : "", work != NULL ? work : "", stats.open,
                   stats.open == 1 ? " was" : "s were");
    error_log_tell(&server->error_log, ERROR_LEVEL_WARNING, line);
}

void ending_without_main_thread(void *server, enum stop_stage stage, int status) {
    struct server *late = server;
    if (stage == STOP_RUNNING || stage == STOP_ENDING) {
        reactor_dismiss_workers(late->reactor);
        tell(late);
        logs_end(&late->logs);
        error_log_end(&late->error_log);
    }
    ending_part_from_sockets();
    _exit(status);
}
