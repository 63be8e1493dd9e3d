/* SPDX-License-Identifier: MIT */
#include "http/semantics/authority.h"

#include "http/base/escape.h"

#include <arpa/inet.h>
#include <string.h>

/* unreserved / sub-delims, RFC 3986 sections 2.2 and 2.3 */
static bool is_name_character(char c) {
    return ascii_is_digit(c) || ascii_is_letter(c) || (c != '\0' && strchr("-._~!$&'()*+,;=", c) != NULL);
}

/* How much of the text is a registered name, of which an IPv4 address is a special case: characters, and
 * escapes that are whole (RFC 3986 section 3.2.2). */
static size_t name_length(struct view text) {
    size_t at = 0;
    while (at < text.length) {
        if (is_name_character(text.bytes[at])) {
            at++;
        } else if (escape_read((struct view){text.bytes + at, text.length - at}) != -1) {
            at += 3;
        } else {
            break;
        }
    }
    return at;
}

/* "v" 1*HEXDIG "." 1*( unreserved / sub-delims / ":" ) */
static bool is_future_address(struct view text) {
    size_t at = 1;
    if (text.length == 0 || ascii_lower(text.bytes[0]) != 'v') {
        return false;
    }
    while (at < text.length && ascii_hex_value(text.bytes[at]) != -1) {
        at++;
    }
    if (at == 1 || at == text.length || text.bytes[at] != '.') {
        return false;
    }
    at++;
    size_t begin = at;
    while (at < text.length && (is_name_character(text.bytes[at]) || text.bytes[at] == ':')) {
        at++;
    }
    return at > begin && at == text.length;
}

/* inet_pton(3) knows what an IPv6 address is; behind it there may be a zone. */
static bool is_ipv6_address(struct view text) {
    char address[INET6_ADDRSTRLEN];
    struct in6_addr binary;
    const char *percent = text.length > 0 ? memchr(text.bytes, '%', text.length) : NULL;
    size_t length = percent != NULL ? (size_t)(percent - text.bytes) : text.length;
    if (length >= sizeof address) {
        return false;
    }
    memcpy(address, text.bytes, length);
    address[length] = '\0';
    if (memchr(address, '\0', length) != NULL || inet_pton(AF_INET6, address, &binary) != 1) {
        return false;
    }
    struct view zone = {text.bytes + length + 1, percent != NULL ? text.length - length - 1 : 0};
    return percent == NULL || (zone.length > 0 && name_length(zone) == zone.length);
}

/* The length of the host at the beginning of the text; 0 when there is none. */
static size_t host_length(struct view text) {
    if (text.length == 0 || text.bytes[0] != '[') {
        return name_length(text);
    }
    const char *bracket = memchr(text.bytes, ']', text.length);
    if (bracket == NULL) {
        return 0;
    }
    struct view inside = {text.bytes + 1, (size_t)(bracket - text.bytes) - 1};
    return is_ipv6_address(inside) || is_future_address(inside) ? inside.length + 2 : 0;
}

bool authority_split(struct view authority, struct view *host) {
    size_t length = host_length(authority);
    size_t at = length;
    if (at < authority.length && authority.bytes[at] == ':') {
        at++;
        while (at < authority.length && ascii_is_digit(authority.bytes[at])) {
            at++;
        }
    }
    if (length == 0 || at < authority.length) {
        return false;
    }
    *host = (struct view){authority.bytes, length};
    return true;
}
