/* SPDX-License-Identifier: MIT */
/*
 * Several logs under test, which follow a config, with a folder for them and one user, the test's own thread.
 *
 * Criterion runs each test in a process of its own, so there is one of each, and they are plain variables.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_LOG_SEVERAL_LOGS_H
#define LIDO_TESTS_UNIT_SERVER_LOG_SEVERAL_LOGS_H

#include "server/log/logs.h"
#include "tests/support/folder.h"

extern struct folder place;
extern struct logs logs;
extern struct client_address client;
extern char news[2048]; /* what tell() was told, each with a line feed */

void begin_logs(void);
void end_logs(void);

/* Turn to the logs of a config in which '@' stands for the folder. Returns what log_plan_create() does. */
int turn_to(const char *text);

/* Log an answer of the one user. */
void answer(const char *request_line, int status);

/* For logs_look(). */
void tell(void *context, const char *line);

/* Look until nobody uses the plans before any more, whose logs end on their own time. */
void await_no_former(void);

/* What a file of the folder has to hold. */
void expect_text(const char *name, const char *expected);

#endif
