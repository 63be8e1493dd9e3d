/* SPDX-License-Identifier: MIT */
#include "http/transport/client_address.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

TestSuite(client_address, .timeout = 10);

/* In memory of just the size that the header promises to be enough: more is seen by AddressSanitizer. */
static const char *format(const struct client_address *address) {
    static char text[CLIENT_ADDRESS_BYTES];
    char *out = malloc(CLIENT_ADDRESS_BYTES);
    cr_assert_not_null(out);
    size_t length = client_address_format(address, out);
    cr_assert_eq(length, strlen(out));
    memcpy(text, out, strlen(out) + 1);
    free(out);
    return text;
}

static struct client_address from_ipv4(const char *text) {
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(40000)};
    cr_assert_eq(inet_pton(AF_INET, text, &in.sin_addr), 1);
    return client_address_from((const struct sockaddr *)(const void *)&in, sizeof in);
}

static struct client_address from_ipv6(const char *text, uint32_t scope_id) {
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(40000), .sin6_scope_id = scope_id};
    cr_assert_eq(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    return client_address_from((const struct sockaddr *)(const void *)&in6, sizeof in6);
}

Test(client_address, of_ipv4_is_written_in_dotted_form) {
    static const char *const addresses[] = {"192.0.2.7",       "127.0.0.1",   "0.0.0.0",
                                            "255.255.255.255", "9.10.99.100", "200.101.199.209"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
        struct client_address address = from_ipv4(addresses[i]);
        cr_expect_eq(address.family, AF_INET);
        cr_expect_str_eq(format(&address), addresses[i]);
    }
}

Test(client_address, of_ipv6_is_written_in_short_form_with_its_scope) {
    static const struct {
        const char *name;
        const char *address;
        uint32_t scope_id;
        const char *text;
    } rows[] = {
        {"loopback", "::1", 0, "::1"},
        {"RFC 5952 section 4: short and in lower case", "2001:0DB8:0:0:0:0:0:1", 0, "2001:db8::1"},
        {"RFC 5952 section 4.1: no leading zeros", "2001:0001:0010:0100:1000:0a0b:00cd:0ef0", 0,
         "2001:1:10:100:1000:a0b:cd:ef0"},
        {"RFC 5952 section 4.1: a zero is one digit", "1:0000:2:3:0:4:5:0", 0, "1:0:2:3:0:4:5:0"},
        {"RFC 5952 section 4.2.1: as short as can be", "2001:db8:0:0:0:0:2:1", 0, "2001:db8::2:1"},
        {"RFC 5952 section 4.2.2: not for a lone zero", "2001:db8:0:1:1:1:1:1", 0, "2001:db8:0:1:1:1:1:1"},
        {"RFC 5952 section 4.2.3: the longest run", "2001:0:0:1:0:0:0:1", 0, "2001:0:0:1::1"},
        {"RFC 5952 section 4.2.3: the first of two", "2001:db8:0:0:1:0:0:1", 0, "2001:db8::1:0:0:1"},
        {"zeros first", "0:0:0:4:5:6:7:8", 0, "::4:5:6:7:8"},
        {"zeros last", "fe80:2:3:4:5:6:0:0", 0, "fe80:2:3:4:5:6::"},
        {"zeros first and last", "0:0:3:4:5:0:0:0", 0, "0:0:3:4:5::"},
        {"no zeros", "1:2:3:4:5:6:7:8", 0, "1:2:3:4:5:6:7:8"},
        {"link-local", "fe80::1", 2, "fe80::1%2"},
        {"link-local, with zeros last", "fe80::", 10, "fe80::%10"},
        {"the longest", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", UINT32_MAX,
         "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff%4294967295"},
        {"any", "::", 0, "::"},
        {"IPv4-mapped", "::ffff:192.0.2.7", 0, "192.0.2.7"},
        {"IPv4-mapped with a scope, which IPv4 has not", "::ffff:192.0.2.7", 3, "192.0.2.7"},
        {"nearly IPv4-mapped", "::fffe:192.0.2.7", 0, "::fffe:c000:207"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client_address address = from_ipv6(rows[i].address, rows[i].scope_id);
        cr_expect_str_eq(format(&address), rows[i].text, "%s: '%s'", rows[i].name, format(&address));
    }
}

Test(client_address, of_ipv6_means_the_same_when_read_again) {
    uint32_t random = 1;
    for (size_t i = 0; i < 20000; i++) {
        struct client_address address = {.family = AF_INET6};
        unsigned char read[sizeof address.bytes];
        for (size_t k = 0; k < sizeof address.bytes; k += 2) {
            random = random * 1664525 + 1013904223;
            bool is_zero = (random & 0x10000) != 0;
            unsigned group = is_zero ? 0 : random >> 17 >> (random >> 20) % 16;
            address.bytes[k] = (unsigned char)(group >> 8);
            address.bytes[k + 1] = (unsigned char)group;
        }
        cr_assert_eq(inet_pton(AF_INET6, format(&address), read), 1, "%s", format(&address));
        cr_assert_arr_eq(read, address.bytes, sizeof read, "%s", format(&address));
    }
}

Test(client_address, of_an_ipv4_mapped_client_is_that_of_ipv4) {
    struct client_address mapped = from_ipv6("::ffff:198.51.100.9", 0);
    struct client_address plain = from_ipv4("198.51.100.9");
    cr_expect_eq(mapped.family, AF_INET);
    cr_expect_arr_eq(mapped.bytes, plain.bytes, sizeof plain.bytes);
    cr_expect_eq(mapped.scope_id, 0);
}

/* accept(2) says no more than the family of a client that did not bind its socket. */
Test(client_address, of_a_unix_socket_has_no_name) {
    struct sockaddr_un un = {.sun_family = AF_UNIX, .sun_path = "/run/client"};
    struct client_address unnamed =
        client_address_from((const struct sockaddr *)(const void *)&un, sizeof(sa_family_t));
    struct client_address named = client_address_from((const struct sockaddr *)(const void *)&un, sizeof un);
    cr_expect_str_eq(format(&unnamed), "unix:");
    cr_expect_str_eq(format(&named), "unix:");
}

Test(client_address, that_is_not_known_is_a_dash) {
    struct sockaddr_storage storage = {.ss_family = AF_INET};
    const struct sockaddr *address = (const struct sockaddr *)(const void *)&storage;
    struct client_address cut_short = client_address_from(address, sizeof(struct sockaddr_in) - 1);
    cr_expect_eq(cut_short.family, AF_UNSPEC);
    cr_expect_str_eq(format(&cut_short), "-");
    storage.ss_family = AF_INET6;
    struct client_address cut_short_too = client_address_from(address, sizeof(struct sockaddr_in6) - 1);
    cr_expect_str_eq(format(&cut_short_too), "-");
    storage.ss_family = AF_NETLINK;
    struct client_address other_family = client_address_from(address, sizeof storage);
    cr_expect_str_eq(format(&other_family), "-");
    struct client_address nothing = client_address_from(NULL, 0);
    cr_expect_str_eq(format(&nothing), "-");
    struct client_address zero = {0};
    cr_expect_str_eq(format(&zero), "-");
}

Test(client_address, is_local_by_the_socket_alone) {
    static const struct {
        const char *text;
        bool is_local;
    } rows[] = {
        {"127.0.0.1", true}, {"127.9.8.7", true}, {"128.0.0.1", false},
        {"10.0.0.1", false}, {"0.0.0.0", false},
    };
    static const struct {
        const char *text;
        bool is_local;
    } ipv6_rows[] = {
        {"::1", true},
        {"::", false},
        {"::2", false},
        {"fe80::1", false},
        {"::ffff:127.0.0.1", true},
        {"::ffff:10.0.0.1", false},
        {"100::1", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct client_address address = from_ipv4(rows[i].text);
        cr_expect_eq(client_address_is_local(&address), rows[i].is_local, "%s", rows[i].text);
    }
    for (size_t i = 0; i < sizeof ipv6_rows / sizeof *ipv6_rows; i++) {
        struct client_address address = from_ipv6(ipv6_rows[i].text, 0);
        cr_expect_eq(client_address_is_local(&address), ipv6_rows[i].is_local, "%s", ipv6_rows[i].text);
    }
    cr_expect(client_address_is_local(&(struct client_address){.family = AF_UNIX}));
    cr_expect_not(client_address_is_local(&(struct client_address){.family = AF_UNSPEC}));
}
