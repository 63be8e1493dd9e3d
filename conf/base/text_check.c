/* SPDX-License-Identifier: MIT */
#include "conf/base/text_check.h"

#include "http/base/ascii.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

bool text_has_control(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        if (iscntrl((unsigned char)*c)) {
            return true;
        }
    }
    return false;
}

bool text_begins(const char *text, const char *beginning) {
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

bool text_consists_of(const char *text, const char *characters) {
    return text[strspn(text, characters)] == '\0';
}

bool text_is_ipv6(const char *text, size_t length) {
    char address[INET6_ADDRSTRLEN];
    struct in6_addr binary;
    if (length >= sizeof address) {
        return false;
    }
    memcpy(address, text, length);
    address[length] = '\0';
    return inet_pton(AF_INET6, address, &binary) == 1;
}

size_t text_token_length(const char *text) {
    return strspn(text, TEXT_ALPHANUMERICS "!#$%&'*+-.^_`|~");
}

void text_copy_lower(char *to, const char *from) {
    do {
        *to++ = ascii_lower(*from);
    } while (*from++ != '\0');
}

bool text_has_odd_segment(const char *path) {
    for (const char *segment = path; (segment = strchr(segment, '/')) != NULL;) {
        segment++;
        size_t length = strcspn(segment, "/");
        bool is_last = segment[length] == '\0';
        if ((length == 0 && !is_last) || (length == 1 && *segment == '.') ||
            (length == 2 && segment[0] == '.' && segment[1] == '.')) {
            return true;
        }
    }
    return false;
}
