/* SPDX-License-Identifier: MIT */
/*
 * Where each value of a struct config came from, and what must be remembered so that a source never overrides
 * a higher one, whatever the order of the calls. Plain data; private to conf/.
 */
#ifndef LIDO_CONF_STORE_ORIGINS_H
#define LIDO_CONF_STORE_ORIGINS_H

#include "conf/schema/option_table.h"
#include "conf/settings.h"

struct config_origin {
    enum config_source source;
    /* One for each entry of a list, in its order; an empty list and a scalar have one. None at all: a host
     * leaves the option open, or inherits it. */
    struct string_list where;
};

struct config_origins {
    struct config_origin options[OPTION_COUNT];
    bool is_complete;

    /* What PORT or --port gave, until listen_port_apply(). */
    enum config_source port_source;
    char *port; /* NULL: none was given */
    char *port_where;
};

/* The place of a list's entry: its own, or the one that all have. NULL: there is none. */
const char *origin_entry(const struct string_list *where, size_t index);

/* The struct that holds an option outside of hosts: the config or its site. */
void *option_owner(const struct config_option *option, struct config *config);
const void *option_const_owner(const struct config_option *option, const struct config *config);

/* Release what the hosts and their origins own; there are none afterwards. */
void config_hosts_deinit(struct config *config);

/* Release the origins and what they own, but for those of hosts. */
void origins_destroy(struct config_origins *origins);

#endif
