/* SPDX-License-Identifier: MIT */
/*
 * Remembers files between requests: the contents of small ones, the open descriptors of larger ones, the heads
 * of their answers, and which compressed siblings stand beside them; forms.h keeps what was compressed on the
 * fly. All workers and all sites share one. Knows files and nothing of URLs: which file a request means, which
 * form of it a client gets and what its head says is decided elsewhere.
 *
 * Each use looks whether the file is still the same, by one stat(2) of its path: identity, size, modification
 * and status change time. So a change shows with the very next request, and no old bytes go out with a new
 * head. What is not there is not remembered; neither is a file that has changed so lately that the next
 * change might leave no trace in its times.
 *
 * Note on links: stat(2), other than opening beneath the root, would follow a link that leads out of it, if a
 * folder has been moved out and a link put in its place. What it finds there is a file that has been served
 * from within, unchanged; and as each file is opened beneath the root once a second at the latest, such a
 * link is refused after a second.
 */
#ifndef LIDO_HTTP_FILE_CACHE_FILE_CACHE_H
#define LIDO_HTTP_FILE_CACHE_FILE_CACHE_H

#include "http/base/account.h"
#include "http/base/blocking.h"
#include "http/files/beneath.h"
#include "http/files/resource.h"
#include "http/response/ready_head.h"
#include "http/semantics/content_coding.h"
#include "http/semantics/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct file_cache;
struct file_cache_entry;

/* The contents of files up to here are always read: the default of max_file_bytes. */
enum { FILE_CACHE_TAGGED_BYTES = 64 * 1024 };

struct file_cache_options {
    size_t memory_bytes;     /* for contents and heads, all in all */
    size_t max_file_bytes;   /* larger ones are kept open instead; a few times less than memory_bytes */
    size_t descriptor_count; /* how many are kept open; 0: none */
    int64_t check_ms;        /* how long a file may be sent without a look; 0: look each time */
};

/* Returns 0, or -ENOMEM. */
int file_cache_create(struct file_cache **out, const struct file_cache_options *options)
    __attribute__((warn_unused_result));

/* One more owner, who is due to destroy it, too. NULL is allowed. Thread-safe. */
struct file_cache *file_cache_share(struct file_cache *cache);

/* This owner does not use it any more; with the last one it goes, and what answers still hold lives on. NULL is
 * allowed. Thread-safe. */
void file_cache_destroy(struct file_cache *cache);

/* Where the files of a site come from. */
struct file_source {
    const struct beneath *root;
    struct file_cache *cache;        /* NULL: each is opened anew */
    uint64_t owner;                  /* whose rules the paths go by, see site_options.identity */
    const struct blocking *blocking; /* told before what may block; NULL: nobody */
    const struct account *account;   /* of what is made of the files; not told by the cache; NULL: none */
    /* By clock_steady_ns(), when the request had come, or later: a look at a file that began after that shows all
     * that had been changed before it was sent, and is as good as one of its own. 0: it looks itself. */
    int64_t received_ns;
};

/* Do as resource_open() does, from memory where that is as good. Reads a file of up to 64 KiB
 * (FILE_CACHE_TAGGED_BYTES) or of what is kept in memory, whichever is more, with or without a cache, so that
 * its digest is known whatever the cache remembers; so it may wait for a disk. Thread-safe. */
enum http_status file_cache_open(const struct file_source *source, const char *path,
                                 struct resource *resource) __attribute__((warn_unused_result));

/* The digest of the content of a file that file_cache_open() gave, or that its gzip form was made of, as 32
 * hexadecimal digits. NULL when it is so large that it has none; "" when it should have one but could not be
 * read, or changed meanwhile. Lives as long as the file is held. Thread-safe. */
const char *file_cache_digest(const struct file_source *source, const struct resource *file);

/* The head that was kept for this use of a file that the cache knows (file->cached, not NULL); NULL for none.
 * Lives as long as the file is held. Thread-safe. */
const struct ready_head *file_cache_find_head(const struct resource *file, const struct ready_head_use *use);

/* What the first KiB of an open file tells (content_hints.h): looked for once for each version that the cache
 * knows. What cannot be read tells nothing. May wait for a disk. Thread-safe. */
unsigned file_cache_hints(const struct resource *file);

/* Whether a head can be kept for the next answer with this file. Thread-safe. */
bool file_cache_keeps_heads(const struct resource *file);

/* Keep a head for the next time, where that can be done. Takes it over. Thread-safe. */
void file_cache_keep_head(const struct resource *file, struct ready_head *head);

/* What one request knows of the siblings of a file; all-zero at first. */
struct file_siblings {
    uint64_t there; /* one bit for each, see siblings.h */
    bool is_sure;   /* also of those that are not */
};

/* Whether it is worth while to open the sibling for this coding (app.js.br beside app.js): false when it is
 * known not to be there. Takes at most one look at the folder for all codings, so that a new one shows with
 * the very next request, as an edit does. True where the cache does not know the file. Thread-safe. */
bool file_cache_may_have_sibling(const struct file_source *source, const struct resource *file,
                                 enum content_coding coding, struct file_siblings *siblings);

/* Close the descriptors that were not used for some seconds, so that a deleted file gives its room on the
 * disk back. Returns whether there are any left, and this is to be called again in a while. Thread-safe. */
bool file_cache_trim(struct file_cache *cache);

/* Close all descriptors that are kept, as there are none for others; those that answers use, when these end. Returns
 * whether there were any. Thread-safe. */
bool file_cache_give_way(struct file_cache *cache);

/* Forget the files of owners whom no new request means any more, so that they take no room from those of others; puts the
 * owners, the caller's, in order. Looks at all entries, and holds up whoever looks a file up meanwhile
 * (tests/bench/NOTES.md). Returns them, for file_cache_let_go(). Thread-safe. */
struct file_cache_entry *file_cache_forget(struct file_cache *cache, uint64_t owners[], size_t count)
    __attribute__((warn_unused_result));

/* Close what was forgotten, and free it; NULL is allowed. May wait for a file system. Thread-safe. */
void file_cache_let_go(struct file_cache_entry *forgotten);

/* How the cache does. Counts go from its creation; each is exact, but they are not read in one instant. */
struct file_cache_stats {
    uint64_t hits;      /* files that were as the cache knew them */
    uint64_t misses;    /* what had to be opened, or is not there */
    uint64_t evictions; /* files that had to leave for others */
    size_t bytes;       /* taken now */
    size_t bytes_max;   /* memory_bytes */
    size_t files;       /* kept now, */
    size_t descriptors; /* and of these, those that are kept open */
};

/* Takes no lock. Thread-safe. */
void file_cache_read_stats(const struct file_cache *cache, struct file_cache_stats *stats);

#endif
