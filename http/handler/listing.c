/* SPDX-License-Identifier: MIT */
#include "http/handler/listing.h"

#include "http/base/digest.h"
#include "http/handler/error.h"
#include "http/handler/folder_work.h"
#include "http/handler/listing_body.h"
#include "http/handler/representation.h"
#include "http/listing/form.h"
#include "http/pages/page.h"
#include "http/semantics/negotiation.h"

#include <errno.h>
#include <stdio.h>

enum {
    README_BYTES = 64 * 1024,          /* at most so many are shown */
    BUDGET_STEP = 64 * 1024,           /* the budget is taken in steps of so many bytes */
    KEPT_BODY_BYTES = 2 * 1024 * 1024, /* of a longer one only its digest and its length are kept */
    ROWS_BETWEEN_LOOKS = 32,           /* written before the clock is looked at again */
    SETTLED_S = 2                      /* so long after a change no other one can have the same time */
};

static const struct listing_form *choose_form(struct context *context, const struct listing_query *query) {
    static const struct listing_form *const forms[] = {
        [LISTING_HTML] = &listing_html, [LISTING_JSON] = &listing_json, [LISTING_TEXT] = &listing_text};
    if (query->format != LISTING_AS_ACCEPTED) {
        return forms[query->format];
    }
    struct view accept = context->request->accept;
    context->accept_decides = true;
    if (negotiation_prefers(accept, "application/json")) {
        return &listing_json;
    }
    return negotiation_prefers(accept, "text/plain") ? &listing_text : &listing_html;
}

/* How many rows a page has; 0: no bound. A program gets them all: one that copies a folder would take what is
 * not on the first page for deleted. */
static size_t find_limit(struct context *context, const struct listing_query *query,
                         const struct listing_form *form) {
    if (query->limit != LISTING_LIMIT_STANDARD || form != &listing_html) {
        return query->limit;
    }
    context->accept_decides = true;
    return negotiation_names_html(context->request->accept) ? site_rules(context->site)->listing_page : 0;
}

/* --- the readme ----------------------------------------------------------------------------------------- */

static void note_change(struct folder_work *work, time_t changed) {
    work->changed = changed > work->changed ? changed : work->changed;
}

static void read_text(const struct resource *file, struct folder_work *work) {
    char *room = text_reserve(&work->readme, README_BYTES + 1);
    ssize_t length = room != NULL ? resource_read(file, room, README_BYTES + 1, README_BYTES + 1, 0) : 0;
    work->readme.length = length > 0 ? (size_t)length : 0;
    work->readme_is_cut = work->readme.length > README_BYTES;
    work->readme.length -= work->readme_is_cut ? 1 : 0;
}

/* Returns whether there is one to be shown; what cannot be read is not. */
static bool read_readme(const struct context *context, struct folder_work *work, const char *name) {
    struct text path = {0};
    struct resource file = {.fd = -1};
    text_append_bytes(&path, context->target.path, context->target.length);
    text_append_bytes(&path, name, strlen(name) + 1);
    bool found = !path.failed && resource_open(site_root(context->site), path.bytes, &file) == HTTP_OK;
    if (found && !file.is_folder) {
        note_change(work, file.changed.tv_sec);
        read_text(&file, work);
    }
    resource_close(&file);
    text_deinit(&path);
    return work->readme.length > 0 && !work->readme.failed;
}

/* --- writing it down ------------------------------------------------------------------------------------ */

/* Keep the budget at what the body holds. Returns false when it is used up. */
static bool take_budget(const struct context *context, struct folder_work *work) {
    size_t held = work->body.capacity + work->readme.capacity;
    if (held <= work->budget_bytes) {
        return true;
    }
    size_t wanted = held - work->budget_bytes + BUDGET_STEP;
    if (!memory_budget_take(context->environment->budget, wanted)) {
        return false;
    }
    work->budget = context->environment->budget;
    work->budget_bytes += wanted;
    return true;
}

/* Give back what the body has held. */
static void return_budget(struct folder_work *work) {
    size_t kept = work->readme.capacity < work->budget_bytes ? work->readme.capacity : work->budget_bytes;
    memory_budget_give(work->budget, work->budget_bytes - kept);
    work->budget_bytes = kept;
}

static struct listing_page make_page(const struct context *context, const struct listing_query *query,
                                     size_t limit, const struct folder_work *work) {
    struct listing_page page = {
        .path = context->target.path,
        .query = query,
        .limit = limit,
        .all_row_count = listing_row_count(work->listing),
        .totals = listing_totals(work->listing),
        .media_types = site_media_types(context->site),
        .readme_name = work->readme.length > 0 ? listing_readme_name(work->listing) : NULL,
        .readme = {work->readme.bytes, work->readme.length},
        .readme_is_cut = work->readme_is_cut,
        .is_grid = work->is_grid,
        .has_download = site_rules(context->site)->folder_download,
        .server_name = context_server_name(context),
    };
    page.rows = listing_rows(work->listing, &page.row_count);
    return page;
}

/* Returns 0 or -ENOMEM. */
static int count_away(struct folder_work *work) {
    work->digest = work->digest != NULL ? work->digest : digest_create();
    if (work->digest == NULL || work->body.failed) {
        return -ENOMEM;
    }
    digest_add(work->digest, work->body.bytes, work->body.length);
    work->counted_bytes += (off_t)work->body.length;
    text_clear(&work->body, SIZE_MAX);
    return 0;
}

/* Write the next row. Returns 0 or -ENOMEM. */
static int write_row(const struct listing_form *form, const struct listing_page *page,
                     struct folder_work *work) {
    form->row(&work->body, page, work->written_rows++);
    return work->body.length < KEPT_BODY_BYTES ? 0 : count_away(work);
}

/* Returns 0 when all is written down, -EAGAIN when the slice is over, -ENOMEM. */
static int write_down(const struct context *context, const struct listing_query *query, size_t limit,
                      const struct listing_form *form, struct folder_work *work, struct time_slice slice) {
    const char *readme_name = listing_readme_name(work->listing);
    bool wants_readme = !work->has_begun && form == &listing_html && query->offset == 0;
    if (wants_readme && readme_name != NULL && !read_readme(context, work, readme_name)) {
        text_deinit(&work->readme);
    }
    struct listing_page page = make_page(context, query, limit, work);
    if (!work->has_begun) {
        page.is_grid = work->is_grid = listing_html_wants_grid(&page);
        form->begin(&work->body, &page);
        work->has_begun = true;
    }
    int result = 0;
    while (result == 0 && work->written_rows < page.row_count) {
        bool is_over =
            work->written_rows % ROWS_BETWEEN_LOOKS == ROWS_BETWEEN_LOOKS - 1 && time_slice_is_over(slice);
        result = write_row(form, &page, work);
        if (is_over && result == 0) {
            result = -EAGAIN;
        }
    }
    if (result == 0) {
        form->end(&work->body, &page);
        result = work->body.failed ? -ENOMEM : 0;
    }
    return result == -ENOMEM || take_budget(context, work) ? result : -ENOMEM;
}

/* --- validators ----------------------------------------------------------------------------------------- */

/* Whether the rows depend on something whose date of change is not known here: on what links lead to, or on
 * entries of other pages, which come onto this one when their size or time changes. */
static bool depends_on_others(const struct folder_work *work, const struct listing_query *query) {
    size_t count = 0;
    const struct folder_entry *rows = listing_rows(work->listing, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].is_link) {
            return true;
        }
    }
    return query->sort != LISTING_BY_NAME && count < listing_row_count(work->listing);
}

/* The date is for browsers that do not believe in the tags of HTTP/1.0. It says nothing as long as a change
 * within the same second could follow. */
static void add_date(const struct context *context, const struct listing_query *query,
                     struct folder_work *work, struct validators *validators) {
    size_t count = 0;
    const struct folder_entry *rows = listing_rows(work->listing, &count);
    for (size_t i = 0; i < count; i++) {
        note_change(work, rows[i].changed.tv_sec);
    }
    validators->modified = work->changed;
    validators->is_dated = work->changed > 0 &&
                           work->changed + SETTLED_S <= context->environment->now.tv_sec &&
                           !depends_on_others(work, query);
}

/* --- the answer ----------------------------------------------------------------------------------------- */

/* Make the body of what has been written down; it goes over into the response. The digest is the same whether
 * it was kept or counted away. Returns 0 or -ENOMEM. */
static int take_body(struct context *context, const struct listing_form *form, struct listing_page *page,
                     struct folder_work *work, char digest[DIGEST_HEX_BYTES]) {
    struct body *body = &context->response->body;
    if (work->digest == NULL) {
        digest_of(work->body.bytes, work->body.length, digest);
        body_take_text(body, &work->body, work->budget, work->budget_bytes);
        work->budget_bytes = 0;
        return 0;
    }
    struct body_source source;
    int result = count_away(work);
    digest_write(work->digest, digest);
    text_deinit(&work->body);
    return_budget(work);
    result = result == 0 ? listing_body_create(&source, form, page, work) : result;
    if (result == 0) {
        body_take_source(body, &source);
    }
    return result;
}

/* Returns 0 or -ENOMEM. */
static int respond(struct context *context, const struct listing_query *query, size_t limit,
                   const struct listing_form *form, struct folder_work *work) {
    struct representation representation = {.content_type = form->content_type};
    struct validators *validators = &representation.validators;
    char digest[DIGEST_HEX_BYTES];
    add_date(context, query, work, validators);
    struct listing_page page = make_page(context, query, limit, work);
    int result = take_body(context, form, &page, work, digest);
    if (result != 0) {
        return result;
    }
    (void)snprintf(validators->entity_tag, sizeof validators->entity_tag, "\"list-%s\"", digest);
    if (form == &listing_html) {
        representation.field_name = "Content-Security-Policy";
        representation.field_value = page_security_policy_listing;
    }
    representation_respond(&representation, context, &context->request->preconditions);
    return 0;
}

static int begin_work(const struct context *context, struct resolution *found,
                      const struct listing_query *query, size_t limit, struct folder_work *work) {
    struct listing_query rows = *query;
    rows.limit = limit;
    int fd = found->resource.fd;
    found->resource.fd = -1;
    note_change(work, found->resource.changed.tv_sec);
    int result = listing_open(&work->listing, site_root(context->site), fd, context->target.path, &rows,
                              context->environment->budget);
    if (result == 0) {
        listing_set_entries_max(work->listing, site_rules(context->site)->folder_entries);
    }
    return result;
}

bool listing_respond(struct context *context, struct resolution *found, const struct listing_query *query,
                     struct folder_work *work, struct time_slice slice) {
    const struct listing_form *form = choose_form(context, query);
    account_tell(context_account(context), "listing = on, and no index file: the folder's list as %s",
                 form->content_type);
    size_t limit = find_limit(context, query, form);
    int result = work->listing == NULL ? begin_work(context, found, query, limit, work) : 0;
    resource_close(&found->resource);
    if (result == 0) {
        result = listing_continue(work->listing, slice);
    }
    if (result == 0) {
        result = write_down(context, query, limit, form, work, slice);
    }
    if (result == -EAGAIN) {
        return false;
    }
    if (result == 0) {
        result = respond(context, query, limit, form, work);
    }
    if (result == -E2BIG) {
        error_refuse_crowd(context, "be sorted by size or time; by name they can");
    } else if (result != 0) {
        error_respond(context, resource_status_of_errno(-result));
    }
    return true;
}
