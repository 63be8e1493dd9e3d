/* SPDX-License-Identifier: MIT */
/* How descriptors are shared out. What is wrong with settings, and that nothing stays open: test_server.c. */
#include "conf/config.h"
#include "server/setup.h"
#include "tests/support/folder.h"
#include "tests/unit/support/limits/descriptor_limit.h"

#include <criterion/criterion.h>

enum { LIMIT = 1664 }; /* of descriptors: 64 are reserved */

static struct folder folder;
static struct config config;
static char error[SERVER_ERROR_BYTES];

/* What the linker wraps: sites that are told how many files may stay open. */
static size_t told;
bool __real_sites_open(struct sites *sites, const struct config *of, size_t kept_files,
                       char why[SITES_ERROR_BYTES]);
bool __wrap_sites_open(struct sites *sites, const struct config *of, size_t kept_files,
                       char why[SITES_ERROR_BYTES]);

bool __wrap_sites_open(struct sites *sites, const struct config *of, size_t kept_files,
                       char why[SITES_ERROR_BYTES]) {
    told = kept_files;
    return __real_sites_open(sites, of, kept_files, why);
}

static void set(const char *option, const char *value) {
    cr_assert(config_set(&config, option, value, "--test", error), "%s", error);
}

static void set_up(void) {
    descriptor_limit_set_both(LIMIT, LIMIT);
    folder_create(&folder);
    cr_assert_eq(config_init(&config), 0);
    set("listen", "127.0.0.1:0");
    set("root", folder_path(&folder, ".").text);
    set("access_log", "off");
    set("threads", "4");
}

static void tear_down(void) {
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(setup, .init = set_up, .fini = tear_down, .timeout = 60);

Test(setup, shares_the_descriptors_out) {
    static const struct {
        const char *max_connections;
        const char *threads_spare;
        const char *file_cache_descriptors;
        size_t connections;
        size_t kept_files;
    } rows[] = {
        {"auto", "1", "1000", 800, 104}, /* a sixteenth of the limit at most */
        {"auto", "1", "7", 800, 7},      {"auto", "1", "0", 800, 0},
        {"100", "1", "1000", 100, 104},  {"1590", "1", "1000", 1590, 5}, /* what clients and threads leave */
        {"1590", "4", "1000", 1590, 2},  {"1590", "6", "1000", 1590, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct setup setup = {0};
        set("max_connections", rows[i].max_connections);
        set("threads_spare", rows[i].threads_spare);
        set("file_cache_descriptors", rows[i].file_cache_descriptors);
        cr_assert_eq(setup_open(&setup, &config, error), SERVER_OK, "row %zu: %s", i, error);
        cr_expect_eq(setup.limits.connections, rows[i].connections, "row %zu: %zu", i,
                     setup.limits.connections);
        cr_expect_eq(told, rows[i].kept_files, "row %zu: %zu", i, told);
        cr_expect_null(setup.log_plan);
        setup_close(&setup);
    }
}

/* The fault: each was taken for the first one, whose socket stood in the set twice, and the second was to leave. */
Test(setup, prepared_anew_keeps_each_of_two_addresses_that_are_written_alike) {
    struct setup setup = {0};
    struct setup next;
    set("listen", "127.0.0.1:0"); /* besides the first one */
    cr_assert_eq(setup_open(&setup, &config, error), SERVER_OK, "%s", error);
    cr_assert_eq(setup.listeners.count, 2);
    cr_assert_eq(setup_prepare(&next, &setup, &config, error), SERVER_OK, "%s", error);
    cr_assert_eq(next.listeners.count, 2);
    for (size_t i = 0; i < 2; i++) {
        cr_expect_eq(next.listeners.items[i].fd, setup.listeners.items[i].fd, "socket %zu", i);
        cr_expect_not(next.listeners.items[i].is_leaving, "socket %zu", i);
    }
    setup_close(&next);
    setup_close(&setup);
}
