/* SPDX-License-Identifier: MIT */
/*
 * What is odd with the machine for this config: there are too few descriptors, the kernel's queue is shorter than the
 * config's, a table cannot be used.
 *
 * Raises the limit of descriptors, as the server would. Not thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_SYSTEM_H
#define LIDO_SERVER_CHECK_SYSTEM_H

#include "conf/settings.h"
#include "server/check/findings.h"

/* Look at what the kernel allows. */
void system_check_limits(const struct config *config, struct findings *findings);

/* Look at the tables; from inside of `chroot`, if that is set. */
void system_check_tables(const struct config *config, struct findings *findings);

#endif
