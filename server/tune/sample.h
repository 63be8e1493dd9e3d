/* SPDX-License-Identifier: MIT */
/*
 * The requests that are measured with: some of the very files that the settings serve, chosen at random, but the same
 * ones each time, from all that a walk through the roots finds in a bounded time.
 *
 * Of a large file a piece is asked for, so that a request is never long. Asks no server whether it serves them: who
 * does notes the answers. Not thread-safe.
 */
#ifndef LIDO_SERVER_TUNE_SAMPLE_H
#define LIDO_SERVER_TUNE_SAMPLE_H

#include "conf/settings.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { SAMPLE_FILES_MAX = 256, SAMPLE_PIECE_BYTES = 1024 * 1024 };

struct sample_file {
    char *request; /* whole, owned */
    size_t request_length;
    int fd;      /* of the file, owned: to take it out of memory */
    off_t begin; /* what is asked for */
    off_t end;
    int status; /* of the answer, by who asked; 0: nobody yet */
};

/* All-zero: empty. */
struct sample {
    struct sample_file
        *files; /* those that can be taken out of memory come first, once they were looked for */
    size_t count;
    size_t cold_count; /* how many these are */
    uint64_t seen;     /* files that the walk found */
    bool is_whole;     /* it has seen all */
};

/* Choose and open files of all roots, for about `time_ms` at most. Returns 0, also when there are none, or a negative
 * errno. Release with sample_deinit() in any case. */
int sample_take(struct sample *sample, const struct config *config, int64_t time_ms)
    __attribute__((warn_unused_result));

void sample_deinit(struct sample *sample);

/* Keep only files that were answered as they should be. */
void sample_keep_answered(struct sample *sample);

/* Find out which files can be taken out of memory, for about `time_ms` at most; what was written lately is written to
 * the disk for it. */
void sample_find_cold(struct sample *sample, int64_t time_ms);

/* Take what is asked for of a file out of the page cache, as far as the kernel likes (posix_fadvise(2)). */
void sample_cool(const struct sample_file *file);

#endif
