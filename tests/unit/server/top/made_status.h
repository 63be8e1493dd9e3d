/* SPDX-License-Identifier: MIT */
/* The status.json of a made-up server, as server/status/README.md has it. */
#ifndef LIDO_TESTS_UNIT_SERVER_TOP_MADE_STATUS_H
#define LIDO_TESTS_UNIT_SERVER_TOP_MADE_STATUS_H

#include "server/top/status.h"

/* The text: so many threads, the second of which is stuck in a file. For free(3). */
char *made_status_text(size_t threads);

/* The same, read; what was read before is released. */
void made_status_read(struct top_status *status, size_t threads);

#endif
