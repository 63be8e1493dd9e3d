/* SPDX-License-Identifier: MIT */
/*
 * The CRC-32 of the files whose contents have gone by, kept for the directory behind them: four bytes for
 * each file that is not empty.
 *
 * A range that begins behind some files has no sums of these: whoever needs one reads the file again. Reads
 * nothing itself. One owner at a time.
 */
#ifndef LIDO_HTTP_ARCHIVE_SUMS_H
#define LIDO_HTTP_ARCHIVE_SUMS_H

#include "http/base/memory_budget.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct archive_sums {
    struct memory_budget *budget;
    uint32_t *sums; /* owned; of the files `first` and on; NULL: not reserved */
    size_t room;
    size_t first;
    size_t count;
};

void archive_sums_init(struct archive_sums *sums, struct memory_budget *budget);

/* Free them and give their memory back to the budget. */
void archive_sums_deinit(struct archive_sums *sums);

/* Forget them, but keep the room. */
void archive_sums_clear(struct archive_sums *sums);

/* Make room for so many files. Returns 0, also when there is room already, or -ENOMEM. */
int archive_sums_reserve(struct archive_sums *sums, size_t files) __attribute__((warn_unused_result));

/* Keep the sum of a file, counted from 0. The files come in their order without a gap; a file without room
 * or behind a gap is not kept. */
void archive_sums_keep(struct archive_sums *sums, size_t file, uint32_t sum);

/* Whether the sum of a file is kept; *sum is it. */
bool archive_sums_find(const struct archive_sums *sums, size_t file, uint32_t *sum);

/* The sum of a content so far (0 of none) and of these bytes behind it. Without zlib 0. */
uint32_t archive_sums_add(uint32_t sum, const char *bytes, size_t length);

#endif
