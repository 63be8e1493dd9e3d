/* SPDX-License-Identifier: MIT */
/* Media types, paths and patterns of site_value.h. */
#include "conf/values/site_value.h"

#include "conf/base/complain.h"
#include "conf/base/text_check.h"
#include "http/base/escape.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { EXTENSION_MAX_BYTES = 32, MEDIA_TYPE_MAX_BYTES = 127 };

/* Whether `text` is type/subtype and nothing else. */
static bool is_media_type(const char *text) {
    size_t type = text_token_length(text);
    if (type == 0 || text[type] != '/' || strlen(text) > MEDIA_TYPE_MAX_BYTES) {
        return false;
    }
    size_t subtype = text_token_length(text + type + 1);
    return subtype > 0 && text[type + 1 + subtype] == '\0';
}

bool site_value_media_type(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    if (strchr(text, ';') != NULL) {
        return complain(about,
                        "'%s' has a parameter; write the media type alone, 'charset' adds itself to text",
                        show(text).text);
    }
    if (!is_media_type(text) || strchr(text, '*') != NULL) {
        return complain(about, "'%s' is not a media type; expected one such as text/markdown",
                        show(text).text);
    }
    text_copy_lower(result, text);
    return true;
}

bool site_value_coded_type(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    static const char *const codings[] = {"br", "zstd", "gzip"};
    for (size_t i = 0; i < sizeof codings / sizeof *codings; i++) {
        size_t type = strlen(text) - strlen(codings[i]) - 1;
        if (strlen(text) > strlen(codings[i]) && text[type] == ' ' &&
            strcasecmp(text + type + 1, codings[i]) == 0) {
            char name[OPTION_VALUE_BYTES];
            memcpy(name, text, type);
            name[type] = '\0';
            return site_value_media_type(name, result, about) &&
                   snprintf(result + type, OPTION_VALUE_BYTES - type, " %s", codings[i]) > 0;
        }
    }
    return site_value_media_type(text, result, about);
}

bool site_value_default_type(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    static const char sniff[] = "sniff";
    if (strcasecmp(text, sniff) == 0) {
        memcpy(result, sniff, sizeof sniff);
        return true;
    }
    return site_value_media_type(text, result, about);
}

/* A star at the start would make it a pattern of paths. */
bool site_value_media_pattern(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    if (!is_media_type(text) || *text == '*') {
        return complain(about, "'%s' is not a pattern of media types; expected one such as text/*",
                        show(text).text);
    }
    text_copy_lower(result, text);
    return true;
}

/* `at_end`: what is wrong with a final slash. */
static bool parse_rooted(const char *text, const char *expected, const char *at_end,
                         char result[OPTION_VALUE_BYTES], struct complaint about) {
    const char *wrong = NULL;
    if (!value_check_text(text, expected, about)) {
        return false;
    }
    if (*text != '/') {
        wrong = "does not begin with '/'";
    } else if (strpbrk(text, "?#") != NULL) {
        wrong = "holds a query or a fragment";
    } else if (text_has_odd_segment(text)) {
        wrong = "holds '//', '.' or '..'";
    } else if (text[strlen(text) - 1] == '/') {
        wrong = at_end;
    }
    if (wrong != NULL) {
        return complain(about, "'%s' %s; expected %s", show(text).text, wrong, expected);
    }
    memcpy(result, text, strlen(text) + 1);
    return true;
}

bool site_value_path(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    return parse_rooted(text, "the path of a file from the root, e.g. /404.html", "names a folder", result,
                        about);
}

bool site_value_own_folder(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    static const char expected[] = "a path that ends with a slash, e.g. /.lido/";
    char path[OPTION_VALUE_BYTES];
    size_t length = strlen(text);
    bool has_slash = length > 1 && length < sizeof path && text[length - 1] == '/';
    if (has_slash) {
        memcpy(path, text, length - 1);
        path[length - 1] = '\0';
        text = path;
    }
    return parse_rooted(text, expected, "names no folder", result, about) &&
           snprintf(result + strlen(text), OPTION_VALUE_BYTES - strlen(text), "/") > 0;
}

/* Whether each '%' begins an escape. */
static bool is_percent_encoded(const char *text) {
    const char *at = strchr(text, '%');
    while (at != NULL && escape_read(view_of(at)) != -1) {
        at = strchr(at + 1, '%');
    }
    return at == NULL;
}

/* It goes into links as it is. */
bool site_value_prefix(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    static const char expected[] = "the path that a proxy takes off, e.g. /prefix";
    if (!parse_rooted(text, expected, "ends with '/'", result, about)) {
        return false;
    }
    if (!text_consists_of(text, TEXT_ALPHANUMERICS "/-._~!$&'()*+,;=:@%") || !is_percent_encoded(text)) {
        return complain(about,
                        "'%s' holds what no URL does; write it percent-encoded, a blank as %%20 and a "
                        "%% as %%25",
                        show(text).text);
    }
    return true;
}

/* Requests are compared by their path, decoded and with "." and ".." resolved: what these tell can never
 * match. */
static bool check_path_pattern(const char *text, struct complaint about) {
    if (!value_check_text(text, "a pattern such as /assets/*", about)) {
        return false;
    }
    if (strchr(text, '?') != NULL) {
        return complain(about,
                        "the pattern '%s' holds a '?'; paths are compared without their query, write what "
                        "stands before it",
                        show(text).text);
    }
    if (text_has_odd_segment(text)) {
        return complain(about,
                        "the pattern '%s' holds '//', '.' or '..' and never matches; write the plain path",
                        show(text).text);
    }
    return true;
}

/* Without this, a path whose first slash was forgotten would pass for a media type, and never match. Types at
 * the top level are few and hardly ever change (RFC 6838 section 4.2.7; those of IANA's registry). */
static bool has_known_top_level(const char *text) {
    static const char *const names[] = {"application", "audio", "example",   "font", "haptics", "image",
                                        "message",     "model", "multipart", "text", "video"};
    size_t length = strcspn(text, "/");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strlen(names[i]) == length && strncasecmp(text, names[i], length) == 0) {
            return true;
        }
    }
    return memchr(text, '*', length) != NULL;
}

bool site_value_pattern(const char *text, bool media_types, char result[OPTION_VALUE_BYTES],
                        struct complaint about) {
    if (*text == '/' || *text == '*') {
        if (!check_path_pattern(text, about)) {
            return false;
        }
        memcpy(result, text, strlen(text) + 1);
        return true;
    }
    if (!media_types) {
        return complain(
            about, "the pattern '%s' does not begin with '/' or '*'; expected one of paths, such as /old/*",
            show(text).text);
    }
    if (!is_media_type(text)) {
        return complain(
            about,
            "the pattern '%s' is neither of paths nor of media types; expected one such as /assets/* or image/*",
            show(text).text);
    }
    if (!has_known_top_level(text)) {
        return complain(
            about,
            "the pattern '%s' begins with no media type that exists; a path begins with '/': write /%s",
            show(text).text, show(text).text);
    }
    text_copy_lower(result, text);
    return true;
}

bool site_value_typed_file(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    return *text == '/' ? site_value_path(text, result, about) : site_value_extension(text, result, about);
}

bool site_value_folder(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    static const char expected[] = "inside, or absolute paths of folders such as /srv/media";
    if (strcasecmp(text, "inside") == 0) {
        text_copy_lower(result, text);
        return true;
    }
    if (!value_check_text(text, expected, about)) {
        return false;
    }
    if (*text != '/') {
        return complain(about, "'%s' does not begin with '/'; expected %s", show(text).text, expected);
    }
    memcpy(result, text, strlen(text) + 1);
    return true;
}

bool site_value_shown(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    if (strcasecmp(text, "hide") == 0 || strcasecmp(text, "serve") == 0) {
        text_copy_lower(result, text);
        return true;
    }
    bool is_hidden = *text == '!';
    if (text[is_hidden] != '/' && text[is_hidden] != '*') {
        return complain(about,
                        "'%s' is not known; expected hide, serve, or patterns of paths such as /.config/*",
                        show(text).text);
    }
    result[0] = '!';
    return site_value_pattern(text + is_hidden, false, result + is_hidden, about);
}

bool site_value_extension(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    if (*text == '.' && text[1] != '\0' && strchr(text + 1, '.') == NULL) {
        return complain(about, "'%s' begins with a dot; write %s without it", show(text).text,
                        show(text + 1).text);
    }
    if (strchr(text, '.') != NULL) {
        return complain(about, "'%s' holds a dot; an extension is what stands behind the last one, e.g. %s",
                        show(text).text,
                        strrchr(text, '.')[1] != '\0' ? show(strrchr(text, '.') + 1).text : "gz");
    }
    if (*text == '\0' || strpbrk(text, "/ ") != NULL || text_has_control(text) ||
        strlen(text) > EXTENSION_MAX_BYTES) {
        return complain(about, "'%s' is not the extension of a file's name; expected one such as md",
                        show(text).text);
    }
    text_copy_lower(result, text);
    return true;
}
