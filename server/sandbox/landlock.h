/* SPDX-License-Identifier: MIT */
/*
 * The file system shut but for what is granted, by Landlock (landlock(7)); with it TCP connections to others, signals to
 * and abstract UNIX sockets of other processes.
 *
 * Knows the kernel's interface from its first version on (Linux 5.13), and uses what the running one has. Cannot be taken
 * back or widened, only narrowed. Files that are open already stay so. For the calling thread, and those that it starts
 * from then on.
 */
#ifndef LIDO_SERVER_SANDBOX_LANDLOCK_H
#define LIDO_SERVER_SANDBOX_LANDLOCK_H

#include "server/sandbox/grants.h"

/* Restrict the calling thread to the grants; it must have no new privileges already. Returns the version of the interface
 * that was used, above 0, or a negative errno: -ENOSYS or -EOPNOTSUPP if the kernel has no Landlock. *failed: the path of
 * the grant that the errno is about, of `grants`; NULL if it is about none. */
int landlock_enter(const struct grants *grants, const char **failed) __attribute__((warn_unused_result));

#endif
