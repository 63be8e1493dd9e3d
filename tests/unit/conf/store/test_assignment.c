/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "conf/store/assignment.h"
#include "http/base/string_list.h"

#include <criterion/criterion.h>
#include <string.h>

static struct config config;
static struct string_list texts;
static struct string_list wheres;
static char error[CONFIG_ERROR_BYTES];

static void set_up(void) {
    cr_assert_eq(config_init(&config), 0);
}

static void tear_down(void) {
    string_list_deinit(&texts);
    string_list_deinit(&wheres);
    config_deinit(&config);
}

TestSuite(assignment, .init = set_up, .fini = tear_down, .timeout = 60);

static bool assign(enum config_option_id id, enum config_source source, bool adds) {
    struct assignment assignment = {
        .option = &option_table[id], .source = source, .adds = adds, .texts = &texts, .wheres = &wheres};
    return assignment_apply(&config, &assignment, error);
}

static void have(const char *text, const char *where) {
    cr_assert_eq(string_list_add(&texts, text), 0);
    cr_assert_eq(string_list_add(&wheres, where), 0);
}

Test(assignment, remembers_where_each_entry_stands) {
    have("a", "f:1");
    have("b", "f:2");
    cr_assert(assign(OPTION_INDEX, CONFIG_FILE, false), "%s", error);
    cr_assert_str_eq(config_origin(&config, "index", 0), "f:1");
    cr_assert_str_eq(config_origin(&config, "index", 1), "f:2");
}

Test(assignment, changes_nothing_when_one_entry_is_wrong) {
    have("a:1", "f:1");
    have("8080", "f:2");
    cr_assert_not(assign(OPTION_LISTEN, CONFIG_FILE, false));
    cr_assert(strncmp(error, "f:2: listen: '8080': ", 21) == 0, "%s", error);
    cr_assert(config.listen.count == 1 && strcmp(config.listen.items[0], "localhost:8080") == 0);
    cr_assert_str_eq(config_origin(&config, "listen", 0), "default");
}

Test(assignment, adds_to_the_same_source_alone) {
    have("a", "--index");
    cr_assert(assign(OPTION_INDEX, CONFIG_COMMAND_LINE, true), "%s", error);
    cr_assert_eq(config.site.index.count, 1, "the default is replaced");
    cr_assert(assign(OPTION_INDEX, CONFIG_COMMAND_LINE, true), "%s", error);
    cr_assert_eq(config.site.index.count, 2);
    cr_assert(assign(OPTION_INDEX, CONFIG_COMMAND_LINE, false), "%s", error);
    cr_assert_eq(config.site.index.count, 1);
    cr_assert(assign(OPTION_INDEX, CONFIG_FILE, false), "%s", error);
    cr_assert_str_eq(config_origin(&config, "index", 0), "--index");
}

Test(assignment, empties_a_list_that_may_be_empty) {
    cr_assert_eq(string_list_add(&wheres, "f:3"), 0);
    cr_assert(assign(OPTION_INDEX, CONFIG_FILE, false), "%s", error);
    cr_assert_eq(config.site.index.count, 0);
    cr_assert_str_eq(config_origin(&config, "index", 0), "f:3");
    cr_assert_not(assign(OPTION_LISTEN, CONFIG_FILE, false));
    cr_assert_str_eq(error,
                     "f:3: listen: the list is empty; expected at least one address, e.g. localhost:8080");
}
