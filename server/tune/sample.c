/* SPDX-License-Identifier: MIT */
#include "server/tune/sample.h"

#include "http/base/escape.h"
#include "http/base/time_slice.h"
#include "http/files/beneath.h"
#include "http/files/resource.h"
#include "server/tune/sample_files.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { HOST_BYTES = 280, RANGE_BYTES = 64 };

/* A site, and how a request says that it means it. */
struct root {
    const char *path;
    const char *host;
    struct beneath beneath;
    bool is_open;
    char *only; /* the one file that is served, owned; NULL: all in the folder */
};

/* What no host section names. */
static const char any_host[] = "tune.invalid";

static void list_roots(struct root *roots, const struct config *config) {
    roots[0] = (struct root){.path = config->site.root, .host = any_host};
    for (size_t i = 0; i < config->host_count; i++) {
        const struct config_host *host = &config->hosts[i];
        roots[i + 1] = (struct root){.path = host->site.root, .host = host->names.items[0]};
    }
}

/* Whether a root before it has the same files. */
static bool is_known(const struct root *roots, size_t index) {
    for (size_t i = 0; i < index; i++) {
        if (strcmp(roots[i].path, roots[index].path) == 0) {
            return true;
        }
    }
    return false;
}

/* Returns as sample_paths_walk(). */
static int look_through(struct sample_paths *paths, struct root *root, size_t index,
                        struct time_slice slice) {
    int result = beneath_open_root(&root->beneath, root->path);
    if (result == -ENOTDIR) {
        result = beneath_open_folder_of(&root->beneath, root->path, &root->only);
    }
    if (result != 0) {
        return result;
    }
    root->is_open = true;
    if (root->only == NULL) {
        return sample_paths_walk(paths, index, &root->beneath, slice);
    }
    struct resource file;
    if (resource_open(&root->beneath, root->only, &file) != HTTP_OK) {
        return -EACCES;
    }
    result = sample_paths_offer(paths, index, root->only, file.size);
    resource_close(&file);
    return result == 0 ? 1 : result;
}

/* "*.example.org" is asked for as "tune.example.org". */
static void append_host(struct text *text, const char *host) {
    if (strcmp(host, "*") == 0) {
        text_append(text, any_host);
    } else if (host[0] == '*') {
        text_append(text, "tune");
        text_append(text, host + 1);
    } else {
        text_append(text, host);
    }
}

/* Write the request. Returns 0 or -ENOMEM. */
static int write_request(struct sample_file *file, const struct root *root, const char *path, bool is_piece) {
    struct text text = {0};
    text_append(&text, "GET /");
    if (root->only == NULL) {
        escape_url_path(&text, view_of(path));
    }
    text_append(&text, " HTTP/1.0\r\nHost: ");
    append_host(&text, root->host);
    text_append(&text, "\r\nUser-Agent: lido-tune\r\nConnection: keep-alive\r\n");
    if (is_piece) {
        char range[RANGE_BYTES];
        (void)snprintf(range, sizeof range, "Range: bytes=%lld-%lld\r\n", (long long)file->begin,
                       (long long)file->end - 1);
        text_append(&text, range);
    }
    text_append(&text, "\r\n");
    if (text.failed) {
        text_deinit(&text);
        return -ENOMEM;
    }
    file->request = text.bytes;
    file->request_length = text.length;
    return 0;
}

/* Of a large file any piece, but always the same one of the same file. */
static void choose_piece(struct sample_file *file, off_t size, uint64_t *random) {
    off_t pieces = size / SAMPLE_PIECE_BYTES;
    file->end = size;
    if (pieces > 0 && size > SAMPLE_PIECE_BYTES) {
        file->begin = (off_t)(sample_random(random) % (uint64_t)pieces) * SAMPLE_PIECE_BYTES;
        file->end = file->begin + SAMPLE_PIECE_BYTES;
    }
}

/* Open what was chosen; what cannot be opened now is left out. */
static int open_files(struct sample *sample, const struct sample_paths *paths, const struct root *roots,
                      struct time_slice slice) {
    uint64_t random = paths->random;
    for (size_t i = 0; i < paths->count && (i == 0 || !time_slice_is_over(slice)); i++) {
        const struct sample_path *path = &paths->items[i];
        const struct root *root = &roots[path->root];
        struct sample_file *file = &sample->files[sample->count];
        *file = (struct sample_file){.fd = beneath_open(&root->beneath, path->path)};
        if (file->fd < 0) {
            continue;
        }
        choose_piece(file, path->size, &random);
        sample->count++;
        int result = write_request(file, root, path->path, file->end - file->begin < path->size);
        if (result != 0) {
            return result;
        }
    }
    return 0;
}

static void close_roots(struct root *roots, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (roots[i].is_open) {
            beneath_close_root(&roots[i].beneath);
        }
        free(roots[i].only);
    }
    free(roots);
}

static int take_from(struct sample *sample, struct root *roots, size_t count, struct sample_paths *paths,
                     int64_t time_ms) {
    sample->is_whole = true;
    for (size_t i = 0; i < count; i++) {
        if (is_known(roots, i)) {
            continue;
        }
        struct time_slice slice = time_slice_begin(time_ms * CLOCK_NS_PER_MS / (int64_t)(2 * count));
        int result = look_through(paths, &roots[i], i, slice);
        if (result < 0) {
            return result;
        }
        sample->is_whole = sample->is_whole && result == 1;
    }
    sample->seen = paths->seen;
    return open_files(sample, paths, roots, time_slice_begin(time_ms * CLOCK_NS_PER_MS / 2));
}

int sample_take(struct sample *sample, const struct config *config, int64_t time_ms) {
    size_t count = config->host_count + 1;
    struct root *roots = calloc(count, sizeof *roots);
    struct sample_paths paths = {0};
    *sample = (struct sample){.files = calloc(SAMPLE_FILES_MAX, sizeof *sample->files)};
    int result = roots != NULL && sample->files != NULL ? 0 : -ENOMEM;
    result = result == 0 ? sample_paths_init(&paths, SAMPLE_FILES_MAX) : result;
    if (result == 0) {
        list_roots(roots, config);
        result = take_from(sample, roots, count, &paths, time_ms);
    }
    sample_paths_deinit(&paths);
    if (roots != NULL) {
        close_roots(roots, count);
    }
    return result;
}

static void release(struct sample_file *file) {
    (void)close(file->fd);
    free(file->request);
}

void sample_deinit(struct sample *sample) {
    for (size_t i = 0; i < sample->count; i++) {
        release(&sample->files[i]);
    }
    free(sample->files);
    *sample = (struct sample){0};
}

void sample_keep_answered(struct sample *sample) {
    size_t kept = 0;
    for (size_t i = 0; i < sample->count; i++) {
        int status = sample->files[i].status;
        if (status == HTTP_OK || status == HTTP_PARTIAL_CONTENT) {
            sample->files[kept++] = sample->files[i];
        } else {
            release(&sample->files[i]);
        }
    }
    sample->count = kept;
}

/* tmpfs and ramfs have no other place than memory; elsewhere a look tells. */
static bool is_always_in_memory(const struct sample_file *file) {
    struct statfs about;
    return fstatfs(file->fd, &about) == 0 &&
           ((unsigned long)about.f_type == TMPFS_MAGIC || (unsigned long)about.f_type == RAMFS_MAGIC);
}

static bool is_cold(const struct sample_file *file) {
    struct resource resource = {.fd = file->fd};
    return !resource_is_in_memory(&resource, file->begin, file->end);
}

static bool can_be_cold(const struct sample_file *file) {
    if (file->begin == file->end || is_always_in_memory(file)) {
        return false;
    }
    sample_cool(file);
    if (!is_cold(file)) { /* perhaps not written yet */
        (void)fdatasync(file->fd);
        sample_cool(file);
    }
    return is_cold(file);
}

void sample_find_cold(struct sample *sample, int64_t time_ms) {
    struct time_slice slice = time_slice_begin(time_ms * CLOCK_NS_PER_MS);
    sample->cold_count = 0;
    for (size_t i = 0; i < sample->count && !time_slice_is_over(slice); i++) {
        if (can_be_cold(&sample->files[i])) {
            struct sample_file moved = sample->files[sample->cold_count];
            sample->files[sample->cold_count++] = sample->files[i];
            sample->files[i] = moved;
        }
    }
}

void sample_cool(const struct sample_file *file) {
    (void)posix_fadvise(file->fd, file->begin, file->end - file->begin, POSIX_FADV_DONTNEED);
}
