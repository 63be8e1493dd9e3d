/* SPDX-License-Identifier: MIT */
#include "http/handler/folder_work.h"

enum { SHORT_TURNS = 64 };

bool folder_work_goes_first(const struct folder_work *work) {
    return work->turns % SHORT_TURNS != 0;
}

void folder_work_clear(struct folder_work *work) {
    if (!work->is_under_way) {
        return; /* as with most requests */
    }
    listing_close(work->listing);
    archive_destroy(work->archive);
    text_deinit(&work->body);
    text_deinit(&work->readme);
    digest_destroy(work->digest);
    memory_budget_give(work->budget, work->budget_bytes);
    *work = (struct folder_work){0};
}
