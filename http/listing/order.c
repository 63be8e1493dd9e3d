/* SPDX-License-Identifier: MIT */
#include "http/listing/order.h"

#include "http/listing/natural_order.h"

static int compare_sizes(const struct listing_entry *a, const struct listing_entry *b) {
    return (a->size > b->size) - (a->size < b->size); /* of folders both are 0 */
}

static int compare_times(const struct listing_entry *a, const struct listing_entry *b) {
    if (a->modified.tv_sec != b->modified.tv_sec) {
        return a->modified.tv_sec < b->modified.tv_sec ? -1 : 1;
    }
    return (a->modified.tv_nsec > b->modified.tv_nsec) - (a->modified.tv_nsec < b->modified.tv_nsec);
}

/* Compare two entries of one kind. */
static int compare(const struct listing_entry *a, const struct listing_entry *b, enum listing_sort sort) {
    int order = 0;
    if (sort == LISTING_BY_SIZE) {
        order = compare_sizes(a, b);
    } else if (sort == LISTING_BY_TIME) {
        order = compare_times(a, b);
    }
    return order != 0 ? order : natural_order_compare(a->name, b->name);
}

static int ascending(const struct listing_entry *a, const struct listing_entry *b, enum listing_sort sort) {
    return a->is_folder != b->is_folder ? b->is_folder - a->is_folder : compare(a, b, sort);
}

static int descending(const struct listing_entry *a, const struct listing_entry *b, enum listing_sort sort) {
    return a->is_folder != b->is_folder ? b->is_folder - a->is_folder : compare(b, a, sort);
}

static int by_name(const struct listing_entry *a, const struct listing_entry *b) {
    return ascending(a, b, LISTING_BY_NAME);
}

static int by_name_descending(const struct listing_entry *a, const struct listing_entry *b) {
    return descending(a, b, LISTING_BY_NAME);
}

static int by_size(const struct listing_entry *a, const struct listing_entry *b) {
    return ascending(a, b, LISTING_BY_SIZE);
}

static int by_size_descending(const struct listing_entry *a, const struct listing_entry *b) {
    return descending(a, b, LISTING_BY_SIZE);
}

static int by_time(const struct listing_entry *a, const struct listing_entry *b) {
    return ascending(a, b, LISTING_BY_TIME);
}

static int by_time_descending(const struct listing_entry *a, const struct listing_entry *b) {
    return descending(a, b, LISTING_BY_TIME);
}

selection_compare *listing_order(enum listing_sort sort, bool is_descending) {
    static selection_compare *const orders[][2] = {
        [LISTING_BY_NAME] = {by_name, by_name_descending},
        [LISTING_BY_SIZE] = {by_size, by_size_descending},
        [LISTING_BY_TIME] = {by_time, by_time_descending},
    };
    return orders[sort][is_descending];
}
