/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/sites/opened_sites.h"

#include "http/site/hosts.h"
#include "http/site/site.h"

#include <criterion/criterion.h>
#include <sys/stat.h>

struct sites sites;
size_t kept_files = 100;
time_t clock_ahead_s;
time_t steady_clock_ahead_s;
static struct timespec begun;

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    *now = clock == CLOCK_MONOTONIC_COARSE ? begun : *now;
    now->tv_sec += clock == CLOCK_REALTIME ? clock_ahead_s : steady_clock_ahead_s;
    return result;
}

void opened_sites_begin(void) {
    config_test_begin();
    (void)__real_clock_gettime(CLOCK_MONOTONIC_COARSE, &begun);
    folder_mkdir(&folder, "www");
    folder_mkdir(&folder, "one");
    folder_mkdir(&folder, "two");
    folder_fifo(&folder, "pipe");
}

void opened_sites_end(void) {
    sites_close(&sites);
    config_test_end();
}

void configure(const char *text) {
    start_again();
    cr_assert(load(text) && config_inherit(&config, error) && config_check(&config, error), "%s: %s", text,
              error);
}

const struct site *standard_site(void) {
    return atomic_load(&sites.place.current)->site;
}

const struct site *site_of(const char *host) {
    const struct hosts *hosts = atomic_load(&sites.place.current)->hosts;
    cr_assert_not_null(hosts);
    return hosts_find(hosts, view_of(host));
}

bool open_sites(const char *text) {
    sites_close(&sites);
    configure(text);
    error[0] = '\0';
    return sites_open(&sites, &config, kept_files, error);
}

void turn_to_sites(const char *text) {
    struct config former = config;
    struct sites next;
    sites.materials.config = &former;
    cr_assert_eq(config_init(&config), 0);
    configure(text);
    error[0] = '\0';
    cr_assert(sites_prepare(&next, &sites, &config, kept_files, error), "%s", error);
    sites_turn_to(&sites, &next);
    sites_close(&next);
    config_deinit(&former);
}

bool serves(const struct site *site, const char *name) {
    struct stat opened;
    struct stat named;
    cr_assert_eq(fstat(site_root(site)->root_fd, &opened), 0);
    cr_assert_eq(stat(name, &named), 0);
    return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}
