/* SPDX-License-Identifier: MIT */
/*
 * The one way by which a value gets into struct config: checked, then stored with where it came from, unless
 * a higher source has set the option already. File, environment, command line and defaults all end here,
 * outside of hosts and within. Private to conf/.
 */
#ifndef LIDO_CONF_STORE_ASSIGNMENT_H
#define LIDO_CONF_STORE_ASSIGNMENT_H

#include "conf/schema/option_table.h"
#include "conf/settings.h"
#include "conf/store/origins.h"

struct assignment {
    const struct config_option *option;
    enum config_source source;
    bool adds;                        /* to a list that has the same source, rather than replacing it */
    const struct string_list *texts;  /* the value; of a list: its entries */
    const struct string_list *wheres; /* where each text stands; an empty list has one, too */
    void *owner;                      /* the struct of the option's scope; NULL: the one outside of hosts */
    struct config_origin *origin;     /* of the owner's option; NULL if that is */
};

/* Check all texts, then store them if the option's present source is not a higher one. Returns true, or false
 * with one line in `error` and the settings as they were (out of memory: perhaps half applied). */
bool assignment_apply(struct config *config, const struct assignment *assignment,
                      char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* As assignment_apply(), for a single text from a single place; a list's entries have commas between them. */
bool assignment_apply_text(struct config *config, const struct config_option *option,
                           enum config_source source, const char *text, const char *where,
                           char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

#endif
