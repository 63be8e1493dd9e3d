/* SPDX-License-Identifier: MIT */
#include "http/archive/sums.h"

#include <errno.h>
#include <stdlib.h>

#if LIDO_HAVE_ZLIB
#include <zlib.h>
#endif

void archive_sums_init(struct archive_sums *sums, struct memory_budget *budget) {
    *sums = (struct archive_sums){.budget = budget};
}

void archive_sums_deinit(struct archive_sums *sums) {
    free(sums->sums);
    memory_budget_give(sums->budget, memory_held(sums->room * sizeof *sums->sums));
    archive_sums_init(sums, sums->budget);
}

void archive_sums_clear(struct archive_sums *sums) {
    sums->first = sums->count = 0;
}

int archive_sums_reserve(struct archive_sums *sums, size_t files) {
    if (files <= sums->room) {
        return 0;
    }
    archive_sums_deinit(sums);
    if (!memory_budget_take(sums->budget, memory_held(files * sizeof *sums->sums))) {
        return -ENOMEM;
    }
    sums->room = files;
    sums->sums = calloc(files, sizeof *sums->sums);
    if (sums->sums == NULL) {
        archive_sums_deinit(sums);
        return -ENOMEM;
    }
    return 0;
}

void archive_sums_keep(struct archive_sums *sums, size_t file, uint32_t sum) {
    if (sums->count == 0) {
        sums->first = file;
    }
    if (file == sums->first + sums->count && sums->count < sums->room) {
        sums->sums[sums->count++] = sum;
    }
}

bool archive_sums_find(const struct archive_sums *sums, size_t file, uint32_t *sum) {
    if (file < sums->first || file - sums->first >= sums->count) {
        return false;
    }
    *sum = sums->sums[file - sums->first];
    return true;
}

uint32_t archive_sums_add(uint32_t sum, const char *bytes, size_t length) {
#if LIDO_HAVE_ZLIB
    return (uint32_t)crc32_z(sum, (const unsigned char *)bytes, length);
#else
    (void)sum;
    (void)bytes;
    (void)length;
    return 0;
#endif
}
