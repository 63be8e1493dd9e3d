/* SPDX-License-Identifier: MIT */
/*
 * What the targets need that talk over sockets: a pair of them, a small site, and how many descriptors are open.
 */
#ifndef LIDO_TESTS_FUZZ_SERVING_H
#define LIDO_TESTS_FUZZ_SERVING_H

#include "http/site/site.h"

#include <stdbool.h>
#include <stddef.h>

enum { SERVING_LARGE_BYTES = 300000 };

/* Two ends of a connection, both non-blocking. */
bool serving_open_pair(int fds[2]) __attribute__((warn_unused_result));

/* A site of a folder that is made in /tmp and removed when the program ends. Ends the program if it cannot be made. */
struct site *serving_create_site(void);

/* How many descriptors this process has open. */
size_t serving_count_descriptors(void);

#endif
