/* SPDX-License-Identifier: MIT */
#include "server/net/resolve.h"
#include "server/net/socket_address.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

TestSuite(resolve, .timeout = 30);

/* Whether the list has exactly these two, in either order. */
static bool is_pair(const struct addrinfo *list, const char *one, const char *other) {
    int ones = 0;
    int others = 0;
    int all = 0;
    for (; list != NULL; list = list->ai_next, all++) {
        char text[SOCKET_ADDRESS_TEXT_BYTES];
        struct sockaddr_storage address = socket_address_copy(list->ai_addr, list->ai_addrlen);
        socket_address_format(&address, text);
        ones += strcmp(text, one) == 0;
        others += strcmp(text, other) == 0;
    }
    return ones == 1 && others == 1 && all == 2;
}

Test(resolve, finds_both_loopbacks_behind_localhost_whatever_the_hosts_file_says) {
    static const char *const names[] = {"localhost", "LocalHost", "localhost.", "lido.localhost"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct addrinfo *list = NULL;
        cr_assert(resolve_stream(names[i], "8080", AI_PASSIVE, &list) == 0, "%s", names[i]);
        cr_expect(is_pair(list, "127.0.0.1:8080", "[::1]:8080"), "%s", names[i]);
        freeaddrinfo(list);
    }
}

Test(resolve, finds_both_wildcards_to_listen_at_every_address) {
    struct addrinfo *list = NULL;
    cr_assert(resolve_stream(NULL, "8080", AI_PASSIVE, &list) == 0);
    cr_expect(is_pair(list, "0.0.0.0:8080", "[::]:8080"));
    freeaddrinfo(list);
}

Test(resolve, takes_numeric_addresses_as_they_are) {
    struct addrinfo *list = NULL;
    cr_assert(resolve_stream("192.0.2.1", "1", 0, &list) == 0);
    struct sockaddr_storage address = socket_address_copy(list->ai_addr, list->ai_addrlen);
    char text[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format(&address, text);
    cr_expect_str_eq(text, "192.0.2.1:1");
    cr_expect_null(list->ai_next);
    freeaddrinfo(list);
}

Test(resolve, says_which_names_and_services_do_not_exist) {
    static const struct {
        const char *host;
        const char *port;
    } rows[] = {
        {"invalid", "80"},      {"nohost.invalid", "80"},   {"NoHost.Invalid.", "80"},
        {"localhost", "65536"}, {"localhost", "999999999"}, {"localhost", "no-service"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct addrinfo *list = NULL;
        int code = resolve_stream(rows[i].host, rows[i].port, 0, &list);
        cr_expect(code != 0 && resolve_error_is_permanent(code), "%s %s: %d", rows[i].host, rows[i].port,
                  code);
        cr_expect_null(list, "%s %s", rows[i].host, rows[i].port);
    }
}

Test(resolve, tells_failures_from_answers) {
    char text[128];
    cr_expect(!resolve_error_is_permanent(EAI_AGAIN));
    cr_expect(!resolve_error_is_permanent(EAI_SYSTEM));
    cr_expect(!resolve_error_is_permanent(EAI_MEMORY));
    errno = EMFILE;
    cr_expect_str_eq(resolve_error_text(EAI_SYSTEM, text), strerror(EMFILE));
    cr_expect_str_eq(resolve_error_text(EAI_NONAME, text), gai_strerror(EAI_NONAME));
}
