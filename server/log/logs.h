/* SPDX-License-Identifier: MIT */
/*
 * All logs of a server: takes what was answered from the workers, and each log gets its line of it.
 *
 * The main thread may turn to another plan at any time. A worker says which plan it uses for as long as it makes a
 * line, and a plan that is not current any more goes when nobody says so and its logs have written what is left.
 *
 * Note on uses: a worker stores its use and then looks whether the plan is current still; the main thread changes
 * the current plan and then looks at the uses (both sequentially consistent). So either the worker sees the change and
 * takes the new plan, or the main thread sees the use and keeps the old one. It looks again at its next turn.
 */
#ifndef LIDO_SERVER_LOG_LOGS_H
#define LIDO_SERVER_LOG_LOGS_H

#include "http/connection.h"
#include "server/log/line.h"
#include "server/log/losses.h"
#include "server/log/plan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* The use of one thread. All-zero: none. */
struct log_user {
    _Atomic(const struct log_plan *) uses; /* NULL: none */
    struct log_clock clock;                /* the thread's own */
    struct log_user *prev;                 /* for utlist.h; guarded by the lock of the logs */
    struct log_user *next;
};

struct logs {
    _Atomic(struct log_plan *) current; /* NULL: none */
    pthread_mutex_t lock; /* guards the users, and that `current` stays for whoever is no user */
    struct log_user *users;
    struct log_plan
        *former; /* that somebody may use, or that has lines to write still; changed with the lock */
    struct log_losses losses; /* of all of them */
};

/* Without a plan: nothing is logged. */
void logs_init(struct logs *logs);

/* Give up the plan. Nobody uses the logs any more. */
void logs_deinit(struct logs *logs);

/* A thread begins to use the logs, or ends it. Thread-safe, for different users. */
void logs_join(struct logs *logs, struct log_user *user);
void logs_leave(struct logs *logs, struct log_user *user);

/* Write what each log wants of it. Never blocks on an output. Thread-safe, for different users. */
void logs_write(struct logs *logs, struct log_user *user, const struct answer_record *record);

/* Follow the plan from now on, of which the logs take a hold. What it shares with the one before is opened anew: many
 * rotate logs by SIGHUP. The main thread only. */
void logs_turn_to(struct logs *logs, struct log_plan *plan);

/* Open the files of all logs anew, see log_writer_reopen(). The main thread only. */
void logs_reopen(struct logs *logs);

/* To be called now and then by the main thread: lets go what is not used any more, and tells of each log when it begins
 * to lose lines and when that is over: lines get out again, or the log is closed. Returns whether it has to be called
 * again, even if nobody is served. */
bool logs_look(struct logs *logs, void (*tell)(void *context, const char *line), void *context);

/* How many lines all logs have dropped up to now. Thread-safe. */
uint64_t logs_dropped(struct logs *logs);

/* Write what is left and end all logs, for a second at most for all of them. Thread-safe. */
void logs_end(struct logs *logs);

#endif
