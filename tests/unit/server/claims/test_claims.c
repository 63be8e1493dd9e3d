/* SPDX-License-Identifier: MIT */
/* The words for each, beside what the start says: tests/integration/test_config_check.c. */
#include "conf/config.h"
#include "server/claims/claims.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct folder folder;
static struct config config;
static char error[SERVER_ERROR_BYTES];

static void set(const char *option, const char *value) {
    char mistake[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, option, value, "--test", mistake), "%s", mistake);
}

static void set_up(void) {
    folder_create(&folder);
    cr_assert_eq(chdir(folder.path), 0);
    cr_assert_eq(config_init(&config), 0);
}

static void tear_down(void) {
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(claims, .init = set_up, .fini = tear_down, .timeout = 60);

Test(claims, of_the_defaults_are_fine) {
    cr_expect_eq(claims_check(&config, error), SERVER_OK, "%s", error);
}

Test(claims, find_one_file_by_whatever_way) {
    static const char *const ways[] = {"log", "./log", "folder/../log", "link", "folder/back/log"};
    folder_mkdir(&folder, "folder");
    folder_symlink(&folder, "folder/back", "..");
    folder_symlink(&folder, "link", "log");
    for (int is_there = 0; is_there < 2; is_there++) {
        set("access_log", "log");
        for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
            bool leads_nowhere = is_there == 0 && strcmp(ways[i], "link") == 0;
            set("pid_file", ways[i]);
            cr_expect_eq(claims_check_pairs(&config, error), leads_nowhere ? SERVER_OK : SERVER_MISTAKE, "%s",
                         ways[i]);
        }
        folder_write_text(&folder, "log", "");
    }
}

Test(claims, let_a_device_and_a_fifo_have_several) {
    set("access_log", "/dev/null");
    set("pid_file", "/dev/null");
    cr_expect_eq(claims_check_pairs(&config, error), SERVER_OK, "%s", error);
}

/* They stand outside, where the same path is another file. */
Test(claims, leave_the_settings_out_in_a_chroot) {
    folder_write_text(&folder, "lido.conf", "access_log = lido.conf\n");
    cr_assert(config_load_file(&config, "lido.conf", error), "%s", error);
    cr_expect_eq(claims_check_pairs(&config, error), SERVER_MISTAKE);
    set("chroot", folder.path);
    cr_expect_eq(claims_check_pairs(&config, error), SERVER_OK, "%s", error);
}
