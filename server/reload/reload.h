/* SPDX-License-Identifier: MIT */
/*
 * From one config to the next while the server runs: reads all settings anew, opens beside the old what is new, and
 * then turns to it, or leaves all as it was.
 *
 * What may fail comes first, and what was done by then is undone; what follows cannot fail. Clients stay connected, and
 * answers under way end with the settings that they began with (http/generation.h). Tells line by line what has
 * changed, or what is wrong. Private to server.c.
 */
#ifndef LIDO_SERVER_RELOAD_RELOAD_H
#define LIDO_SERVER_RELOAD_RELOAD_H

struct server;

/* Reload, as server_on_reload() says. Blocks while files are read and a name server is asked. The main thread only,
 * between two turns of the reactor's loop. */
void reload_run(struct server *server);

#endif
