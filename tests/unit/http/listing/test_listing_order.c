/* SPDX-License-Identifier: MIT */
#include "http/listing/order.h"

#include <criterion/criterion.h>

/* In each list, every entry comes before all entries behind it. */
static const struct {
    const char *what;
    enum listing_sort sort;
    bool is_descending;
    struct folder_entry entries[6];
} lists[] = {
    {"by name",
     LISTING_BY_NAME,
     false,
     {{.name = "f2", .is_folder = true, .size = 9},
      {.name = "f10", .is_folder = true},
      {.name = "a9", .size = 3},
      {.name = "a10", .size = 1},
      {.name = "b", .size = 2}}},
    {"by name from the last",
     LISTING_BY_NAME,
     true,
     {{.name = "f10", .is_folder = true},
      {.name = "f2", .is_folder = true},
      {.name = "b"},
      {.name = "a10"},
      {.name = "a9"}}},
    {"by size, folders and equal ones by name",
     LISTING_BY_SIZE,
     false,
     {{.name = "f2", .is_folder = true, .modified = {9, 9}},
      {.name = "f10", .is_folder = true},
      {.name = "z", .size = 0},
      {.name = "a9", .size = 5},
      {.name = "a10", .size = 5},
      {.name = "b", .size = (off_t)1 << 40}}},
    {"by size from the last, folders and equal ones too",
     LISTING_BY_SIZE,
     true,
     {{.name = "f10", .is_folder = true},
      {.name = "f2", .is_folder = true},
      {.name = "b", .size = (off_t)1 << 40},
      {.name = "a10", .size = 5},
      {.name = "a9", .size = 5},
      {.name = "z", .size = 0}}},
    {"by time, folders too, equal ones by name",
     LISTING_BY_TIME,
     false,
     {{.name = "z", .is_folder = true, .modified = {1, 0}},
      {.name = "f", .is_folder = true, .modified = {2, 0}},
      {.name = "y", .modified = {-5, 999999999}},
      {.name = "x", .modified = {1, 1}},
      {.name = "a9", .modified = {1, 2}},
      {.name = "a10", .modified = {1, 2}}}},
    {"by time from the last, folders and equal ones too",
     LISTING_BY_TIME,
     true,
     {{.name = "f", .is_folder = true, .modified = {2, 0}},
      {.name = "z", .is_folder = true, .modified = {1, 0}},
      {.name = "a10", .modified = {1, 2}},
      {.name = "a9", .modified = {1, 2}},
      {.name = "x", .modified = {1, 1}},
      {.name = "y", .modified = {-5, 999999999}}}},
};

Test(listing_order, has_folders_first_and_then_what_was_asked_for) {
    for (size_t list = 0; list < sizeof lists / sizeof lists[0]; list++) {
        selection_compare *compare = listing_order(lists[list].sort, lists[list].is_descending);
        const struct folder_entry *entries = lists[list].entries;
        for (size_t i = 0; i < 6 && entries[i].name != NULL; i++) {
            for (size_t j = 0; j < 6 && entries[j].name != NULL; j++) {
                int order = compare(&entries[i], &entries[j]);
                cr_expect((order > 0) - (order < 0) == (i > j) - (i < j), "%s: '%s' against '%s' is %d",
                          lists[list].what, entries[i].name, entries[j].name, order);
            }
        }
    }
}
