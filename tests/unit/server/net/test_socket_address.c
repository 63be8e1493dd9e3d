/* SPDX-License-Identifier: MIT */
#include "server/net/socket_address.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>

TestSuite(socket_address, .timeout = 10);

Test(socket_address, is_written_for_logs_messages_and_browsers) {
    static const struct {
        const char *host;
        uint16_t port;
        const char *host_text;
        const char *text;
        const char *url;
    } rows[] = {
        {"127.0.0.1", 8080, "127.0.0.1", "127.0.0.1:8080", "http://127.0.0.1:8080/"},
        {"0.0.0.0", 65535, "0.0.0.0", "0.0.0.0:65535", "http://0.0.0.0:65535/"},
        {"192.0.2.1", 80, "192.0.2.1", "192.0.2.1:80", "http://192.0.2.1/"},
        {"::1", 8080, "::1", "[::1]:8080", "http://[::1]:8080/"},
        {"::1", 80, "::1", "[::1]:80", "http://[::1]/"},
        {"2001:db8::a:1", 1, "2001:db8::a:1", "[2001:db8::a:1]:1", "http://[2001:db8::a:1]:1/"},
        {"::ffff:192.0.2.1", 8080, "192.0.2.1", "192.0.2.1:8080", "http://192.0.2.1:8080/"},
        {"1111:2222:3333:4444:5555:6666:7777:8888", 65535, "1111:2222:3333:4444:5555:6666:7777:8888",
         "[1111:2222:3333:4444:5555:6666:7777:8888]:65535",
         "http://[1111:2222:3333:4444:5555:6666:7777:8888]:65535/"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sockaddr_storage address = numeric_address(rows[i].host, rows[i].port);
        char text[SOCKET_ADDRESS_TEXT_BYTES];
        socket_address_format_host(&address, text);
        cr_expect_str_eq(text, rows[i].host_text, "%s: host %s", rows[i].host, text);
        socket_address_format(&address, text);
        cr_expect_str_eq(text, rows[i].text, "%s: text %s", rows[i].host, text);
        socket_address_format_url(&address, NULL, text);
        cr_expect_str_eq(text, rows[i].url, "%s: URL %s", rows[i].host, text);
    }
}

static struct sockaddr_storage link_local_address(unsigned zone) {
    struct sockaddr_storage address = numeric_address("fe80::1", 8080);
    struct sockaddr_in6 in6;
    memcpy(&in6, &address, sizeof in6);
    in6.sin6_scope_id = zone;
    memcpy(&address, &in6, sizeof in6);
    return address;
}

Test(socket_address, names_the_interface_of_a_link_local_address) {
    struct sockaddr_storage address = link_local_address(if_nametoindex("lo"));
    char text[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format(&address, text);
    cr_expect_str_eq(text, "[fe80::1%lo]:8080");
    socket_address_format_url(&address, NULL, text);
    cr_expect_str_eq(text, "http://[fe80::1%25lo]:8080/");
    cr_expect(socket_address_is_link_local(&address));
}

Test(socket_address, numbers_an_interface_that_is_gone) {
    struct sockaddr_storage address = link_local_address(4294967295U);
    char text[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format(&address, text);
    cr_expect_str_eq(text, "[fe80::1%4294967295]:8080");
}

Test(socket_address, takes_a_name_in_place_of_the_host_in_a_url) {
    struct sockaddr_storage address = numeric_address("::", 8080);
    struct sockaddr_storage port_80 = numeric_address("::", 80);
    char text[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format_url(&address, "localhost", text);
    cr_expect_str_eq(text, "http://localhost:8080/");
    socket_address_format_url(&port_80, "localhost", text);
    cr_expect_str_eq(text, "http://localhost/");
}

Test(socket_address, writes_unix_paths_up_to_the_longest) {
    char path[108];
    memset(path, 'p', sizeof path - 1);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    struct sockaddr_storage address = socket_address_of_path(path);
    char text[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format(&address, text);
    cr_expect(strncmp(text, "unix:", 5) == 0 && strcmp(text + 5, path) == 0, "%s", text);
    cr_expect_str_eq(socket_address_path(&address), path);
    cr_expect_eq(socket_address_port(&address), 0);
}

Test(socket_address, calls_a_client_without_a_path_unix) {
    struct sockaddr_storage address = {.ss_family = AF_UNIX};
    char text[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format(&address, text);
    cr_expect_str_eq(text, "unix:");
}

Test(socket_address, calls_another_family_unknown) {
    struct sockaddr_storage address = {.ss_family = AF_PACKET};
    char text[SOCKET_ADDRESS_TEXT_BYTES];
    socket_address_format_host(&address, text);
    cr_expect_str_eq(text, "unknown");
    cr_expect(!socket_address_is_wildcard(&address) && !socket_address_is_loopback(&address));
}

Test(socket_address, changes_nothing_but_the_port) {
    static const char *const hosts[] = {"192.0.2.1", "2001:db8::1"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        struct sockaddr_storage address = numeric_address(hosts[i], 1);
        struct sockaddr_storage expected = numeric_address(hosts[i], 40000);
        socket_address_set_port(&address, 40000);
        cr_expect(memcmp(&address, &expected, sizeof address) == 0, "%s", hosts[i]);
        cr_expect_eq(socket_address_port(&address), 40000, "%s", hosts[i]);
    }
}

Test(socket_address, knows_wildcards_and_loopbacks) {
    static const struct {
        const char *host;
        bool is_wildcard;
        bool is_loopback;
    } rows[] = {
        {"0.0.0.0", true, false},     {"::", true, false},         {"127.0.0.1", false, true},
        {"127.255.0.9", false, true}, {"128.0.0.1", false, false}, {"::1", false, true},
        {"::2", false, false},        {"fe80::1", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sockaddr_storage address = numeric_address(rows[i].host, 8080);
        cr_expect(socket_address_is_wildcard(&address) == rows[i].is_wildcard, "%s: wildcard", rows[i].host);
        cr_expect(socket_address_is_loopback(&address) == rows[i].is_loopback, "%s: loopback", rows[i].host);
    }
}

Test(socket_address, tells_which_listeners_get_in_each_others_way) {
    static const struct {
        const char *name;
        const char *a;
        uint16_t a_port;
        const char *b;
        uint16_t b_port;
        bool is_equal;
        bool overlaps;
    } rows[] = {
        {"the same", "127.0.0.1", 80, "127.0.0.1", 80, true, true},
        {"the same IPv6", "::1", 80, "::1", 80, true, true},
        {"another port", "127.0.0.1", 80, "127.0.0.1", 81, false, false},
        {"another address", "127.0.0.1", 80, "127.0.0.2", 80, false, false},
        {"another IPv6 address", "::1", 80, "::2", 80, false, false},
        {"a wildcard first", "0.0.0.0", 80, "127.0.0.1", 80, false, true},
        {"a wildcard second", "::1", 80, "::", 80, false, true},
        {"a wildcard on another port", "0.0.0.0", 80, "127.0.0.1", 81, false, false},
        {"the other family's wildcard", "::", 80, "127.0.0.1", 80, false, false},
        {"both wildcards", "::", 80, "0.0.0.0", 80, false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sockaddr_storage a = numeric_address(rows[i].a, rows[i].a_port);
        struct sockaddr_storage b = numeric_address(rows[i].b, rows[i].b_port);
        cr_expect(socket_address_equal(&a, &b) == rows[i].is_equal, "%s: equal", rows[i].name);
        cr_expect(socket_address_overlaps(&a, &b) == rows[i].overlaps, "%s: overlaps", rows[i].name);
    }
}

Test(socket_address, compares_paths_and_zones) {
    struct sockaddr_storage here = socket_address_of_path("/run/here");
    struct sockaddr_storage there = socket_address_of_path("/run/there");
    cr_expect(socket_address_overlaps(&here, &here) && !socket_address_overlaps(&here, &there));

    struct sockaddr_storage one = link_local_address(1);
    struct sockaddr_storage two = link_local_address(2);
    cr_expect(socket_address_equal(&one, &one) && !socket_address_equal(&one, &two));
}
