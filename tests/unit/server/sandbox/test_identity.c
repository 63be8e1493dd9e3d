/* SPDX-License-Identifier: MIT */
/* Names of users and groups, and becoming them. What has to be root's is left out for who is not. */
#include "conf/config.h"
#include "server/sandbox/identity.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

static int trouble; /* what lookups end with; 0: they are made */

struct passwd *__real_getpwnam(const char *name);
struct passwd *__wrap_getpwnam(const char *name);
struct passwd *__real_getpwuid(uid_t user);
struct passwd *__wrap_getpwuid(uid_t user);
struct group *__real_getgrnam(const char *name);
struct group *__wrap_getgrnam(const char *name);
int __real_getgrouplist(const char *name, gid_t group, gid_t *groups, int *count);
int __wrap_getgrouplist(const char *name, gid_t group, gid_t *groups, int *count);
static bool are_groups_lost;

struct passwd *__wrap_getpwnam(const char *name) {
    errno = trouble;
    return trouble == 0 ? __real_getpwnam(name) : NULL;
}

struct passwd *__wrap_getpwuid(uid_t user) {
    errno = trouble;
    return trouble == 0 ? __real_getpwuid(user) : NULL;
}

struct group *__wrap_getgrnam(const char *name) {
    errno = trouble;
    return trouble == 0 ? __real_getgrnam(name) : NULL;
}

int __wrap_getgrouplist(const char *name, gid_t group, gid_t *groups, int *count) {
    return are_groups_lost ? -1 : __real_getgrouplist(name, group, groups, count);
}

static struct config config;
static struct identity identity;
static char error[SERVER_ERROR_BYTES];

static void set(const char *option, const char *value) {
    char why[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, option, value, "--test", why), "%s", why);
}

static void set_up(void) {
    cr_assert_eq(config_init(&config), 0);
}

static void tear_down(void) {
    identity_deinit(&identity);
    config_deinit(&config);
}

TestSuite(identity, .init = set_up, .fini = tear_down, .timeout = 60);

static void need_root(void) {
    if (geteuid() != 0) {
        tear_down();
        cr_skip_test("only root can become somebody else");
    }
}

Test(identity, stays_who_it_is_unless_told_otherwise) {
    cr_expect_eq(identity_find(&identity, &config, error), SERVER_OK);
    cr_expect_not(identity.changes);
    cr_expect_eq(identity_take(&identity), 0);
}

Test(identity, of_a_name_that_nobody_has_is_a_mistake) {
    set("user", "no-such-user");
    cr_expect_eq(identity_find(&identity, &config, error), SERVER_MISTAKE);
    cr_expect_str_eq(error, "--test: user: 'no-such-user' is no user of this machine");
    set("user", "root");
    set("group", "no-such-group");
    cr_expect_eq(identity_find(&identity, &config, error), SERVER_MISTAKE);
    cr_expect_str_eq(error, "--test: group: 'no-such-group' is no group of this machine");
}

Test(identity, that_cannot_be_looked_up_is_a_failure_and_no_unknown_name) {
    static const struct {
        const char *user, *group, *complaint;
    } rows[] = {
        {"nobody", "off", "--test: user: cannot look up 'nobody': Input/output error"},
        {"54321", "54322", "--test: user: cannot look up '54321': Input/output error"},
        {"off", "nogroup", "--test: group: cannot look up 'nogroup': Input/output error"},
    };
    trouble = EIO;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set("user", rows[i].user);
        set("group", rows[i].group);
        cr_expect_eq(identity_find(&identity, &config, error), SERVER_FAILED, "%s", rows[i].complaint);
        cr_expect_str_eq(error, rows[i].complaint);
    }
}

Test(identity, of_nobody_is_the_same_whatever_the_library_says_for_it) {
    static const int words[] = {ENOENT, ESRCH, EBADF, EPERM};
    set("user", "nobody");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        trouble = words[i];
        cr_expect_eq(identity_find(&identity, &config, error), SERVER_MISTAKE);
        cr_expect_str_eq(error, "--test: user: 'nobody' is no user of this machine");
    }
}

Test(identity, is_never_taken_without_its_groups) {
    need_root();
    set("user", "nobody");
    are_groups_lost = true;
    cr_expect_eq(identity_find(&identity, &config, error), SERVER_FAILED);
    cr_expect_str_eq(error, "--test: user: cannot look up 'nobody': Cannot allocate memory");
}

Test(identity, of_a_number_without_an_entry_needs_a_group) {
    need_root();
    set("user", "54321");
    cr_expect_eq(identity_find(&identity, &config, error), SERVER_MISTAKE);
    cr_expect_str_eq(error, "--test: user: '54321' has no entry in passwd; name a group, too");
    set("group", "54322");
    cr_assert_eq(identity_find(&identity, &config, error), SERVER_OK, "%s", error);
    cr_expect(identity.changes && identity.user == 54321 && identity.group == 54322);
}

Test(identity, is_taken_for_good_with_the_groups_of_the_user) {
    gid_t groups[64];
    need_root();
    set("user", "nobody");
    cr_assert_eq(identity_find(&identity, &config, error), SERVER_OK, "%s", error);
    cr_assert_eq(identity_take(&identity), 0);
    cr_expect_eq(geteuid(), identity.user);
    cr_expect_eq(getuid(), identity.user);
    cr_expect_eq(getegid(), identity.group);
    int count = getgroups(64, groups);
    cr_expect_eq(count, (int)identity.other_count);
    for (int i = 0; i < count; i++) {
        cr_expect_neq(groups[i], 0, "a group of root's was kept");
    }
    cr_expect_eq(setresuid(0, 0, 0), -1, "there is a way back");
}

Test(identity, of_somebody_else_is_for_root_alone) {
    if (geteuid() == 0) {
        cr_assert_eq(setresuid(54321, 54321, 54321), 0);
    }
    set("user", "root");
    cr_expect_eq(identity_find(&identity, &config, error), SERVER_MISTAKE);
    cr_expect_str_eq(error, "--test: user: 'root' can be changed to by root alone, who did not start this");
}
