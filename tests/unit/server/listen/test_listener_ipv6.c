/* SPDX-License-Identifier: MIT */
/* Linked with --wrap=getifaddrs: a machine on which IPv6 is switched off. */
#include "server/listen/listener.h"

#include <criterion/criterion.h>
#include <ifaddrs.h>

int __real_getifaddrs(struct ifaddrs **list);
int __wrap_getifaddrs(struct ifaddrs **list);

static int only_family; /* that interfaces have addresses of; 0: as it is */

int __wrap_getifaddrs(struct ifaddrs **list) {
    int result = __real_getifaddrs(list);
    for (struct ifaddrs *entry = *list; result == 0 && only_family != 0 && entry != NULL;
         entry = entry->ifa_next) {
        bool stays = entry->ifa_addr != NULL && entry->ifa_addr->sa_family == only_family;
        entry->ifa_addr = stays ? entry->ifa_addr : NULL;
    }
    return result;
}

static struct listener_set set;
static char error[LISTENER_ERROR_BYTES];

static void tear_down(void) {
    listener_set_close(&set);
}

TestSuite(listener_ipv6, .fini = tear_down, .timeout = 60);

/* With net.ipv6.conf.all.disable_ipv6 the wildcard can be bound all the same. */
Test(listener_ipv6, knows_that_ipv6_is_switched_off) {
    only_family = AF_INET;
    cr_expect_eq(listener_set_open(&set, "[::]:0", 8, error), LISTENER_FAILED);
    cr_expect_str_eq(error, "[::]:0 needs IPv6, which this machine lacks");
    cr_expect_eq(set.count, 0);
    cr_assert(listener_set_open(&set, "*:0", 8, error) == LISTENER_OK, "%s", error);
    cr_expect_eq(set.count, 1);
    cr_expect_eq(set.items[0].address.ss_family, AF_INET);
}
