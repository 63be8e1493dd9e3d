/* SPDX-License-Identifier: MIT */
/*
 * The shape of settings: "name = value" and "name = { value, value }". A part of config_syntax.h, and private
 * to it and to syntax_section.h.
 */
#ifndef LIDO_CONF_SYNTAX_SETTING_H
#define LIDO_CONF_SYNTAX_SETTING_H

#include "conf/syntax/reader.h"

#include <stdbool.h>

/* Read "= value" or "= { value, ... }" behind the option's name on `line`. Returns false after a
 * complaint. */
bool syntax_read_setting(struct syntax_reader *reader, const struct config_option *option, int line)
    __attribute__((warn_unused_result));

/* The reader stands behind a value of one text on `line`: what may follow on its line. */
bool syntax_check_end(struct syntax_reader *reader, const char *name, int line)
    __attribute__((warn_unused_result));

#endif
