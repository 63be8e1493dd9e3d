/* SPDX-License-Identifier: MIT */
/*
 * The error log: what whoever runs the server should know, each line with its level; and of what clients can cause
 * again and again only so many lines a minute, with a count of what was left out.
 *
 * Written by a thread of its own, as other logs are: nobody waits for it.
 */
#ifndef LIDO_SERVER_LOG_ERROR_LOG_H
#define LIDO_SERVER_LOG_ERROR_LOG_H

#include "conf/settings.h"
#include "http/connection.h"

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct log_writer;

struct error_log {
    pthread_mutex_t lock; /* guards all below */
    struct log_writer *writer;
    bool is_service;        /* which writes the time itself, and wants levels as numbers */
    bool is_stream;         /* standard error, where lines look like all that the program says */
    enum error_level level; /* lines of higher ones are not written */
    size_t per_minute;
    int64_t minute_ns; /* when it began, by clock_steady_ns() */
    size_t said;       /* in this minute */
    size_t left_out;
};

/* Where it is to write: see error_log_prepare(). */
struct error_log_plan {
    struct log_writer *writer; /* owned; NULL: the one that is there goes on, or nowhere */
    bool goes_on;
};

/* Nothing is written before error_log_turn_to(). */
void error_log_init(struct error_log *log);

/* Write what is left, for a second at most; what is told afterwards is lost. Thread-safe. */
void error_log_end(struct error_log *log);

/* The same, and release all. NULL writers are fine. */
void error_log_deinit(struct error_log *log);

/* Open what a config has otherwise than `before` (NULL: nothing was open). Returns 0, and *plan is the caller's for
 * error_log_turn_to() or error_log_plan_deinit(), or a negative errno. The main thread only, as the next ones. */
int error_log_prepare(struct error_log_plan *plan, const struct config *before, const struct config *config)
    __attribute__((warn_unused_result));

void error_log_plan_deinit(struct error_log_plan *plan);

/* Follow the config, and take over what the plan has opened. */
void error_log_turn_to(struct error_log *log, struct error_log_plan *plan, const struct config *config);

/* Open the file anew, see log_writer_reopen(). */
void error_log_reopen(struct error_log *log);

/* To be called now and then: tells how much the last minute has left out. Returns whether it has to be called again, even
 * if nobody is served. */
bool error_log_look(struct error_log *log);

/* Write a line: what does something to a terminal (escape.h) shows as '?'. Thread-safe. */
void error_log_tell(struct error_log *log, enum error_level level, const char *text);

/* The same of what may come often. Thread-safe. */
void error_log_tell_sparingly(struct error_log *log, enum error_level level, const char *text);

/* Tell of an answer of 500 and above, or of one that could not be sent to its end as what it is made of failed, sparingly.
 * Thread-safe. */
void error_log_tell_answer(struct error_log *log, const struct answer_record *record);

#endif
