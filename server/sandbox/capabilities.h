/* SPDX-License-Identifier: MIT */
/*
 * Rights that go beyond those of a user: giving them up, and never getting any (capabilities(7), PR_SET_NO_NEW_PRIVS of
 * prctl(2)). Takes nothing back. For the calling thread, and those that it starts from then on.
 */
#ifndef LIDO_SERVER_SANDBOX_CAPABILITIES_H
#define LIDO_SERVER_SANDBOX_CAPABILITIES_H

/* Give up all capabilities, root's as well. Returns 0 or a negative errno. */
int capabilities_give_up(void) __attribute__((warn_unused_result));

/* Have execve(2) grant nothing from now on, be it by set-user-ID or by a file's capabilities. Returns 0 or a negative
 * errno. */
int capabilities_allow_no_new(void) __attribute__((warn_unused_result));

#endif
