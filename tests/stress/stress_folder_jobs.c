/* SPDX-License-Identifier: MIT */
/*
 * Hunts for races in shared work on folders; meant for ThreadSanitizer, with which Criterion does not go.
 *
 * Some threads ask for a few things all the time, work on them a turn at a time, and now and then go away before it is done.
 * A number that only grows stands for the state of a folder; the work takes a note of it in its first turn. Nobody may get a
 * note that is older than his question, nor work that two have done at once.
 *
 * Usage: stress_folder_jobs [QUESTIONS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "http/handler/sharing/folder_jobs.h"
#include "tests/stress/check.h"

#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ASKERS = 8, KEYS = 2, TURNS = 5, LEAVES_ONE_OF = 16, QUESTIONS_DEFAULT = 20 * 1000 };

struct stage {
    struct folder_jobs *jobs;
    struct memory_budget budget;
    atomic_size_t state; /* of the folder */
    long questions;      /* of each asker */
};

struct asker {
    pthread_t thread;
    struct stage *stage;
    uint32_t random; /* never 0 */
    uint64_t answers;
    uint64_t works; /* that it has ended */
};

/* The product's plain members are what ThreadSanitizer looks at. */
static void work(struct asker *asker, struct folder_product *product) {
    if (product->written_rows == 0) {
        product->counted_bytes = (off_t)atomic_load(&asker->stage->state);
    }
    product->is_done = ++product->written_rows == TURNS;
    asker->works += product->is_done ? 1 : 0;
}

static struct folder_job *join(struct asker *asker, const char *key) {
    struct folder_job *job = folder_jobs_join(asker->stage->jobs, view_of(key), &asker->stage->budget);
    check(job != NULL, "there is memory");
    return job;
}

/* Returns whether its own work is done. */
static bool take_turn(struct asker *asker, const char *key, struct folder_job **job) {
    struct folder_turn turn = folder_job_begin_turn(*job);
    if (turn.product == NULL) {
        folder_job_release(turn.hangs ? *job : NULL); /* on a machine that has no time for the other one */
        *job = turn.hangs ? join(asker, key) : *job;
        return false;
    }
    if (!turn.product->is_done) {
        work(asker, turn.product);
    }
    bool is_done = turn.is_own && turn.product->is_done;
    folder_job_end_turn(&turn);
    (void)sched_yield(); /* so that others come meanwhile */
    return is_done;
}

static void ask(struct asker *asker) {
    struct stage *stage = asker->stage;
    static const char *const keys[KEYS] = {"one", "other"};
    const char *key = keys[random_below(&asker->random, KEYS)];
    size_t asked = atomic_fetch_add(&stage->state, 1) + 1;
    struct folder_job *job = join(asker, key);
    bool leaves = random_below(&asker->random, LEAVES_ONE_OF) == 0;
    bool is_done = false;
    for (uint32_t turns = random_below(&asker->random, TURNS); !is_done && (!leaves || turns > 0); turns--) {
        is_done = take_turn(asker, key, &job);
    }
    if (is_done) {
        const struct folder_product *product = folder_job_product(job);
        check(product->written_rows == TURNS, "the work was done once");
        check((size_t)product->counted_bytes >= asked, "nobody gets what was read before he asked");
        asker->answers++;
    }
    folder_job_release(job);
}

static void *ask_on(void *argument) {
    struct asker *asker = argument;
    for (long i = 0; i < asker->stage->questions; i++) {
        ask(asker);
    }
    return NULL;
}

int main(int argc, char **argv) {
    static struct stage stage = {.budget = {.limit_bytes = 1000 * 1000}};
    struct asker askers[ASKERS];
    uint64_t answers = 0;
    uint64_t works = 0;
    stage.questions = argc > 1 ? strtol(argv[1], NULL, 10) : QUESTIONS_DEFAULT;
    stage.jobs = folder_jobs_create();
    if (stage.jobs == NULL) {
        return EXIT_FAILURE;
    }
    for (uint32_t i = 0; i < ASKERS; i++) {
        askers[i] = (struct asker){.stage = &stage, .random = i * 2654435761U + 1};
        start_thread(&askers[i].thread, ask_on, &askers[i]);
    }
    for (size_t i = 0; i < ASKERS; i++) {
        (void)pthread_join(askers[i].thread, NULL);
        answers += askers[i].answers;
        works += askers[i].works;
    }
    folder_jobs_destroy(stage.jobs);
    check(stage.budget.used_bytes == 0, "all is given back");
    (void)printf("stress_folder_jobs: %" PRIu64 " answers of %" PRIu64 " works, %u failures\n", answers,
                 works, count_failures());
    return count_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
