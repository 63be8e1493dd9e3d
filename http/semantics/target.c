/* SPDX-License-Identifier: MIT */
#include "http/semantics/target.h"

#include "http/base/escape.h"
#include "http/semantics/authority.h"

/* Append the decoded segment to the path. A '/' that comes out of an escape is part of a name, and no file
 * has such a name; the same goes for a path too long to open. */
static enum http_status append_decoded(struct target *target, struct view segment) {
    enum http_status status = HTTP_OK;
    for (size_t i = 0; i < segment.length; i++) {
        char c = segment.bytes[i];
        if (c == '%') {
            int decoded = escape_read((struct view){segment.bytes + i, segment.length - i});
            if (decoded <= 0) {
                return HTTP_BAD_REQUEST; /* %00, too, as no path can contain it */
            }
            c = (char)decoded;
            i += 2;
            if (c == '/') {
                status = HTTP_NOT_FOUND;
            }
        }
        if (target->length + 2 < TARGET_PATH_BYTES) { /* 2: a final slash and the NUL */
            target->path[target->length++] = c;
        } else {
            status = HTTP_NOT_FOUND;
        }
    }
    return status;
}

/* Forget the last segment: what remains is its parent, or the root, above which there is nothing. */
static void drop_last_segment(struct target *target) {
    while (target->length > 0 && target->path[target->length - 1] != '/') {
        target->length--;
    }
    target->length -= target->length > 0 ? 1 : 0;
}

/* Add one segment to the path, or do what it asks for when it is a dot segment. Dots that come out of escapes
 * count too: for the file system there is no difference. Sets *is_folder when the path cannot end in a file's
 * name now. */
static enum http_status take_segment(struct target *target, struct view raw, bool *is_folder) {
    size_t before = target->length;
    if (before > 0 && before + 2 < TARGET_PATH_BYTES) {
        target->path[target->length++] = '/';
    }
    size_t begin = target->length;
    enum http_status status = append_decoded(target, raw);
    struct view name = {target->path + begin, target->length - begin};
    *is_folder = true;
    if (name.length == 0 || view_equals(name, ".")) {
        target->length = before;
    } else if (view_equals(name, "..")) {
        target->length = before;
        drop_last_segment(target);
    } else {
        *is_folder = false;
    }
    return status;
}

static enum http_status normalise(struct view path, struct target *target) {
    enum http_status worst = HTTP_OK;
    bool is_folder = true;
    for (size_t begin = 1; begin <= path.length;) { /* 1: past the first slash */
        const char *slash = memchr(path.bytes + begin, '/', path.length - begin);
        size_t end = slash != NULL ? (size_t)(slash - path.bytes) : path.length;
        enum http_status status =
            take_segment(target, (struct view){path.bytes + begin, end - begin}, &is_folder);
        if (status == HTTP_BAD_REQUEST) {
            return status;
        }
        worst = status != HTTP_OK ? status : worst;
        begin = end + 1;
    }
    if (is_folder && target->length > 0) {
        target->path[target->length++] = '/';
    }
    target->path[target->length] = '\0';
    return worst;
}

/* Split "http://host/path" behind its authority. Returns false when the text is not of that form. */
static bool split_absolute_form(struct view *text, struct view *authority) {
    size_t scheme_length = view_starts_with_nocase(*text, "http://")    ? strlen("http://")
                           : view_starts_with_nocase(*text, "https://") ? strlen("https://")
                                                                        : 0;
    if (scheme_length == 0) {
        return false;
    }
    size_t end = scheme_length;
    while (end < text->length && text->bytes[end] != '/' && text->bytes[end] != '?') {
        end++;
    }
    *authority = (struct view){text->bytes + scheme_length, end - scheme_length};
    *text = (struct view){text->bytes + end, text->length - end};
    struct view host;
    return authority_split(*authority, &host);
}

enum http_status target_parse(struct view text, struct target *target) {
    target->asterisk = view_equals(text, "*");
    target->authority = (struct view){0};
    target->query = (struct view){0};
    target->length = 0;
    target->path[0] = '\0';
    if (target->asterisk) {
        return HTTP_OK;
    }
    if (text.length == 0 || memchr(text.bytes, '#', text.length) != NULL ||
        memchr(text.bytes, '\0', text.length) != NULL) {
        return HTTP_BAD_REQUEST; /* clients keep fragments to themselves, and no path can contain a NUL */
    }
    if (text.bytes[0] != '/' && !split_absolute_form(&text, &target->authority)) {
        return HTTP_BAD_REQUEST;
    }
    const char *question_mark = text.length > 0 ? memchr(text.bytes, '?', text.length) : NULL;
    size_t path_length = text.length;
    if (question_mark != NULL) {
        path_length = (size_t)(question_mark - text.bytes);
        target->query = (struct view){question_mark + 1, text.length - path_length - 1};
    }
    return normalise((struct view){text.bytes, path_length}, target);
}

bool target_is_dot_name(const char *name) {
    return name[0] == '.' && !(name[1] == '.' && name[2] == '.');
}

const char *target_find_hidden_behind(const char *segment) {
    const char *slash = strstr(segment, "/.");
    while (slash != NULL && !target_is_dot_name(slash + 1)) {
        slash = strstr(slash + 1, "/.");
    }
    return slash != NULL ? slash + 1 : NULL;
}

const char *target_find_hidden(const char *path) {
    static const char well_known[] = ".well-known";
    size_t well_known_length = sizeof well_known - 1;
    bool is_well_known = strncmp(path, well_known, well_known_length) == 0 &&
                         (path[well_known_length] == '/' || path[well_known_length] == '\0');
    return !is_well_known && target_is_dot_name(path) ? path : target_find_hidden_behind(path);
}
