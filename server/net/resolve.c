/* SPDX-License-Identifier: MIT */
#include "server/net/resolve.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* Whether `host` is `domain` or lies within it; a root label's dot at the end changes nothing. */
static bool is_within(const char *host, const char *domain) {
    size_t length = strlen(host);
    size_t domain_length = strlen(domain);
    if (length > 0 && host[length - 1] == '.') {
        length--;
    }
    if (length < domain_length || strncasecmp(host + length - domain_length, domain, domain_length) != 0) {
        return false;
    }
    return length == domain_length || host[length - domain_length - 1] == '.';
}

/* glibc takes a number past 65535 modulo 65536. */
static bool is_number_past_ports(const char *port) {
    return port[0] != '\0' && port[strspn(port, "0123456789")] == '\0' &&
           strtoul(port, NULL, 10) > UINT16_MAX;
}

int resolve_stream(const char *host, const char *port, int flags, struct addrinfo **list) {
    if (is_number_past_ports(port)) {
        return EAI_SERVICE;
    }
    if (host != NULL && is_within(host, "invalid")) {
        return EAI_NONAME;
    }
    if (host != NULL && is_within(host, "localhost")) {
        host = NULL;
        flags &= ~AI_PASSIVE;
    }
    struct addrinfo hints = {.ai_flags = flags, .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    return getaddrinfo(host, port, &hints, list);
}

bool resolve_error_is_permanent(int code) {
    switch (code) {
    case EAI_NONAME:
    case EAI_SERVICE:
#ifdef EAI_NODATA
    case EAI_NODATA: /* the name exists, but has no address */
#endif
        return true;
    default:
        return false;
    }
}

const char *resolve_error_text(int code, char text[128]) {
    if (code != EAI_SYSTEM) {
        return gai_strerror(code);
    }
    (void)snprintf(text, 128, "%m");
    return text;
}
