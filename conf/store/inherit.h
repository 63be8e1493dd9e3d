/* SPDX-License-Identifier: MIT */
/*
 * What hosts take over from what stands outside of them; config_inherit() in config.h has the rules.
 *
 * Reads no values and checks none. Private to conf/.
 */
#ifndef LIDO_CONF_STORE_INHERIT_H
#define LIDO_CONF_STORE_INHERIT_H

#include "conf/settings.h"

/* Give each host what its section leaves open, once in the life of a config, which changes no more after it:
 * what a host inherits goes on belonging to what stands outside. Returns 0, or -ENOMEM with the hosts filled
 * in part. */
int inherit_from_outside(struct config *config) __attribute__((warn_unused_result));

#endif
