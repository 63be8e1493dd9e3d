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

#include "conf/base/complain.h"
#include "conf/values/option_value.h"

/* Read "Name: value"; `result` gets it with exactly one blank behind the colon. Returns true, or false after
 * a complaint. Thread-safe. */
bool field_value_parse(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

/* The same for a name alone. */
bool field_name_parse(const char *text, char result[OPTION_VALUE_BYTES], struct complaint about)
    __attribute__((warn_unused_result));

#endif
