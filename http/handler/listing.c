/* SPDX-License-Identifier: MIT */
#include "http/handler/listing.h"

#include "http/handler/error.h"
#include "http/handler/listing_body.h"
#include "http/handler/representation.h"
#include "http/listing/form.h"
#include "http/pages/page.h"
#include "http/semantics/negotiation.h"

#include <errno.h>
#include <stdio.h>

enum {
    README_BYTES = 64 * 1024, /* at most so many are shown */
    ROWS_BETWEEN_LOOKS = 32,  /* written before the clock is looked at again */
    SETTLED_S = 2             /* so long after a change no other one can have the same time */
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

static void read_text(const struct resource *file, struct folder_product *product) {
    char *room = text_reserve(&product->readme, README_BYTES + 1);
    ssize_t length = room != NULL ? resource_read(file, room, README_BYTES + 1, README_BYTES + 1, 0) : 0;
    product->readme.length = length > 0 ? (size_t)length : 0;
    product->readme_is_cut = product->readme.length > README_BYTES;
    product->readme.length -= product->readme_is_cut ? 1 : 0;
}

/* Returns whether there is one to be shown; what cannot be read is not. */
static bool read_readme(const struct context *context, struct folder_product *product, const char *name) {
    struct text path = {0};
    struct resource file = {.fd = -1};
    text_append_bytes(&path, context->target.path, context->target.length);
    text_append_bytes(&path, name, strlen(name) + 1);
    bool found = !path.failed && resource_open(site_root(context->site), path.bytes, &file) == HTTP_OK;
    if (found && !file.is_folder) {
        folder_product_note_change(product, file.changed.tv_sec);
        read_text(&file, product);
    }
    resource_close(&file);
    text_deinit(&path);
    return product->readme.length > 0 && !product->readme.failed;
}

/* --- writing it down ------------------------------------------------------------------------------------ */

static struct listing_page make_page(const struct context *context, const struct listing_query *query,
                                     size_t limit, const struct folder_product *product) {
    struct listing_page page = {
        .path = context->target.path,
        .query = query,
        .limit = limit,
        .all_row_count = listing_row_count(product->listing),
        .totals = listing_totals(product->listing),
        .media_types = site_media_types(context->site),
        .readme_name = product->readme.length > 0 ? listing_readme_name(product->listing) : NULL,
        .readme = {product->readme.bytes, product->readme.length},
        .readme_is_cut = product->readme_is_cut,
        .is_grid = product->is_grid,
        .has_download = site_rules(context->site)->folder_download,
        .server_name = context_server_name(context),
    };
    page.rows = listing_rows(product->listing, &page.row_count);
    return page;
}

/* Write the next row. Returns 0 or -ENOMEM. */
static int write_row(const struct listing_form *form, const struct listing_page *page,
                     struct folder_product *product) {
    form->row(&product->body, page, product->written_rows++);
    return folder_product_shorten(product);
}

/* Returns 0 when all is written down, -EAGAIN when the slice is over, -ENOMEM. */
static int write_down(const struct context *context, const struct listing_query *query, size_t limit,
                      const struct listing_form *form, struct folder_product *product,
                      struct time_slice slice) {
    const char *readme_name = listing_readme_name(product->listing);
    bool wants_readme = !product->has_begun && form == &listing_html && query->offset == 0;
    if (wants_readme && readme_name != NULL && !read_readme(context, product, readme_name)) {
        text_deinit(&product->readme);
    }
    struct listing_page page = make_page(context, query, limit, product);
    if (!product->has_begun) {
        page.is_grid = product->is_grid = listing_html_wants_grid(&page);
        form->begin(&product->body, &page);
        product->has_begun = true;
    }
    int result = 0;
    while (result == 0 && product->written_rows < page.row_count) {
        bool is_over =
            product->written_rows % ROWS_BETWEEN_LOOKS == ROWS_BETWEEN_LOOKS - 1 && time_slice_is_over(slice);
        result = write_row(form, &page, product);
        if (is_over && result == 0) {
            result = -EAGAIN;
        }
    }
    if (result == 0) {
        form->end(&product->body, &page);
        result = product->body.failed ? -ENOMEM : 0;
    }
    return result == -ENOMEM || folder_product_take_budget(product) ? result : -ENOMEM;
}

/* --- what is said of it ---------------------------------------------------------------------------------- */

/* Whether the rows depend on something whose date of change is not known here: on what links lead to, or on
 * entries of other pages, which come onto this one when their size or time changes. */
static bool depends_on_others(const struct folder_product *product, const struct listing_query *query) {
    size_t count = 0;
    const struct folder_entry *rows = listing_rows(product->listing, &count);
    for (size_t i = 0; i < count; i++) {
        if (rows[i].is_link) {
            return true;
        }
    }
    return query->sort != LISTING_BY_NAME && count < listing_row_count(product->listing);
}

/* Returns 0 or -ENOMEM. */
static int finish(const struct listing_query *query, struct folder_product *product) {
    size_t count = 0;
    const struct folder_entry *rows = listing_rows(product->listing, &count);
    for (size_t i = 0; i < count; i++) {
        folder_product_note_change(product, rows[i].changed.tv_sec);
    }
    product->depends_on_others = depends_on_others(product, query);
    return folder_product_finish_body(product);
}

/* The date is for browsers that do not believe in the tags of HTTP/1.0. It says nothing as long as a change
 * within the same second could follow. */
static void set_validators(const struct folder_product *product, struct validators *validators) {
    (void)snprintf(validators->entity_tag, sizeof validators->entity_tag, "\"list-%s\"", product->tag);
    validators->modified = product->changed;
    validators->is_dated =
        product->changed > 0 && product->changed + SETTLED_S <= product->begun && !product->depends_on_others;
}

/* --- the answer ----------------------------------------------------------------------------------------- */

/* One who has it for himself takes its bytes, if they have been kept. *job is NULL where its hold has gone over into the
 * response. Returns 0 or -ENOMEM. */
static int take_body(struct context *context, const struct listing_form *form,
                     const struct listing_page *page, struct folder_job **job) {
    struct body *body = &context->response->body;
    struct folder_product *own = folder_job_product_of_one(*job);
    if (own != NULL && folder_product_has_body(own)) {
        body_take_text(body, &own->body, own->budget, own->budget_bytes);
        own->budget_bytes = 0;
        return 0;
    }
    struct body_source source;
    int result = listing_body_create(&source, form, page, *job);
    if (result == 0) {
        *job = NULL;
        body_take_source(body, &source);
    }
    return result;
}

int listing_respond(struct context *context, const struct listing_choice *choice, struct folder_job **job) {
    const struct folder_product *product = folder_job_product(*job);
    struct representation representation = {.content_type = choice->form->content_type};
    set_validators(product, &representation.validators);
    struct listing_page page = make_page(context, choice->query, choice->limit, product);
    int result = take_body(context, choice->form, &page, job);
    if (result != 0) {
        return result;
    }
    if (choice->form == &listing_html) {
        representation.field_name = "Content-Security-Policy";
        representation.field_value = page_security_policy_listing;
    }
    representation_respond(&representation, context, &context->request->preconditions);
    return 0;
}

/* --- the work ------------------------------------------------------------------------------------------- */

static int begin_work(const struct context *context, struct resource *folder,
                      const struct listing_choice *choice, struct folder_product *product) {
    struct listing_query rows = *choice->query;
    rows.limit = choice->limit;
    int fd = folder->fd;
    folder->fd = -1;
    product->begun = context->environment->now.tv_sec;
    folder_product_note_change(product, folder->changed.tv_sec);
    int result = listing_open(&product->listing, site_root(context->site), fd, context->target.path, &rows,
                              product->budget);
    if (result == 0) {
        listing_set_entries_max(product->listing, site_rules(context->site)->folder_entries);
    }
    return result;
}

/* Others may get it, who have come after this folder was looked at. */
static int begin_anew(const struct context *context, const struct listing_choice *choice,
                      struct folder_product *product) {
    struct resource folder = {.fd = -1};
    enum http_status status = resource_open(site_root(context->site), context->target.path, &folder);
    int result = status == HTTP_OK ? begin_work(context, &folder, choice, product) : -errno;
    resource_close(&folder);
    return result == -EAGAIN ? -EBUSY : result; /* that would be a slice that is over */
}

void listing_choose(struct context *context, const struct listing_query *query,
                    struct listing_choice *choice) {
    choice->query = query;
    choice->form = choose_form(context, query);
    choice->limit = find_limit(context, query, choice->form);
    account_tell(context_account(context), "listing = on, and no index file: the folder's list as %s",
                 choice->form->content_type);
}

int listing_go_on(struct context *context, struct resource *folder, const struct listing_choice *choice,
                  struct folder_turn *turn, struct time_slice slice) {
    struct folder_product *product = turn->product;
    int result = 0;
    if (product->listing == NULL) {
        result = turn->is_alone ? begin_work(context, folder, choice, product)
                                : begin_anew(context, choice, product);
    }
    if (result == 0) {
        result = listing_continue(product->listing, slice);
    }
    if (result == 0) {
        result = write_down(context, choice->query, choice->limit, choice->form, product, slice);
    }
    return result == 0 ? finish(choice->query, product) : result;
}
