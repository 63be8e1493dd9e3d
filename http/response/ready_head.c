/* SPDX-License-Identifier: MIT */
#include "http/response/ready_head.h"

#include "http/semantics/date.h"

#include <stdlib.h>
#include <string.h>

struct ready_head *ready_head_create(const struct ready_head_use *use, struct view head,
                                     const struct head_dates *dates) {
    struct ready_head *made = malloc(sizeof *made + head.length + use->path.length);
    if (made == NULL) {
        return NULL;
    }
    *made = (struct ready_head){.use = *use, .dates = *dates, .length = head.length};
    made->use.path.bytes = made->bytes + head.length;
    (void)mempcpy(mempcpy(made->bytes, head.bytes, head.length), use->path.bytes, use->path.length);
    return made;
}

void ready_heads_destroy(struct ready_head *head) {
    while (head != NULL) {
        struct ready_head *next = head->next;
        free(head);
        head = next;
    }
}

static bool is_for(const struct ready_head *head, const struct ready_head_use *use) {
    return head->use.keep_alive == use->keep_alive && head->use.coding == use->coding &&
           head->use.path.length == use->path.length &&
           memcmp(head->use.path.bytes, use->path.bytes, use->path.length) == 0;
}

const struct ready_head *ready_head_find(const struct ready_head *head, const struct ready_head_use *use) {
    while (head != NULL && !is_for(head, use)) {
        head = head->next;
    }
    return head;
}

size_t ready_head_cost(const struct ready_head *head) {
    return sizeof *head + head->length + head->use.path.length;
}

static void put_date(char *head, size_t at, const char *date) {
    if (at > 0) {
        memcpy(head + at, date, DATE_HTTP_LENGTH);
    }
}

void ready_head_append(const struct ready_head *head, const char *date, time_t now, struct text *out) {
    char *room = text_reserve(out, head->length);
    if (room == NULL) {
        return;
    }
    memcpy(room, head->bytes, head->length);
    out->length += head->length;
    put_date(room, head->dates.date_at, date);
    if (head->dates.fresh_s == 0) {
        put_date(room, head->dates.expires_at, date);
    } else {
        char later[DATE_HTTP_BYTES];
        date_format_http(now + head->dates.fresh_s, later);
        put_date(room, head->dates.expires_at, later);
    }
}
