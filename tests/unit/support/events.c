/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/events.h"

static void swap(struct event *a, struct event *b) {
    struct event event = *a;
    *a = *b;
    *b = event;
}

void events_add(struct events *events, struct event event) {
    struct event *items = events->items;
    size_t i = events->count++;
    items[i] = event;
    while (i > 0 && items[(i - 1) / 2].at_s > items[i].at_s) {
        swap(&items[i], &items[(i - 1) / 2]);
        i = (i - 1) / 2;
    }
}

struct event events_take(struct events *events) {
    struct event *items = events->items;
    struct event first = items[0];
    items[0] = items[--events->count];
    for (size_t i = 0, child = 1; child < events->count; i = child, child = 2 * i + 1) {
        if (child + 1 < events->count && items[child + 1].at_s < items[child].at_s) {
            child++;
        }
        if (items[i].at_s <= items[child].at_s) {
            break;
        }
        swap(&items[i], &items[child]);
    }
    return first;
}
