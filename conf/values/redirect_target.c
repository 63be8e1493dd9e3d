/* SPDX-License-Identifier: MIT */
/* Targets of redirects of site_value.h. */
#include "conf/base/complain.h"
#include "conf/base/text_check.h"
#include "conf/values/site_value.h"
#include "http/base/escape.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Behind "http://" or "https://", or NULL. */
static const char *find_authority(const char *text) {
    static const char plain[] = "http://";
    static const char secure[] = "https://";
    if (strncasecmp(text, plain, strlen(plain)) == 0) {
        return text + strlen(plain);
    }
    return strncasecmp(text, secure, strlen(secure)) == 0 ? text + strlen(secure) : NULL;
}

/* RFC 3986: a URL is visible ASCII. A backslash is not among it, and browsers take it for a slash. */
static bool check_characters(const char *text, struct complaint about) {
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte > 0x7f || strchr(" \"<>\\^`{|}", *c) != NULL) {
            return complain(about, "'%s' holds '%s', which no URL does; write it as %%%02X", show(text).text,
                            byte > 0x7f ? "a letter beyond ASCII" : show_part(c, 1).text, byte);
        }
        if (*c == '$') {
            if (c[1] != '$' && (c[1] < '1' || c[1] > '9')) {
                return complain(about, "'%s' holds a '$' without a number 1..9; write $$ for a plain '$'",
                                show(text).text);
            }
            c++;
        }
    }
    return true;
}

static bool has_capture(const char *text, size_t length) {
    for (size_t i = 0; i + 1 < length; i++) {
        if (text[i] == '$') {
            i++;
            if (text[i] != '$') {
                return true;
            }
        }
    }
    return false;
}

static bool check_host(const char *text, const char *authority, struct complaint about) {
    size_t length = strcspn(authority, "/?#");
    if (has_capture(authority, length)) {
        return complain(about, "'%s': a visitor could choose the host; put a '/' before the '$'",
                        show(text).text);
    }
    if (length == 0 || *authority == ':' || memchr(authority, '@', length) != NULL ||
        memchr(authority, '$', length) != NULL) {
        return complain(about, "'%s' names no host; expected a URL such as https://example.org/",
                        show(text).text);
    }
    return true;
}

bool site_value_target(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    const char *authority = find_authority(text);
    if (!value_check_text(text, "a path such as /new/$1", about)) {
        return false;
    }
    if (*text == '$') {
        return complain(about, "'%s': a visitor could choose the host; put a '/' before the '$'",
                        show(text).text);
    }
    if (text_begins(text, "//")) {
        return complain(about,
                        "'%s' begins with '//' and so names a host; write https: before it, or one '/'",
                        show(text).text);
    }
    if (*text != '/' && authority == NULL) {
        return complain(about, "'%s' begins with neither '/' nor https://; expected a path such as /new/$1",
                        show(text).text);
    }
    if (!check_characters(text, about) || (authority != NULL && !check_host(text, authority, about))) {
        return false;
    }
    memcpy(result, text, strlen(text) + 1);
    return true;
}

/* Whether all of `text` matches; a star takes as little as it can. */
static bool matches(const char *pattern, const char *text) {
    const char *star = NULL;
    const char *resume = NULL;
    while (*text != '\0') {
        if (*pattern == '*') {
            star = pattern++;
            resume = text;
        } else if (*pattern == *text) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star + 1;
            text = ++resume;
        } else {
            return false;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

/* The path that a request for the target has: decoded, without query and fragment, an "x" for each star. */
static void write_path(const char *target, char path[OPTION_VALUE_BYTES]) {
    const char *c = target;
    while (*c != '\0' && *c != '?' && *c != '#') {
        if (*c == '$') {
            *path++ = c[1] == '$' ? '$' : 'x';
            c += 2;
        } else if (escape_read(view_of(c)) != -1) {
            *path++ = (char)escape_read(view_of(c));
            c += 3;
        } else {
            *path++ = *c++;
        }
    }
    *path = '\0';
}

static int count_stars(const char *pattern) {
    int count = 0;
    for (const char *c = pattern; *c != '\0'; c++) {
        count += *c == '*';
    }
    return count;
}

bool site_value_check_target(const char *target, const char *pattern, struct complaint about) {
    int stars = count_stars(pattern);
    for (const char *c = target; *c != '\0'; c++) {
        if (*c != '$') {
            continue;
        }
        c++;
        if (*c != '$' && *c - '0' > stars) {
            return complain(about, "'%s' has $%c, but the pattern '%s' has %d '*'; each $n needs its star",
                            show(target).text, *c, show(pattern).text, stars);
        }
    }
    char path[OPTION_VALUE_BYTES];
    write_path(target, path);
    if (*target == '/' && matches(pattern, path)) {
        return complain(about, "'%s' is matched by '%s' again and leads back to itself; choose another place",
                        show(target).text, show(pattern).text);
    }
    return true;
}
