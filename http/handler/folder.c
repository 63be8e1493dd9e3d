/* SPDX-License-Identifier: MIT */
#include "http/handler/folder.h"

#include "http/handler/archive.h"
#include "http/handler/error.h"
#include "http/handler/folder_work.h"
#include "http/handler/listing.h"
#include "http/listing/query.h"

#include <assert.h>

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

static bool continue_work(struct context *context, struct resolution *found,
                          const struct listing_query *query, struct folder_work *work,
                          struct time_slice slice) {
    work->is_under_way = true;
    blocking_ahead(context->environment->blocking, BLOCKING_FOLDER);
    if (query->download == LISTING_NO_DOWNLOAD) {
        return listing_respond(context, found, query, work, slice);
    }
    enum archive_form form = query->download == LISTING_DOWNLOAD_ZIP ? ARCHIVE_ZIP : ARCHIVE_TAR;
    return archive_respond(context, found, form, work, slice);
}

/* Without a place to keep unfinished work: all of it at once. */
static void finish_at_once(struct context *context, struct resolution *found,
                           const struct listing_query *query) {
    struct folder_work work = {0};
    bool finished = continue_work(context, found, query, &work, (struct time_slice){INT64_MAX});
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
    struct folder_work *work = context->environment->work;
    if (work == NULL) {
        finish_at_once(context, found, &query);
        return true;
    }
    work->is_under_way = true;
    if (!blocking_may_begin(context->environment->blocking)) {
        resource_close(&found->resource);
        return false;
    }
    work->turns++;
    return continue_work(context, found, &query, work, time_slice_begin(TURN_NS));
}
