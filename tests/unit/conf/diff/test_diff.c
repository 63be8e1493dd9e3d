/* SPDX-License-Identifier: MIT */
#include "conf/diff/diff.h"
#include "conf/schema/section_table.h"
#include "conf/store/option_field.h"
#include "conf/store/origins.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/streams/lost_text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct config before;
static struct config_diff diff;

static void set_up(void) {
    config_test_begin();
    cr_assert_eq(config_init(&before), 0);
}

static void tear_down(void) {
    config_diff_deinit(&diff);
    config_deinit(&before);
    config_test_end();
}

TestSuite(diff, .init = set_up, .fini = tear_down, .timeout = 60);

/* Let the option have another value than by default, whatever it is. */
static void change(const struct config_option *option, void *owner) {
    if (option_is_list(option)) {
        cr_assert_eq(string_list_add(option_field_list(option, owner), "changed"), 0);
        return;
    }
    struct option_value value = {
        .number = option->kind == OPTION_BOOLEAN || option->kind == OPTION_WORD ? 0 : 7, .text = "changed"};
    char standard[OPTION_LITERAL_BYTES];
    char changed[OPTION_LITERAL_BYTES];
    option_field_format(option, owner, 0, standard);
    cr_assert_eq(option_field_store(option, &value, owner), 0);
    option_field_format(option, owner, 0, changed);
    if (strcmp(standard, changed) == 0) {
        value.number++;
        cr_assert_eq(option_field_store(option, &value, owner), 0);
    }
}

static void expect_named(const char *name) {
    cr_assert_eq(config_diff(&before, &before, &config, &diff), 0);
    cr_assert_eq(diff.lines.count, 1, "%s: %zu lines", name, diff.lines.count);
    cr_expect_not_null(strstr(diff.lines.items[0], name), "%s: %s", name, diff.lines.items[0]);
    config_diff_deinit(&diff);
}

Test(diff, says_nothing_of_what_is_the_same) {
    cr_assert_eq(config_diff(&before, &before, &config, &diff), 0);
    cr_expect_eq(diff.lines.count, 0, "%s", diff.lines.count > 0 ? diff.lines.items[0] : "");
    cr_expect(config_site_is_same(&before.site, &config.site));
}

Test(diff, tells_of_every_option_that_there_is) {
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct config_option *option = &option_table[id];
        start_again();
        change(option, option_owner(option, &config));
        expect_named(option->name);
        cr_expect_eq(config_site_is_same(&before.site, &config.site), option->scope != OPTION_OF_SITE, "%s",
                     option->name);
    }
}

static void set_rule(struct config *of, struct config_rule *rule) {
    of->site.rules = rule;
    of->site.rule_count = rule != NULL ? 1 : 0;
}

/* A rule that says something; its option of this index, if there is one, says something else. */
static struct config_rule make_rule(enum config_section_kind kind, size_t changed) {
    static char title[] = "/a";
    struct config_rule rule = {.kind = kind, .title = title};
    const struct config_section *section = &section_table[kind];
    rule.cache.has_max_age = kind == SECTION_CACHE;
    for (size_t i = 0; i < section->option_count; i++) {
        const struct config_option *option = &section->options[i];
        struct option_value value = {.number = 302, .text = "/b"};
        if (option_is_text(option) || option->kind == OPTION_NUMBER_WORD) {
            cr_assert_eq(option_field_store(option, &value, &rule), 0);
        }
        if (i == changed) {
            change(option, &rule);
        }
    }
    return rule;
}

static void free_rule(struct config_rule *rule) {
    const struct config_section *section = &section_table[rule->kind];
    for (size_t i = 0; i < section->option_count; i++) {
        option_field_deinit(&section->options[i], rule);
    }
}

Test(diff, tells_of_every_option_within_a_section) {
    for (int kind = 0; kind < SECTION_HOST; kind++) {
        for (size_t i = 0; i < section_table[kind].option_count; i++) {
            const struct config_option *option = &section_table[kind].options[i];
            struct config_rule old = make_rule((enum config_section_kind)kind, SIZE_MAX);
            struct config_rule new = make_rule((enum config_section_kind)kind, i);
            set_rule(&before, &old);
            set_rule(&config, &new);
            expect_named(option->name);
            cr_expect_not(config_site_is_same(&before.site, &config.site), "%s", option->name);
            set_rule(&before, NULL);
            set_rule(&config, NULL);
            free_rule(&old);
            free_rule(&new);
        }
    }
}

/* From one text of a file to another one. */
static void expect_lines(const char *from, const char *to, const char *expected) {
    char lines[4096] = "";
    size_t length = 0;
    start_again();
    cr_assert(load(from) && config_inherit(&config, error), "%s", error);
    config_deinit(&before);
    before = config;
    cr_assert_eq(config_init(&config), 0);
    cr_assert(load(to) && config_inherit(&config, error), "%s", error);
    cr_assert_eq(config_diff(&before, &before, &config, &diff), 0);
    for (size_t i = 0; i < diff.lines.count; i++) {
        length += (size_t)snprintf(lines + length, sizeof lines - length, "%s\n", diff.lines.items[i]);
    }
    cr_expect_str_eq(lines, expected, "%s\n%s", to, lines);
    config_diff_deinit(&diff);
}

Test(diff, says_what_was_and_what_is) {
    expect_lines("threads = 8", "threads = 16", "threads 8 -> 16\n");
    expect_lines("threads = 8", "", "threads 8 -> auto\n");
    expect_lines("root = /a", "root = /b", "root \"/a\" -> \"/b\"\n");
    expect_lines("header_timeout = 60s", "header_timeout = 1m", "");
    expect_lines("listing = off\nqueue = 5", "queue = 6", "listing off -> on\nqueue 5 -> 6\n");
}

Test(diff, tells_lists_apart_entry_by_entry) {
    expect_lines("listen = { \"localhost:1\", \"localhost:2\" }", "listen = { \"localhost:2\", \"*:3\" }",
                 "- listen localhost:1\n+ listen *:3\n");
    expect_lines("index = { \"a\", \"b\" }", "index = { \"b\", \"a\" }",
                 "index { \"a\", \"b\" } -> { \"b\", \"a\" }\n");
    expect_lines("", "cors = on", "+ cors *\n");
}

Test(diff, tells_rules_apart_by_their_titles) {
    expect_lines("", "cache \"/assets/*\" { max_age = 1h }", "+ cache /assets/*\n");
    expect_lines("cache \"/a\" { max_age = 1h }\ncache \"/b\" { max_age = 1h }",
                 "cache \"/b\" { max_age = 2h\n immutable = on }",
                 "- cache /a\ncache /b max_age 1h -> 2h\ncache /b immutable off -> on\n");
    expect_lines("cache \"/a\" { max_age = 0s }", "cache \"/a\" { no_store = on }",
                 "- cache /a max_age\ncache /a no_store off -> on\n");
    expect_lines("header \"/*\" { add = { \"A: 1\" } }", "header \"/*\" { add = { \"A: 2\" } }",
                 "- header /* add A: 1\n+ header /* add A: 2\n");
    expect_lines("error_page 404 = /a.html\ntypes { md = text/plain }",
                 "error_page 404 = /b.html\ntypes { md = text/markdown }",
                 "error_page 404 /a.html -> /b.html\ntypes md text/plain -> text/markdown\n");
}

Test(diff, tells_of_another_order_once) {
    expect_lines("redirect \"/a\" { to = /1 }\nredirect \"/b\" { to = /2 }\nredirect \"/c\" { to = /3 }",
                 "redirect \"/c\" { to = /3 }\nredirect \"/b\" { to = /2 }\nredirect \"/a\" { to = /1 }",
                 "redirect: in another order\n");
    cr_expect_not(config_site_is_same(&before.site, &config.site));
}

Test(diff, tells_of_hosts_what_is_their_own) {
    expect_lines("host \"a.example\" { root = /a }", "host \"b.example\" \"c.example\" { root = /a }",
                 "- host a.example\n+ host b.example c.example\n");
    expect_lines("host \"a.example\" { root = /a\n redirect \"/x\" { to = /y } }",
                 "host \"a.example\" { listing = off }",
                 "host a.example: root \"/a\" -> \".\"\nhost a.example: listing on -> off\n"
                 "host a.example: - redirect /x\n");
    expect_lines("host \"a.example\" { root = /a }", "listing = off\nhost \"a.example\" { root = /a }",
                 "listing on -> off\n");
    cr_expect_not(config_site_is_same(&before.hosts[0].site, &config.hosts[0].site), "it takes it over");
}

/* Not with what was read since, and could not be done. */
Test(diff, compares_what_needs_a_restart_with_what_it_has_begun_with) {
    static struct config begun;
    cr_assert_eq(config_init(&begun), 0);
    cr_assert(load("user = daemon\nthreads = 3"), "%s", error);
    cr_assert_eq(config_diff(&begun, &config, &config, &diff), 0);
    cr_assert_eq(diff.lines.count, 1);
    cr_expect_str_eq(diff.lines.items[0], "user: needs a restart (\"off\" -> \"daemon\")");
    config_diff_deinit(&diff);
    diff = (struct config_diff){0};
    cr_assert_eq(config_diff(&begun, &config, &before, &diff), 0);
    cr_assert_eq(diff.lines.count, 1);
    cr_expect_str_eq(diff.lines.items[0], "threads 3 -> auto");
    config_deinit(&begun);
}

Test(diff, names_at_most_so_many_changes) {
    char text[CONFIG_DIFF_LINES_MAX * 64] = "";
    size_t length = 0;
    for (int i = 0; i < CONFIG_DIFF_LINES_MAX + 5; i++) {
        length +=
            (size_t)snprintf(text + length, sizeof text - length, "redirect \"/%d\" { to = \"/\" }\n", i);
    }
    cr_assert(load(text), "%s", error);
    cr_assert_eq(config_diff(&before, &before, &config, &diff), 0);
    cr_expect_eq(diff.lines.count, CONFIG_DIFF_LINES_MAX);
    cr_expect_eq(diff.left_off, 5);
}

/* A reload that had done its work ended by SIGSEGV when it told of it. */
Test(diff, says_when_memory_ran_out_for_a_value) {
    change(&option_table[OPTION_THREADS], &config);
    lost_text_begin(true);
    cr_expect_eq(config_diff(&before, &before, &config, &diff), -ENOMEM);
    lost_text_begin(false);
    config_diff_deinit(&diff);
    expect_named("threads");
}
