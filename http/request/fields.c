/* SPDX-License-Identifier: MIT */
#include "http/request/fields.h"

#include "http/semantics/field_syntax.h"

#include <assert.h>

enum { KEPT_BYTES = 1024 };

/* What is to be done with a field that comes again: refuse it, pass it over, put it behind the first. */
enum repetition { SINGLE, FIRST, LIST };

struct field {
    const char *name; /* lower case */
    size_t length;
    size_t offset; /* of its view in struct request */
    enum repetition repetition;
};

/* Dates and Range are no lists but LIST here: joined they are malformed, and so are ignored, as they
 * should be. In the order of their lengths, so that only names of the right one are compared. */
#define FIELD(field_name, member, repetition) \
    { field_name, sizeof(field_name) - 1, offsetof(struct request, member), repetition }
static const struct field table[] = {
    FIELD("host", host, SINGLE),
    FIELD("range", range, LIST),
    FIELD("expect", expect, FIRST),
    FIELD("accept", accept, LIST),
    FIELD("origin", origin, LIST),
    FIELD("referer", referer, FIRST),
    FIELD("if-match", preconditions.if_match, LIST),
    FIELD("if-range", if_range, LIST),
    FIELD("user-agent", user_agent, FIRST),
    FIELD("if-none-match", preconditions.if_none_match, LIST),
    FIELD("content-length", content_length, SINGLE),
    FIELD("accept-encoding", accept_encoding, LIST),
    FIELD("if-modified-since", preconditions.if_modified_since, LIST),
    FIELD("transfer-encoding", transfer_encoding, LIST),
    FIELD("if-unmodified-since", preconditions.if_unmodified_since, LIST),
    FIELD("access-control-request-method", access_control_request_method, LIST),
    FIELD("access-control-request-headers", access_control_request_headers, LIST),
};
#undef FIELD

static_assert(sizeof table / sizeof table[0] == REQUEST_FIELDS_COUNT,
              "room for each in struct request_fields");

/* Where in the table the names of each length begin; for other lengths, names of another one. */
static const unsigned char first_of_length[] = {
    [4] = 0,   [5] = 1,   [6] = 2,   [7] = 5,   [8] = 6,   [10] = 8,  [13] = 9,
    [14] = 10, [15] = 11, [17] = 12, [19] = 14, [29] = 15, [30] = 16,
};

void request_fields_begin(struct request_fields *fields) {
    for (size_t i = 0; fields->has_joined && i < REQUEST_FIELDS_COUNT; i++) {
        text_clear(&fields->joined[i], KEPT_BYTES);
    }
    fields->has_joined = false;
    fields->repeated = false;
    fields->failed = false;
    fields->place_in_request = NULL;
}

static struct view *place_in(struct request *request, const struct field *field) {
    return (struct view *)(void *)((char *)request + field->offset);
}

/* Whether this is the field's name; it is as long. */
static bool names(const struct field *field, const char *name) {
    size_t i = 0;
    while (i < field->length && ascii_lower(name[i]) == field->name[i]) {
        i++;
    }
    return i == field->length;
}

void request_fields_open(struct request_fields *fields, struct view name, struct request *request) {
    fields->place_in_request = NULL;
    size_t first = name.length < sizeof first_of_length ? first_of_length[name.length] : REQUEST_FIELDS_COUNT;
    for (size_t i = first; i < REQUEST_FIELDS_COUNT && table[i].length == name.length; i++) {
        if (!names(&table[i], name.bytes)) {
            continue;
        }
        struct view *value = place_in(request, &table[i]);
        bool came_before = value->bytes != NULL;
        fields->repeated = fields->repeated || (came_before && table[i].repetition == SINGLE);
        if (!came_before || table[i].repetition == LIST) {
            fields->place = i;
            fields->place_in_request = value;
            fields->value = (struct view){0};
        }
        return;
    }
}

void request_fields_extend(struct request_fields *fields, const char *at, size_t length) {
    if (fields->value.bytes == NULL) {
        fields->value.bytes = at;
    }
    fields->value.length += length;
}

/* Put the value behind those that came before. */
static void join(struct request_fields *fields) {
    struct view *before = fields->place_in_request;
    struct text *joined = &fields->joined[fields->place];
    fields->has_joined = true;
    if (joined->length == 0) {
        text_append_view(joined, *before);
    }
    text_append(joined, ", ");
    text_append_view(joined, fields->value);
    fields->failed = fields->failed || joined->failed;
    *before = (struct view){joined->bytes, joined->length};
}

void request_fields_close(struct request_fields *fields) {
    struct view *value = &fields->value;
    if (fields->place_in_request == NULL) {
        return;
    }
    if (value->bytes == NULL) {
        value->bytes = ""; /* sent, but empty */
    }
    while (value->length > 0 && field_syntax_is_blank(value->bytes[value->length - 1])) {
        value->length--; /* RFC 9112 section 5.1; llhttp leaves it there */
    }
    if (fields->place_in_request->bytes == NULL) {
        *fields->place_in_request = *value;
    } else {
        join(fields);
    }
    fields->place_in_request = NULL;
}

void request_fields_deinit(struct request_fields *fields) {
    for (size_t i = 0; i < REQUEST_FIELDS_COUNT; i++) {
        text_deinit(&fields->joined[i]);
    }
}
