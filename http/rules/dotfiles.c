/* SPDX-License-Identifier: MIT */
#include "http/rules/dotfiles.h"

#include "http/base/string_list.h"
#include "http/rules/pattern.h"
#include "http/semantics/target.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

struct dotfiles {
    struct string_list items;
};

/* Served only where they are named. */
static const char *const private_names[] = {".git", ".hg", ".svn", ".env", ".env.*", ".ht*"};

struct dotfiles *dotfiles_create(char *const *items, size_t count) {
    struct dotfiles *dotfiles = calloc(1, sizeof *dotfiles);
    if (dotfiles != NULL && string_list_add_array(&dotfiles->items, items, count) != 0) {
        dotfiles_destroy(dotfiles);
        return NULL;
    }
    return dotfiles;
}

void dotfiles_destroy(struct dotfiles *dotfiles) {
    if (dotfiles != NULL) {
        string_list_deinit(&dotfiles->items);
        free(dotfiles);
    }
}

static bool is_private(struct view name) {
    for (size_t i = 0; i < sizeof private_names / sizeof private_names[0]; i++) {
        if (pattern_matches(private_names[i], name, NULL)) {
            return true;
        }
    }
    return false;
}

/* Whether a segment of the pattern stands for the name, by more than its dot and a star. */
static bool names(const char *pattern, struct view name) {
    const char *segment = pattern;
    while (*segment != '\0') {
        size_t length = strcspn(segment, "/");
        char single[NAME_MAX + 1];
        if (length >= 2 && length <= NAME_MAX && segment[0] == '.' && segment[1] != '*') {
            *(char *)mempcpy(single, segment, length) = '\0';
            if (pattern_matches(single, name, NULL)) {
                return true;
            }
        }
        segment += length;
        segment += strspn(segment, "/");
    }
    return false;
}

/* A path, with its first slash, and one of its segments. */
struct place {
    char path[TARGET_PATH_BYTES + 2];
    size_t length;
    struct view name;
    size_t end; /* of the name in the path */
};

/* A pattern that matches a folder is for all beneath it, up to the next dot-file. */
static bool applies(const char *pattern, const struct place *place) {
    return pattern_matches(pattern, (struct view){place->path, place->length}, NULL) ||
           pattern_matches(pattern, (struct view){place->path, place->end}, NULL) ||
           pattern_matches(pattern, (struct view){place->path, place->end + 1}, NULL);
}

static bool is_served(const struct dotfiles *dotfiles, const struct place *place) {
    bool is_served = false;
    bool is_plain = !is_private(place->name);
    for (size_t i = 0; i < dotfiles->items.count; i++) {
        const char *item = dotfiles->items.items[i];
        bool serves = item[0] != '!' && strcmp(item, "hide") != 0;
        bool is_for_all = strcmp(item, "hide") == 0 || strcmp(item, "serve") == 0;
        const char *pattern = item[0] == '!' ? item + 1 : item;
        if (is_for_all || applies(pattern, place)) {
            is_served = serves && (is_served || is_plain || names(pattern, place->name));
        }
    }
    return is_served;
}

/* `hidden` is the first hidden name in the path. */
static bool all_are_served(const struct dotfiles *dotfiles, const char *path, const char *hidden) {
    struct place place;
    place.length = strlen(path) + 1;
    if (place.length > TARGET_PATH_BYTES) {
        return false;
    }
    place.path[0] = '/';
    memcpy(place.path + 1, path, place.length);
    for (; hidden != NULL; hidden = target_find_hidden_behind(hidden)) {
        place.name = (struct view){hidden, strcspn(hidden, "/")};
        place.end = (size_t)(hidden - path) + 1 + place.name.length;
        place.path[place.length] = '/'; /* behind a last name, for a folder */
        if (!is_served(dotfiles, &place)) {
            return false;
        }
    }
    return true;
}

bool dotfiles_serve(const struct dotfiles *dotfiles, const char *path) {
    const char *hidden = target_find_hidden(path);
    return hidden == NULL || (dotfiles != NULL && all_are_served(dotfiles, path, hidden));
}
