/* SPDX-License-Identifier: MIT */
#include "http/listing/order.h"

#include "http/base/clock.h"
#include "http/listing/natural_order.h"

static int compare_sizes(const struct folder_entry *a, const struct folder_entry *b) {
    return (a->size > b->size) - (a->size < b->size); /* of folders both are 0 */
}

/* Compare two entries of one kind. */
static int compare(const struct folder_entry *a, const struct folder_entry *b, enum listing_sort sort) {
    int order = 0;
    if (sort == LISTING_BY_SIZE) {
        order = compare_sizes(a, b);
    } else if (sort == LISTING_BY_TIME) {
        order = clock_compare(a->modified, b->modified);
    }
    return order != 0 ? order : natural_order_compare(a->name, b->name);
}

static int ascending(const struct folder_entry *a, const struct folder_entry *b, enum listing_sort sort) {
    return a->is_folder != b->is_folder ? b->is_folder - a->is_folder : compare(a, b, sort);
}

static int descending(const struct folder_entry *a, const struct folder_entry *b, enum listing_sort sort) {
    return a->is_folder != b->is_folder ? b->is_folder - a->is_folder : compare(b, a, sort);
}

static int by_name(const struct folder_entry *a, const struct folder_entry *b) {
    return ascending(a, b, LISTING_BY_NAME);
}

static int by_name_descending(const struct folder_entry *a, const struct folder_entry *b) {
    return descending(a, b, LISTING_BY_NAME);
}

static int by_size(const struct folder_entry *a, const struct folder_entry *b) {
    return ascending(a, b, LISTING_BY_SIZE);
}

static int by_size_descending(const struct folder_entry *a, const struct folder_entry *b) {
    return descending(a, b, LISTING_BY_SIZE);
}

static int by_time(const struct folder_entry *a, const struct folder_entry *b) {
    return ascending(a, b, LISTING_BY_TIME);
}

static int by_time_descending(const struct folder_entry *a, const struct folder_entry *b) {
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
