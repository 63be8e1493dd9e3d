/* SPDX-License-Identifier: MIT */
/* Names of hosts and web origins of site_value.h. */
#include "conf/base/complain.h"
#include "conf/base/text_check.h"
#include "conf/values/site_value.h"
#include "conf/values/value.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { NAME_MAX_BYTES = 253, LABEL_MAX_BYTES = 63, PORT_MAX = 65535 };

/* Whether text[0 .. length) is labels with dots between. Underscores are no host name's, but are in use. */
static bool is_name(const char *text, size_t length) {
    const char *end = text + length;
    for (const char *label = text;; label++) {
        size_t span = strspn(label, TEXT_ALPHANUMERICS "-_");
        if (span == 0 || span > LABEL_MAX_BYTES || label + span > end) {
            return false;
        }
        label += span;
        if (label == end) {
            return true;
        }
        if (*label != '.') {
            return false;
        }
    }
}

/* A name, or an IPv6 address in brackets. */
static bool is_host(const char *text, size_t length) {
    bool is_bracketed = length > 2 && *text == '[' && text[length - 1] == ']';
    return is_bracketed ? text_is_ipv6(text + 1, length - 2) : is_name(text, length);
}

static bool has_high_byte(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if ((unsigned char)*c > 0x7f) {
            return true;
        }
    }
    return false;
}

/* What is wrong with a text that is no name of a host. */
static bool complain_of_host(const char *text, struct complaint about) {
    struct shown shown = show(text);
    size_t colon = *text == '[' ? strcspn(text, "]") : strcspn(text, ":");
    colon += text[colon] == ']' ? 1 : 0;

    if (strcmp(text, "*") == 0) {
        return complain(about, "'*' is not needed: what stands outside of host is for all others");
    }
    if (text_is_ipv6(text, strlen(text))) {
        return complain(about, "'%s': an IPv6 address stands in brackets; write [%s]", shown.text,
                        shown.text);
    }
    if (strstr(text, "://") != NULL || strchr(text, '/') != NULL) {
        return complain(about,
                        "'%s' is an address of a page; expected the name of a host alone, e.g. "
                        "example.org",
                        shown.text);
    }
    if (text[colon] == ':' && is_host(text, colon)) {
        return complain(about, "'%s' has a port; write %s, for a host is served on every port", shown.text,
                        show_part(text, colon).text);
    }
    if (strchr(text, '*') != NULL) {
        return complain(about, "'%s': a '*' stands only for all to the left of a dot; write *.example.org",
                        shown.text);
    }
    if (has_high_byte(text)) {
        return complain(about, "'%s' is not as browsers send it; write it in its ASCII form, xn--...",
                        shown.text);
    }
    return complain(about, "'%s' is not the name of a host; expected one such as example.org", shown.text);
}

bool site_value_host(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    size_t skipped = text_begins(text, "*.") ? 2 : 0;
    size_t length = strlen(text);
    if (length > skipped + 1 && text[length - 1] == '.') {
        length--;
    }
    bool right = skipped > 0 ? is_name(text + skipped, length - skipped) : is_host(text, length);
    if (!right || length > NAME_MAX_BYTES) {
        return complain_of_host(text, about);
    }
    text_copy_lower(result, text);
    result[length] = '\0';
    return true;
}

static bool complain_of_origin(const char *text, struct complaint about) {
    const char *slashes = strstr(text, "://");
    const char *slash = slashes != NULL ? strchr(slashes + 3, '/') : NULL;
    bool boolean = false;

    if (strcasecmp(text, "null") == 0) {
        return complain(about, "'null' is what pages of unknown origin send, anybody's among them; "
                               "expected an origin such as https://example.org, or on for all");
    }
    if (value_parse_boolean(text, &boolean)) {
        return complain(about, "'%s' stands alone; remove it or the other entries", show(text).text);
    }
    if (strchr(text, '*') != NULL) {
        return complain(about, "'%s': a '*' is not offered here; name each origin, or write on for all",
                        show(text).text);
    }
    if (slash != NULL) {
        return complain(about, "'%s': an origin has no path; write %s", show(text).text,
                        show_part(text, (size_t)(slash - text)).text);
    }
    return complain(about, "'%s' is not an origin; expected one such as https://example.org, or on or off",
                    show(text).text);
}

/* Whether `text` is ":port" or nothing. *number gets the port, or 0. */
static bool parse_port(const char *text, uint64_t *number) {
    *number = 0;
    return *text == '\0' || (*text == ':' && value_parse_number(text + 1, number) == VALUE_OK &&
                             *number >= 1 && *number <= PORT_MAX);
}

static bool is_scheme(const char *text, size_t length) {
    return length > 0 && isalpha((unsigned char)*text) && strspn(text, TEXT_ALPHANUMERICS "+-.") == length;
}

bool site_value_origin(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    const char *slashes = strstr(text, "://");
    const char *host = slashes != NULL ? slashes + 3 : text;
    size_t length = *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":");
    uint64_t port = 0;

    if (slashes == NULL || !is_scheme(text, (size_t)(slashes - text)) || strlen(text) >= NAME_MAX_BYTES ||
        length > strlen(host) || !is_host(host, length) || !parse_port(host + length, &port)) {
        return complain_of_origin(text, about);
    }
    text_copy_lower(result, text);
    size_t end = (size_t)(host - text) + length;
    bool implied =
        (port == 80 && text_begins(result, "http:")) || (port == 443 && text_begins(result, "https:"));
    if (port == 0 || implied) {
        result[end] = '\0';
    } else {
        (void)snprintf(result + end, OPTION_VALUE_BYTES - end, ":%u", (unsigned)port);
    }
    return true;
}
