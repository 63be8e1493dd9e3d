/* SPDX-License-Identifier: MIT */
#include "http/site/hosts.h"

#include "http/semantics/authority.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A failed insertion leaves the element out instead of ending the program. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

/* More than any name of the DNS has (RFC 1035 section 2.3.4: 255 with its framing). */
enum { NAME_MAX_BYTES = 255 };

struct host {
    UT_hash_handle hh;
    const struct site *site;
    char name[]; /* the key, with a NUL; a wildcard with its asterisk */
};

struct hosts {
    struct host *by_name;
    const struct site *standard;
};

struct hosts *hosts_create(const struct site *standard) {
    struct hosts *hosts = calloc(1, sizeof *hosts);
    if (hosts != NULL) {
        hosts->standard = standard;
    }
    return hosts;
}

void hosts_destroy(struct hosts *hosts) {
    if (hosts == NULL) {
        return;
    }
    struct host *host = NULL;
    struct host *next = NULL;
    /* NOLINTBEGIN(clang-analyzer-*): does not see through uthash's macros */
    HASH_ITER(hh, hosts->by_name, host, next) {
        HASH_DEL(hosts->by_name, host);
        free(host);
    }
    /* NOLINTEND(clang-analyzer-*) */
    free(hosts);
}

static const struct host *find(const struct hosts *hosts, const char *name, size_t length) {
    struct host *host = NULL;
    HASH_FIND(hh, hosts->by_name, name, length, host); /* NOLINT(clang-analyzer-*): as above */
    return host;
}

int hosts_add(struct hosts *hosts, const char *name, const struct site *site) {
    size_t length = strlen(name);
    if (find(hosts, name, length) != NULL) {
        return -EEXIST;
    }
    struct host *host = calloc(1, sizeof *host + length + 1);
    if (host == NULL) {
        return -ENOMEM;
    }
    host->site = site;
    memcpy(host->name, name, length);
    HASH_ADD_KEYPTR(hh, hosts->by_name, host->name, length, host);
    if (host->hh.tbl == NULL) { /* uthash's sign that there was no memory */
        free(host);
        return -ENOMEM;
    }
    return 0;
}

/* Take off the dot that marks a name as complete. */
static struct view without_final_dot(struct view name) {
    if (name.length > 0 && name.bytes[name.length - 1] == '.') {
        name.length--;
    }
    return name;
}

/* The longest wildcard that covers the name, which is spoilt by that: each label gives way to an asterisk in
 * turn. */
static const struct host *find_wildcard(const struct hosts *hosts, char *name, size_t length) {
    for (size_t dot = 1; dot < length; dot++) {
        if (name[dot] != '.') {
            continue;
        }
        name[dot - 1] = '*';
        const struct host *host = find(hosts, name + dot - 1, length - dot + 1);
        if (host != NULL) {
            return host;
        }
    }
    return NULL;
}

/* NULL for none. */
static const struct host *match(const struct hosts *hosts, struct view authority) {
    struct view host_name = {0};
    if (!authority_split(authority, &host_name)) {
        return NULL;
    }
    host_name = without_final_dot(host_name);
    if (host_name.length == 0 || host_name.length > NAME_MAX_BYTES || hosts->by_name == NULL) {
        return NULL;
    }
    char name[NAME_MAX_BYTES];
    for (size_t i = 0; i < host_name.length; i++) {
        name[i] = ascii_lower(host_name.bytes[i]);
    }
    const struct host *host = find(hosts, name, host_name.length);
    if (host == NULL) {
        host = find_wildcard(hosts, name, host_name.length);
    }
    return host;
}

const struct site *hosts_match(const struct hosts *hosts, struct view authority, const char **name) {
    const struct host *host = match(hosts, authority);
    if (name != NULL) {
        *name = host != NULL ? host->name : NULL;
    }
    return host != NULL ? host->site : hosts->standard;
}

const struct site *hosts_find(const struct hosts *hosts, struct view authority) {
    return hosts_match(hosts, authority, NULL);
}
