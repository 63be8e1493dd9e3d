/* SPDX-License-Identifier: MIT */
#include "tests/semantics/expand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { NAME_BYTES = 256 };

static const char imf_fixdate[] = "%a, %d %b %Y %H:%M:%S GMT";

/* A placeholder, taken apart: {word+shift:path;coding}. */
struct placeholder {
    char word[NAME_BYTES];
    long shift_s;
    char path[NAME_BYTES];
    char coding[NAME_BYTES];
};

static bool take_apart(const char *text, size_t length, struct placeholder *placeholder) {
    char copy[NAME_BYTES];
    if (length >= sizeof copy) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    *placeholder = (struct placeholder){0};
    char *path = strchr(copy, ':');
    if (path != NULL) {
        *path++ = '\0';
        char *coding = strchr(path, ';');
        if (coding != NULL) {
            *coding++ = '\0';
            memcpy(placeholder->coding, coding, strlen(coding) + 1);
        }
        memcpy(placeholder->path, path, strlen(path) + 1);
    }
    size_t word_length = strcspn(copy, "+-");
    placeholder->shift_s = strtol(copy + word_length, NULL, 10);
    memcpy(placeholder->word, copy, word_length);
    return true;
}

/* Ask for the placeholder's path and copy one field of the answer. */
static bool ask_for_field(const struct expansion *expansion, const struct placeholder *placeholder,
                          const char *field, char *value) {
    char request[EXPANDED_BYTES];
    struct wire_answer answer;
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.0\r\n%s%s%s%s%s%s\r\n", placeholder->path,
                   expansion->host != NULL ? "Host: " : "", expansion->host != NULL ? expansion->host : "",
                   expansion->host != NULL ? "\r\n" : "",
                   placeholder->coding[0] != '\0' ? "Accept-Encoding: " : "", placeholder->coding,
                   placeholder->coding[0] != '\0' ? "\r\n" : "");
    return wire_exchange(expansion->wire, request, false, false, &answer) &&
           wire_field(&answer, field, value, NAME_BYTES) == 1;
}

/* Timestamps count in seconds, all in GMT; the C library's timegm() stands in no standard of C17, but in
 * every libc. */
static bool shift_date(const char *date, long shift_s, const char *form, char *value) {
    struct tm parts = {0};
    if (strptime(date, imf_fixdate, &parts) == NULL) {
        return false;
    }
    time_t seconds = timegm(&parts) + shift_s;
    return strftime(value, NAME_BYTES, form, gmtime_r(&seconds, &parts)) > 0;
}

static bool expand_tag(const struct expansion *expansion, const struct placeholder *placeholder,
                       char *value) {
    char tag[NAME_BYTES];
    if (!ask_for_field(expansion, placeholder, "ETag", tag)) {
        return false;
    }
    bool weaken = strcmp(placeholder->word, "weak") == 0 && strncmp(tag, "W/", 2) != 0;
    (void)snprintf(value, NAME_BYTES, "%s%.*s", weaken ? "W/" : "", NAME_BYTES - 3, tag);
    return true;
}

static bool expand_date(const struct expansion *expansion, const struct placeholder *placeholder,
                        char *value) {
    const char *form = strcmp(placeholder->word, "rfc850") == 0    ? "%A, %d-%b-%y %H:%M:%S GMT"
                       : strcmp(placeholder->word, "asctime") == 0 ? "%a %b %e %H:%M:%S %Y"
                                                                   : imf_fixdate;
    char date[NAME_BYTES];
    return ask_for_field(expansion, placeholder, "Last-Modified", date) &&
           shift_date(date, placeholder->shift_s, form, value);
}

static bool expand_one(const struct expansion *expansion, const struct placeholder *placeholder,
                       char *value) {
    const char *word = placeholder->word;
    if (strcmp(word, "now") == 0) {
        struct tm parts;
        time_t then = time(NULL) + placeholder->shift_s;
        return strftime(value, NAME_BYTES, imf_fixdate, gmtime_r(&then, &parts)) > 0;
    }
    if (strcmp(word, "Date") == 0) {
        char date[NAME_BYTES];
        return expansion->answer != NULL && wire_field(expansion->answer, "Date", date, sizeof date) == 1 &&
               shift_date(date, placeholder->shift_s, imf_fixdate, value);
    }
    if (strcmp(word, "etag") == 0 || strcmp(word, "weak") == 0) {
        return expand_tag(expansion, placeholder, value);
    }
    if (strcmp(word, "date") == 0 || strcmp(word, "rfc850") == 0 || strcmp(word, "asctime") == 0) {
        return expand_date(expansion, placeholder, value);
    }
    return false;
}

bool expand(const struct expansion *expansion, const char *text, char out[EXPANDED_BYTES]) {
    size_t used = 0;
    for (const char *at = text; *at != '\0';) {
        const char *end = *at == '{' ? strchr(at, '}') : NULL;
        size_t length = 1;
        char value[NAME_BYTES] = {*at, '\0'};
        if (end != NULL) {
            struct placeholder placeholder;
            length = (size_t)(end - at) + 1;
            if (!take_apart(at + 1, length - 2, &placeholder) ||
                !expand_one(expansion, &placeholder, value)) {
                (void)snprintf(out, EXPANDED_BYTES, "the server gives nothing for %.*s", (int)length, at);
                return false;
            }
        }
        size_t value_length = strlen(value);
        if (used + value_length >= EXPANDED_BYTES) {
            return false;
        }
        memcpy(out + used, value, value_length);
        used += value_length;
        at += length;
    }
    out[used] = '\0';
    return true;
}
