/* SPDX-License-Identifier: MIT */
#include "server/check/addresses.h"

#include "conf/values/listen_address.h"
#include "server/cli/exposure.h"
#include "server/listen/listener.h"
#include "server/listen/port_holder.h"
#include "server/net/resolve.h"
#include "server/net/socket_address.h"

#include <netdb.h>
#include <string.h>

static const char own_name[] = "lido";

/* What is known of one listen address before it is tried. */
struct outlook {
    bool is_public;       /* other machines can reach it */
    bool is_held_by_lido; /* already */
};

static void look_at_path(const char *path, struct outlook *outlook) {
    struct sockaddr_storage wanted = socket_address_of_path(path);
    struct port_holder holder;
    outlook->is_held_by_lido =
        port_holder_find_unix(&wanted, &holder) && strcmp(holder.program, own_name) == 0;
}

static void look_at_name(const struct listen_address *address, struct outlook *outlook) {
    struct addrinfo *list = NULL;
    bool is_auto = strcmp(address->port, "auto") == 0; /* no port in particular can be in use */
    const char *host = address->host[0] != '\0' ? address->host : NULL;
    if (resolve_stream(host, is_auto ? "0" : address->port, AI_PASSIVE, &list) != 0) {
        return; /* opening it tells why */
    }
    for (const struct addrinfo *one = list; one != NULL; one = one->ai_next) {
        struct sockaddr_storage wanted = socket_address_copy(one->ai_addr, one->ai_addrlen);
        struct port_holder holder;
        bool is_held =
            !is_auto && port_holder_find(&wanted, &holder) && strcmp(holder.program, own_name) == 0;
        outlook->is_public = outlook->is_public || !socket_address_is_loopback(&wanted);
        outlook->is_held_by_lido = outlook->is_held_by_lido || is_held;
    }
    freeaddrinfo(list);
}

static struct outlook look_at(const char *text) {
    struct outlook outlook = {0};
    struct listen_address address;
    if (listen_address_parse(text, &address) != NULL) {
        return outlook; /* opening it tells why */
    }
    if (address.kind == LISTEN_TCP) {
        look_at_name(&address, &outlook);
    } else {
        look_at_path(address.path, &outlook);
    }
    return outlook;
}

/* Returns whether other machines can reach it. */
static bool check_one(const char *text, struct listener_set *listeners, struct findings *findings) {
    struct outlook outlook = look_at(text);
    char reason[LISTENER_ERROR_BYTES];
    if (!outlook.is_held_by_lido && listener_set_open(listeners, text, 1, reason) != LISTENER_OK) {
        findings_say(findings, FINDING_MISTAKE, "%s", reason);
    }
    return outlook.is_public;
}

void addresses_check(const struct config *config, const char *home, struct findings *findings) {
    struct listener_set listeners = {0};
    char warning[EXPOSURE_TEXT_BYTES];
    bool is_public = false;
    for (size_t i = 0; i < config->listen.count; i++) {
        is_public = check_one(config->listen.items[i], &listeners, findings) || is_public;
    }
    if (strcmp(config->admin, "off") != 0) {
        (void)check_one(config->admin, &listeners, findings); /* it has no files */
    }
    listener_set_close(&listeners);
    if (exposure_describe(config, is_public, home, warning)) {
        findings_say(findings, FINDING_MISTAKE, "%s", warning + strlen("warning: "));
    }
}
