/* SPDX-License-Identifier: MIT */
/*
 * A thread that ends the process when the main thread does not.
 *
 * The main thread may hang in a file system that does not answer, where nobody can call it back, and then takes no
 * signal. So this thread takes signals beside it (signals.h), and once one asks to stop, it keeps the time: up to
 * shutdown_timeout, or to a second signal, the main thread has to leave its loop, and then has a bounded time for each
 * stage of the end. When it is late the guard takes over, and that is told to whoever can end the process without it.
 *
 * Itself it does nothing but poll(2), read and write descriptors of the kernel: it touches no file system, waits for no
 * output and takes no lock that is held while anybody does.
 */
#ifndef LIDO_SERVER_REACTOR_STOP_GUARD_H
#define LIDO_SERVER_REACTOR_STOP_GUARD_H

#include "server/reactor/signals.h"
#include "server/reactor/wakeup.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

/* How far the main thread has come. */
enum stop_stage {
    STOP_STARTING, /* opens the logs and starts the other threads */
    STOP_RUNNING,  /* runs its loop */
    STOP_ENDING,   /* lets the workers end and writes the last lines of the logs */
    STOP_FREEING,  /* nothing is left to be said or waited for */
};

enum { /* how late the main thread may be */
       STOP_LOOP_MS =
           1000, /* in leaving its loop: its grace for workers, and as late as a busy machine may be */
       STOP_ENDING_MS = 4000,  /* the grace again, and a second for each kind of log */
       STOP_FREEING_MS = 2000, /* closing and freeing take milliseconds */
       STOP_DOUBT_MS = 250,    /* and once more: perhaps the whole process was stopped, or the machine */
};

struct stop_guard_options {
    struct signals *signals;          /* of the main thread, as the next one; used up to STOP_FREEING */
    const struct wakeup *main_thread; /* woken when there are signals */
    int64_t shutdown_timeout_ms;      /* at first, see stop_guard_set_timeout() */
    /* The main thread is late in this stage: end the process, with this exit status. Runs in the guard's thread, and
     * the main thread gets to no other stage any more: from STOP_RUNNING to STOP_ENDING all that it uses is there. */
    void (*on_late)(void *context, enum stop_stage stage, int status);
    void *context;
};

struct stop_guard {
    struct stop_guard_options options;
    struct wakeup wakeup; /* of the guard; fd -1 when it is not open */
    pthread_t thread;
    bool has_thread;

    pthread_mutex_t lock; /* guards all below; the guard keeps it when it takes over */
    enum stop_stage stage;
    int status;      /* to exit with */
    unsigned heeded; /* signals that asked to stop, up to two */
    int64_t late_ms; /* from when on the main thread is late, by clock_steady_coarse_ms(); 0: there is time */
    bool is_in_doubt; /* it is, but it has STOP_DOUBT_MS more */
    bool is_over;     /* nothing is to be guarded any more */
};

/* Make the descriptor; no thread yet. Returns 0 or a negative errno; either way stop_guard_close() is allowed. */
int stop_guard_open(struct stop_guard *guard, const struct stop_guard_options *options)
    __attribute__((warn_unused_result));

/* Start the thread, with all signals blocked. Returns 0 or a negative errno. The main thread only, as the next ones. */
int stop_guard_start(struct stop_guard *guard) __attribute__((warn_unused_result));

/* Let another time hold, for a stop that nobody has asked for yet. */
void stop_guard_set_timeout(struct stop_guard *guard, int64_t shutdown_timeout_ms);

/* Let the guard look: the main thread has taken signals. Never blocks. */
void stop_guard_notice(const struct stop_guard *guard);

/* Tell that the main thread has come to the next stage, in time, and the exit status if it gets no further. Does not
 * return when the guard has taken over: the process ends. */
void stop_guard_advance(struct stop_guard *guard, enum stop_stage stage, int status);

/* End the thread, and close. As stop_guard_advance() if the guard has taken over. Doing it again does nothing. */
void stop_guard_close(struct stop_guard *guard);

#endif
