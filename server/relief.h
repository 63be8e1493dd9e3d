/* SPDX-License-Identifier: MIT */
/*
 * Who gives a descriptor back when there are none to be had: first what is kept open between requests, then the client
 * that has taken nothing of its answer for longest, then the one that has been idle for longest.
 *
 * Decides who; how they end is for others. Private to server.c.
 */
#ifndef LIDO_SERVER_RELIEF_H
#define LIDO_SERVER_RELIEF_H

struct reactor_options;
struct server;

/* Have it be so when a file is opened (http/files/beneath.h), by any thread, and when the reactor accepts. The context of
 * the options has to be the server. */
void relief_fill_in(struct server *server, struct reactor_options *options);

#endif
