/* SPDX-License-Identifier: MIT */
/*
 * The system calls that the server makes after its start, and no others, by seccomp(2). The filters are libseccomp's, made
 * when this is built (filter/write_calls.c).
 *
 * A call that is not on the list fails with ENOSYS, as on a kernel that does not have it, and the kernel logs it: so a C
 * library that tries something newer falls back to what it did before, a feature that was forgotten here fails by itself
 * instead of taking all clients with it, and yet the owner can see it. What no server of files can mean to do, such as to
 * run another program or to look into another process, ends the process: somebody else is at the wheel. Left out where
 * sanitizers are built in, as these make calls of their own. For the calling thread, and those that it starts from then
 * on; cannot be taken back.
 */
#ifndef LIDO_SERVER_SANDBOX_CALLS_H
#define LIDO_SERVER_SANDBOX_CALLS_H

#include <stdbool.h>

/* Restrict the calling thread; it must have no new privileges already. `connects`: it may also connect, and send
 * datagrams, as the lookup of names and logs of a service do. Returns 0 or a negative errno: -ENOTSUP if this was
 * built without libseccomp or with sanitizers, -EINVAL or another if the kernel refuses. */
int calls_enter(bool connects) __attribute__((warn_unused_result));

/* The library with its version, or NULL if this was built without. */
const char *calls_library(void);

#endif
