/* SPDX-License-Identifier: MIT */
#include "http/file_cache/forms.h"

#include "http/base/clock.h"
#include "http/file_cache/shard.h"
#include "http/files/version.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct file_forms {
    atomic_size_t owners;
    atomic_size_t workers_max;
    size_t form_max;             /* bytes of one, so that a single file cannot drive out all others */
    struct file_cache_part part; /* entries with neither contents nor a descriptor, but a form */
    size_t worker_count;         /* who compress now; under the lock of the part */
};

enum {
    SHARES = 4,       /* no form takes more than one of so many */
    LIKELY_RATIO = 4, /* what gzip makes of text, as a guess at how much has to leave for it */
};

struct file_forms *file_forms_create(size_t memory_bytes) {
    struct file_forms *forms = gzip_library() != NULL ? calloc(1, sizeof *forms) : NULL;
    if (forms != NULL) {
        atomic_init(&forms->owners, 1);
        atomic_init(&forms->workers_max, 1);
        size_t share = memory_bytes / SHARES;
        size_t entry =
            sizeof(struct file_cache_entry) + sizeof(struct file_identity) + FILE_CACHE_PLACE_BYTES;
        forms->form_max = share > entry ? share - entry : 0;
        file_cache_part_init(&forms->part, memory_bytes, 0);
    }
    return forms;
}

struct file_forms *file_forms_share(struct file_forms *forms) {
    if (forms != NULL) {
        atomic_fetch_add_explicit(&forms->owners, 1, memory_order_relaxed);
    }
    return forms;
}

void file_forms_destroy(struct file_forms *forms) {
    if (forms != NULL && atomic_fetch_sub_explicit(&forms->owners, 1, memory_order_acq_rel) == 1) {
        file_cache_part_deinit(&forms->part);
        free(forms);
    }
}

void file_forms_set_workers_max(struct file_forms *forms, size_t workers_max) {
    if (forms != NULL) {
        atomic_store_explicit(&forms->workers_max, workers_max, memory_order_relaxed);
    }
}

/* What is asked for. */
struct wanted {
    const struct resource *file;
    struct file_version version;
    struct cache_key key; /* points to the version: a file is compressed once, by whatever names it goes */
    uint64_t hash;
    int64_t now_ms;
};

enum lookup { LOOKUP_KNOWN, LOOKUP_BUSY, LOOKUP_TO_DO };

/* Whether it is to be compressed now: neither are too many at it, nor would the form have to be forgotten at once. How
 * large that will be is only known behind it, but no larger than the file. Under the lock. */
static bool is_worth_it(const struct file_forms *forms, const struct wanted *wanted) {
    size_t size = (size_t)wanted->version.size;
    size_t most = size < forms->form_max ? size : forms->form_max;
    size_t likely = size / LIKELY_RATIO < most ? size / LIKELY_RATIO : most;
    return forms->worker_count < atomic_load_explicit(&forms->workers_max, memory_order_relaxed) &&
           (file_cache_shard_has_room(&forms->part.shard, most) ||
            file_cache_shard_prefers(&forms->part.shard, wanted->hash, likely));
}

/* On LOOKUP_KNOWN *found is an entry with the form, with a hold of the caller's. On LOOKUP_TO_DO `job`, if it
 * is not NULL, is put in, for others to find that somebody is at it; takes over one hold then. */
static enum lookup look_up(struct file_forms *forms, const struct wanted *wanted,
                           struct file_cache_entry *job, struct file_cache_entry **found) {
    struct file_cache_part *part = &forms->part;
    struct file_cache_entry *left = NULL;
    enum lookup lookup = LOOKUP_BUSY;
    (void)pthread_mutex_lock(&part->lock);
    struct file_cache_entry *entry =
        file_cache_shard_find(&part->shard, &wanted->key, wanted->hash, wanted->now_ms);
    bool is_awaited = entry != NULL && entry->is_awaited; /* perhaps another version of the file */
    if (entry != NULL && !is_awaited && file_cache_entry_has_version(entry, &wanted->version)) {
        lookup = LOOKUP_KNOWN;
    } else if (!is_awaited && is_worth_it(forms, wanted)) {
        lookup = LOOKUP_TO_DO;
        if (job != NULL) {
            forms->worker_count++;
            left = file_cache_shard_put(&part->shard, job, wanted->hash, wanted->now_ms);
        }
    }
    (void)pthread_mutex_unlock(&part->lock);
    file_cache_entries_release(left);
    if (lookup == LOOKUP_KNOWN) {
        *found = entry;
    } else {
        file_cache_entry_release(entry);
    }
    return lookup;
}

/* The job is done. What is not kept is for its maker only. */
static void finish(struct file_forms *forms, struct file_cache_entry *job, const struct gzip_form *form,
                   bool keep) {
    struct file_cache_part *part = &forms->part;
    struct file_cache_entry *dropped = NULL;
    (void)pthread_mutex_lock(&part->lock);
    forms->worker_count--;
    if (!keep) {
        dropped = file_cache_shard_drop(&part->shard, job);
    }
    struct file_cache_entry *left =
        file_cache_shard_set_form(&part->shard, job, form, clock_steady_coarse_ms());
    (void)pthread_mutex_unlock(&part->lock);
    file_cache_entries_release(dropped);
    file_cache_entries_release(left);
}

/* Contents in memory are those of one version, for good. */
static bool is_current(const struct wanted *wanted) {
    return wanted->file->contents != NULL || file_version_is_current(&wanted->version, wanted->file->fd);
}

/* Compress this version, if the file has it from the first to the last byte read. */
static enum gzip_outcome compress(const struct wanted *wanted, size_t form_max, struct gzip_form *form) {
    uintmax_t smaller = (uintmax_t)wanted->version.size - 1; /* as large as the file is no use */
    size_t limit = smaller < form_max ? (size_t)smaller : form_max;
    struct gzip_source source = {wanted->file->fd, wanted->file->contents, wanted->version.size};
    enum gzip_outcome outcome = gzip_compress(source, limit, form);
    if (!is_current(wanted)) {
        free(form->bytes);
        *form = (struct gzip_form){0};
        return GZIP_FAILED;
    }
    return outcome;
}

static struct file_cache_entry *create_job(struct file_forms *forms, const struct wanted *wanted) {
    struct resource named = *wanted->file;
    named.fd = -1;
    named.contents = NULL;
    named.cached = NULL;
    struct file_cache_entry *job = file_cache_entry_create(&wanted->key, &named, ENTRY_PLAIN);
    if (job != NULL) {
        if (wanted->file->cached != NULL) {
            memcpy(job->digest, wanted->file->cached->digest, sizeof job->digest);
        }
        job->part = &forms->part;
        job->is_awaited = true;
    }
    return job;
}

/* Returns a hold of an entry with the form, or NULL. */
static struct file_cache_entry *make(struct file_forms *forms, const struct wanted *wanted) {
    struct file_cache_entry *found = NULL;
    struct file_cache_entry *job = create_job(forms, wanted);
    if (job == NULL) {
        return NULL;
    }
    if (look_up(forms, wanted, file_cache_entry_hold(job), &found) != LOOKUP_TO_DO) {
        file_cache_entry_release(job);
        file_cache_entry_release(job);
        return found;
    }
    /* What may change without a trace after it was read is not kept: it would stay wrong for ever. */
    bool is_settled = file_version_is_settled(&wanted->version, clock_wall());
    struct gzip_form form = {0};
    enum gzip_outcome outcome = compress(wanted, forms->form_max, &form);
    finish(forms, job, &form, outcome != GZIP_FAILED && is_settled);
    return job;
}

bool file_forms_get(struct file_forms *forms, uint64_t owner, const struct resource *file,
                    const struct blocking *blocking, struct file_form *form) {
    struct wanted wanted = {
        .file = file, .version = file_version_of(file), .now_ms = clock_steady_coarse_ms()};
    struct file_cache_entry *entry = NULL;
    if (wanted.version.size <= 0) {
        return false;
    }
    wanted.key = (struct cache_key){owner, {(const char *)&wanted.version.file, sizeof wanted.version.file}};
    wanted.hash = cache_key_hash(&wanted.key);
    if (look_up(forms, &wanted, NULL, &entry) == LOOKUP_TO_DO && is_current(&wanted)) {
        blocking_ahead(blocking, BLOCKING_COMPRESSION);
        entry = make(forms, &wanted);
    }
    if (entry == NULL || entry->form.bytes == NULL) {
        file_cache_entry_release(entry);
        return false;
    }
    form->checksum = entry->form.checksum;
    form->file = file_cache_entry_share(entry);
    form->file.contents = entry->form.bytes;
    form->file.size = (off_t)entry->form.length;
    return true;
}

bool file_form_expand(const struct resource *file, size_t limit, char **bytes, size_t *length) {
    struct gzip_source source = {file->fd, file->contents, file->size};
    struct gzip_form form;
    if (gzip_expand(source, limit, &form) != GZIP_DONE) {
        return false;
    }
    *bytes = form.bytes;
    *length = form.length;
    return true;
}
