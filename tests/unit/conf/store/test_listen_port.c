/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "conf/store/listen_port.h"
#include "http/base/string_list.h"

#include <criterion/criterion.h>

static struct string_list addresses;
static struct string_list wheres;
static char error[CONFIG_ERROR_BYTES];

static void tear_down(void) {
    string_list_deinit(&addresses);
    string_list_deinit(&wheres);
}

TestSuite(listen_port, .fini = tear_down, .timeout = 60);

static void have(const char *address, const char *where) {
    cr_assert_eq(string_list_add(&addresses, address), 0);
    cr_assert_eq(string_list_add(&wheres, where), 0);
}

Test(listen_port, lets_different_addresses_pass) {
    have("a:1", "f:1");
    have("b:1", "f:2");
    have("unix:/a", "f:3");
    have("*:2", "f:4");
    have("*:0", "f:5");
    have("*:0", "f:6");
    cr_assert(listen_check_collisions(&addresses, &wheres, error), "%s", error);
}

Test(listen_port, names_both_places_of_a_collision) {
    have("a:1", "f:1");
    have("unix:/a", "f:2");
    have("unix:/a", "f:3");
    have("a:1", "f:4");
    cr_assert_not(listen_check_collisions(&addresses, &wheres, error));
    cr_assert_str_eq(error, "f:3: listen: 'unix:/a' stands twice (also f:2); remove one of them");
}

Test(listen_port, says_that_every_address_holds_each_one) {
    have("a:1", "f:1");
    have("*:1", "f:2");
    cr_assert_not(listen_check_collisions(&addresses, &wheres, error));
    cr_assert_str_eq(error,
                     "f:2: listen: '*:1' and 'a:1' (f:1) overlap: '*' is every address; remove one of them");
}

Test(listen_port, is_given_once_all_sources_are_read) {
    struct config config;
    cr_assert_eq(config_init(&config), 0);
    cr_assert(config_set(&config, "listen", "a:1,b:2,unix:/c", "--bind", error), "%s", error);
    cr_assert(config_set_port(&config, "9", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert_str_eq(config.listen.items[0], "a:1");
    cr_assert_eq(listen_port_apply(&config), 0);
    cr_assert_eq(config.listen.count, 3);
    cr_assert_str_eq(config.listen.items[0], "a:9");
    cr_assert_str_eq(config.listen.items[2], "unix:/c");
    cr_assert_str_eq(config_origin(&config, "listen", 1), "--bind, port from --port");
    config_deinit(&config);
}
