/* SPDX-License-Identifier: MIT */
#include "conf/values/listen_address.h"

#include "conf/base/text_check.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char every_address[] = "*";
static const char unix_prefix[] = "unix:";

static const char *parse_unix(const char *path, struct listen_address *address) {
    if (*path == '\0') {
        return "the path after unix: is missing; write unix:/run/lido.sock";
    }
    if (strlen(path) >= sizeof address->path) {
        return "the path after unix: is too long; a socket's path has at most 107 bytes";
    }
    if (text_has_control(path)) {
        return "the path after unix: holds a control character; write unix:/run/lido.sock";
    }
    address->kind = LISTEN_UNIX;
    memcpy(address->path, path, strlen(path) + 1);
    return NULL;
}

const char *listen_address_set_port(struct listen_address *address, const char *port) {
    static const char expected[] = "a port is a number 0..65535, auto, or the name of a service, e.g. http";
    if (*port == '\0') {
        return "the port is missing; write localhost:8080";
    }
    if (text_consists_of(port, "0123456789")) {
        const char *digits = port + strspn(port, "0");
        unsigned long number = strtoul(digits, NULL, 10);
        if (strlen(digits) > 5 || number > 65535) {
            return expected;
        }
        (void)snprintf(address->port, sizeof address->port, "%lu", number);
        return NULL;
    }
    /* Service names as /etc/services has them, which is wider than RFC 6335: dots, plus signs and underscores
     * occur. */
    if (!isalnum((unsigned char)*port) || !text_consists_of(port, TEXT_ALPHANUMERICS "-_.+") ||
        strlen(port) >= sizeof address->port) {
        return expected;
    }
    memcpy(address->port, port, strlen(port) + 1);
    return NULL;
}

/* Whether `text` is an IPv6 address, perhaps with a zone as in fe80::1%eth0. */
static bool is_ipv6(const char *text) {
    size_t length = strcspn(text, "%");
    const char *zone = text + length;
    bool is_zone_right =
        *zone == '\0' || (zone[1] != '\0' && text_consists_of(zone + 1, TEXT_ALPHANUMERICS "-_."));
    return is_zone_right && text_is_ipv6(text, length);
}

static const char *parse_bracketed(const char *text, struct listen_address *address) {
    const char *close = strchr(text, ']');
    if (close == NULL) {
        return "the closing bracket is missing; write [::1]:8080";
    }
    size_t length = (size_t)(close - text - 1);
    if (length >= sizeof address->host) {
        return "the host is too long; expected at most 255 characters";
    }
    memcpy(address->host, text + 1, length);
    address->host[length] = '\0';
    if (!is_ipv6(address->host)) {
        return "brackets hold an IPv6 address; write [::1]:8080, or localhost:8080 without brackets";
    }
    if (close[1] != '\0' && close[1] != ':') {
        return "only :port may follow the closing bracket; write [::1]:8080";
    }
    return close[1] == ':' ? listen_address_set_port(address, close + 2) : NULL;
}

static const char *parse_plain(const char *text, struct listen_address *address) {
    size_t length = strcspn(text, ":");
    const char *colon = text[length] == ':' ? text + length : NULL;

    if (length >= sizeof address->host) {
        return "the host is too long; expected at most 255 characters";
    }
    memcpy(address->host, text, length);
    address->host[length] = '\0';
    if (strcmp(address->host, every_address) == 0) {
        address->host[0] = '\0';
    }
    if (!text_consists_of(address->host, TEXT_ALPHANUMERICS "-_.")) {
        return "no host is named so; write localhost:8080, or *:8080 for every address";
    }
    return colon != NULL ? listen_address_set_port(address, colon + 1) : NULL;
}

static const char *parse_tcp(const char *text, struct listen_address *address) {
    if (*text == '\0') {
        return "the address is missing; write localhost:8080";
    }
    if (strstr(text, "://") != NULL) {
        return "an address is not a URL; write localhost:8080";
    }
    if (text_consists_of(text, "0123456789")) {
        return "a port alone does not say where to listen; write localhost:8080, or *:8080 for every address";
    }
    if (*text == '[') {
        return parse_bracketed(text, address);
    }
    if (strpbrk(text, "[]") != NULL) {
        return "the opening bracket is missing; write [::1]:8080";
    }
    if (strchr(text, ':') != strrchr(text, ':')) {
        return "an IPv6 address stands in brackets; write [::1]:8080";
    }
    return parse_plain(text, address);
}

const char *listen_address_parse(const char *text, struct listen_address *address) {
    struct listen_address parsed = {.kind = LISTEN_TCP};
    const char *complaint = text_begins(text, unix_prefix) ? parse_unix(text + strlen(unix_prefix), &parsed)
                                                           : parse_tcp(text, &parsed);
    if (complaint == NULL) {
        *address = parsed;
    }
    return complaint;
}

void listen_address_format(const struct listen_address *address, char *text, size_t size) {
    if (address->kind == LISTEN_UNIX) {
        (void)snprintf(text, size, "%s%s", unix_prefix, address->path);
        return;
    }
    bool bracketed = strchr(address->host, ':') != NULL;
    (void)snprintf(text, size, "%s%s%s%s%s", bracketed ? "[" : "",
                   address->host[0] == '\0' ? every_address : address->host, bracketed ? "]" : "",
                   address->port[0] == '\0' ? "" : ":", address->port);
}

bool listen_address_collides(const struct listen_address *a, const struct listen_address *b) {
    if (a->kind != b->kind) {
        return false;
    }
    if (a->kind == LISTEN_UNIX) {
        return strcmp(a->path, b->path) == 0;
    }
    bool same_host = a->host[0] == '\0' || b->host[0] == '\0' || strcasecmp(a->host, b->host) == 0;
    return same_host && strcmp(a->port, b->port) == 0 && strcmp(a->port, "0") != 0;
}
