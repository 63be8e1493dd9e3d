/* SPDX-License-Identifier: MIT */
#include "server/relief.h"

#include "server/reactor/reactor.h"
#include "server/sites/sites.h"
#include "server/state.h"
#include "server/workers.h"

static bool relieve_by_client(void *context) {
    struct server *server = context;
    struct client *client = reactor_take_weakest(server->reactor);
    if (client == NULL) {
        return false;
    }
    workers_see_off(server, client);
    return true;
}

static bool relieve_acceptor(void *context) {
    struct server *server = context;
    return sites_give_way(&server->setup.sites);
}

void relief_fill_in(struct server *server, struct reactor_options *options) {
    options->on_shortage = relieve_acceptor;
    server->setup.sites.clients =
        (struct descriptor_relief){.give_way = relieve_by_client, .context = server};
}
