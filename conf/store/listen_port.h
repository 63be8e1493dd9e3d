/* SPDX-License-Identifier: MIT */
/*
 * The port that PORT or --port gives to the listen addresses, and whether two of these collide.
 *
 * The addresses as given are kept; what config->listen shows is derived from them. Reads no notation: what
 * gets here has been checked. Private to conf/.
 */
#ifndef LIDO_CONF_STORE_LISTEN_PORT_H
#define LIDO_CONF_STORE_LISTEN_PORT_H

#include "conf/settings.h"

/* Renew config->listen and where its entries came from, after a change of the given addresses or of the port.
 * Returns 0, or -ENOMEM with both unchanged. */
int listen_port_derive(struct config *config) __attribute__((warn_unused_result));

/* Remember a checked port, and derive. Returns 0, or -ENOMEM with config->listen unchanged. */
int listen_port_set(struct config *config, const char *port, enum config_source source, const char *where)
    __attribute__((warn_unused_result));

/* Check that no two of `addresses` collide; wheres[i] is where addresses[i] came from. Returns true, or false
 * with one line in `error` that names both. Thread-safe. */
bool listen_check_collisions(const struct string_list *addresses, const struct string_list *wheres,
                             char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
