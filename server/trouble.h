/* SPDX-License-Identifier: MIT */
/*
 * What the owner should know of and may not see: that the server did not start, that many clients time out. For the
 * error log only; by the main thread.
 */
#ifndef LIDO_SERVER_TROUBLE_H
#define LIDO_SERVER_TROUBLE_H

struct server;

/* Tell why the server does not start, if the error log is elsewhere than on standard error: whoever started the program
 * is told there, too. */
void trouble_tell_refused_start(struct server *server, const char *error);

/* To be called now and then. Once a minute at most it tells of many clients that were given up because they sent or took
 * nothing. */
void trouble_look(struct server *server);

#endif
