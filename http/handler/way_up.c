/* SPDX-License-Identifier: MIT */
#include "http/handler/way_up.h"

#include "http/base/escape.h"

#include <string.h>

enum find { SHOWN, NOT_SHOWN, NOT_THERE };

/* What there is under the first `length` bytes of the path. That is no step towards the answer, and is told nobody. */
static enum find look(const struct context *context, size_t length) {
    struct target folder = {.length = length};
    struct resolution found;
    struct file_source files = context->files;
    files.account = NULL;
    memcpy(folder.path, context->target.path, length);
    site_resolve(context->site, &folder, &files, &found);
    resource_close(&found.resource);
    if (found.kind == RESOLVED_FILE || found.kind == RESOLVED_FOLDER) {
        return SHOWN;
    }
    return found.kind == RESOLVED_REFUSAL && found.status == HTTP_NOT_FOUND ? NOT_THERE : NOT_SHOWN;
}

static size_t count_slashes(struct view text) {
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += text.bytes[i] == '/' ? 1 : 0;
    }
    return count;
}

/* A relative reference holds behind any proxy that takes a prefix off. It can be counted out only where the
 * client sees as many segments as there are. */
static void write_reference(const struct context *context, struct view folder, struct text *reference) {
    struct view path = {context->target.path, context->target.length};
    struct view raw = context_raw_path(context);
    size_t depth = count_slashes(path);
    if (raw.bytes == NULL || count_slashes(raw) != depth + 1) {
        text_append(reference, site_rules(context->site)->base_path);
        text_append(reference, "/");
        escape_url_path(reference, folder);
        return;
    }
    size_t ups = depth - count_slashes(folder);
    text_append(reference, ups == 0 ? "./" : "");
    for (size_t i = 0; i < ups; i++) {
        text_append(reference, "../");
    }
}

bool way_up_find(const struct context *context, struct view *folder, struct text *reference) {
    const struct target *target = &context->target;
    bool counts_itself = target->query.bytes != NULL || context->is_impossible;
    size_t end = target->length + (counts_itself ? 1 : 0); /* folders shorter than that */
    bool found = false;
    if (!context->has_target) {
        return false;
    }
    for (size_t length = 0; length < end;) {
        enum find there = look(context, length);
        if (there == NOT_THERE) {
            break;
        }
        if (there == SHOWN) {
            *folder = (struct view){target->path, length};
            found = true;
        }
        const char *slash = memchr(target->path + length, '/', target->length - length);
        length = slash != NULL ? (size_t)(slash - target->path) + 1 : end;
    }
    if (found) {
        write_reference(context, *folder, reference);
    }
    return found;
}
