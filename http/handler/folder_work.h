/* SPDX-License-Identifier: MIT */
/*
 * What a request has of the work on a folder, to be kept from one turn of a worker to the next; the work itself may be that
 * of several requests (folder_jobs.h).
 *
 * Sends nothing and knows no field. One owner at a time.
 */
#ifndef LIDO_HTTP_HANDLER_FOLDER_WORK_H
#define LIDO_HTTP_HANDLER_FOLDER_WORK_H

#include <stdbool.h>

struct folder_job;

/* All-zero: nothing is under way. */
struct folder_work {
    bool is_under_way;      /* the request takes work on a folder; what is below may be set */
    unsigned turns;         /* of workers, up to now */
    struct folder_job *job; /* held */
};

/* Whether it should go on before other work begins: until it has turned out to be long. Then all that is long takes
 * turns. */
bool folder_work_goes_first(const struct folder_work *work);

/* Release all that it holds; it is all-zero again. */
void folder_work_clear(struct folder_work *work);

#endif
