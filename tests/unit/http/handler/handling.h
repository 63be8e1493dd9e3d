/* SPDX-License-Identifier: MIT */
/*
 * Sites in a temporary folder and one answer at a time, read back by the strict reader of
 * tests/support/answer.h.
 *
 * Criterion runs each test in a process of its own, so these are plain variables. Give the two functions to a
 * TestSuite as .init and .fini; the latter checks that no descriptor is left open.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_HANDLER_HANDLING_H
#define LIDO_TESTS_UNIT_HTTP_HANDLER_HANDLING_H

#include "http/handler/handler.h"
#include "tests/support/answer.h"
#include "tests/support/folder.h"

/* What the wall clock says: Sun, 06 Nov 1994 08:49:37 GMT. */
enum { HANDLING_NOW = 784111777, HANDLING_SITES_MAX = 8 };
#define HANDLING_DATE "Sun, 06 Nov 1994 08:49:37 GMT"

extern struct folder root;       /* served */
extern struct site *site;        /* on the root, with index.html and listings */
extern struct site *strict_site; /* the same without listings */
extern struct handler_environment environment;
extern struct response response;
extern struct answer answer;

void handling_set_up(void);
void handling_tear_down(void);

/* The options of `site`, for a test to change. */
struct site_options handling_options(void);

/* Make one more site, which goes at the tear-down. At most HANDLING_SITES_MAX. */
struct site *handling_add_site(const struct site_options *options);

/* The same, and let it answer from now on. */
void handling_use(const struct site_options *options);

/* A request as the reader makes it: HTTP/1.1, kept alive, without any field but Host. */
struct request request_for(enum request_method method, const char *target);

/* Make the answer and read its head and, up to ANSWER_BODY_BYTES, its body into `answer`, whatever the body
 * is made of. Fails the test when the head is not a proper one, a field stands twice, or its length is not
 * that of the body. Lines of Vary, which add up (RFC 9110 section 12.5.5), become one in `answer`, and no
 * name may stand in it twice. */
void prepare_answer(const struct request *request);

/* GET it. Returns the status. */
int get(const char *target);

/* Fail unless the last answer has this field with this value, or for NULL has no such field. `label` is for
 * messages. */
void expect_field_of(const char *label, const char *name, const char *value);

/* The same without a label. */
void expect_field(const char *name, const char *value);

#endif
