/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/sites/made_options.h"

#include "conf/config.h"
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct site_options_store store;
struct file_forms *forms;
static char nothing;

void site_options_set_up(void) {
    void *place = &nothing;
    forms = place;
    config_test_begin();
}

void site_options_tear_down(void) {
    site_options_deinit(&store);
    store = (struct site_options_store){0};
    config_test_end();
}

const struct site_options *make_options(const char *text) {
    site_options_deinit(&store);
    start_again();
    cr_assert(load(text) && config_inherit(&config, error), "%s: %s", text, error);
    cr_assert_eq(site_options_init(&store, &config.site, forms), 0);
    return &store.options;
}

const char *join(char *const *items, size_t count) {
    static char text[1024];
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(text);
        (void)snprintf(text + length, sizeof text - length, "%s%s", i > 0 ? "," : "", items[i]);
    }
    return text;
}
