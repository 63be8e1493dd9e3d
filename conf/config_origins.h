/* SPDX-License-Identifier: MIT */
/*
 * Where each value of a struct config came from, and what must be remembered so that a source never overrides a
 * higher one, whatever the order of the calls. Plain data; private to conf/.
 */
#ifndef LIDO_CONF_CONFIG_ORIGINS_H
#define LIDO_CONF_CONFIG_ORIGINS_H

#include "conf/config.h"
#include "conf/option_table.h"

struct config_origin {
    enum config_source source;
    struct config_strings
        where; /* one for each entry of a list, in its order; an empty list and a scalar have one */
};

struct config_origins {
    struct config_origin options[OPTION_COUNT];

    /* The addresses as given, before a port from PORT or --port. config->listen and listen_where are derived
     * from them by listen_port_derive(), so that neither the order of the calls nor a second port loses
     * anything. */
    struct config_strings listen_given;
    struct config_strings listen_where;

    enum config_source port_source;
    char *port; /* NULL: none was given */
    char *port_where;
};

#endif
