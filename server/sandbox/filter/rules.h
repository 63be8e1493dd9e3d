/* SPDX-License-Identifier: MIT */
/*
 * Which system calls calls.h allows, with which arguments, and which ones end the process: for write_calls.c, when Lido is
 * built.
 */
#ifndef LIDO_SERVER_SANDBOX_FILTER_RULES_H
#define LIDO_SERVER_SANDBOX_FILTER_RULES_H

#include <seccomp.h>
#include <stdbool.h>

/* Stands for the process that the filter will be of: larger than any, and no other value in it. */
enum { RULES_OWN_PID = 0x4c69646f };

/* Add all to a filter that refuses by itself; `connects` as calls_enter() has it. Returns 0 or a negative errno. */
int rules_add(scmp_filter_ctx filter, bool connects) __attribute__((warn_unused_result));

#endif
