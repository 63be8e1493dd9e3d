/* SPDX-License-Identifier: MIT */
#include "http/handler/archive.h"

#include "http/base/escape.h"
#include "http/handler/representation.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

static const char name_of_root[] = "files"; /* what the root is really called is nobody's business */

static const struct form {
    const char *content_type;
    const char *ending;
} forms[] = {
    [ARCHIVE_TAR] = {"application/x-tar", ".tar"},
    [ARCHIVE_ZIP] = {"application/zip", ".zip"},
};

/* The folder's own name, the last segment of its path. */
static void name_folder(const struct target *target, char name[NAME_MAX + 1]) {
    size_t end = target->length > 0 ? target->length - 1 : 0; /* its final slash */
    size_t begin = end;
    while (begin > 0 && target->path[begin - 1] != '/') {
        begin--;
    }
    if (begin == end || end - begin > NAME_MAX) {
        (void)memcpy(name, name_of_root, sizeof name_of_root);
    } else {
        *(char *)mempcpy(name, target->path + begin, end - begin) = '\0';
    }
}

static bool is_plain(char c) {
    return c >= ' ' && c <= '~' && strchr("\"\\%/", c) == NULL;
}

/* Write Content-Disposition (RFC 6266 sections 4.1 and 4.3): a name that any client can read, and the true
 * one for the others. Without memory value->failed is set. */
static void write_disposition(const char *name, const char *ending, struct text *value) {
    struct text utf8 = {0};
    text_append(value, "attachment; filename=\"");
    for (const char *c = name; *c != '\0'; c++) {
        text_append_bytes(value, is_plain(*c) ? c : "_", 1);
    }
    text_append(value, ending);
    text_append(value, "\"; filename*=UTF-8''");
    escape_utf8(&utf8, view_of(name));
    escape_url_path(value, (struct view){utf8.bytes, utf8.length});
    text_append_bytes(value, ending, strlen(ending) + 1);
    value->failed = value->failed || utf8.failed;
    text_deinit(&utf8);
}

static void respond(struct context *context, const struct form *form, struct archive *archive) {
    struct representation representation = {.content_type = form->content_type, .ranges_max = 1};
    struct validators *validators = &representation.validators;
    struct text disposition = {0};
    char name[NAME_MAX + 1];
    name_folder(&context->target, name);
    write_disposition(name, form->ending, &disposition);
    if (!disposition.failed) {
        representation.field_name = "Content-Disposition";
        representation.field_value = disposition.bytes;
    }
    (void)snprintf(validators->entity_tag, sizeof validators->entity_tag, "%s", archive_entity_tag(archive));
    struct body_source source = archive_body_source(archive);
    body_take_source(&context->response->body, &source);
    representation_respond(&representation, context, &context->request->preconditions);
    text_deinit(&disposition);
}

/* Each client has an archive of its own, which knows how far it has come; that they are measured is done once. */
int archive_respond(struct context *context, enum archive_form form, struct folder_job *job) {
    struct folder_product *own = folder_job_product_of_one(job);
    struct archive *archive = NULL;
    int result = 0;
    if (own != NULL) {
        archive = own->archive;
        own->archive = NULL;
    } else {
        result = archive_create_like(&archive, folder_job_product(job)->archive);
    }
    if (result == 0) {
        respond(context, &forms[form], archive);
    }
    return result;
}

static int begin_work(const struct context *context, enum archive_form form, struct folder_product *product) {
    char name[NAME_MAX + 1];
    name_folder(&context->target, name);
    int result = archive_create(&product->archive, form, site_root(context->site), context->target.path, name,
                                context->environment->now, site_source_date(context->site), product->budget);
    if (result == 0) {
        archive_set_entries_max(product->archive, site_rules(context->site)->folder_entries);
    }
    return result;
}

int archive_continue(struct context *context, enum archive_form form, struct folder_product *product,
                     struct time_slice slice) {
    account_tell(context_account(context), "the folder and all in it as %s (folder_download = on)",
                 forms[form].content_type);
    int result = product->archive == NULL ? begin_work(context, form, product) : 0;
    return result == 0 ? archive_measure(product->archive, slice) : result;
}
