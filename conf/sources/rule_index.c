/* SPDX-License-Identifier: MIT */
#include "conf/sources/rule_index.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A failed insertion leaves the element out instead of ending the program. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

enum { KEY_BYTES = 48 }; /* of a key, without the title: two numbers */

struct indexed_rule {
    UT_hash_handle hh;
    size_t number;
    char key[]; /* "0 1 /path"; of a host behind the kinds that there are */
};

static struct indexed_rule *make(size_t site, unsigned kind, const char *title, size_t number) {
    size_t room = KEY_BYTES + strlen(title);
    struct indexed_rule *entry = calloc(1, sizeof *entry + room);
    if (entry != NULL) {
        entry->number = number;
        (void)snprintf(entry->key, room, "%zu %u %s", site, kind, title);
    }
    return entry;
}

/* `entry` is the index's, or freed. */
static int add(struct rule_index *index, struct indexed_rule *entry) {
    if (entry == NULL) {
        return -ENOMEM;
    }
    HASH_ADD_STR(index->by_key, key, entry);
    if (entry->hh.tbl == NULL) { /* uthash's sign that there was no memory */
        free(entry);
        return -ENOMEM;
    }
    return 0;
}

/* `wanted` is freed. */
static int find(const struct rule_index *index, struct indexed_rule *wanted, size_t *number) {
    struct indexed_rule *entry = NULL;
    if (wanted == NULL) {
        return -ENOMEM;
    }
    HASH_FIND_STR(index->by_key, wanted->key, entry); /* NOLINT(clang-analyzer-*): as below */
    free(wanted);
    if (entry == NULL) {
        return -ENOENT;
    }
    *number = entry->number;
    return 0;
}

int rule_index_add(struct rule_index *index, size_t site, const struct config_rule *rule, size_t number) {
    return add(index, make(site, (unsigned)rule->kind, rule->title, number));
}

int rule_index_find(const struct rule_index *index, size_t site, const struct config_rule *rule,
                    size_t *number) {
    return find(index, make(site, (unsigned)rule->kind, rule->title, 0), number);
}

int rule_index_add_host(struct rule_index *index, const char *name, size_t host) {
    return add(index, make(0, SECTION_COUNT, name, host));
}

int rule_index_find_host(const struct rule_index *index, const char *name, size_t *host) {
    return find(index, make(0, SECTION_COUNT, name, 0), host);
}

void rule_index_clear(struct rule_index *index) {
    struct indexed_rule *entry = NULL;
    struct indexed_rule *next = NULL;
    /* NOLINTBEGIN(clang-analyzer-*): does not see through uthash's macros */
    HASH_ITER(hh, index->by_key, entry, next) {
        HASH_DEL(index->by_key, entry);
        free(entry);
    }
    /* NOLINTEND(clang-analyzer-*) */
}
