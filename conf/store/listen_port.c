/* SPDX-License-Identifier: MIT */
#include "conf/store/listen_port.h"

#include "conf/base/complain.h"
#include "conf/store/origins.h"
#include "conf/values/listen_address.h"
#include "http/base/string_list.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Entries get here checked and in canonical form. */
static struct listen_address parse_checked(const char *text) {
    struct listen_address address = {.kind = LISTEN_TCP};
    const char *complaint = listen_address_parse(text, &address);
    assert(complaint == NULL);
    (void)complaint;
    return address;
}

int listen_port_set(struct config *config, const char *port, enum config_source source, const char *where) {
    struct config_origins *origins = config->origins;
    char *port_copy = strdup(port);
    char *where_copy = strdup(where);
    if (port_copy == NULL || where_copy == NULL) {
        free(port_copy);
        free(where_copy);
        return -ENOMEM;
    }
    free(origins->port);
    free(origins->port_where);
    origins->port = port_copy;
    origins->port_where = where_copy;
    origins->port_source = source;
    return 0;
}

/* Replaces a text of the heap by a copy of another. Returns 0 or -ENOMEM. */
static int replace(char **text, const char *with) {
    char *copy = strdup(with);
    if (copy == NULL) {
        return -ENOMEM;
    }
    free(*text);
    *text = copy;
    return 0;
}

static int give_port(const struct config_origins *origins, char **entry, char **place) {
    struct listen_address address = parse_checked(*entry);
    char text[LISTEN_ADDRESS_TEXT_BYTES];
    char where[CONFIG_ERROR_BYTES];
    if (address.kind != LISTEN_TCP) {
        return 0;
    }
    const char *complaint = listen_address_set_port(&address, origins->port);
    assert(complaint == NULL);
    (void)complaint;
    listen_address_format(&address, text, sizeof text);
    (void)snprintf(where, sizeof where, "%s, port from %s", *place, origins->port_where);
    int outcome = replace(entry, text);
    return outcome == 0 ? replace(place, where) : outcome;
}

int listen_port_apply(struct config *config) {
    const struct config_origins *origins = config->origins;
    struct string_list *where = &config->origins->options[OPTION_LISTEN].where;
    bool applies = origins->port != NULL && origins->options[OPTION_LISTEN].source <= origins->port_source;
    int outcome = 0;
    for (size_t i = 0; applies && i < config->listen.count && outcome == 0; i++) {
        outcome = give_port(origins, &config->listen.items[i], &where->items[i]);
    }
    return outcome;
}

static bool complain_of_collision(const struct string_list *addresses, const struct string_list *wheres,
                                  size_t first, size_t second, struct complaint about) {
    struct listen_address kept = parse_checked(addresses->items[first]);
    struct listen_address other = parse_checked(addresses->items[second]);
    struct shown kept_text = show(addresses->items[first]);
    struct shown other_text = show(addresses->items[second]);
    struct shown kept_where = show(wheres->items[first]);
    if (kept.kind == LISTEN_TCP && (kept.host[0] == '\0') != (other.host[0] == '\0')) {
        return complain(about, "'%s' and '%s' (%s) overlap: '*' is every address; remove one of them",
                        other_text.text, kept_text.text, kept_where.text);
    }
    return complain(about, "'%s' stands twice (also %s); remove one of them", other_text.text,
                    kept_where.text);
}

bool listen_check_collisions(const struct string_list *addresses, const struct string_list *wheres,
                             char error[CONFIG_ERROR_BYTES]) {
    for (size_t second = 1; second < addresses->count; second++) {
        struct listen_address address = parse_checked(addresses->items[second]);
        for (size_t first = 0; first < second; first++) {
            struct listen_address earlier = parse_checked(addresses->items[first]);
            if (listen_address_collides(&earlier, &address)) {
                struct subject subject = subject_at(wheres->items[second], option_table[OPTION_LISTEN].name);
                return complain_of_collision(addresses, wheres, first, second,
                                             (struct complaint){subject.text, error});
            }
        }
    }
    return true;
}
