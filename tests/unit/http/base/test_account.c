/* SPDX-License-Identifier: MIT */
#include "http/base/account.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

TestSuite(account, .timeout = 60);

static char last[2 * ACCOUNT_STEP_BYTES];
static size_t count;

static void note(void *context, const char *line) {
    cr_assert_eq(context, last);
    (void)memcpy(last, line, strlen(line) + 1);
    count++;
}

static const struct account account = {.step = note, .context = last};

static int arguments_made;

static int argument(void) {
    return ++arguments_made;
}

Test(account, is_told_a_line) {
    account_write(&account, "%s: %d", "a", 1);
    cr_expect_str_eq(last, "a: 1");
    cr_expect_eq(count, 1);
}

Test(account, of_nobody_makes_not_even_the_arguments) {
    const struct account *nobody = NULL;
    account_tell(nobody, "%d", argument());
    cr_expect_eq(arguments_made, 0);
    cr_expect_eq(count, 0);
}

Test(account, leaves_errno_as_it_is) {
    errno = ENOENT;
    account_write(&account, "a");
    cr_expect_eq(errno, ENOENT);
}

Test(account, cuts_off_what_is_too_long) {
    static char text[2 * ACCOUNT_STEP_BYTES];
    memset(text, 'x', sizeof text - 1);
    account_write(&account, "%s", text);
    cr_expect_eq(strlen(last), (size_t)ACCOUNT_STEP_BYTES - 1);
}
