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

static int derive_entry(const struct config_origins *origins, size_t i, struct string_list *listen,
                        struct string_list *wheres) {
    const struct config_origin *origin = &origins->options[OPTION_LISTEN];
    struct listen_address address = parse_checked(origins->listen_given.items[i]);
    char text[LISTEN_ADDRESS_TEXT_BYTES];
    char where[CONFIG_ERROR_BYTES];

    (void)snprintf(where, sizeof where, "%s", origin->where.items[i]);
    if (origins->port != NULL && address.kind == LISTEN_TCP && origin->source <= origins->port_source) {
        const char *complaint = listen_address_set_port(&address, origins->port);
        assert(complaint == NULL);
        (void)complaint;
        (void)snprintf(where, sizeof where, "%s, port from %s", origin->where.items[i], origins->port_where);
    }
    listen_address_format(&address, text, sizeof text);

    int outcome = string_list_add(listen, text);
    return outcome == 0 ? string_list_add(wheres, where) : outcome;
}

int listen_port_derive(struct config *config) {
    struct config_origins *origins = config->origins;
    struct string_list listen = {0};
    struct string_list wheres = {0};
    int outcome = 0;

    for (size_t i = 0; i < origins->listen_given.count && outcome == 0; i++) {
        outcome = derive_entry(origins, i, &listen, &wheres);
    }
    if (outcome == 0) {
        string_list_move(&config->listen, &listen);
        string_list_move(&origins->listen_where, &wheres);
    }
    string_list_deinit(&listen);
    string_list_deinit(&wheres);
    return outcome;
}

static int remember_port(struct config_origins *origins, const char *port, enum config_source source,
                         const char *where) {
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

int listen_port_set(struct config *config, const char *port, enum config_source source, const char *where) {
    int outcome = remember_port(config->origins, port, source, where);
    return outcome == 0 ? listen_port_derive(config) : outcome;
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
