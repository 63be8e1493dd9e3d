/* SPDX-License-Identifier: MIT */
/* Header fields of site_value.h. */
#include "conf/base/complain.h"
#include "conf/base/text_check.h"
#include "conf/values/site_value.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What only the server can know, and why. */
static const struct {
    const char *name, *reason;
} reserved[] = {
    {"Connection", "it tells how this connection goes on"},
    {"Keep-Alive", "it tells how this connection goes on"},
    {"Proxy-Connection", "it tells how this connection goes on"},
    {"Upgrade", "it tells how this connection goes on"},
    {"Content-Length", "it tells where the answer ends"},
    {"Transfer-Encoding", "it tells where the answer ends"},
    {"Trailer", "it tells where the answer ends"},
    {"TE", "it tells where the answer ends"},
    {"Content-Range", "it tells which part of the file is sent"},
    {"Accept-Ranges", "it tells whether parts of the file can be asked for"},
    {"Content-Encoding", "it tells how the file is packed; see precompressed and compress"},
    {"Content-Type", "it comes from the file's extension; use a types section"},
    {"Date", "it is the time of the answer"},
    {"ETag", "it tells one version of the file from another"},
    {"Last-Modified", "it tells one version of the file from another"},
    {"Location", "it tells where a redirect leads; use a redirect section"},
    {"Allow", "it tells which methods the server knows"},
};

static bool check_name(const char *name, size_t length, struct complaint about) {
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (strlen(reserved[i].name) == length && strncasecmp(reserved[i].name, name, length) == 0) {
            return complain(about, "'%s' is set by the server alone: %s", reserved[i].name,
                            reserved[i].reason);
        }
    }
    return true;
}

/* RFC 9110, 5.5: visible ASCII, blanks, tabs, and bytes above (obs-text). */
static bool is_field_content(const char *text) {
    for (const char *c = text; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if ((byte < ' ' && byte != '\t') || byte == 0x7f) {
            return false;
        }
    }
    return true;
}

bool site_value_field(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    static const char blanks[] = " \t";
    static const char example[] = "X-Frame-Options: DENY";
    size_t name_length = text_token_length(text);
    const char *value = text + name_length;
    size_t blank_length = strspn(value, blanks);

    if (name_length == 0 || value[blank_length] != ':') {
        return complain(about, "'%s' is not a header field; expected a name, a colon and a value, e.g. %s",
                        show(text).text, example);
    }
    if (blank_length > 0) {
        return complain(about, "'%s' has a blank before its colon; remove it (RFC 9112, 5.1)",
                        show(text).text);
    }
    value++;
    value += strspn(value, blanks);
    size_t value_length = strlen(value);
    while (value_length > 0 && strchr(blanks, value[value_length - 1]) != NULL) {
        value_length--;
    }
    if (!is_field_content(value)) {
        return complain(about, "'%s' holds a control character; expected a line such as %s", show(text).text,
                        example);
    }
    if (value_length == 0) {
        return complain(about, "'%s' has no value; write one, or take the field away with remove",
                        show(text).text);
    }
    if (name_length + value_length + sizeof ": " > OPTION_VALUE_BYTES) {
        return complain(about, "'%s' is too long; expected at most %d bytes", show(text).text,
                        OPTION_VALUE_BYTES - 1);
    }
    (void)snprintf(result, OPTION_VALUE_BYTES, "%.*s: %.*s", (int)name_length, text, (int)value_length,
                   value);
    return check_name(text, name_length, about);
}

bool site_value_field_name(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    size_t length = text_token_length(text);
    if (length > 0 && text[length] == ':') {
        return complain(about, "'%s' is more than the name of a field; write %s", show(text).text,
                        show_part(text, length).text);
    }
    if (length == 0 || text[length] != '\0' || length >= OPTION_VALUE_BYTES) {
        return complain(about, "'%s' is not the name of a header field; expected one such as Server",
                        show(text).text);
    }
    memcpy(result, text, length + 1);
    return check_name(text, length, about);
}
