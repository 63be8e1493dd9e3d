/* SPDX-License-Identifier: MIT */
#include "http/files/type_table.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const struct media_type of_system = {.content_type = "a/system", .only_by_system = true};
static const struct media_type of_web = {.content_type = "a/web"};

static struct type_pool pool;
static struct type_table table;

static void add(const char *name, const struct media_type *type, bool is_own) {
    cr_assert(type_table_add(&table, &pool, view_of(name), type, is_own));
}

static void tear_down(void) {
    type_table_deinit(&table);
    type_pool_deinit(&pool);
    cr_expect_eq(memory_live_count(), 0);
}

TestSuite(type_table, .fini = tear_down);

Test(type_table, that_is_empty_knows_nothing) {
    cr_assert(type_table_seal(&table, &pool));
    cr_expect_null(type_table_find(&table, "html"));
}

Test(type_table, has_the_type_that_was_added_last) {
    add("html", &of_web, false);
    add("css", &of_web, false);
    add("html", &of_system, true);
    add("a", &of_system, false);
    cr_assert(type_table_seal(&table, &pool));
    cr_expect_eq(table.count, 3);
    cr_expect_str_eq(type_table_find(&table, "html")->type->content_type, "a/system");
    cr_expect(type_table_find(&table, "html")->is_own);
    cr_expect_eq(type_table_find(&table, "css")->type, &of_web);
    cr_expect_not(type_table_find(&table, "css")->is_own);
    cr_expect_null(type_table_find(&table, "htm"));
    cr_expect_null(type_table_find(&table, "htmls"));
}

Test(type_table, says_of_a_name_that_the_system_alone_knows_it) {
    add("com", &of_system, false);
    add("com", &of_system, false);
    add("js", &of_web, false);
    add("js", &of_system, false);
    add("mjs", &of_system, false);
    add("mjs", &of_web, false);
    cr_assert(type_table_seal(&table, &pool));
    cr_expect(type_table_find(&table, "com")->type->only_by_system);
    cr_expect_not(type_table_find(&table, "js")->type->only_by_system);
    cr_expect_str_eq(type_table_find(&table, "js")->type->content_type, "a/system");
    cr_expect_not(type_table_find(&table, "mjs")->type->only_by_system);
}

Test(type_table, finds_each_of_many_names) {
    enum { MANY = 3000 };
    char name[16];
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "%d", i * 7919 % MANY);
        add(name, i % 2 == 0 ? &of_web : &of_system, false);
    }
    cr_assert(type_table_seal(&table, &pool));
    cr_expect_eq(table.count, MANY);
    for (int i = 0; i < MANY; i++) {
        (void)snprintf(name, sizeof name, "%d", i * 7919 % MANY);
        const struct named_type *found = type_table_find(&table, name);
        cr_assert_not_null(found, "%s", name);
        cr_expect_eq(found->type, i % 2 == 0 ? &of_web : &of_system, "%s", name);
    }
}

Test(type_table, tells_apart_names_that_differ_late_or_in_high_bytes) {
    static const char *const names[] = {
        "webmanifest", "webmanifests", "webmanif", "webmani", "\xc3\xa4", "z", "webmanifest-of-a-long-name"};
    static struct media_type types[sizeof names / sizeof *names];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        add(names[i], &types[i], false);
    }
    cr_assert(type_table_seal(&table, &pool));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_assert_not_null(type_table_find(&table, names[i]), "%s", names[i]);
        cr_expect_eq(type_table_find(&table, names[i])->type, &types[i], "%s", names[i]);
    }
    cr_expect_null(type_table_find(&table, "webmanife"));
    cr_expect_null(type_table_find(&table, ""));
}

Test(type_table, takes_memory_of_any_size_where_it_is_aligned) {
    static const size_t sizes[] = {1, 7, 100000, 8000, 3, 8192, 24};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        char *bytes = type_pool_take(&pool, sizes[i], alignof(max_align_t));
        cr_assert_not_null(bytes);
        cr_expect_eq((uintptr_t)bytes % alignof(max_align_t), 0, "%zu", sizes[i]);
        memset(bytes, 'x', sizes[i]); /* for AddressSanitizer */
    }
}

Test(type_table, keeps_nothing_when_memory_runs_out) {
    bool failed = true;
    for (size_t successes = 0; failed; successes++) {
        memory_fail_after(successes);
        bool made = type_table_add(&table, &pool, view_of("js"), &of_web, false) &&
                    type_table_add(&table, &pool, view_of("js"), &of_system, false) &&
                    type_table_seal(&table, &pool);
        failed = memory_stop_failing();
        cr_assert_eq(made, !failed, "after %zu", successes);
        type_table_deinit(&table);
        type_pool_deinit(&pool);
        cr_assert_eq(memory_live_count(), 0, "after %zu", successes);
    }
}
