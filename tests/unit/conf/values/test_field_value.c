/* SPDX-License-Identifier: MIT */
#include "conf/values/site_value.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char result[OPTION_VALUE_BYTES];
static char error[CONFIG_ERROR_BYTES];
static const struct complaint here = {"here", error};

Test(field_value, brings_a_field_into_one_form) {
    static const struct {
        const char *name, *text, *field;
    } rows[] = {
        {"as it is", "X-Frame-Options: DENY", "X-Frame-Options: DENY"},
        {"no blank", "A:b", "A: b"},
        {"RFC 9110, 5.5: blanks around do not count", "A: \t b c \t", "A: b c"},
        {"RFC 9110, 5.6.2: every token character", "!#$%&'*+-.^_`|~09Az: b", "!#$%&'*+-.^_`|~09Az: b"},
        {"RFC 9110, 5.5: obs-text", "A: \xe9\x80\xff", "A: \xe9\x80\xff"},
        {"colons and quotes", "A: \"b:c\", d", "A: \"b:c\", d"},
        {"name that begins like a reserved one", "Date-Of: x", "Date-Of: x"},
        {"Vary adds up", "Vary: Cookie", "Vary: Cookie"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(site_value_field(rows[i].text, result, here), "%s: %s", rows[i].name, error);
        cr_assert_str_eq(result, rows[i].field, "%s: %s", rows[i].name, result);
    }
}

Test(field_value, refuses_what_could_break_an_answer) {
    static const char no_field[] =
        "is not a header field; expected a name, a colon and a value, e.g. X-Frame-Options: DENY";
    static const char control[] = "holds a control character; expected a line such as X-Frame-Options: DENY";
    static const struct {
        const char *name, *text, *wrong;
    } rows[] = {
        {"nothing", "", no_field},
        {"no colon", "A", no_field},
        {"no name", ": b", no_field},
        {"blank in the name", "A B: c", no_field},
        {"line end in the name", "A\r\nB: c", no_field},
        {"RFC 9112, 5.1: blank before the colon", "A : b",
         "has a blank before its colon; remove it (RFC 9112, 5.1)"},
        {"no value", "A: ", "has no value; write one, or take the field away with remove"},
        {"line end", "A: b\r\nC: d", control},
        {"bare line feed", "A: b\nC", control},
        {"DEL", "A: b\x7f", control},
        {"escape", "A: \x1b[0m", control},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_not(site_value_field(rows[i].text, result, here), "%s", rows[i].name);
        cr_assert(strncmp(error, "here: '", 7) == 0 && strstr(error, rows[i].wrong), "%s: %s", rows[i].name,
                  error);
    }
    char overlong[OPTION_VALUE_BYTES + 1];
    memset(overlong, 'a', sizeof overlong - 1);
    memcpy(overlong, "A: ", 3);
    overlong[sizeof overlong - 1] = '\0';
    cr_assert_not(site_value_field(overlong, result, here));
    overlong[sizeof overlong - 2] = '\0';
    cr_assert(site_value_field(overlong, result, here), "%s", error);
    cr_assert_str_eq(result, overlong);
}

Test(field_value, leaves_framing_and_description_to_the_server) {
    static const struct {
        const char *name, *reason;
    } rows[] = {
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
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char line[64];
        char expected[CONFIG_ERROR_BYTES];
        (void)snprintf(line, sizeof line, "%s: x", rows[i].name);
        line[0] |= 0x20; /* in any letter case */
        (void)snprintf(expected, sizeof expected, "here: '%s' is set by the server alone: %s", rows[i].name,
                       rows[i].reason);
        cr_assert_not(site_value_field(line, result, here), "%s", line);
        cr_assert_str_eq(error, expected);
        cr_assert_not(site_value_field_name(rows[i].name, result, here), "%s", rows[i].name);
        cr_assert_str_eq(error, expected);
    }
}

Test(field_value, takes_the_names_of_other_fields_for_removal) {
    static const char *const names[] = {"Server", "Cache-Control", "Vary", "Expires",
                                        "X-Content-Type-Options"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert(site_value_field_name(names[i], result, here), "%s", error);
        cr_assert_str_eq(result, names[i]);
    }
    cr_assert_not(site_value_field_name("", result, here));
    cr_assert_str_eq(error, "here: '' is not the name of a header field; expected one such as Server");
    cr_assert_not(site_value_field_name("A B", result, here));
    cr_assert_not(site_value_field_name("A\r\n", result, here));
    cr_assert_not(site_value_field_name("A:b", result, here));
    cr_assert_str_eq(error, "here: 'A:b' is more than the name of a field; write A");
}
