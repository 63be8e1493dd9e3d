/* SPDX-License-Identifier: MIT */
#include "server/reactor/address_counts.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

enum { MAXIMUM = 3 };

static struct address_counts counts;

static void tear_down(void) {
    address_counts_deinit(&counts);
}

TestSuite(address_counts, .fini = tear_down, .timeout = 60);

static struct client_address address_of(const char *text) {
    struct client_address address = {.family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET};
    cr_assert_eq(inet_pton(address.family, text, address.bytes), 1);
    return address;
}

static bool is_let_in(const char *text, struct address_count **count) {
    struct client_address address = address_of(text);
    bool is_full = false;
    *count = address_counts_enter(&counts, &address, MAXIMUM, &is_full);
    cr_assert_eq(*count == NULL, is_full, "who is let in is counted");
    return !is_full;
}

Test(address_counts, lets_an_address_have_as_many_as_one_may_have) {
    struct address_count *count = NULL;
    struct address_count *other = NULL;
    for (int i = 0; i < MAXIMUM; i++) {
        cr_expect(is_let_in("192.0.2.1", &count));
    }
    struct address_count *last = count;
    cr_expect_not(is_let_in("192.0.2.1", &count));
    cr_expect(is_let_in("192.0.2.2", &other), "another one");
    address_count_leave(last);
    cr_expect(is_let_in("192.0.2.1", &count), "there is a place again");
    cr_expect_not(is_let_in("192.0.2.1", &count));
}

Test(address_counts, take_a_network_of_ipv6_for_one) {
    static const struct {
        const char *first;
        const char *second;
        bool is_one;
    } rows[] = {
        {"2001:db8::1", "2001:db8::ffff:1", true},
        {"2001:db8:0:1::1", "2001:db8:0:2::1", false},
        {"fe80::1", "fe80::2", false}, /* a link has many */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct address_count *first = NULL;
        struct address_count *second = NULL;
        cr_assert(is_let_in(rows[i].first, &first) && is_let_in(rows[i].second, &second));
        cr_expect_eq(first == second, rows[i].is_one, "%s and %s", rows[i].first, rows[i].second);
        address_count_leave(first);
        address_count_leave(second);
    }
}

Test(address_counts, do_not_count_who_is_not_known) {
    static const sa_family_t families[] = {AF_UNIX, AF_UNSPEC};
    for (size_t i = 0; i < 2; i++) {
        struct client_address address = {.family = families[i]};
        bool is_full = true;
        cr_expect_null(address_counts_enter(&counts, &address, 0, &is_full));
        cr_expect_not(is_full);
    }
}

/* Whoever comes from ever other addresses does not make the table grow. */
Test(address_counts, forget_addresses_without_connections) {
    enum { MANY = 100 * 1000 };
    struct address_count *stays = NULL;
    cr_assert(is_let_in("192.0.2.1", &stays));
    size_t most = 0;
    for (unsigned i = 0; i < MANY; i++) {
        struct client_address address = {.family = AF_INET, .bytes = {10}};
        memcpy(address.bytes + 1, &i, 3);
        bool is_full = false;
        address_count_leave(address_counts_enter(&counts, &address, MAXIMUM, &is_full));
        most = address_counts_size(&counts) > most ? address_counts_size(&counts) : most;
    }
    cr_expect_leq(most, 2048, "%zu", most);
    struct address_count *again = NULL;
    cr_expect(is_let_in("192.0.2.1", &again) && again == stays, "who has one is not forgotten");
}
