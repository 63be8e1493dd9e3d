/* SPDX-License-Identifier: MIT */
#include "http/files/tree_walk.h"

#include "http/files/folder_reader.h"
#include "http/files/order/sorted_names.h"
#include "http/files/resource.h"

#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the names of all levels take in any case, so that a huge folder is read again only a few times when others have
 * nearly all of the budget. A level takes half of what the levels around it have left of this; the least is for those far
 * down in a tree that is huge on every level. */
enum { SURE_BYTES = 512 * 1024, SURE_BYTES_OF_LEVEL_MIN = 4 * 1024 };

/* A folder that the walk is in. */
struct level {
    struct level *outer; /* NULL where the walk began */
    size_t path_length;
    struct sorted_names names;
};

struct tree_walk {
    const struct beneath *root;
    struct memory_budget *budget;
    size_t entries_max;
    size_t entry_count; /* found so far */
    struct level *innermost;
    struct folder_reader
        reader; /* of the innermost level, or closed: one descriptor, however deep the walk is */
    bool has_begun;
    char path[PATH_MAX];        /* of what was found last; begins with the paths of all levels */
    char folder_path[PATH_MAX]; /* the reader's */
};

/* Taken from the budget for a walk without its levels and the folder that is open. */
enum { WALK_HELD_BYTES = sizeof(struct tree_walk) };

int tree_walk_create(struct tree_walk **out, const struct beneath *root, const char *path,
                     struct memory_budget *budget) {
    size_t size = strlen(path) + 1;
    if (size > PATH_MAX) {
        return -ENAMETOOLONG;
    }
    if (!memory_budget_take(budget, WALK_HELD_BYTES)) {
        return -ENOMEM;
    }
    struct tree_walk *walk = malloc(sizeof *walk);
    if (walk == NULL) {
        memory_budget_give(budget, WALK_HELD_BYTES);
        return -ENOMEM;
    }
    walk->root = root;
    walk->budget = budget;
    walk->entries_max = SIZE_MAX;
    walk->entry_count = 0;
    walk->innermost = NULL;
    walk->reader.folder = NULL;
    walk->has_begun = false;
    memcpy(walk->path, path, size);
    *out = walk;
    return 0;
}

void tree_walk_set_entries_max(struct tree_walk *walk, size_t entries_max) {
    walk->entries_max = entries_max;
}

static void close_reader(struct tree_walk *walk) {
    if (walk->reader.folder != NULL) {
        memory_budget_give(walk->budget, FOLDER_READER_HELD_BYTES);
    }
    folder_reader_close(&walk->reader);
}

static void drop_innermost(struct tree_walk *walk) {
    struct level *level = walk->innermost;
    close_reader(walk);
    sorted_names_deinit(&level->names);
    walk->innermost = level->outer;
    free(level);
    memory_budget_give(walk->budget, memory_held(sizeof *level));
}

void tree_walk_destroy(struct tree_walk *walk) {
    if (walk == NULL) {
        return;
    }
    while (walk->innermost != NULL) {
        drop_innermost(walk);
    }
    memory_budget_give(walk->budget, WALK_HELD_BYTES);
    free(walk);
}

void tree_walk_rest(struct tree_walk *walk) {
    close_reader(walk);
}

/* --- going in and out ----------------------------------------------------------------------------------- */

static size_t sure_bytes_of_level(const struct tree_walk *walk) {
    size_t held = 0;
    for (const struct level *level = walk->innermost; level != NULL; level = level->outer) {
        held += sorted_names_held_bytes(&level->names);
    }
    size_t share = held < SURE_BYTES ? (SURE_BYTES - held) / 2 : 0;
    return share > SURE_BYTES_OF_LEVEL_MIN ? share : SURE_BYTES_OF_LEVEL_MIN;
}

/* Let the reader begin in a folder whose path is the first path_length bytes of the walk's. Takes over
 * folder_fd. */
static int start_reader(struct tree_walk *walk, int folder_fd, size_t path_length) {
    close_reader(walk);
    memcpy(walk->folder_path, walk->path, path_length);
    walk->folder_path[path_length] = '\0';
    if (!memory_budget_take(walk->budget, FOLDER_READER_HELD_BYTES)) {
        (void)close(folder_fd);
        return -ENOMEM;
    }
    int result = folder_reader_open(&walk->reader, walk->root, folder_fd, walk->folder_path);
    if (result != 0) {
        memory_budget_give(walk->budget, FOLDER_READER_HELD_BYTES);
    }
    return result;
}

static int push_level(struct tree_walk *walk, size_t path_length) {
    if (!memory_budget_take(walk->budget, memory_held(sizeof(struct level)))) {
        return -ENOMEM;
    }
    struct level *level = malloc(sizeof *level);
    if (level == NULL) {
        memory_budget_give(walk->budget, memory_held(sizeof *level));
        return -ENOMEM;
    }
    *level = (struct level){.outer = walk->innermost, .path_length = path_length};
    sorted_names_init(&level->names, sure_bytes_of_level(walk), walk->budget);
    walk->innermost = level;
    return 0;
}

static int open_folder(const struct tree_walk *walk) {
    int fd = beneath_open(walk->root, walk->path);
    return fd == -EAGAIN ? -EBUSY : fd; /* renames without end; here -EAGAIN means that the slice is over */
}

/* Go into the folder whose path is the walk's. Returns 1 and fills in the entry, or a negative errno. */
static int enter(struct tree_walk *walk, struct folder_entry *entry) {
    struct stat status;
    size_t path_length = strlen(walk->path);
    int fd = open_folder(walk);
    if (fd < 0) {
        return fd;
    }
    int result = fstat(fd, &status) == -1 ? -errno : S_ISDIR(status.st_mode) ? 0 : -ENOTDIR;
    if (result == 0) {
        result = push_level(walk, path_length);
    }
    if (result != 0) {
        (void)close(fd);
        return result;
    }
    *entry = (struct folder_entry){
        .name = entry->name,
        .is_folder = true,
        .has_status = true,
        .modified = status.st_mtim,
        .changed = status.st_ctim,
    };
    result = start_reader(walk, fd, path_length);
    return result == 0 ? 1 : result;
}

static bool is_out_of_reach(int error) {
    enum http_status status = resource_status_of_errno(error);
    return status == HTTP_NOT_FOUND || status == HTTP_FORBIDDEN;
}

/* Open the innermost folder once more, after another one or to read it again. It may have vanished meanwhile:
 * then that is its end. Returns 0, -EAGAIN when it is left, or another negative errno. */
static int come_back(struct tree_walk *walk) {
    size_t path_length = walk->innermost->path_length;
    walk->path[path_length] = '\0';
    int fd = open_folder(walk);
    if (fd >= 0) {
        return start_reader(walk, fd, path_length);
    }
    if (!is_out_of_reach(-fd)) {
        return fd;
    }
    drop_innermost(walk);
    return -EAGAIN;
}

/* --- one step ------------------------------------------------------------------------------------------- */

/* The path of the folder where the walk begins is there already. */
static int begin(struct tree_walk *walk, struct folder_entry *entry) {
    walk->has_begun = true;
    *entry = (struct folder_entry){.name = ""};
    return enter(walk, entry);
}

/* Look at what a name stands for. Returns 1, -EAGAIN when that is left out, or a negative errno. */
static int examine(struct tree_walk *walk, const char *name, struct folder_entry *entry) {
    size_t begin = walk->innermost->path_length;
    size_t name_length = strlen(name);
    *entry = (struct folder_entry){.name = name};
    int result = folder_reader_look(&walk->reader, entry);
    if (result != 1) {
        return result;
    }
    if ((entry->is_folder && entry->is_link) ||
        begin + name_length + (entry->is_folder ? 1 : 0) >= PATH_MAX) {
        return -EAGAIN;
    }
    memcpy(walk->path + begin, name, name_length);
    memcpy(walk->path + begin + name_length, entry->is_folder ? "/" : "", entry->is_folder ? 2 : 1);
    if (!entry->is_folder) {
        return folder_reader_may_read(&walk->reader, entry);
    }
    result = enter(walk, entry);
    return result < 0 && is_out_of_reach(-result) ? -EAGAIN : result;
}

/* Also while a folder is read, whose names have to be known all before the first one of them. */
static bool has_too_many(const struct tree_walk *walk, const struct level *level) {
    return walk->entry_count > walk->entries_max || level->names.found_count > walk->entries_max;
}

/* Returns as tree_walk_next() does; -EAGAIN: that step has found nothing. */
static int step(struct tree_walk *walk, struct folder_entry *entry) {
    struct level *level = walk->innermost;
    if (level == NULL) {
        return walk->has_begun ? 0 : begin(walk, entry);
    }
    int result = walk->reader.folder == NULL ? come_back(walk) : 0;
    if (result == 0) {
        result = sorted_names_prepare(&level->names, &walk->reader);
        result = has_too_many(walk, level) ? -E2BIG : result;
    }
    if (result != 0) {
        return result;
    }
    const char *name = sorted_names_take(&level->names);
    if (name != NULL) {
        return examine(walk, name, entry);
    }
    if (sorted_names_has_more(&level->names)) {
        sorted_names_turn(&level->names);
        close_reader(walk); /* to be opened again, at its first name */
    } else {
        drop_innermost(walk);
    }
    return -EAGAIN;
}

int tree_walk_next(struct tree_walk *walk, struct time_slice slice, const char **path,
                   struct folder_entry *entry) {
    int result = step(walk, entry);
    while (result == -EAGAIN && !time_slice_is_over(slice)) {
        result = step(walk, entry);
    }
    if (result == 1) {
        walk->entry_count++;
        *path = walk->path;
    }
    return result;
}
