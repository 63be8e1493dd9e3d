/* SPDX-License-Identifier: MIT */
/*
 * What is odd with the machine for this config: somebody else holds the port, there are too few descriptors, the kernel's
 * queue is shorter than the config's, a table cannot be used, more is shown to more people than is likely to be meant.
 *
 * Opens the listening sockets for a moment, as the server would, and closes them; no client is answered. Not thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_SYSTEM_H
#define LIDO_SERVER_CHECK_SYSTEM_H

#include "conf/settings.h"
#include "server/check/findings.h"

/* Look at it. `home` is the owner's home folder, or NULL. Blocks while a name server is asked. */
void system_check(const struct config *config, const char *home, struct findings *findings);

#endif
