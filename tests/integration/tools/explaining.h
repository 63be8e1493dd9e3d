/* SPDX-License-Identifier: MIT */
/* What the tests of `lido --explain` share: asking, and looking at the steps and the head. On the stage (stage.h). */
#ifndef LIDO_TESTS_INTEGRATION_TOOLS_EXPLAINING_H
#define LIDO_TESTS_INTEGRATION_TOOLS_EXPLAINING_H

#include "tests/support/stage.h"

/* Write settings for the site. */
void configure(const char *settings);

/* Have this explained, with the settings in lido.conf of the workplace. Returns the exit status. */
int explain(const char *const *arguments);

/* The step has a number in front, which is not compared. */
void expect_step(const char *step);

#define expect_steps(...) expect_all_steps(LIST(__VA_ARGS__))

void expect_all_steps(const char *const *steps);

void expect_no(const char *text);

/* A whole line, behind the first one. */
void expect_line(const char *line);

#endif
