/* SPDX-License-Identifier: MIT */
/*
 * How opening, checking and running a server end. Who says in words what was wrong is setup.h.
 */
#ifndef LIDO_SERVER_RESULT_H
#define LIDO_SERVER_RESULT_H

/* Room for one line that says what was wrong and what would be right. */
enum { SERVER_ERROR_BYTES = 768 };

/* The exit status of the program. */
enum server_result {
    SERVER_OK = 0,
    SERVER_FAILED = 1, /* the system does not let us: port in use, no memory */
    SERVER_MISTAKE = 2 /* what was configured cannot work */
};

#endif
