/* SPDX-License-Identifier: MIT */
/*
 * From a request to its response: what the target means, what the site has for it, and how that is said.
 *
 * The wing knows every kind of answer (file, listing, archive, redirect, error) and their header fields; an
 * error takes the same way as a page. It receives and sends nothing, opens files only through the site and
 * its file cache, and keeps no state but the work on a folder, which its caller holds.
 */
#ifndef LIDO_HTTP_HANDLER_HANDLER_H
#define LIDO_HTTP_HANDLER_HANDLER_H

#include "http/base/account.h"
#include "http/base/blocking.h"
#include "http/base/memory_budget.h"
#include "http/base/time_split.h"
#include "http/handler/folder_work.h"
#include "http/handler/own_pages.h"
#include "http/handler/sharing/folder_jobs.h"
#include "http/request/request.h"
#include "http/response/response.h"
#include "http/site/hosts.h"
#include "http/site/site.h"

#include <stdbool.h>
#include <time.h>

/* What an answer depends on besides its request. */
struct handler_environment {
    const struct site *site;         /* for all hosts that have none of their own */
    const struct hosts *hosts;       /* which site a host name stands for; NULL: `site` for all */
    bool closing;                    /* the server is about to stop: no connection goes on after its answer */
    struct timespec now;             /* of the wall clock, as coarse as the times of files are */
    const char *date;                /* the same as an HTTP date */
    int64_t received_ns;             /* see file_source */
    const struct blocking *blocking; /* told before what may block; NULL: nobody */
    const struct account *account;   /* told why the answer becomes what it is; NULL: nobody asks */
    struct folder_work *work;        /* what is under way for this request; NULL: all is done at once */
    struct folder_jobs *jobs;        /* of all requests; NULL: nobody shares work with others */
    struct memory_budget *budget;    /* for the work of all requests; NULL for none */
    const struct own_pages *own_pages; /* of the program; NULL: none */
    struct view own_path;              /* where they are, as of a target; bytes NULL: nowhere */
    enum own_pages_access own_access;
    const struct time_split *split; /* the answer tells where its time went, up to now; NULL: it does not */
};

/* Fill *response (init'ed or cleared) with the answer to the request. Reads the file system, and so may wait
 * for a disk. Always succeeds, but for response_failed(). Returns false when it takes longer than one turn:
 * the response is still empty then, and the call is to be repeated with the same response, request, site and
 * work, once others have had their turn. */
bool handler_prepare(struct response *response, const struct request *request,
                     const struct handler_environment *environment);

/* The whole answer, head and body, to a client that cannot be served for lack of a free worker: 503 with
 * Retry-After (RFC 9110 section 10.2.3). Returns 0 or -ENOMEM. */
int handler_write_overload(struct text *out) __attribute__((warn_unused_result));

#endif
