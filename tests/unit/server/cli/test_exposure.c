/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "server/cli/exposure.h"
#include "server/listen/listener.h"
#include "server/net/socket_address.h"
#include "tests/support/folder.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct folder folder;
static struct config config;
static struct listener listener;
static struct listener_set listeners = {.items = &listener, .count = 1};
static char text[EXPOSURE_TEXT_BYTES];
static char home[PATH_MAX];

static void set_root(const char *path) {
    char error[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, "root", path, "test", error), "%s", error);
}

static void listen_at(const char *address) {
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    if (strncmp(address, "unix:", 5) == 0) {
        listener.address = socket_address_of_path(address + 5);
    } else if (inet_pton(AF_INET, address, &ipv4.sin_addr) == 1) {
        listener.address = socket_address_copy((struct sockaddr *)&ipv4, sizeof ipv4);
    } else {
        cr_assert_eq(inet_pton(AF_INET6, address, &ipv6.sin6_addr), 1, "%s", address);
        listener.address = socket_address_copy((struct sockaddr *)&ipv6, sizeof ipv6);
    }
}

static void set_up(void) {
    folder_create(&folder);
    folder_mkdir(&folder, "home");
    folder_mkdir(&folder, "home/me");
    folder_mkdir(&folder, "home/me/site");
    folder_mkdir(&folder, "home/mean");
    cr_assert_not_null(realpath(folder_path(&folder, "home/me").text, home));
    cr_assert_eq(config_init(&config), 0);
    set_root(home);
    listen_at("0.0.0.0");
    memset(text, 0, sizeof text);
}

static void tear_down(void) {
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(exposure, .init = set_up, .fini = tear_down, .timeout = 60);

static bool is_told(void) {
    return exposure_describe(&config, listener_set_is_public(&listeners), home, text);
}

Test(exposure, tells_of_the_home_folder_and_of_what_it_is_in) {
    char expected[EXPOSURE_TEXT_BYTES];
    (void)snprintf(
        expected, sizeof expected,
        "warning: other machines can read your home folder (root %s); serve a folder in it, or listen "
        "on localhost",
        home);
    cr_assert(is_told());
    cr_expect_str_eq(text, expected);
    set_root(folder_path(&folder, "home").text);
    cr_expect(is_told());
}

Test(exposure, tells_of_the_whole_disk_whoever_is_at_home) {
    set_root("/");
    cr_assert(is_told());
    cr_expect_not_null(strstr(text, "the whole disk (root /)"), "%s", text);
    cr_assert(exposure_describe(&config, listener_set_is_public(&listeners), NULL, text));
    cr_expect(exposure_describe(&config, listener_set_is_public(&listeners), "/no/such/home", text));
}

Test(exposure, follows_links_and_dots) {
    cr_assert_eq(symlink(home, folder_path(&folder, "link").text), 0);
    set_root(folder_path(&folder, "link").text);
    cr_expect(is_told());
    set_root(folder_path(&folder, "home/me/site/..").text);
    cr_expect(is_told());
    cr_expect(exposure_describe(&config, listener_set_is_public(&listeners),
                                folder_path(&folder, "link").text, text));
}

Test(exposure, is_silent_about_folders_in_the_home_folder_and_beside_it) {
    static const char *const roots[] = {"home/me/site", "home/mean", "no/such/folder"};
    for (size_t i = 0; i < sizeof roots / sizeof *roots; i++) {
        set_root(folder_path(&folder, roots[i]).text);
        cr_expect_not(is_told(), "%s: %s", roots[i], text);
    }
    set_root(folder_path(&folder, "home/me").text);
    cr_expect_not(exposure_describe(&config, listener_set_is_public(&listeners), NULL, text), "%s", text);
    cr_expect_not(exposure_describe(&config, listener_set_is_public(&listeners), "/", text), "%s", text);
}

Test(exposure, is_silent_while_only_this_machine_can_look) {
    static const char *const alone[] = {"127.0.0.1", "127.1.2.3", "::1", "unix:/run/lido.sock"};
    for (size_t i = 0; i < sizeof alone / sizeof *alone; i++) {
        listen_at(alone[i]);
        cr_expect_not(is_told(), "%s: %s", alone[i], text);
    }
    static const char *const open[] = {"0.0.0.0", "::", "192.0.2.1", "2001:db8::1", "fe80::1"};
    for (size_t i = 0; i < sizeof open / sizeof *open; i++) {
        listen_at(open[i]);
        cr_expect(is_told(), "%s", open[i]);
    }
    listeners.count = 0;
    cr_expect_not(is_told());
}

Test(exposure, tells_of_a_host_too) {
    char path[FOLDER_PATH_BYTES];
    char error[CONFIG_ERROR_BYTES];
    folder_write_text(&folder, "lido.conf", "root = \"/nowhere\"\nhost \"a.example\" { root = \"/\" }\n");
    (void)snprintf(path, sizeof path, "%s", folder_path(&folder, "lido.conf").text);
    config_deinit(&config);
    cr_assert_eq(config_init(&config), 0);
    cr_assert(config_load_file(&config, path, error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    cr_assert(is_told());
    cr_expect_not_null(strstr(text, "the whole disk"), "%s", text);
}
