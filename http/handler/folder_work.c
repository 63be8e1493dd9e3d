/* SPDX-License-Identifier: MIT */
#include "http/handler/folder_work.h"

#include "http/handler/sharing/folder_jobs.h"

enum { SHORT_TURNS = 64 };

bool folder_work_goes_first(const struct folder_work *work) {
    return work->turns % SHORT_TURNS != 0;
}

void folder_work_clear(struct folder_work *work) {
    if (!work->is_under_way) {
        return; /* as with most requests */
    }
    folder_job_release(work->job);
    *work = (struct folder_work){0};
}
