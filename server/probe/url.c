/* SPDX-License-Identifier: MIT */
#include "server/probe/url.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char http_scheme[] = "http://";
static const char unix_scheme[] = "unix:";

enum { HTTP_PORT = 80, PORT_MAX = 65535 };

static bool begins_with(const char *text, const char *prefix) {
    return strncasecmp(text, prefix, strlen(prefix)) == 0;
}

/* Copy text[0 .. length) with a NUL. Returns false if it does not fit. */
static bool copy(char *to, size_t size, const char *text, size_t length) {
    if (length >= size) {
        return false;
    }
    memcpy(to, text, length);
    to[length] = '\0';
    return true;
}

/* Blanks and control characters could end the request line, and others are not for a URL to hold as they
 * are. */
static bool is_plain(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text <= ' ' || *text > '~') {
            return false;
        }
    }
    return true;
}

static const char *parse_unix(const char *path, struct url *url) {
    if (path[0] != '/') {
        return "a UNIX socket is given by its absolute path, as in unix:/run/lido.sock";
    }
    if (!copy(url->socket, sizeof url->socket, path, strlen(path))) {
        return "the path of the socket is too long: 107 bytes at most";
    }
    url->is_unix = true;
    memcpy(url->target, "/", sizeof "/");
    return NULL;
}

static const char *parse_port(const char *text, size_t length, struct url *url) {
    if (length == 0) {
        return NULL; /* "http://host:/" has the default port, see RFC 3986, 3.2.3 */
    }
    if (strspn(text, "0123456789") < length || !copy(url->port, sizeof url->port, text, length)) {
        return "the port is a number from 1 to 65535";
    }
    long port = strtol(url->port, NULL, 10);
    if (port < 1 || port > PORT_MAX) {
        return "the port is a number from 1 to 65535";
    }
    url->has_default_port = port == HTTP_PORT;
    return NULL;
}

/* In a URL the zone of a link-local address stands behind "%25" (RFC 6874). */
static void unescape_zone(char *host) {
    char *zone = strstr(host, "%25");
    if (zone != NULL) {
        memmove(zone + 1, zone + 3, strlen(zone + 3) + 1);
    }
}

static const char *parse_bracketed(const char *text, size_t length, struct url *url) {
    const char *end = memchr(text, ']', length);
    if (end == NULL) {
        return "the bracket around an IPv6 address is not closed: http://[::1]:8080/";
    }
    size_t host_length = (size_t)(end - text) - 1;
    size_t rest = length - host_length - 2;
    if (host_length == 0 || memchr(text, ':', (size_t)(end - text)) == NULL) {
        return "brackets are for IPv6 addresses: http://[::1]:8080/";
    }
    if (rest > 0 && end[1] != ':') {
        return "only a port may follow the bracket: http://[::1]:8080/";
    }
    if (!copy(url->host, sizeof url->host, text + 1, host_length)) {
        return "the host is too long";
    }
    unescape_zone(url->host);
    return rest > 0 ? parse_port(end + 2, rest - 1, url) : NULL;
}

/* The authority: "host", "host:port", "[v6]:port". */
static const char *parse_authority(const char *text, size_t length, struct url *url) {
    if (memchr(text, '@', length) != NULL) {
        return "user names in URLs are not supported";
    }
    if (length > 0 && text[0] == '[') {
        return parse_bracketed(text, length, url);
    }

    const char *colon = memchr(text, ':', length);
    size_t host_length = colon != NULL ? (size_t)(colon - text) : length;
    size_t rest = length - host_length;
    if (rest > 1 && memchr(colon + 1, ':', rest - 1) != NULL) {
        return "an IPv6 address stands in brackets: http://[::1]:8080/";
    }
    if (host_length == 0) {
        return "the host is missing: http://localhost:8080/";
    }
    if (!copy(url->host, sizeof url->host, text, host_length)) {
        return "the host is too long";
    }
    return rest > 0 ? parse_port(colon + 1, rest - 1, url) : NULL;
}

/* Path and query; the fragment is the client's own business and never sent. */
static const char *parse_target(const char *text, struct url *url) {
    size_t length = strcspn(text, "#");
    size_t slash = text[0] == '/' ? 0 : 1;
    url->target[0] = '/';
    if (!copy(url->target + slash, sizeof url->target - slash, text, length)) {
        return "the path is too long";
    }
    return NULL;
}

static const char *parse_http(const char *text, struct url *url) {
    if (!is_plain(text)) {
        return "blanks, control and non-ASCII characters must be percent-encoded, as in %20";
    }
    size_t authority_length = strcspn(text, "/?#");
    (void)snprintf(url->port, sizeof url->port, "%d", HTTP_PORT);
    url->has_default_port = true;
    const char *complaint = parse_authority(text, authority_length, url);
    if (complaint != NULL) {
        return complaint;
    }
    return parse_target(text + authority_length, url);
}

const char *url_parse(const char *text, struct url *url) {
    struct url result = {0};
    const char *complaint = NULL;
    const char *scheme_end = strstr(text, "://");
    if (begins_with(text, http_scheme)) {
        complaint = parse_http(text + strlen(http_scheme), &result);
    } else if (begins_with(text, unix_scheme)) {
        complaint = parse_unix(text + strlen(unix_scheme), &result);
    } else if (begins_with(text, "https://")) {
        complaint = "Lido speaks HTTP only; use http://";
    } else if (scheme_end != NULL && strcspn(text, "/?#") > (size_t)(scheme_end - text)) {
        complaint = "only http:// and unix: can be probed";
    } else {
        complaint = parse_http(text, &result);
    }
    if (complaint == NULL) {
        *url = result;
    }
    return complaint;
}

void url_format_host(const struct url *url, char text[280]) {
    int length = (int)strcspn(url->host, "%");
    bool is_ipv6 = strchr(url->host, ':') != NULL;
    if (url->is_unix) {
        (void)snprintf(text, 280, "localhost");
    } else {
        (void)snprintf(text, 280, "%s%.*s%s%s%s", is_ipv6 ? "[" : "", length, url->host, is_ipv6 ? "]" : "",
                       url->has_default_port ? "" : ":", url->has_default_port ? "" : url->port);
    }
}
