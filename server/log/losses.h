/* SPDX-License-Identifier: MIT */
/*
 * What each log of a server loses: how many lines all of them have lost up to now, and news of one that begins to lose
 * lines, that takes them again, or that is closed and has lost some.
 *
 * Each log for itself: one that is stuck neither hides what another one loses nor speaks for it. Private to logs.h.
 */
#ifndef LIDO_SERVER_LOG_LOSSES_H
#define LIDO_SERVER_LOG_LOSSES_H

#include "server/log/plan.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct log_watch;

struct log_losses {
    pthread_mutex_t lock;   /* guards both of them; only the main thread changes the list */
    struct log_watch *logs; /* each log once, held until it is in no plan and that was told */
    uint64_t before;        /* lines that logs have lost that are no more */
};

void log_losses_init(struct log_losses *losses);

/* Forget all logs, and tell nothing. */
void log_losses_deinit(struct log_losses *losses);

/* Watch the logs of a plan, too. The main thread only, as the next one. */
void log_losses_watch(struct log_losses *losses, const struct log_plan *plan);

/* Tell what has changed with each log since the last look, a line for each, without a lock; and forget those that are
 * neither in the current plan nor in a list of former ones (NULL: there is none). Returns whether one loses lines still. */
bool log_losses_look(struct log_losses *losses, const struct log_plan *current, const struct log_plan *former,
                     void (*tell)(void *context, const char *line), void *context);

/* How many lines all logs have lost up to now. Never goes back. Thread-safe. */
uint64_t log_losses_count(struct log_losses *losses);

#endif
