/* SPDX-License-Identifier: MIT */
/*
 * What to do after accept(2): the kinds of its errors.
 *
 * Linux reports a client's network errors through accept, so most failures say nothing about the listening
 * socket. What matters is not which error it was but what the acceptor should do next, and that is all that
 * is told here.
 */
#ifndef LIDO_SERVER_LISTEN_ACCEPT_RESULT_H
#define LIDO_SERVER_LISTEN_ACCEPT_RESULT_H

enum accept_result {
    ACCEPT_ACCEPTED, /* there is a client */
    ACCEPT_AGAIN,    /* nobody waits: come back when the listener is readable */
    ACCEPT_RETRY,    /* this one client is gone, or the call was interrupted: accept the next at once */
    /* no descriptors or memory: accept no more until something was closed, or a moment has passed */
    ACCEPT_PAUSE,
    ACCEPT_STOP, /* the listener was closed or shut down */
    ACCEPT_FATAL /* a programming error: accepting can never work */
};

/* Tell what `error`, an errno that accept4(2) left, asks for. Never ACCEPT_ACCEPTED. An error that nobody has
 * thought of asks for a pause: the server outlives it, and does not spin should it stay. Pure,
 * thread-safe. */
enum accept_result accept_result_of_errno(int error);

#endif
