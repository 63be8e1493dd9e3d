/* SPDX-License-Identifier: MIT */
#include "conf/base/complain.h"

#include "http/base/escape.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { SUBJECT_MAX = 240 };

void replace_controls(char *text) {
    text[escape_terminal(text, strlen(text))] = '\0';
}

/* The last bytes of `text`, or all of it. */
static const char *end_of(const char *text, size_t bytes_max) {
    size_t length = strlen(text);
    return length > bytes_max ? text + length - bytes_max : text;
}

struct subject subject_at(const char *where, const char *name) {
    struct subject subject;
    (void)snprintf(subject.text, sizeof subject.text, "%s%s%s", end_of(where, SUBJECT_MAX),
                   name != NULL ? ": " : "", name != NULL ? name : "");
    return subject;
}

bool complain(struct complaint about, const char *format, ...) {
    int saved_errno = errno; /* for %m among the formats */
    const char *subject = end_of(about.subject, SUBJECT_MAX);
    const char *clip = subject == about.subject ? "" : "...";
    int used = snprintf(about.error, CONFIG_ERROR_BYTES, "%s%s: ", clip, subject);

    va_list arguments;
    va_start(arguments, format);
    errno = saved_errno;
    (void)vsnprintf(about.error + used, CONFIG_ERROR_BYTES - (size_t)used, format, arguments);
    va_end(arguments);
    replace_controls(about.error);
    return false;
}

void complaints_note(struct complaints *complaints, bool right) {
    struct config_mistakes *mistakes = complaints->mistakes;
    if (right) {
        return;
    }
    if (complaints->count++ == 0) {
        memcpy(complaints->first, complaints->error, sizeof complaints->first);
    }
    if (mistakes->count++ < CONFIG_MISTAKES_MAX) {
        (void)!string_list_add(&mistakes->lines, complaints->error); /* without memory it is counted alone */
    }
}

bool complaints_end(const struct complaints *complaints) {
    if (complaints->count > 0) {
        memcpy(complaints->error, complaints->first, sizeof complaints->first);
    }
    return complaints->count == 0;
}

struct shown show_part(const char *text, size_t length) {
    static const char ellipsis[] = "...";
    struct shown shown = {""};
    size_t room = sizeof shown.text - sizeof ellipsis;
    size_t kept = strnlen(text, length);
    bool clipped = kept > room;

    if (clipped) {
        kept = room;
        while (kept > 0 && ((unsigned char)text[kept] & 0xC0U) == 0x80U) {
            kept--;
        }
    }
    memcpy(shown.text, text, kept);
    memcpy(shown.text + kept, clipped ? ellipsis : "", clipped ? sizeof ellipsis : 1);
    return shown;
}

struct shown show(const char *text) {
    return show_part(text, strlen(text));
}
