/* SPDX-License-Identifier: MIT */
/*
 * The shape of sections, and of the pairs of error_page and types. A part of config_syntax.h, and private to
 * it.
 */
#ifndef LIDO_CONF_SYNTAX_SECTION_H
#define LIDO_CONF_SYNTAX_SECTION_H

#include "conf/syntax/reader.h"

#include <stdbool.h>

/* Read titles and opening brace, or the pair, behind the section's name on `line`. */
bool syntax_read_section(struct syntax_reader *reader, const struct config_section *section, int line)
    __attribute__((warn_unused_result));

/* Read a line of types; the reader stands at the extension. */
bool syntax_read_type(struct syntax_reader *reader) __attribute__((warn_unused_result));

/* The reader stands at '}', within a section. */
bool syntax_end_section(struct syntax_reader *reader) __attribute__((warn_unused_result));

#endif
