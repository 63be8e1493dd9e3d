/* SPDX-License-Identifier: MIT */
#include "server/log/names/names.h"

#include "http/base/clock.h"
#include "http/base/steady_condition.h"
#include "server/log/names/kept.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { ASKERS = 2 }; /* questions under way at once */

struct names {
    atomic_size_t holds;
    pthread_mutex_t lock; /* guards all below */
    struct kept_names kept;
    struct kept_name *questions[NAMES_QUESTIONS_MAX]; /* a ring; NAMES_ASKED, so that they stay */
    size_t first_question;
    size_t question_count;
    bool closing;
    size_t thread_count;          /* that have not ended; the last one frees all */
    pthread_cond_t has_questions; /* question_count > 0, or closing */
    pthread_cond_t has_lines;     /* kept.lines, or closing */
};

static void destroy(struct names *names) {
    kept_names_deinit(&names->kept);
    (void)pthread_mutex_destroy(&names->lock);
    (void)pthread_cond_destroy(&names->has_questions);
    (void)pthread_cond_destroy(&names->has_lines);
    free(names);
}

/* With the lock, which is given back. */
static void end_thread(struct names *names) {
    bool is_last = --names->thread_count == 0;
    (void)pthread_mutex_unlock(&names->lock);
    if (is_last) {
        destroy(names);
    }
}

/* With the lock: write all lines that wait for the client. */
static void write_lines_of(struct names *names, struct kept_name *client) {
    const char *name = client->answer == NAMES_KNOWN ? client->name : NULL;
    while (client->lines != NULL) {
        struct deferred_line *line = client->lines;
        kept_names_take(&names->kept, line);
        deferred_line_write(line, name);
    }
}

/* --- threads that ask ------------------------------------------------------------------------------------- */

static struct kept_name *take_question(struct names *names) {
    struct kept_name *client = names->questions[names->first_question];
    names->first_question = (names->first_question + 1) % NAMES_QUESTIONS_MAX;
    names->question_count--;
    return client;
}

static void *ask(void *argument) {
    struct names *names = argument;
    (void)pthread_setname_np(pthread_self(), "names-ask"); /* the sandbox lets nobody else do so */
    (void)pthread_mutex_lock(&names->lock);
    for (;;) {
        while (names->question_count == 0 && !names->closing) {
            (void)pthread_cond_wait(&names->has_questions, &names->lock);
        }
        if (names->closing) {
            break;
        }
        struct kept_name *client = take_question(names);
        struct client_address address = client->address;
        char name[NAME_BYTES] = "";
        (void)pthread_mutex_unlock(&names->lock);
        bool is_known = name_lookup(&address, name);
        (void)pthread_mutex_lock(&names->lock);
        memcpy(client->name, name, sizeof name);
        client->answer = is_known ? NAMES_KNOWN : NAMES_UNKNOWN;
        client->since_ns = clock_steady_ns();
        write_lines_of(names, client);
    }
    end_thread(names);
    return NULL;
}

/* --- the thread that looks at the time -------------------------------------------------------------------- */

static void write_overdue(struct names *names, int64_t now_ns) {
    while (names->kept.lines != NULL && names->kept.lines->until_ns <= now_ns) {
        struct deferred_line *line = names->kept.lines;
        kept_names_take(&names->kept, line);
        deferred_line_write(line, NULL);
    }
}

static void *watch_time(void *argument) {
    struct names *names = argument;
    (void)pthread_setname_np(pthread_self(), "names-time"); /* as above */
    (void)pthread_mutex_lock(&names->lock);
    while (!names->closing) {
        if (names->kept.lines == NULL) {
            (void)pthread_cond_wait(&names->has_lines, &names->lock);
        } else {
            struct timespec until = clock_time_of(names->kept.lines->until_ns);
            (void)pthread_cond_timedwait(&names->has_lines, &names->lock, &until);
        }
        write_overdue(names, clock_steady_ns());
    }
    end_thread(names);
    return NULL;
}

/* --- for everybody ---------------------------------------------------------------------------------------- */

static int init_locks(struct names *names) {
    int result = steady_condition_init_with_lock(&names->has_lines, &names->lock);
    if (result == 0) {
        (void)pthread_cond_init(&names->has_questions, NULL); /* cannot fail without attributes */
    }
    return result;
}

/* With the lock, so that none of them ends before it is counted. Nobody joins them. Returns 0 or a negative errno. */
static int start_thread(struct names *names, void *(*run)(void *)) {
    pthread_t thread;
    int error = pthread_create(&thread, NULL, run, names);
    if (error == 0) {
        names->thread_count++;
        (void)pthread_detach(thread);
    }
    return -error;
}

static int start_threads(struct names *names) {
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = start_thread(names, watch_time);
    for (size_t i = 0; i < ASKERS && result == 0; i++) {
        result = start_thread(names, ask);
    }
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    return result;
}

int names_create(struct names **out) {
    struct names *names = calloc(1, sizeof *names);
    int result = names != NULL ? init_locks(names) : -ENOMEM;
    if (result != 0) {
        free(names);
        return result;
    }
    atomic_init(&names->holds, 1);
    (void)pthread_mutex_lock(&names->lock);
    result = start_threads(names);
    if (result != 0 && names->thread_count == 0) {
        (void)pthread_mutex_unlock(&names->lock);
        destroy(names);
        return result;
    }
    (void)pthread_mutex_unlock(&names->lock);
    if (result != 0) {
        names_release(names);
        return result;
    }
    *out = names;
    return 0;
}

struct names *names_hold(struct names *names) {
    (void)atomic_fetch_add(&names->holds, 1);
    return names;
}

/* With the lock. */
static void write_all(struct names *names) {
    write_overdue(names, INT64_MAX);
}

void names_flush(struct names *names) {
    (void)pthread_mutex_lock(&names->lock);
    write_all(names);
    (void)pthread_mutex_unlock(&names->lock);
}

void names_release(struct names *names) {
    if (names == NULL || atomic_fetch_sub(&names->holds, 1) > 1) {
        return;
    }
    (void)pthread_mutex_lock(&names->lock);
    write_all(names);
    names->closing = true;
    (void)pthread_cond_broadcast(&names->has_questions);
    (void)pthread_cond_broadcast(&names->has_lines);
    (void)pthread_mutex_unlock(&names->lock); /* from here on the last thread may free it */
}

/* With the lock. */
static enum names_answer begin_question(struct names *names, const struct client_address *client,
                                        int64_t now_ns) {
    bool has_room = names->question_count < NAMES_QUESTIONS_MAX;
    struct kept_name *asked = has_room ? kept_names_add(&names->kept, client, now_ns) : NULL;
    if (asked == NULL) {
        return NAMES_UNKNOWN;
    }
    names->questions[(names->first_question + names->question_count++) % NAMES_QUESTIONS_MAX] = asked;
    (void)pthread_cond_signal(&names->has_questions);
    return NAMES_ASKED;
}

enum names_answer names_find(struct names *names, const struct client_address *client, int64_t timeout_ns,
                             char name[NAME_BYTES]) {
    if (client->family != AF_INET && client->family != AF_INET6) {
        return NAMES_UNKNOWN;
    }
    int64_t now_ns = clock_steady_ns();
    (void)pthread_mutex_lock(&names->lock);
    const struct kept_name *kept = kept_names_find(&names->kept, client, now_ns);
    enum names_answer answer = kept != NULL ? kept->answer : begin_question(names, client, now_ns);
    if (answer == NAMES_KNOWN) {
        memcpy(name, kept->name, NAME_BYTES);
    } else if (kept != NULL && answer == NAMES_ASKED && now_ns - kept->since_ns >= timeout_ns) {
        answer = NAMES_UNKNOWN;
    }
    (void)pthread_mutex_unlock(&names->lock);
    return answer;
}

bool names_defer(struct names *names, const struct client_address *client, int64_t timeout_ns,
                 struct log_writer *writer, const char *line, size_t length, const struct log_slots *slots) {
    int64_t now_ns = clock_steady_ns();
    (void)pthread_mutex_lock(&names->lock);
    struct kept_name *kept = kept_names_find(&names->kept, client, now_ns);
    bool is_first = names->kept.lines == NULL;
    bool is_kept = kept != NULL && kept->answer != NAMES_UNKNOWN && !names->closing &&
                   kept_names_defer(&names->kept, kept, writer, line, length, slots, now_ns + timeout_ns);
    if (is_kept && kept->answer == NAMES_KNOWN) {
        write_lines_of(names, kept);
    } else if (is_kept && is_first) {
        (void)pthread_cond_signal(&names->has_lines);
    }
    (void)pthread_mutex_unlock(&names->lock);
    return is_kept;
}
