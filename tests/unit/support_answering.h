/* SPDX-License-Identifier: MIT */
/*
 * A site in a temporary folder and one answer at a time, read back by the strict reader of tests/support/answer.h.
 *
 * Criterion runs each test in a process of its own, so these are plain variables. Give the two functions to a TestSuite
 * as .init and .fini.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_ANSWERING_H
#define LIDO_TESTS_UNIT_SUPPORT_ANSWERING_H

#include "http/answer.h"
#include "tests/support/answer.h"
#include "tests/support/folder.h"

/* What the wall clock says: Sun, 06 Nov 1994 08:49:37 GMT. */
enum { ANSWERING_NOW = 784111777 };
#define ANSWERING_DATE "Sun, 06 Nov 1994 08:49:37 GMT"

extern struct folder root;       /* served */
extern struct site *site;        /* on the root, with index.html and listings */
extern struct site *strict_site; /* the same without listings */
extern struct answer_context context;
extern struct response response;
extern struct answer answer;

void answering_set_up(void);
void answering_tear_down(void);

/* A request as the reader makes it: HTTP/1.1, kept alive. */
struct request request_for(enum request_method method, const char *target);

/* Make the answer and read its head and, if it is not a file, its body into `answer`. Fails the test when the head is not
 * a proper one, or its length not that of the body. */
void prepare_answer(const struct request *request);

#endif
