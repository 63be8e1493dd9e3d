/* SPDX-License-Identifier: MIT */
#include "server/tune/sample_files.h"

#include "http/files/tree_walk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const uint64_t seed = 0x9E3779B97F4A7C15;

int sample_paths_init(struct sample_paths *paths, size_t wanted) {
    *paths = (struct sample_paths){.wanted = wanted, .random = seed};
    paths->items = calloc(wanted, sizeof *paths->items);
    return paths->items != NULL ? 0 : -ENOMEM;
}

void sample_paths_deinit(struct sample_paths *paths) {
    for (size_t i = 0; i < paths->count; i++) {
        free(paths->items[i].path);
    }
    free(paths->items);
    *paths = (struct sample_paths){0};
}

uint64_t sample_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Where the file goes that comes now: a free place first, then any, or none. */
static size_t choose_place(struct sample_paths *paths) {
    paths->seen++;
    return paths->count < paths->wanted ? paths->count : sample_random(&paths->random) % paths->seen;
}

int sample_paths_offer(struct sample_paths *paths, size_t root, const char *path, off_t size) {
    size_t place = choose_place(paths);
    if (place >= paths->wanted) {
        return 0;
    }
    char *copy = strdup(path);
    if (copy == NULL) {
        return -ENOMEM;
    }
    if (place == paths->count) {
        paths->count++;
    }
    free(paths->items[place].path);
    paths->items[place] = (struct sample_path){.root = root, .path = copy, .size = size};
    return 0;
}

int sample_paths_walk(struct sample_paths *paths, size_t root, const struct beneath *beneath,
                      struct time_slice slice) {
    struct tree_walk *walk = NULL;
    int result = tree_walk_create(&walk, beneath, "", NULL);
    while (result >= 0 && !time_slice_is_over(slice)) {
        const char *path = NULL;
        struct folder_entry entry;
        int step = tree_walk_next(walk, slice, &path, &entry);
        if (step == 0) {
            result = 1;
            break;
        }
        if (step == -EAGAIN) {
            break;
        }
        result = step < 0 ? step : 0;
        if (step == 1 && !entry.is_folder) {
            result = sample_paths_offer(paths, root, path, entry.size);
        }
    }
    tree_walk_destroy(walk);
    return result;
}
