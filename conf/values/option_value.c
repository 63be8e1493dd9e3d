/* SPDX-License-Identifier: MIT */
#include "conf/values/option_value.h"

#include "conf/base/complain.h"
#include "conf/base/text_check.h"
#include "conf/values/listen_address.h"
#include "conf/values/log_value.h"
#include "conf/values/site_value.h"
#include "conf/values/value.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { FILE_NAME_MAX_BYTES = 255, CHARSET_MAX_BYTES = 40, EXPECTED_BYTES = 96, SECOND_MS = 1000 };

static const char default_port[] = "8080";
static const char off[] = "off";
static const char automatic[] = "auto";

static bool is_size(const struct config_option *option) {
    return option->kind == OPTION_SIZE || option->kind == OPTION_AUTO_SIZE;
}

static bool may_be_auto(const struct config_option *option) {
    return option->kind == OPTION_AUTO_NUMBER || option->kind == OPTION_AUTO_SIZE;
}

void option_number_format(const struct config_option *option, uint64_t number, char text[VALUE_TEXT_BYTES]) {
    if (may_be_auto(option) && number == 0) {
        (void)snprintf(text, VALUE_TEXT_BYTES, "%s", automatic);
    } else if (is_size(option)) {
        value_format_size(number, text);
    } else if (option->kind == OPTION_DURATION) {
        value_format_duration(number, text);
    } else {
        (void)snprintf(text, VALUE_TEXT_BYTES, "%" PRIu64, number);
    }
}

/* "auto or 1..1024", "1ms..1h" */
static void format_range(const struct config_option *option, char expected[EXPECTED_BYTES]) {
    char minimum[VALUE_TEXT_BYTES];
    char maximum[VALUE_TEXT_BYTES];
    option_number_format(option, option->minimum, minimum);
    option_number_format(option, option->maximum, maximum);
    (void)snprintf(expected, EXPECTED_BYTES, "%s%s..%s", may_be_auto(option) ? "auto or " : "", minimum,
                   maximum);
}

static bool complain_of_number(const struct config_option *option, const char *text,
                               enum value_outcome outcome, struct complaint about) {
    char expected[EXPECTED_BYTES];
    format_range(option, expected);
    if (outcome == VALUE_OUT_OF_RANGE) {
        return complain(about, "'%s' is out of range; expected %s", show(text).text, expected);
    }
    if (outcome == VALUE_UNIT_MISSING) {
        uint64_t seconds = 0;
        bool fits = value_parse_number(text, &seconds) == VALUE_OK &&
                    seconds >= option->minimum / SECOND_MS && seconds <= option->maximum / SECOND_MS;
        return complain(about, "'%s' has no unit; %s %s%s (units: ms, s, m, h, d, w, y)", show(text).text,
                        fits ? "write" : "expected", fits ? show(text).text : expected,
                        fits ? "s for seconds" : "");
    }
    const char *noun = is_size(option) ? "size" : option->kind == OPTION_DURATION ? "duration" : "number";
    return complain(about, "'%s' is not a %s; expected %s", show(text).text, noun, expected);
}

static bool parse_number(const struct config_option *option, const char *text, uint64_t *number,
                         struct complaint about) {
    if (may_be_auto(option) && strcasecmp(text, automatic) == 0) {
        *number = 0;
        return true;
    }
    enum value_outcome outcome = is_size(option)                   ? value_parse_size(text, number)
                                 : option->kind == OPTION_DURATION ? value_parse_duration(text, number)
                                                                   : value_parse_number(text, number);
    if (outcome == VALUE_OK && (*number < option->minimum || *number > option->maximum)) {
        outcome = VALUE_OUT_OF_RANGE;
    }
    return outcome == VALUE_OK || complain_of_number(option, text, outcome, about);
}

/* "wait or reject" */
static bool complain_of_word(const struct config_option *option, const char *text, struct complaint about) {
    char expected[EXPECTED_BYTES] = "";
    size_t length = 0;
    for (size_t i = 0; option->words[i] != NULL; i++) {
        const char *before = i == 0 ? "" : option->words[i + 1] != NULL ? ", " : " or ";
        length +=
            (size_t)snprintf(expected + length, sizeof expected - length, "%s%s", before, option->words[i]);
        assert(length < sizeof expected);
    }
    return complain(about, "'%s' is not known; expected %s", show(text).text, expected);
}

/* The word's index or number, and the word in the letter case of the table. */
static bool parse_word(const struct config_option *option, const char *text, struct option_value *value,
                       struct complaint about) {
    int word = value_parse_word(text, option->words);
    if (word == -1) {
        return complain_of_word(option, text, about);
    }
    bool is_number = option->kind == OPTION_NUMBER_WORD;
    value->number = is_number ? strtoul(option->words[word], NULL, 10) : (uint64_t)word;
    (void)snprintf(value->text, sizeof value->text, "%s", option->words[word]);
    return true;
}

static bool may_be_off(const struct config_option *option) {
    return option->kind == OPTION_PATH_OR_OFF || option->kind == OPTION_LOG ||
           option->kind == OPTION_URL_PATH || option->kind == OPTION_PREFIX ||
           option->kind == OPTION_OWN_FOLDER || option->kind == OPTION_ADDRESS_OR_OFF ||
           option->kind == OPTION_CHARSET_NAME || option->kind == OPTION_MEDIA_TYPE;
}

static bool says_where(const struct config_option *option) {
    return option->kind == OPTION_PATH_OR_OFF || option->kind == OPTION_LOG ||
           option->kind == OPTION_ADDRESS_OR_OFF;
}

/* `access_log = no` means off, not a file named "no"; and `access_log = yes` leaves open where to. */
static bool parse_off(const struct config_option *option, const char *text, bool on, char *result,
                      struct complaint about) {
    if (on) {
        return complain(about, "'%s' does not say %s; expected %s", show(text).text,
                        says_where(option) ? "where" : "which", option->expected);
    }
    memcpy(result, off, sizeof off);
    return true;
}

static bool parse_path(const struct config_option *option, const char *text, char *result,
                       struct complaint about) {
    if (*text == '\0') {
        return complain(about, "the value is empty; expected %s", option->expected);
    }
    if (!value_check_text(text, option->expected, about)) {
        return false;
    }
    memcpy(result, text, strlen(text) + 1);
    return true;
}

/* The name goes into a response header as it is, so it must be a token (RFC 9110, 5.6.2). */
static bool parse_charset(const struct config_option *option, const char *text, char *result,
                          struct complaint about) {
    size_t length = strlen(text);
    if (length == 0 || length > CHARSET_MAX_BYTES || !text_consists_of(text, TEXT_ALPHANUMERICS "-_.+")) {
        return complain(about, "'%s' is not the name of a charset; expected %s", show(text).text,
                        option->expected);
    }
    memcpy(result, text, length + 1);
    return true;
}

static bool parse_file_name(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    if (*text == '\0') {
        return complain(about, "the name is empty; expected the name of a file, e.g. index.html");
    }
    if (strchr(text, '/') != NULL || strcmp(text, ".") == 0 || strcmp(text, "..") == 0 ||
        text_has_control(text) || strlen(text) > FILE_NAME_MAX_BYTES) {
        return complain(about, "'%s' is not a plain file name; expected a name without '/', e.g. index.html",
                        show(text).text);
    }
    memcpy(result, text, strlen(text) + 1);
    return true;
}

static bool parse_address(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    struct listen_address address;
    const char *complaint = listen_address_parse(text, &address);
    if (complaint == NULL && address.kind == LISTEN_TCP && address.port[0] == '\0') {
        complaint = listen_address_set_port(&address, default_port);
    }
    if (complaint != NULL) {
        return complain(about, "'%s': %s", show(text).text, complaint);
    }
    listen_address_format(&address, result, OPTION_VALUE_BYTES);
    return true;
}

static bool parse_path_pattern(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about) {
    return site_value_pattern(text, false, result, about);
}

static site_value_reader *const readers[] = {
    [OPTION_ADDRESSES] = parse_address,
    [OPTION_FILE_NAMES] = parse_file_name,
    [OPTION_MEDIA_PATTERNS] = site_value_media_pattern,
    [OPTION_ORIGINS] = site_value_origin,
    [OPTION_FOLDERS] = site_value_folder,
    [OPTION_SHOWN_PATHS] = site_value_shown,
    [OPTION_LOG] = log_value_destination,
    [OPTION_FORMAT] = log_value_format,
    [OPTION_STATUSES] = log_value_statuses,
    [OPTION_PATH_PATTERNS] = parse_path_pattern,
    [OPTION_FIELDS] = site_value_field,
    [OPTION_FIELD_NAMES] = site_value_field_name,
    [OPTION_URL_PATH] = site_value_path,
    [OPTION_PREFIX] = site_value_prefix,
    [OPTION_OWN_FOLDER] = site_value_own_folder,
    [OPTION_ADDRESS_OR_OFF] = parse_address,
    [OPTION_MEDIA_TYPE] = site_value_default_type,
    [OPTION_TARGET] = site_value_target,
};

/* Kinds whose value is text. */
static bool parse_text(const struct config_option *option, const char *text, char result[OPTION_VALUE_BYTES],
                       struct complaint about) {
    bool on = false;
    if (may_be_off(option) && value_parse_boolean(text, &on)) {
        return parse_off(option, text, on, result, about);
    }
    if (option->kind == OPTION_CHARSET_NAME) {
        return parse_charset(option, text, result, about);
    }
    site_value_reader *read = option->kind < sizeof readers / sizeof *readers ? readers[option->kind] : NULL;
    return read != NULL ? read(text, result, about) : parse_path(option, text, result, about);
}

bool option_value_parse(const struct config_option *option, const char *text, struct option_value *value,
                        struct complaint about) {
    bool boolean = false;
    if (option->words != NULL) {
        return parse_word(option, text, value, about);
    }
    if (option_is_text(option) || option_is_list(option)) {
        return parse_text(option, text, value->text, about);
    }
    if (option->kind != OPTION_BOOLEAN) {
        return parse_number(option, text, &value->number, about);
    }
    if (!value_parse_boolean(text, &boolean)) {
        return complain(about, "'%s' is neither on nor off; expected on or off", show(text).text);
    }
    value->number = boolean;
    return true;
}
