/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for getifaddrs, connect and getsockname: which of this machine's addresses a phone is
 * shown, on a machine with several networks. */
#include "server/listen/listener.h"
#include "server/listen/urls.h"
#include "server/net/socket_address.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <string.h>

enum { INTERFACES_MAX = 8, PORT = 8123 };

int __wrap_getifaddrs(struct ifaddrs **list);
void __wrap_freeifaddrs(struct ifaddrs *list);
int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length);
int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *length);

static struct ifaddrs interfaces[INTERFACES_MAX];
static struct sockaddr_storage addresses[INTERFACES_MAX];
static const char *way_out; /* the address from which others are reached; NULL for none */

int __wrap_getifaddrs(struct ifaddrs **list) {
    *list = interfaces[0].ifa_addr != NULL ? interfaces : NULL;
    return 0;
}

void __wrap_freeifaddrs(struct ifaddrs *list) {
    (void)list;
}

int __wrap_connect(int fd, const struct sockaddr *address, socklen_t length) {
    (void)fd;
    (void)address;
    (void)length;
    errno = ENETUNREACH;
    return way_out != NULL ? 0 : -1;
}

int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *length) {
    (void)fd;
    struct sockaddr_storage own = numeric_address(way_out, 50000);
    *length = socket_address_length(&own);
    memcpy(address, &own, *length);
    return 0;
}

TestSuite(listen_urls_shared, .timeout = 60);

/* The addresses of the machine, ended by NULL. */
static void have_addresses(const char *const *hosts) {
    memset(interfaces, 0, sizeof interfaces);
    for (size_t i = 0; hosts[i] != NULL; i++) {
        addresses[i] = numeric_address(hosts[i], 0);
        interfaces[i].ifa_addr = (struct sockaddr *)&addresses[i];
        interfaces[i].ifa_flags = IFF_UP;
        interfaces[i].ifa_next = hosts[i + 1] != NULL ? &interfaces[i + 1] : NULL;
    }
}

/* The shared URL of a set that listens at these, ended by NULL; "" for none. */
static const char *shared_url(const char *const *listening) {
    static struct listen_urls urls;
    struct listener items[INTERFACES_MAX];
    struct listener_set set = {.items = items};
    for (; listening[set.count] != NULL; set.count++) {
        items[set.count] =
            (struct listener){.fd = -1, .address = numeric_address(listening[set.count], PORT)};
    }
    listen_urls_fill(&urls, &set);
    return urls.shared < LISTEN_URLS_MAX ? urls.items[urls.shared] : "";
}

#define HOSTS(...) ((const char *const[]){__VA_ARGS__, NULL})

Test(listen_urls_shared, is_where_this_machine_reaches_others) {
    have_addresses(HOSTS("127.0.0.1", "172.17.0.1", "192.168.1.5", "2001:db8::5"));
    way_out = "192.168.1.5";
    cr_expect_str_eq(shared_url(HOSTS("0.0.0.0", "::")), "http://192.168.1.5:8123/");
    way_out = "172.17.0.1";
    cr_expect_str_eq(shared_url(HOSTS("0.0.0.0", "::")), "http://172.17.0.1:8123/");
    way_out = "2001:db8::5";
    cr_expect_str_eq(shared_url(HOSTS("0.0.0.0", "::")), "http://[2001:db8::5]:8123/");
}

Test(listen_urls_shared, is_any_other_address_without_a_way_out) {
    have_addresses(HOSTS("127.0.0.1", "2001:db8::5", "192.168.1.5", "192.168.2.5"));
    way_out = NULL;
    cr_expect_str_eq(shared_url(HOSTS("::", "0.0.0.0")), "http://192.168.1.5:8123/");
    cr_expect_str_eq(shared_url(HOSTS("::")), "http://[2001:db8::5]:8123/");
    cr_expect_str_eq(shared_url(HOSTS("127.0.0.1", "192.168.2.5")), "http://192.168.2.5:8123/");
}

Test(listen_urls_shared, is_none_that_only_this_machine_can_open) {
    have_addresses(HOSTS("127.0.0.1", "::1", "fe80::1"));
    way_out = NULL;
    cr_expect_str_eq(shared_url(HOSTS("0.0.0.0", "::")), "");
    cr_expect_str_eq(shared_url(HOSTS("127.0.0.1", "::1")), "");
    memset(interfaces, 0, sizeof interfaces);
    cr_expect_str_eq(shared_url(HOSTS("0.0.0.0")), "", "no network yet: the wildcard is no address");
}
