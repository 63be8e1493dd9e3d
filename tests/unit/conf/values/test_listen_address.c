/* SPDX-License-Identifier: MIT */
#include "conf/values/listen_address.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define HOST_64 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define HOST_256 HOST_64 HOST_64 HOST_64 HOST_64
#define PATH_108 "/" HOST_64 "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

Test(listen_address, reads_each_notation) {
    static const struct {
        const char *name, *text;
        enum listen_kind kind;
        const char *host, *port, *path, *canonical;
    } rows[] = {
        {"name and port", "localhost:8080", LISTEN_TCP, "localhost", "8080", "", "localhost:8080"},
        {"IPv4", "127.0.0.1:80", LISTEN_TCP, "127.0.0.1", "80", "", "127.0.0.1:80"},
        {"IPv6", "[::1]:8080", LISTEN_TCP, "::1", "8080", "", "[::1]:8080"},
        {"IPv6, every address", "[::]:8080", LISTEN_TCP, "::", "8080", "", "[::]:8080"},
        {"IPv6 with a zone", "[fe80::1%eth0]:80", LISTEN_TCP, "fe80::1%eth0", "80", "", "[fe80::1%eth0]:80"},
        {"IPv4 within IPv6", "[::ffff:1.2.3.4]:80", LISTEN_TCP, "::ffff:1.2.3.4", "80", "",
         "[::ffff:1.2.3.4]:80"},
        {"colon alone", ":8080", LISTEN_TCP, "", "8080", "", "*:8080"},
        {"star", "*:8080", LISTEN_TCP, "", "8080", "", "*:8080"},
        {"star without a port", "*", LISTEN_TCP, "", "", "", "*"},
        {"name without a port", "localhost", LISTEN_TCP, "localhost", "", "", "localhost"},
        {"IPv6 without a port", "[::1]", LISTEN_TCP, "::1", "", "", "[::1]"},
        {"any free port", "localhost:0", LISTEN_TCP, "localhost", "0", "", "localhost:0"},
        {"highest port", "localhost:65535", LISTEN_TCP, "localhost", "65535", "", "localhost:65535"},
        {"port with zeros", "localhost:000080", LISTEN_TCP, "localhost", "80", "", "localhost:80"},
        {"port of zeros", "localhost:000", LISTEN_TCP, "localhost", "0", "", "localhost:0"},
        {"service", "localhost:http", LISTEN_TCP, "localhost", "http", "", "localhost:http"},
        {"service with a hyphen", "*:http-alt", LISTEN_TCP, "", "http-alt", "", "*:http-alt"},
        {"name of digits and dots", "10.0.0.1", LISTEN_TCP, "10.0.0.1", "", "", "10.0.0.1"},
        {"UNIX socket", "unix:/run/lido.sock", LISTEN_UNIX, "", "", "/run/lido.sock", "unix:/run/lido.sock"},
        {"UNIX socket, relative", "unix:a b:c", LISTEN_UNIX, "", "", "a b:c", "unix:a b:c"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct listen_address address = {.kind = LISTEN_TCP};
        char text[LISTEN_ADDRESS_TEXT_BYTES];
        const char *complaint = listen_address_parse(rows[i].text, &address);

        cr_assert_null(complaint, "%s: %s", rows[i].name, complaint);
        cr_assert_eq(address.kind, rows[i].kind, "%s: kind", rows[i].name);
        cr_assert_str_eq(address.host, rows[i].host, "%s: host %s", rows[i].name, address.host);
        cr_assert_str_eq(address.port, rows[i].port, "%s: port %s", rows[i].name, address.port);
        cr_assert_str_eq(address.path, rows[i].path, "%s: path %s", rows[i].name, address.path);
        listen_address_format(&address, text, sizeof text);
        cr_assert_str_eq(text, rows[i].canonical, "%s: formatted %s", rows[i].name, text);
    }
}

Test(listen_address, says_what_is_wrong_and_what_would_be_right) {
    static const char in_brackets[] =
        "brackets hold an IPv6 address; write [::1]:8080, or localhost:8080 without brackets";
    static const char ipv6[] = "an IPv6 address stands in brackets; write [::1]:8080";
    static const char port[] = "a port is a number 0..65535, auto, or the name of a service, e.g. http";
    static const char no_port[] = "the port is missing; write localhost:8080";
    static const char no_host[] = "no host is named so; write localhost:8080, or *:8080 for every address";
    static const struct {
        const char *name, *text, *complaint;
    } rows[] = {
        {"empty", "", "the address is missing; write localhost:8080"},
        {"port alone", "8080",
         "a port alone does not say where to listen; write localhost:8080, or *:8080 for every address"},
        {"URL", "http://localhost:8080/", "an address is not a URL; write localhost:8080"},
        {"no closing bracket", "[::1", "the closing bracket is missing; write [::1]:8080"},
        {"no closing bracket, port", "[::1:8080", "the closing bracket is missing; write [::1]:8080"},
        {"no opening bracket", "::1]:8080", "the opening bracket is missing; write [::1]:8080"},
        {"bracket in a name", "local[host:80", "the opening bracket is missing; write [::1]:8080"},
        {"empty brackets", "[]:8080", in_brackets},
        {"name in brackets", "[localhost]:8080", in_brackets},
        {"IPv4 in brackets", "[127.0.0.1]:8080", in_brackets},
        {"IPv6 with nine groups", "[1:2:3:4:5:6:7:8:9]:80", in_brackets},
        {"zone without a name", "[fe80::1%]:80", in_brackets},
        {"zone with a slash", "[fe80::1%a/b]:80", in_brackets},
        {"text behind the bracket", "[::1]8080",
         "only :port may follow the closing bracket; write [::1]:8080"},
        {"bracket without a port", "[::1]:", no_port},
        {"bare IPv6", "::1", ipv6},
        {"bare IPv6 and port", "fe80::1:8080", ipv6},
        {"two ports", "localhost:80:81", ipv6},
        {"no port behind the colon", "localhost:", no_port},
        {"colon alone", ":", no_port},
        {"port too large", "localhost:65536", port},
        {"port past 64 bits", "localhost:99999999999999999999999999", port},
        {"negative port", "localhost:-1", port},
        {"port with a blank", "localhost:80 ", port},
        {"port with a slash", "localhost:80/", port},
        {"service name too long", "localhost:" HOST_64, port},
        {"blank in the host", "local host:80", no_host},
        {"slash in the host", "srv/www:80", no_host},
        {"star within a host", "*.example.org:80", no_host},
        {"comma", "localhost:80,localhost", port},
        {"control character in the host", "local\nhost:80", no_host},
        {"host too long", HOST_256 ":80", "the host is too long; expected at most 255 characters"},
        {"host in brackets too long", "[" HOST_256 "]:80",
         "the host is too long; expected at most 255 characters"},
        {"UNIX socket without a path", "unix:", "the path after unix: is missing; write unix:/run/lido.sock"},
        {"UNIX path too long", "unix:" PATH_108,
         "the path after unix: is too long; a socket's path has at most 107 bytes"},
        {"UNIX path with a line end", "unix:/a\nb",
         "the path after unix: holds a control character; write unix:/run/lido.sock"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct listen_address address = {.kind = LISTEN_UNIX, .host = "h", .port = "p", .path = "untouched"};
        const char *complaint = listen_address_parse(rows[i].text, &address);

        cr_assert_not_null(complaint, "%s: accepted", rows[i].name);
        cr_assert_str_eq(complaint, rows[i].complaint, "%s: %s", rows[i].name, complaint);
        cr_assert(address.kind == LISTEN_UNIX && strcmp(address.path, "untouched") == 0, "%s: touched",
                  rows[i].name);
    }
}

Test(listen_address, takes_the_longest_host_port_and_path_that_fit) {
    char text[LISTEN_ADDRESS_TEXT_BYTES];
    char again[LISTEN_ADDRESS_TEXT_BYTES];
    struct listen_address address;

    (void)snprintf(text, sizeof text, "%.255s:%.63s", HOST_256, HOST_64);
    cr_assert_null(listen_address_parse(text, &address));
    cr_assert(strlen(address.host) == 255 && strlen(address.port) == 63);
    listen_address_format(&address, again, sizeof again);
    cr_assert_str_eq(again, text);

    (void)snprintf(text, sizeof text, "unix:%.107s", PATH_108);
    cr_assert_null(listen_address_parse(text, &address));
    cr_assert_eq(strlen(address.path), 107);
    listen_address_format(&address, again, sizeof again);
    cr_assert_str_eq(again, text);
}

Test(listen_address, changes_the_port_or_leaves_it) {
    struct listen_address address;
    cr_assert_null(listen_address_parse("[::1]:8080", &address));

    cr_assert_not_null(listen_address_set_port(&address, "80:90"));
    cr_assert_not_null(listen_address_set_port(&address, ""));
    cr_assert_str_eq(address.port, "8080", "a refused port must not stay");
    cr_assert_null(listen_address_set_port(&address, "http"));
    cr_assert_str_eq(address.port, "http");
}

Test(listen_address, cuts_the_text_to_the_room_there_is) {
    struct listen_address address;
    char text[6];
    cr_assert_null(listen_address_parse("localhost:8080", &address));
    listen_address_format(&address, text, sizeof text);
    cr_assert_str_eq(text, "local");
}

Test(listen_address, knows_what_cannot_be_listened_at_together) {
    static const struct {
        const char *name, *a, *b;
        bool collides;
    } rows[] = {
        {"same", "localhost:8080", "localhost:8080", true},
        {"letter case", "LocalHost:8080", "localhost:8080", true},
        {"other port", "localhost:8080", "localhost:8081", false},
        {"other host", "localhost:8080", "127.0.0.1:8080", false},
        {"every address and one", "*:8080", "127.0.0.1:8080", true},
        {"every address twice", "*:8080", ":8080", true},
        {"every address, other port", "*:8080", "127.0.0.1:8081", false},
        {"both families by name", "0.0.0.0:8080", "[::]:8080", false},
        {"free ports", "localhost:0", "localhost:0", false},
        {"same socket", "unix:/a", "unix:/a", true},
        {"other socket", "unix:/a", "unix:/A", false},
        {"socket and port", "unix:/a", "*:80", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct listen_address a;
        struct listen_address b;
        cr_assert(!listen_address_parse(rows[i].a, &a) && !listen_address_parse(rows[i].b, &b), "%s",
                  rows[i].name);
        cr_assert_eq(listen_address_collides(&a, &b), rows[i].collides, "%s", rows[i].name);
        cr_assert_eq(listen_address_collides(&b, &a), rows[i].collides, "%s: turned round", rows[i].name);
    }
}
