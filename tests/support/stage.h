/* SPDX-License-Identifier: MIT */
/*
 * What nearly every integration test stands on: a workplace with a site in it, and one program that serves
 * the site.
 *
 * Criterion runs each test in a process of its own, so there is one of each and they are plain variables.
 * Give stage_set_up and stage_tear_down to a TestSuite as .init and .fini, and write its tests with
 * StageTest().
 */
#ifndef LIDO_TESTS_SUPPORT_STAGE_H
#define LIDO_TESTS_SUPPORT_STAGE_H

#include "tests/support/answer.h"
#include "tests/support/client.h"
#include "tests/support/deadline.h"
#include "tests/support/folder.h"
#include "tests/support/program.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

enum { STAGE_TIMEOUT_S = 120 }; /* limit of a test; well above what its waits have patience for */

extern struct folder workplace; /* the test's own */
extern struct folder site;      /* inside it, served as the root */
extern struct program lido;
extern struct answer answer; /* to the last request by ask() or get() */

/* A test in a suite on the stage. In its end the program, if one still runs, must stop in good order, without
 * memory lost or a sanitizer's complaint; this is part of the test, as Criterion counts no failure in .fini.
 * */
#define StageTest(suite, name)        \
    static void suite##_##name(void); \
    Test(suite, name) {               \
        suite##_##name();             \
        program_stop(&lido);          \
    }                                 \
    static void suite##_##name(void)

/* Leave out the rest of a test for a reason. (Criterion runs no .fini then.) */
#define stage_skip(...)            \
    do {                           \
        program_stop(&lido);       \
        stage_tear_down();         \
        cr_skip_test(__VA_ARGS__); \
    } while (0)

/* Leave out the rest of a test that cannot do with what the whole run is set to (TESTS_SETTINGS, see program.h), and
 * say why; a warning of Criterion's would be a failure. */
#define stage_needs_own_settings(why)                                            \
    do {                                                                         \
        if (getenv("TESTS_SETTINGS") != NULL) {                                  \
            (void)fprintf(stderr, "left out with TESTS_SETTINGS: %s needs %s\n", \
                          criterion_current_test->name, (why));                  \
            return;                                                              \
        }                                                                        \
    } while (0)

void stage_set_up(void);

/* Remove the workplace. After a failed test also kill the program, and quote what it had to say. */
void stage_tear_down(void);

/* Start the program on the site at a free port of localhost with these settings: LIST(...) of
 * "LIDO_<OPTION>=value", or NULL for the defaults. */
void serve(const char *const *settings);

/* Send a request over a connection of its own, and read the one answer and the end of the connection. The
 * request must be one after which the server closes. */
void ask(const char *request);

/* Ask for a target by "GET <target> HTTP/1.0". Returns the status. */
int get(const char *target);

/* Ask for "/" over a connection that stays, and read the answer: when it has come, the program has also seen
 * what other clients sent before. Needs an index file or a listing in the site. */
void round_trip(struct client *client);

/* Make round trips over `client` until the program has at most `count` descriptors open. */
void round_trip_until_descriptors(struct client *client, size_t count);

/* Make them until what was written last has grown old enough for the program to keep it, by some ticks of the
 * file system's clock. */
void let_settle(struct client *client);

#endif
