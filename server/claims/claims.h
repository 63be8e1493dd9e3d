/* SPDX-License-Identifier: MIT */
/*
 * The files that the settings claim: the ones that they stand in, sockets, logs and the pid_file; whether two of them
 * are one, and whether each can be where it is said to be.
 *
 * Only looks (stat(2)): opens and makes nothing, and judges no rights, as another user may be the one who starts. So it
 * misses what only opening tells. Blocks as a file system does. Prints nothing.
 */
#ifndef LIDO_SERVER_CLAIMS_CLAIMS_H
#define LIDO_SERVER_CLAIMS_CLAIMS_H

#include "conf/settings.h"
#include "server/result.h"

/* Find two claims of one file, but for logs, which may share one. Without that a pid_file would be removed that was a
 * log, and settings be written over. Returns SERVER_OK; SERVER_MISTAKE with one line in `error`; or SERVER_FAILED, the
 * same, without memory. Thread-safe. */
enum server_result claims_check_pairs(const struct config *config, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The same, and find what is in the way: a folder, something that is no socket, a folder that is missing. One beneath
 * /run, /var/log, /var/lib or /var/cache may be, as service managers make it when they start the server. With `chroot` set, to be called from inside. */
enum server_result claims_check(const struct config *config, char error[SERVER_ERROR_BYTES])
    __attribute__((warn_unused_result));

#endif
