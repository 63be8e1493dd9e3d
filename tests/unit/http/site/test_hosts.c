/* SPDX-License-Identifier: MIT */
#include "http/site/hosts.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

TestSuite(hosts, .timeout = 20);

/* Sites are only told apart here; each is named after the host that it is added for. */
struct site {
    const char *name;
};

static const struct site standard = {"standard"};

static struct hosts *create(void) {
    struct hosts *hosts = hosts_create(&standard);
    cr_assert_not_null(hosts);
    return hosts;
}

static const struct site sites[] = {
    {"example.org"},
    {"*.example.org"},
    {"www.example.org"},
    {"*.deep.example.org"},
    {"exact.deep.example.org"},
    {"*.net"},
    {"localhost"},
    {"127.0.0.1"},
    {"[::1]"},
    {"[2001:db8::8080]"},
    {"8080"},
};

static struct hosts *create_with_sites(void) {
    struct hosts *hosts = create();
    for (size_t i = 0; i < sizeof sites / sizeof sites[0]; i++) {
        cr_assert_eq(hosts_add(hosts, sites[i].name, &sites[i]), 0, "%s", sites[i].name);
    }
    return hosts;
}

static const char *found(const struct hosts *hosts, const char *authority) {
    return hosts_find(hosts, view_of(authority))->name;
}

Test(hosts, finds_the_site_of_an_authority) {
    static const struct {
        const char *name;
        const char *authority;
        const char *site;
    } rows[] = {
        {"exact", "example.org", "example.org"},
        {"exact wins over a wildcard", "www.example.org", "www.example.org"},
        {"a wildcard", "other.example.org", "*.example.org"},
        {"a wildcard at some depth", "a.b.c.example.org", "*.example.org"},
        {"the longer wildcard wins", "a.deep.example.org", "*.deep.example.org"},
        {"the longer wildcard wins at some depth", "a.b.deep.example.org", "*.deep.example.org"},
        {"exact wins over both wildcards", "exact.deep.example.org", "exact.deep.example.org"},
        {"a wildcard is not for its own name", "deep.example.org", "*.example.org"},
        {"a wildcard is not for its own name", "net", "standard"},
        {"a wildcard ends at a dot", "badexample.org", "standard"},
        {"a wildcard ends at a dot", "a.badexample.org", "standard"},
        {"a wildcard of a top-level domain", "example.net", "*.net"},
        {"one letter below", "a.net", "*.net"},
        {"a wildcard stands for a name", ".net", "standard"},
        {"a longer name", "example.org.net", "*.net"},
        {"a longer name", "example.orgs", "standard"},
        {"a shorter name", "example.or", "standard"},
        {"another name", "example.com", "standard"},
        {"RFC 9110 4.2.3: letter case", "EXAMPLE.Org", "example.org"},
        {"RFC 9110 4.2.3: letter case, wildcard", "A.B.Example.ORG", "*.example.org"},
        {"a port", "example.org:8080", "example.org"},
        {"RFC 3986 3.2.3: an empty port", "example.org:", "example.org"},
        {"a port, wildcard", "a.example.org:80", "*.example.org"},
        {"no port: letters", "example.org:http", "standard"},
        {"no port: digits and more", "example.org:80a", "standard"},
        {"two ports", "example.org:80:80", "standard"},
        {"RFC 9110 4.2.4: user information is none of a host", "user@example.org", "standard"},
        {"RFC 9110 4.2.4: a password looks like no port", "example.org:1@evil.test", "standard"},
        {"RFC 3986 3.2.2: a final dot", "example.org.", "example.org"},
        {"a final dot and a port", "example.org.:8080", "example.org"},
        {"a final dot, wildcard", "a.example.org.", "*.example.org"},
        {"two final dots", "example.org..", "standard"},
        {"a dot alone", ".", "standard"},
        {"a port alone", ":8080", "standard"},
        {"a colon alone", ":", "standard"},
        {"a name without dots", "localhost", "localhost"},
        {"a name without dots, and a port", "localhost:1", "localhost"},
        {"IPv4", "127.0.0.1", "127.0.0.1"},
        {"IPv4 and a port", "127.0.0.1:8080", "127.0.0.1"},
        {"RFC 3986 3.2.2: IPv6", "[::1]", "[::1]"},
        {"IPv6 and a port", "[::1]:8080", "[::1]"},
        {"IPv6 and an empty port", "[::1]:", "[::1]"},
        {"IPv6 that ends like a port", "[2001:DB8::8080]", "[2001:db8::8080]"},
        {"IPv6 that ends like a port, and a port", "[2001:DB8::8080]:80", "[2001:db8::8080]"},
        {"IPv6 without brackets", "::1", "standard"},
        {"a name of digits is no port", "8080", "8080"},
        {"a name of digits and a port", "8080:80", "8080"},
        {"empty", "", "standard"},
        {"not a prefix of a label", "ample.org", "standard"},
    };
    struct hosts *hosts = create_with_sites();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(found(hosts, rows[i].authority), rows[i].site, "%s: %s is %s", rows[i].name,
                         rows[i].authority, found(hosts, rows[i].authority));
    }
    hosts_destroy(hosts);
}

Test(hosts, gives_the_standard_site_where_no_host_is_named) {
    struct hosts *hosts = create_with_sites();
    cr_expect_eq(hosts_find(hosts, (struct view){0}), &standard);
    hosts_destroy(hosts);
}

Test(hosts, gives_the_standard_site_to_all_when_it_has_no_other) {
    struct hosts *hosts = create();
    cr_expect_str_eq(found(hosts, "example.org"), "standard");
    cr_expect_str_eq(found(hosts, ""), "standard");
    hosts_destroy(hosts);
}

Test(hosts, reads_no_further_than_the_authority) {
    struct hosts *hosts = create_with_sites();
    cr_expect_eq(hosts_find(hosts, (struct view){"example.orgs", 11})->name, sites[0].name);
    cr_expect_str_eq(hosts_find(hosts, (struct view){"127.0.0.1:80/path", 12})->name, "127.0.0.1");
    hosts_destroy(hosts);
}

/* RFC 1035 section 2.3.4: a name has 255 bytes at most. */
Test(hosts, takes_names_as_long_as_the_dns_has_them) {
    enum { LONGEST = 255 };
    static const struct site wild = {"wild"};
    static const struct site exact = {"exact"};
    char name[LONGEST + 2];
    for (size_t i = 0; i < sizeof name - 1; i++) {
        name[i] = i % 2 == 0 ? 'a' : '.';
    }
    name[LONGEST + 1] = '\0';
    char known[LONGEST + 1];
    memcpy(known, name, LONGEST);
    known[LONGEST] = '\0';
    struct hosts *hosts = create();
    cr_assert_eq(hosts_add(hosts, "*.a", &wild), 0);
    cr_assert_eq(hosts_add(hosts, known, &exact), 0);
    cr_expect_eq(hosts_find(hosts, (struct view){name, LONGEST}), &exact);
    cr_expect_eq(hosts_find(hosts, (struct view){name, LONGEST - 2}), &wild);
    name[LONGEST] = 'a';
    cr_expect_eq(hosts_find(hosts, (struct view){name, LONGEST + 1}), &standard);
    static char huge[20000];
    memset(huge, 'a', sizeof huge);
    huge[sizeof huge - 2] = '.';
    cr_expect_eq(hosts_find(hosts, (struct view){huge, sizeof huge}), &standard);
    hosts_destroy(hosts);
}

Test(hosts, refuses_a_second_site_for_a_name) {
    static const struct site other = {"other"};
    struct hosts *hosts = create_with_sites();
    cr_expect_eq(hosts_add(hosts, "example.org", &other), -EEXIST);
    cr_expect_eq(hosts_add(hosts, "*.example.org", &other), -EEXIST);
    cr_expect_str_eq(found(hosts, "example.org"), "example.org");
    cr_expect_str_eq(found(hosts, "a.example.org"), "*.example.org");
    hosts_destroy(hosts);
}

Test(hosts, keeps_its_own_copy_of_a_name) {
    char name[] = "example.org";
    struct hosts *hosts = create();
    cr_assert_eq(hosts_add(hosts, name, &sites[0]), 0);
    memset(name, 'x', strlen(name));
    cr_expect_str_eq(found(hosts, "example.org"), "example.org");
    cr_expect_str_eq(found(hosts, name), "standard");
    hosts_destroy(hosts);
}

/* Make the table, with a name as often as uthash needs to grow its own; the allocation of this number fails.
 * Returns whether all was there. */
static bool fill_with_failure(size_t successes) {
    enum { COUNT = 400 };
    bool complete = false;
    memory_fail_after(successes);
    struct hosts *hosts = hosts_create(&standard);
    int added = 0;
    int result = hosts != NULL ? 0 : -ENOMEM;
    while (result == 0 && added < COUNT) {
        char name[32];
        (void)snprintf(name, sizeof name, "host%d.example.org", added);
        result = hosts_add(hosts, name, &sites[0]);
        added += result == 0 ? 1 : 0;
    }
    bool failed = memory_stop_failing();
    cr_assert_eq(result, failed ? -ENOMEM : 0, "after %zu", successes);
    for (int i = 0; hosts != NULL && i <= added; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "host%d.example.org", i);
        cr_assert_eq(hosts_find(hosts, view_of(name)), i < added ? &sites[0] : &standard, "after %zu: %s",
                     successes, name);
    }
    complete = added == COUNT;
    hosts_destroy(hosts);
    cr_assert_eq(complete, !failed);
    return complete;
}

Test(hosts, are_whole_and_given_back_whichever_allocation_fails) {
    size_t successes = 0;
    for (bool complete = false; !complete; successes++) {
        ptrdiff_t before = memory_live_count();
        complete = fill_with_failure(successes);
        cr_assert_eq(memory_live_count(), before, "after %zu", successes);
    }
    cr_expect_gt(successes, 403); /* one for each host, and those of the table */
}

Test(hosts, need_not_exist_to_be_destroyed) {
    hosts_destroy(NULL);
}

Test(hosts, tell_which_name_it_was) {
    static const char *const authorities[] = {"Example.org:80", "a.b.example.org", "[::1]", "elsewhere", ""};
    struct hosts *hosts = create_with_sites();
    for (size_t i = 0; i < sizeof authorities / sizeof authorities[0]; i++) {
        const char *name = "";
        const struct site *matched = hosts_match(hosts, view_of(authorities[i]), &name);
        cr_expect_eq(matched, hosts_find(hosts, view_of(authorities[i])), "%s", authorities[i]);
        cr_expect(matched == &standard ? name == NULL : strcmp(name, matched->name) == 0, "%s",
                  authorities[i]);
    }
    hosts_destroy(hosts);
}
