/* SPDX-License-Identifier: MIT */
/*
 * What is odd with where the server listens: somebody else is there, the name is not known, or more is shown to other
 * machines than is likely to be meant.
 *
 * Opens the listening sockets for a moment, as the server would, and closes them; no client is answered. Where a lido listens
 * already, that is the server that is checked, most likely, and all is well. Not thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_ADDRESSES_H
#define LIDO_SERVER_CHECK_ADDRESSES_H

#include "conf/settings.h"
#include "server/check/findings.h"

/* Look at all addresses of the config. `home` is the owner's home folder, or NULL. Blocks while a name server is asked. */
void addresses_check(const struct config *config, const char *home, struct findings *findings);

#endif
