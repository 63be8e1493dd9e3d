/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=access, --wrap=getaddrinfo and --wrap=getifaddrs: what "localhost" means, and which addresses there
 * are, differs from machine to machine. */
#include "server/listen/listener.h"
#include "server/listen/urls.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int __real_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **list);
int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **list);

/* The families that the hosts file gives "localhost"; NO_LOCALHOST: the name is unknown. */
static enum { NO_HOSTS_FILE, NO_LOCALHOST, IPV4_LOCALHOST, BOTH_LOCALHOSTS } hosts_file = BOTH_LOCALHOSTS;

int __wrap_getaddrinfo(const char *host, const char *port, const struct addrinfo *hints,
                       struct addrinfo **list) {
    if (host == NULL || strcmp(host, "localhost") != 0) {
        return __real_getaddrinfo(host, port, hints, list);
    }
    cr_expect_neq(hosts_file, NO_HOSTS_FILE, "a name server is asked");
    if (hosts_file == NO_LOCALHOST) {
        return EAI_NONAME;
    }
    if (hosts_file == BOTH_LOCALHOSTS) {
        return __real_getaddrinfo(NULL, port != NULL ? port : "0", hints, list);
    }
    return __real_getaddrinfo("127.0.0.1", port, hints, list);
}

int __real_access(const char *path, int mode);
int __wrap_access(const char *path, int mode);

int __wrap_access(const char *path, int mode) {
    if (strcmp(path, "/etc/hosts") == 0) {
        return hosts_file == NO_HOSTS_FILE ? -1 : 0;
    }
    return __real_access(path, mode);
}

int __real_getifaddrs(struct ifaddrs **list);
int __wrap_getifaddrs(struct ifaddrs **list);

static bool has_network = true;

int __wrap_getifaddrs(struct ifaddrs **list) {
    *list = NULL;
    return has_network ? __real_getifaddrs(list) : 0;
}

TestSuite(listen_urls, .timeout = 60);

static struct listener at(const char *host, uint16_t port) {
    return (struct listener){.fd = -1, .address = numeric_address(host, port)};
}

static struct listen_urls urls_of(struct listener *items, size_t count) {
    struct listener_set set = {.items = items, .count = count};
    struct listen_urls urls;
    listen_urls_fill(&urls, &set);
    return urls;
}

/* Two loopback sockets that refuse, to be sure that nobody else listens at this port. */
struct reserved_port {
    uint16_t port;
    int fds[2];
};

static struct reserved_port reserve_port(void) {
    struct reserved_port reserved = {.fds = {-1, -1}};
    struct sockaddr_storage any_port = loopback_address(AF_INET, 0);
    reserved.fds[0] = bound_socket(&any_port);
    reserved.port = port_of(reserved.fds[0]);
    if (loopback_has_ipv6()) {
        struct sockaddr_storage address = loopback_address(AF_INET6, reserved.port);
        reserved.fds[1] = bound_socket(&address);
    }
    return reserved;
}

static const char *url(const char *host, uint16_t port) {
    static char text[SOCKET_ADDRESS_TEXT_BYTES];
    (void)snprintf(text, sizeof text, "http://%s:%u/", host, (unsigned)port);
    return text;
}

static bool lists(const struct listen_urls *urls, const char *text) {
    for (size_t i = 0; i < urls->count; i++) {
        if (strcmp(urls->items[i], text) == 0) {
            return true;
        }
    }
    return false;
}

Test(listen_urls, puts_localhost_before_the_addresses_that_are_bound) {
    uint16_t port = reserve_port().port;
    struct listener items[] = {at("::1", port), at("127.0.0.1", port)};
    struct listen_urls urls = urls_of(items, 2);
    cr_assert_eq(urls.count, 3);
    cr_expect_str_eq(urls.items[0], url("localhost", port));
    cr_expect_str_eq(urls.items[1], url("[::1]", port));
    cr_expect_str_eq(urls.items[2], url("127.0.0.1", port));
}

Test(listen_urls, offers_localhost_when_the_other_loopback_is_free) {
    uint16_t port = reserve_port().port;
    struct listener item = at("127.0.0.1", port);
    struct listen_urls urls = urls_of(&item, 1);
    cr_assert_eq(urls.count, 2);
    cr_expect_str_eq(urls.items[0], url("localhost", port));
}

Test(listen_urls, hides_localhost_when_it_may_lead_to_another_program) {
    if (!loopback_has_ipv6()) {
        cr_skip_test("this machine has no ::1");
    }
    int other = listening_on(AF_INET6);
    struct listener item = at("127.0.0.1", port_of(other));
    struct listen_urls urls = urls_of(&item, 1);
    cr_assert_eq(urls.count, 1);
    cr_expect_str_eq(urls.items[0], url("127.0.0.1", port_of(other)));
    (void)close(other);
}

Test(listen_urls, hides_localhost_when_the_name_leads_elsewhere) {
    uint16_t port = reserve_port().port;
    struct listener item = at("::1", port);
    hosts_file = IPV4_LOCALHOST;
    cr_expect_eq(urls_of(&item, 1).count, 1);
    hosts_file = NO_LOCALHOST;
    cr_expect_eq(urls_of(&item, 1).count, 1);
    hosts_file = BOTH_LOCALHOSTS;
    cr_expect_eq(urls_of(&item, 1).count, 2);
}

Test(listen_urls, asks_no_name_server_for_localhost_without_a_hosts_file) {
    hosts_file = NO_HOSTS_FILE;
    uint16_t port = reserve_port().port;
    struct listener item = at("127.0.0.1", port);
    struct listen_urls urls = urls_of(&item, 1);
    cr_assert_eq(urls.count, 2);
    cr_expect_str_eq(urls.items[0], url("localhost", port));
}

Test(listen_urls, hides_localhost_when_only_another_address_is_bound) {
    struct listener item = at("192.0.2.1", reserve_port().port);
    struct listen_urls urls = urls_of(&item, 1);
    cr_assert_eq(urls.count, 1);
    cr_expect_str_eq(urls.items[0], url("192.0.2.1", socket_address_port(&item.address)));
}

Test(listen_urls, replaces_a_wildcard_by_the_addresses_of_the_machine) {
    uint16_t port = reserve_port().port;
    struct listener items[] = {at("0.0.0.0", port), at("::", port)};
    struct listen_urls urls = urls_of(items, 2);
    cr_assert_geq(urls.count, 1);
    cr_expect_str_eq(urls.items[0], url("localhost", port));
    cr_expect(!lists(&urls, url("0.0.0.0", port)) && !lists(&urls, url("[::]", port)));
    cr_expect(!lists(&urls, url("127.0.0.1", port)), "localhost says it already");
    for (size_t i = 0; i < urls.count; i++) {
        cr_expect(strstr(urls.items[i], "fe80:") == NULL, "%s", urls.items[i]);
    }
}

Test(listen_urls, offers_what_a_phone_on_the_network_can_open) {
    uint16_t port = reserve_port().port;
    struct listener item = at("0.0.0.0", port);
    struct listen_urls urls = urls_of(&item, 1);
    struct ifaddrs *list = NULL;
    cr_assert(getifaddrs(&list) == 0);
    for (const struct ifaddrs *entry = list; entry != NULL; entry = entry->ifa_next) {
        if (entry->ifa_addr == NULL || entry->ifa_addr->sa_family != AF_INET ||
            !(entry->ifa_flags & IFF_UP) || (entry->ifa_flags & IFF_LOOPBACK)) {
            continue;
        }
        char host[INET_ADDRSTRLEN];
        cr_assert(getnameinfo(entry->ifa_addr, sizeof(struct sockaddr_in), host, sizeof host, NULL, 0,
                              NI_NUMERICHOST) == 0);
        cr_expect(lists(&urls, url(host, port)), "%s", host);
    }
    freeifaddrs(list);
}

Test(listen_urls, offers_the_numeric_loopback_of_a_wildcard_when_localhost_is_unknown) {
    uint16_t port = reserve_port().port;
    struct listener item = at("0.0.0.0", port);
    hosts_file = NO_LOCALHOST;
    struct listen_urls urls = urls_of(&item, 1);
    cr_expect(lists(&urls, url("127.0.0.1", port)));
    cr_expect(!lists(&urls, url("localhost", port)));
}

Test(listen_urls, lists_each_url_once_and_unix_sockets_as_they_are) {
    uint16_t port = reserve_port().port;
    struct listener items[] = {at("127.0.0.1", port),
                               at("127.0.0.1", port),
                               {.fd = -1, .address = socket_address_of_path("/run/lido.sock")}};
    struct listen_urls urls = urls_of(items, 3);
    cr_assert_eq(urls.count, 3);
    cr_expect_str_eq(urls.items[2], "unix:/run/lido.sock");
}

Test(listen_urls, leaves_out_what_does_not_fit) {
    struct listener items[LISTEN_URLS_MAX + 5];
    for (size_t i = 0; i < LISTEN_URLS_MAX + 5; i++) {
        items[i] = at("192.0.2.1", (uint16_t)(1000 + i));
    }
    cr_expect_eq(urls_of(items, LISTEN_URLS_MAX + 5).count, LISTEN_URLS_MAX);
}

Test(listen_urls, are_never_empty_for_an_open_socket) {
    static const char *const wildcards[] = {"0.0.0.0", "::"};
    hosts_file = NO_LOCALHOST;
    has_network = false;
    for (size_t i = 0; i < 2; i++) {
        struct listener item = at(wildcards[i], 8080);
        struct listen_urls urls = urls_of(&item, 1);
        cr_assert_eq(urls.count, 1, "%s", wildcards[i]);
        cr_expect_str_eq(urls.items[0], i == 0 ? "http://0.0.0.0:8080/" : "http://[::]:8080/");
    }
}
