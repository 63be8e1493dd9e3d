/* SPDX-License-Identifier: MIT */
/*
 * A client's side of the stage: connects to its listener, says a letter, and hears what comes back.
 *
 * Knows nothing of the reactor.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_REACTOR_VISITOR_H
#define LIDO_TESTS_UNIT_SERVER_REACTOR_VISITOR_H

#include <stddef.h>

/* What hear() returns but for a letter. */
enum { END = 0, RESET = -1, SILENCE = -2 };

/* A client's side. Sockets block; hear() loses patience in the end and says SILENCE. */
int connect_client(void);
int connect_and_say(int letter);
void connect_socket(int fd);
void say(int fd, int letter);
int hear(int fd);

/* Wait for all of the stream and then the end. Returns how many bytes came. */
size_t hear_stream(int fd);

/* The errno of a connect(2) to the listener's address, 0 when it succeeds. */
int connect_error(void);

#endif
