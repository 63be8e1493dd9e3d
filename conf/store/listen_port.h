/* SPDX-License-Identifier: MIT */
/*
 * The port that PORT or --port gives to the listen addresses. config_set_port() of config.h is implemented
 * here too.
 *
 * The addresses as given are kept; what config->listen shows is derived from them. Private to conf/.
 */
#ifndef LIDO_CONF_STORE_LISTEN_PORT_H
#define LIDO_CONF_STORE_LISTEN_PORT_H

#include "conf/settings.h"

/* Renew config->listen and where its entries came from, after a change of the given addresses or of the port.
 * Returns 0, or -ENOMEM with both unchanged. */
int listen_port_derive(struct config *config) __attribute__((warn_unused_result));

/* Check that no two of `addresses` collide; wheres[i] is where addresses[i] came from. Returns true, or false
 * with one line in `error` that names both. Thread-safe. */
bool listen_check_collisions(const struct string_list *addresses, const struct string_list *wheres,
                             char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
