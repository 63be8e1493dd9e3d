/* SPDX-License-Identifier: MIT */
/*
 * Puts one request to the code that serves clients (http/connection.h), over a pair of sockets in place of a network, and
 * takes the head of the answer.
 *
 * So status and fields are what a client would get, by the same code. What the answer is made of is its caller's matter;
 * nothing of the body is kept.
 */
#ifndef LIDO_SERVER_EXPLAIN_ASK_H
#define LIDO_SERVER_EXPLAIN_ASK_H

#include "http/base/account.h"
#include "http/base/text.h"
#include "http/handler/own_pages.h"
#include "http/service.h"

#include <stdbool.h>

struct explain_asking {
    int client; /* the two ends; -1 when closed */
    int server;
    const struct connection_service *service;
    const struct account *account; /* told of the steps, */
    void (*again)(void *context);  /* and before they begin anew, as an answer takes several turns to make */
    void (*rest_is_missing)(void *context); /* and when the request turns out not to be whole */
    void *context;
    enum own_pages_access access;
};

/* Make the sockets. Returns 0 or a negative errno. Release with explain_asking_close(). */
int explain_asking_open(struct explain_asking *asking) __attribute__((warn_unused_result));

/* Ask, and append the head with its last empty line to *head. Returns 0; -EPIPE when no head came; or another negative
 * errno. May wait for a disk. */
int explain_asking_run(struct explain_asking *asking, const struct text *request, struct text *head)
    __attribute__((warn_unused_result));

void explain_asking_close(struct explain_asking *asking);

#endif
