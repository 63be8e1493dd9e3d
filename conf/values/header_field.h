/* SPDX-License-Identifier: MIT */
/*
 * Header fields of the owner's own: "Name: value" and names, checked so that they cannot break the answer
 * they stand in.
 *
 * Refused are control characters, what is no token (RFC 9110 sections 5.1 and 5.5), and the fields by which a
 * message is framed or described, which only the server can know. Private to conf/.
 */
#ifndef LIDO_CONF_VALUES_HEADER_FIELD_H
#define LIDO_CONF_VALUES_HEADER_FIELD_H

#include "conf/config.h"
#include "conf/values/option_value.h"

/* Read "Name: value"; `result` gets it with exactly one blank behind the colon. Returns true, or false with
 * one line in `error` that begins with `subject`. Thread-safe. */
bool field_value_parse(const char *text, const char *subject, char result[OPTION_VALUE_BYTES],
                       char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The same for a name alone. */
bool field_name_parse(const char *text, const char *subject, char result[OPTION_VALUE_BYTES],
                      char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
