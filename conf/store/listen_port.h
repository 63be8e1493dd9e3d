/* SPDX-License-Identifier: MIT */
/*
 * The port that PORT or --port gives to the listen addresses, and whether two of these collide.
 *
 * Reads no notation: what gets here has been checked. Private to conf/.
 */
#ifndef LIDO_CONF_STORE_LISTEN_PORT_H
#define LIDO_CONF_STORE_LISTEN_PORT_H

#include "conf/settings.h"

/* Remember a checked port. Returns 0, or -ENOMEM with everything as it was. */
int listen_port_set(struct config *config, const char *port, enum config_source source, const char *where)
    __attribute__((warn_unused_result));

/* Give the port to the addresses that come from no higher source, once all sources are read. Returns 0, or
 * -ENOMEM with some of them changed. */
int listen_port_apply(struct config *config) __attribute__((warn_unused_result));

/* Check that no two of `addresses` collide; wheres[i] is where addresses[i] came from. Returns true, or false
 * with one line in `error` that names both. Thread-safe. */
bool listen_check_collisions(const struct string_list *addresses, const struct string_list *wheres,
                             char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
