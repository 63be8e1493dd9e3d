/* SPDX-License-Identifier: MIT */
#include "http/handler/folder.h"

#include "http/handler/archive.h"
#include "http/handler/error.h"
#include "http/handler/folder_work.h"
#include "http/handler/listing.h"
#include "http/handler/sharing/folder_jobs.h"
#include "http/listing/query.h"

#include <assert.h>
#include <errno.h>
#include <stdint.h>

/* Of one turn. A request that comes in behind some of these must not have to wait long. */
enum { TURN_NS = 1000 * 1000 };

static bool refuse(struct context *context, struct resolution *found, enum http_status status) {
    resource_close(&found->resource);
    error_respond(context, status);
    return true;
}

static bool refuse_query(struct context *context, struct resolution *found,
                         const struct listing_query *query) {
    struct text sentence = {0};
    listing_query_explain(&sentence, query);
    text_append_bytes(&sentence, "", 1);
    resource_close(&found->resource);
    account_tell(sentence.failed ? NULL : context_account(context), "query: %s", sentence.bytes);
    error_explain(context, HTTP_BAD_REQUEST, sentence.failed ? NULL : sentence.bytes);
    text_deinit(&sentence);
    return true;
}

/* What the query asks for. */
struct wish {
    bool is_archive;
    enum archive_form form;
    struct listing_choice choice;
};

static void choose(struct context *context, const struct listing_query *query, struct wish *wish) {
    *wish = (struct wish){.is_archive = query->download != LISTING_NO_DOWNLOAD,
                          .form = query->download == LISTING_DOWNLOAD_ZIP ? ARCHIVE_ZIP : ARCHIVE_TAR};
    if (!wish->is_archive) {
        listing_choose(context, query, &wish->choice);
    }
}

/* --- shared work ---------------------------------------------------------------------------------------- */

/* Two requests with the same key get the same bytes: from the same site with the same settings, of the same folder, for the
 * same query, and for what else of the request decides. Returns false without memory. */
static bool write_key(const struct context *context, const struct wish *wish, struct text *key) {
    struct view query = context->target.query;
    uintptr_t decisive[] = {(uintptr_t)context->site, (uintptr_t)wish->choice.form, wish->choice.limit};
    text_append_bytes(key, (const char *)decisive, sizeof decisive);
    text_append_bytes(key, context->target.path, context->target.length + 1);
    text_append_bytes(key, query.bytes != NULL ? query.bytes : "", query.length);
    return !key->failed;
}

/* Returns 0 or -ENOMEM. */
static int join(const struct context *context, const struct wish *wish, struct folder_work *work) {
    struct text key = {0};
    if (write_key(context, wish, &key)) {
        struct folder_jobs *jobs = context->environment->work == work ? context->environment->jobs : NULL;
        work->job =
            folder_jobs_join(jobs, (struct view){key.bytes, key.length}, context->environment->budget);
    }
    text_deinit(&key);
    return work->job != NULL ? 0 : -ENOMEM;
}

static void go_on(struct context *context, struct resource *folder, const struct wish *wish,
                  struct folder_turn *turn, struct time_slice slice) {
    struct folder_product *product = turn->product;
    int result = wish->is_archive ? archive_continue(context, wish->form, product, slice)
                                  : listing_go_on(context, folder, &wish->choice, turn, slice);
    product->is_done = result != -EAGAIN;
    product->result = result;
}

/* Returns whether its own work is done. */
static bool take_turn(struct context *context, struct resource *folder, const struct wish *wish,
                      struct folder_work *work, struct time_slice slice) {
    struct folder_turn turn = folder_job_begin_turn(work->job);
    if (turn.product == NULL) {
        folder_job_release(turn.hangs ? work->job : NULL);
        work->job = turn.hangs ? NULL : work->job;
        return false;
    }
    if (!turn.product->is_done) {
        go_on(context, folder, wish, &turn, slice);
    }
    bool is_done = turn.is_own && turn.product->is_done;
    folder_job_end_turn(&turn);
    return is_done;
}

static void respond(struct context *context, const struct wish *wish, struct folder_work *work) {
    int result = folder_job_product(work->job)->result;
    if (result == 0) {
        result = wish->is_archive ? archive_respond(context, wish->form, work->job)
                                  : listing_respond(context, &wish->choice, &work->job);
    }
    if (result == -E2BIG) {
        error_refuse_crowd(context, wish->is_archive ? "be put into an archive"
                                                     : "be sorted by size or time; by name they can");
    } else if (result != 0) {
        error_respond(context, resource_status_of_errno(-result));
    }
}

/* Returns as folder_respond() does. Who has joined a job that has to wait lets those behind him come before he takes a turn
 * of it: they can join as long as it has not begun. */
static bool continue_work(struct context *context, struct resource *folder, const struct wish *wish,
                          struct folder_work *work, struct time_slice slice) {
    blocking_ahead(context->environment->blocking, BLOCKING_FOLDER);
    if (work->job == NULL) {
        int result = join(context, wish, work);
        if (result != 0) {
            error_respond(context, resource_status_of_errno(-result));
            return true;
        }
        if (folder_job_has_to_wait(work->job)) {
            return false;
        }
    }
    work->turns++;
    if (!take_turn(context, folder, wish, work, slice)) {
        return false;
    }
    respond(context, wish, work);
    return true;
}

/* Without a place to keep unfinished work: all of it at once. */
static void finish_at_once(struct context *context, struct resource *folder, const struct wish *wish) {
    struct folder_work work = {.is_under_way = true};
    bool finished = continue_work(context, folder, wish, &work, (struct time_slice){INT64_MAX});
    assert(finished);
    (void)finished;
    folder_work_clear(&work);
}

bool folder_respond(struct context *context, struct resolution *found) {
    struct listing_query query;
    if (!listing_query_parse(context->target.query, &query)) {
        return refuse_query(context, found, &query);
    }
    if (query.download != LISTING_NO_DOWNLOAD && !site_rules(context->site)->folder_download) {
        account_tell(context_account(context), "download: folder_download = off");
        return refuse(context, found, HTTP_FORBIDDEN);
    }
    struct wish wish;
    struct folder_work *work = context->environment->work;
    bool is_answered = false;
    if (work == NULL) {
        choose(context, &query, &wish);
        finish_at_once(context, &found->resource, &wish);
        is_answered = true;
    } else {
        work->is_under_way = true;
        if (blocking_may_begin(context->environment->blocking)) {
            choose(context, &query, &wish);
            is_answered = continue_work(context, &found->resource, &wish, work, time_slice_begin(TURN_NS));
        }
    }
    resource_close(&found->resource);
    return is_answered;
}
