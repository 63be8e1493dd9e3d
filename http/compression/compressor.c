/* SPDX-License-Identifier: MIT */
#include "http/compression/compressor.h"

#include "http/base/clock.h"
#include "http/compression/cache.h"
#include "http/compression/gzip.h"
#include "http/files/version.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <utlist.h>

/* A file that some worker compresses now. Stands on that worker's stack, so that there are never more than
 * workers. */
struct job {
    struct file_identity file;
    struct job *prev;
    struct job *next;
};

struct compressor {
    size_t blob_max;      /* never changes */
    pthread_mutex_t lock; /* guards all that follows; closed for look-ups only, never while a file is read */
    struct compressor_cache cache; /* what is known */
    struct job *jobs;              /* what is being done: each file once, whatever its version */
};

enum lookup { LOOKUP_KNOWN, LOOKUP_BUSY, LOOKUP_TO_DO };

bool compressor_is_available(void) {
    return gzip_library() != NULL;
}

const char *compressor_library(void) {
    return gzip_library();
}

struct compressor *compressor_create(size_t cache_bytes) {
    struct compressor *compressor = compressor_is_available() ? calloc(1, sizeof *compressor) : NULL;
    if (compressor == NULL) {
        return NULL;
    }
    if (pthread_mutex_init(&compressor->lock, NULL) != 0) {
        free(compressor);
        return NULL;
    }
    compressor_cache_init(&compressor->cache, cache_bytes);
    compressor->blob_max = compressor_cache_blob_max(&compressor->cache);
    return compressor;
}

void compressor_destroy(struct compressor *compressor) {
    if (compressor == NULL) {
        return;
    }
    assert(compressor->jobs == NULL);
    compressor_cache_deinit(&compressor->cache);
    (void)pthread_mutex_destroy(&compressor->lock);
    free(compressor);
}

static bool is_busy(const struct compressor *compressor, const struct file_identity *file) {
    const struct job *job = NULL;
    DL_FOREACH(compressor->jobs, job) {
        if (job->file.device == file->device && job->file.inode == file->inode) {
            return true;
        }
    }
    return false;
}

/* Look the version up, or let the job stand for it from now on. */
static enum lookup begin(struct compressor *compressor, const struct file_version *version, struct job *job,
                         struct compressed *compressed) {
    enum lookup lookup = LOOKUP_BUSY;
    (void)pthread_mutex_lock(&compressor->lock);
    if (compressor_cache_find(&compressor->cache, version, &compressed->blob, &compressed->checksum)) {
        lookup = LOOKUP_KNOWN;
    } else if (!is_busy(compressor, &version->file)) {
        lookup = LOOKUP_TO_DO;
        job->file = version->file;
        DL_APPEND(compressor->jobs, job);
    }
    (void)pthread_mutex_unlock(&compressor->lock);
    return lookup;
}

/* The job is done; remember what came of it, if so. */
static void finish(struct compressor *compressor, const struct file_version *version, struct job *job,
                   const struct compressed *compressed, bool remember) {
    struct cached_file *left = NULL;
    (void)pthread_mutex_lock(&compressor->lock);
    DL_DELETE(compressor->jobs, job);
    if (remember) {
        left = compressor_cache_put(&compressor->cache, version, compressed->blob, compressed->checksum);
    }
    (void)pthread_mutex_unlock(&compressor->lock);
    cached_files_free(left);
}

/* Contents in memory are those of one version, for good. */
static bool is_current(const struct file_version *version, const struct resource *file) {
    return file->contents != NULL || file_version_is_current(version, file->fd);
}

/* Compress this version, if the file has it from the first to the last byte read. On GZIP_DONE the hold is
 * the caller's. */
static enum gzip_outcome compress(const struct compressor *compressor, const struct file_version *version,
                                  const struct resource *file, struct compressed *compressed) {
    uintmax_t smaller = (uintmax_t)version->size - 1; /* as large as the file is no use */
    size_t limit = smaller < compressor->blob_max ? (size_t)smaller : compressor->blob_max;
    struct gzip_source source = {file->fd, file->contents, version->size};
    if (!is_current(version, file)) {
        return GZIP_FAILED;
    }
    enum gzip_outcome outcome = gzip_compress(source, limit, &compressed->blob, &compressed->checksum);
    if (!is_current(version, file)) {
        blob_release(compressed->blob);
        compressed->blob = NULL;
        return GZIP_FAILED;
    }
    return outcome;
}

bool compressor_get(struct compressor *compressor, const struct resource *file,
                    struct compressed *compressed) {
    struct file_version version = file_version_of(file);
    struct compressed result = {.blob = NULL};
    struct job job;
    if (version.size <= 0) {
        return false;
    }
    if (begin(compressor, &version, &job, &result) == LOOKUP_TO_DO) {
        /* A file that may change without a trace after it was read is compressed for this answer only: what
         * is remembered would stay wrong for ever. */
        bool is_settled = file_version_is_settled(&version, clock_wall());
        enum gzip_outcome outcome = compress(compressor, &version, file, &result);
        finish(compressor, &version, &job, &result, outcome != GZIP_FAILED && is_settled);
    }
    if (result.blob == NULL) {
        return false;
    }
    *compressed = result;
    return true;
}
