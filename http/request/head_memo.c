/* SPDX-License-Identifier: MIT */
#include "http/request/head_memo.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

static const size_t views[] = {
    offsetof(struct request, line),
    offsetof(struct request, target),
    offsetof(struct request, host),
    offsetof(struct request, expect),
    offsetof(struct request, preconditions.if_match),
    offsetof(struct request, preconditions.if_none_match),
    offsetof(struct request, preconditions.if_modified_since),
    offsetof(struct request, preconditions.if_unmodified_since),
    offsetof(struct request, if_range),
    offsetof(struct request, range),
    offsetof(struct request, accept),
    offsetof(struct request, accept_encoding),
    offsetof(struct request, origin),
    offsetof(struct request, access_control_request_method),
    offsetof(struct request, access_control_request_headers),
    offsetof(struct request, referer),
    offsetof(struct request, user_agent),
    offsetof(struct request, content_length),
    offsetof(struct request, transfer_encoding),
};
static_assert(sizeof views / sizeof views[0] ==
                  (sizeof(struct request) - offsetof(struct request, line)) / sizeof(struct view),
              "each view of a request is here");

/* Have the view point to the same bytes of the copy. Returns false when it is not of the head: joined from several
 * fields, say. */
static bool move_view(struct view *view, const char *head, const struct head_memo *memo) {
    if (view->bytes == NULL) {
        return true;
    }
    uintptr_t begin = (uintptr_t)view->bytes - (uintptr_t)head; /* of another array it may be anything */
    if (begin > memo->length || view->length > memo->length - begin) {
        return false;
    }
    view->bytes = memo->bytes + begin;
    return true;
}

void head_memo_keep(struct head_memo *memo, const char *head, const struct head_scan *scan,
                    const struct request *request) {
    memo->length = 0;
    if (scan->end > HEAD_MEMO_BYTES) {
        return;
    }
    memo->length = scan->end;
    memo->scan = *scan;
    memo->request = *request;
    memcpy(memo->bytes, head, memo->length);
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        struct view *view = (struct view *)(void *)((char *)&memo->request + views[i]);
        if (!move_view(view, head, memo)) {
            memo->length = 0;
            return;
        }
    }
}

bool head_memo_matches(const struct head_memo *memo, const char *bytes, size_t length) {
    return memo->length > 0 && length >= memo->length && memcmp(bytes, memo->bytes, memo->length) == 0;
}
