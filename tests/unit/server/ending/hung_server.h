/* SPDX-License-Identifier: MIT */
/*
 * A server in a process of its own whose main thread hangs where the test wants it: in one of the functions that the
 * linker wraps, for ever.
 *
 * Criterion runs each test in a process of its own, so there is one of each and they are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_ENDING_HUNG_SERVER_H
#define LIDO_TESTS_UNIT_SERVER_ENDING_HUNG_SERVER_H

#include "tests/support/folder.h"

#include <semaphore.h>
#include <stdatomic.h>
#include <sys/types.h>

/* Where the main thread hangs. */
enum place {
    NOWHERE,
    IN_CONFIG, /* a reload reads it, */
    IN_ROOT,   /* looks at a root, */
    IN_LOG,    /* opens a log */
    IN_SOCKET, /* of a listener, which is removed */
    IN_PID_FILE,
    IN_CLOSE, /* when all is freed */
};

struct hung_shared {
    atomic_int place;
    atomic_bool has_ended; /* the server, but for what is freed */
    sem_t hung;            /* posted when the main thread has come there */
};

extern struct hung_shared *shared; /* with the process of the server */
extern struct folder hung_folder;  /* the root, lido.conf, logs, the pid file */
extern struct folder_path socket_path;
extern pid_t hung_server; /* -1: none; 0 in its own process */

/* For TestSuite(.init, .fini). */
void hung_server_set_up(void);
void hung_server_tear_down(void);

/* Write the settings. */
void hung_server_configure(const char *log, const char *shutdown_timeout);

/* Returns where it is read what the server says: the caller's. */
int hung_server_start(void);

#endif
