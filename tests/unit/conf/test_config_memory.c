/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "tests/support/folder.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
    folder_write_text(&folder, "lido.conf",
                      "root = a\ncors = { \"https://a.example\", \"http://b:1\" }\n"
                      "cache \"/a\" { max_age = 1y }\nheader /a { add = { \"A: b\", \"C: d\" } remove = E }\n"
                      "redirect /a { to = /b }\nerror_page 404 = /a\nerror_page 500 = /b\n"
                      "types { md = a/b mjs = c/d }\n"
                      "host a \"*.a\" {\n index = { a, b }\n listing = off\n cache /b { no_store = on }\n"
                      " header /b { remove = A }\n redirect /b { to = /c }\n error_page 404 = /c\n"
                      " types { md = a/c } }\nhost b { root = c }\n");
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(config_memory, .init = set_up, .fini = tear_down, .timeout = 120);

/* All that a start does. Returns whether it worked; what it owns goes either way. */
static bool set_all_up(const char *path, char error[CONFIG_ERROR_BYTES]) {
    struct config config;
    char variable[] = "LIDO_INDEX=x,y";
    char *const variables[] = {variable, NULL};
    if (config_init(&config) != 0) {
        (void)strcpy(error, "out of memory");
        return false;
    }
    bool right = config_load_file(&config, path, error) &&
                 config_load_environment(&config, variables, error) &&
                 config_set(&config, "cors", "on", "--cors", error) && config_inherit(&config, error) &&
                 config_check(&config, error);
    config_deinit(&config);
    return right;
}

/* AddressSanitizer tells of what is freed twice or never. */
Test(config_memory, may_run_out_at_any_place) {
    struct folder_path path = folder_path(&folder, "lido.conf");
    char error[CONFIG_ERROR_BYTES];
    size_t count = 0;
    bool failed = true;
    for (; failed; count++) {
        memory_fail_after(count);
        bool right = set_all_up(path.text, error);
        failed = memory_stop_failing();
        cr_assert_eq(right, !failed, "after %zu: %s", count, error);
        cr_assert(right || strstr(error, "out of memory") || strstr(error, strerror(ENOMEM)), "after %zu: %s",
                  count, error);
    }
    cr_assert_gt(count, 300, "only %zu allocations", count);
}

Test(config_memory, leaves_settings_that_print_when_it_runs_out_in_a_file) {
    struct folder_path path = folder_path(&folder, "lido.conf");
    char error[CONFIG_ERROR_BYTES];
    bool failed = true;
    for (size_t count = 0; failed; count++) {
        struct config config;
        char *text = NULL;
        cr_assert_eq(config_init(&config), 0);
        memory_fail_after(count);
        bool loaded = config_load_file(&config, path.text, error);
        failed = memory_stop_failing();
        cr_assert_eq(loaded, !failed, "after %zu: %s", count, error);
        cr_assert_eq(config_print(&config, &text), 0);
        free(text);
        config_deinit(&config);
    }
}
