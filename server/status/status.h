/* SPDX-License-Identifier: MIT */
/*
 * The status pages: the server shows itself, to people, to programs and to whoever looks after it. README.md here has the
 * names.
 *
 * Reads what was measured and writes it down; measures nothing itself, and does not decide who may see it
 * (http/handler/own_pages.h).
 */
#ifndef LIDO_SERVER_STATUS_STATUS_H
#define LIDO_SERVER_STATUS_STATUS_H

#include "http/handler/own_pages.h"

#include <stdbool.h>

struct measure;
struct slowest;
struct threadpool;

/* What is shown; the caller's, as long as anybody may ask. */
struct status_sources {
    struct measure *measure;
    struct slowest *slowest;
    struct threadpool *pool;
};

/* Say what a page is without making it: nothing is read, and the body stays empty. Returns false when there is none of that
 * name. Thread-safe. */
bool status_describe(const struct own_request *request, struct own_answer *answer);

/* Make a page, as own_pages.answer; `context` is a struct status_sources. Takes no lock that a worker waits for while it
 * serves files. Thread-safe. */
bool status_answer(void *context, const struct own_request *request, struct own_answer *answer);

#endif
