/* SPDX-License-Identifier: MIT */
/*
 * status.json of the program on the stage (stage.h), and the numbers in it by name.
 */
#ifndef LIDO_TESTS_SUPPORT_STATUS_JSON_H
#define LIDO_TESTS_SUPPORT_STATUS_JSON_H

#include <jansson.h>

/* Ask for it. The caller's, for json_decref(). */
json_t *status_json_read(void);

/* The number at "counts.requests"; the test fails if there is none. */
double status_json_number(const json_t *all, const char *path);

/* Ask for it until as many requests for files are counted, and their clients are gone but for `open` of them: a client
 * may have its answer before it is counted. */
json_t *status_json_read_of(double requests, double open);

#endif
