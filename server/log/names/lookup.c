/* SPDX-License-Identifier: MIT */
#include "server/log/names/lookup.h"

#include <ctype.h>
#include <netdb.h>
#include <string.h>

/* Returns its length, 0 for other families. */
static socklen_t socket_address_of(const struct client_address *address, struct sockaddr_storage *storage) {
    memset(storage, 0, sizeof *storage);
    if (address->family == AF_INET) {
        struct sockaddr_in in = {.sin_family = AF_INET};
        memcpy(&in.sin_addr, address->bytes, sizeof in.sin_addr);
        memcpy(storage, &in, sizeof in);
        return sizeof in;
    }
    if (address->family == AF_INET6) {
        struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_scope_id = address->scope_id};
        memcpy(&in6.sin6_addr, address->bytes, sizeof in6.sin6_addr);
        memcpy(storage, &in6, sizeof in6);
        return sizeof in6;
    }
    return 0;
}

/* Lower case, and only what names of hosts consist of: it goes into lines and JSON as it is. */
static bool make_canonical(char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if (!isalnum(c) && strchr("-._", c) == NULL) {
            return false;
        }
        name[i] = (char)tolower(c);
    }
    return length > 0;
}

static bool leads_back(const char *name, const struct client_address *address) {
    struct addrinfo hints = {.ai_family = address->family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    bool same = false;
    if (getaddrinfo(name, NULL, &hints, &found) != 0) {
        return false;
    }
    for (const struct addrinfo *one = found; one != NULL && !same; one = one->ai_next) {
        struct client_address forwards = client_address_from(one->ai_addr, one->ai_addrlen);
        same = forwards.family == address->family &&
               memcmp(forwards.bytes, address->bytes, sizeof forwards.bytes) == 0;
    }
    freeaddrinfo(found);
    return same;
}

bool name_lookup(const struct client_address *address, char name[NAME_BYTES]) {
    struct sockaddr_storage storage;
    char found[NI_MAXHOST];
    socklen_t length = socket_address_of(address, &storage);
    if (length == 0 || getnameinfo((const struct sockaddr *)&storage, length, found, sizeof found, NULL, 0,
                                   NI_NAMEREQD) != 0) {
        return false;
    }
    if (strlen(found) >= NAME_BYTES || !make_canonical(found) || !leads_back(found, address)) {
        return false;
    }
    memcpy(name, found, strlen(found) + 1);
    return true;
}
