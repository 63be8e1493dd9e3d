/* SPDX-License-Identifier: MIT */
/*
 * A reading that was never taken, with a number of its own for all that the pages show.
 */
#ifndef LIDO_TESTS_UNIT_SERVER_STATUS_MADE_READING_H
#define LIDO_TESTS_UNIT_SERVER_STATUS_MADE_READING_H

#include "server/status/reading.h"

/* Make one with as many workers, each in another state; the caller's for reading_release(). */
struct reading *made_reading(size_t worker_count);

#endif
