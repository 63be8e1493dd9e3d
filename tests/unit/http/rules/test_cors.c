/* SPDX-License-Identifier: MIT */
/* Who may read; which fields say so is in test_handler_cors.c, with all the origins that are none of the
 * list's. */
#include "http/rules/cors.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(cors, .timeout = 20);

static char asterisk[] = "*";
static char friend[] = "https://example.org";
static char local_friend[] = "http://localhost:3000";
static char odd_friend[] = "https://example.org.evil.test";
static char *const friends[] = {friend, local_friend, odd_friend};

static struct cors *create(char *const *origins, size_t count) {
    struct cors *cors = cors_create(origins, count);
    cr_assert_not_null(cors);
    return cors;
}

static void expect_origin(const struct cors *cors, struct view asked, const char *allowed) {
    const char *found = cors_find_origin(cors, asked);
    cr_expect(allowed == NULL ? found == NULL : found != NULL && strcmp(found, allowed) == 0, "%.*s: %s",
              (int)asked.length, asked.bytes, found != NULL ? found : "(none)");
}

Test(cors, lets_all_read_if_all_may) {
    static char *const everybody[] = {asterisk};
    struct cors *cors = create(everybody, 1);
    cr_expect_not(cors_depends_on_origin(cors));
    expect_origin(cors, view_of("https://example.org"), "*");
    expect_origin(cors, view_of("null"), "*");
    expect_origin(cors, view_of(""), "*");
    expect_origin(cors, (struct view){0}, "*");
    cors_destroy(cors);
}

Test(cors, lets_those_on_the_list_read) {
    struct cors *cors = create(friends, sizeof friends / sizeof friends[0]);
    cr_expect(cors_depends_on_origin(cors));
    for (size_t i = 0; i < sizeof friends / sizeof friends[0]; i++) {
        expect_origin(cors, view_of(friends[i]), friends[i]);
    }
    expect_origin(cors, view_of("https://example.com"), NULL);
    expect_origin(cors, view_of("https://EXAMPLE.org"), NULL);
    expect_origin(cors, (struct view){friend, sizeof friend - 2}, NULL);
    expect_origin(cors, view_of(""), NULL);
    expect_origin(cors, (struct view){0}, NULL);
    cors_destroy(cors);
}

Test(cors, lets_nobody_read_who_calls_itself_an_asterisk) {
    char *const mixed[] = {asterisk, friend};
    struct cors *cors = create(mixed, 2);
    cr_expect(cors_depends_on_origin(cors));
    expect_origin(cors, view_of("*"), NULL);
    expect_origin(cors, view_of(friend), friend);
    cors_destroy(cors);
}

Test(cors, keeps_its_own_copy_of_the_origins) {
    char origin[] = "https://example.org";
    char *const origins[] = {origin};
    struct cors *cors = create(origins, 1);
    memset(origin, 'x', strlen(origin));
    expect_origin(cors, view_of("https://example.org"), "https://example.org");
    cors_destroy(cors);
}

Test(cors, is_not_made_without_an_origin) {
    cr_expect_null(cors_create(NULL, 0));
    cr_expect_null(cors_create(friends, 0));
}

Test(cors, is_given_back_whichever_allocation_fails) {
    size_t successes = 0;
    bool failed = true;
    for (; failed; successes++) {
        ptrdiff_t before = memory_live_count();
        memory_fail_after(successes);
        struct cors *cors = cors_create(friends, sizeof friends / sizeof friends[0]);
        failed = memory_stop_failing();
        cr_assert_eq(cors == NULL, failed, "after %zu", successes);
        cors_destroy(cors);
        cr_expect_eq(memory_live_count(), before, "after %zu", successes);
    }
    cr_expect_eq(successes, 8); /* itself, three origins in a growing list, and the round without a failure */
}
