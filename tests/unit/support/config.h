/* SPDX-License-Identifier: MIT */
/*
 * Settings under test, in a folder of the test's own that it stands in: complaints name a path as it was
 * given, so that the tests give a short one. One set of settings a test.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_CONFIG_H
#define LIDO_TESTS_UNIT_SUPPORT_CONFIG_H

#include "conf/config.h"
#include "tests/support/folder.h"

#include <stdbool.h>

extern struct folder folder;
extern struct config config;
extern char error[CONFIG_ERROR_BYTES];

/* For TestSuite(.init, .fini): make the folder, enter it and set the defaults; and back. */
void config_test_begin(void);
void config_test_end(void);

/* Set the defaults again. */
void start_again(void);

/* Write the text to lido.conf and load that; what is complained of goes to `error`. */
bool load(const char *text);

/* How many rules of a kind a site has, and one of them, counted from 0: there must be one. */
size_t count_rules(const struct config_site *site, enum config_section_kind kind);
const struct config_rule *rule_at(const struct config_site *site, enum config_section_kind kind,
                                  size_t index);

#endif
