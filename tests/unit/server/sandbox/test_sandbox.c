/* SPDX-License-Identifier: MIT */
/* What becomes of a start, or of a reload, when the sandbox cannot be had, or cannot be made out. */
#include "conf/config.h"
#include "server/sandbox/capabilities.h"
#include "server/sandbox/landlock.h"
#include "server/sandbox/sandbox.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the steps into the sandbox end with; nothing of it is done. */
static int capabilities_result;
static int privileges_result;
static int landlock_result = 7;
static const char *landlock_failed;
static const char *refused = ""; /* a path that realpath(3) cannot look at */

int __wrap_capabilities_give_up(void);
int __wrap_capabilities_allow_no_new(void);
int __wrap_landlock_enter(const struct grants *grants, const char **failed);
char *__real_realpath(const char *path, char *resolved);
char *__wrap_realpath(const char *path, char *resolved);

int __wrap_capabilities_give_up(void) {
    return capabilities_result;
}

int __wrap_capabilities_allow_no_new(void) {
    return privileges_result;
}

int __wrap_landlock_enter(const struct grants *grants, const char **failed) {
    (void)grants;
    *failed = landlock_failed;
    return landlock_result;
}

char *__wrap_realpath(const char *path, char *resolved) {
    if (strcmp(path, refused) != 0) {
        return __real_realpath(path, resolved);
    }
    errno = EIO;
    return NULL;
}

static struct folder folder;
static struct config config;
static struct sandbox sandbox;
static struct sandbox_report report;
static char error[SERVER_ERROR_BYTES];

static void set(const char *option, const char *value) {
    char why[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, option, value, "--test", why), "%s", why);
}

static void set_up(void) {
    char why[CONFIG_ERROR_BYTES];
    folder_create(&folder);
    cr_assert_eq(config_init(&config), 0);
    set("access_log", "off");
    set("media_types", "off");
    set("root", folder.path);
    cr_assert(config_inherit(&config, why), "%s", why);
}

static void tear_down(void) {
    sandbox_deinit(&sandbox);
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(sandbox, .init = set_up, .fini = tear_down, .timeout = 60);

static enum server_result enter(void) {
    sandbox_deinit(&sandbox);
    cr_assert_eq(sandbox_prepare(&sandbox, &config, error), SERVER_OK, "%s", error);
    return sandbox_enter(&sandbox, &config, &report, error);
}

Test(sandbox, says_what_the_kernel_does_not_offer_and_serves) {
    static const int errors[] = {ENOSYS, EOPNOTSUPP, EINVAL, EPERM, EACCES, E2BIG};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        landlock_result = -errors[i];
        cr_expect_eq(enter(), SERVER_OK, "%s", strerror(errors[i]));
        cr_expect_not_null(strstr(report.lacks, "files: "), "%s: '%s'", strerror(errors[i]), report.lacks);
        cr_expect_not(sandbox.has_files);
    }
    landlock_result = 7;
    capabilities_result = privileges_result = -EPERM;
    cr_expect_eq(enter(), SERVER_OK);
    cr_expect_not_null(strstr(report.lacks, "capabilities: Operation not permitted, no new privileges: "),
                       "%s", report.lacks);
}

/* What is short for a moment is there at the next start; a server goes on without its sandbox for years. */
Test(sandbox, refuses_to_start_without_what_fails_by_chance) {
    static const int errors[] = {ENOMEM, EMFILE, ENFILE, EIO};
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        landlock_result = -errors[i];
        cr_expect_eq(enter(), SERVER_FAILED, "%s", strerror(errors[i]));
        cr_expect_not_null(strstr(error, "sandbox: files: "), "%s", error);
        cr_expect_not_null(strstr(error, strerror(errors[i])), "%s", error);
    }
    landlock_result = 7;
    privileges_result = -ENOMEM;
    cr_expect_eq(enter(), SERVER_FAILED);
    cr_expect_str_eq(error, "sandbox: no new privileges: Cannot allocate memory");
    capabilities_result = -ENOMEM;
    cr_expect_eq(enter(), SERVER_FAILED);
    cr_expect_str_eq(error, "sandbox: capabilities: Cannot allocate memory");
}

Test(sandbox, names_the_path_that_it_cannot_look_at) {
    char wanted[SERVER_ERROR_BYTES];
    landlock_failed = "/etc/hosts";
    landlock_result = -EIO;
    cr_expect_eq(enter(), SERVER_FAILED);
    cr_expect_str_eq(error, "sandbox: cannot look at '/etc/hosts': Input/output error");
    refused = config.site.root;
    (void)snprintf(wanted, sizeof wanted, "sandbox: cannot look at '%s': Input/output error", refused);
    cr_expect_eq(enter(), SERVER_FAILED);
    cr_expect_str_eq(error, wanted);
    refused = "/etc/localtime";
    landlock_failed = NULL;
    landlock_result = 7;
    cr_expect_eq(enter(), SERVER_FAILED);
    cr_expect_str_eq(error, "sandbox: cannot look at '/etc/localtime': Input/output error");
    refused = "/proc/self";
    cr_expect_eq(enter(), SERVER_FAILED);
    cr_expect_str_eq(error, "sandbox: cannot look at '/proc/self': Input/output error");
}

/* Else the home folder might be granted as any other folder is. */
Test(sandbox, needs_to_know_where_the_home_folder_is) {
    (void)setenv("HOME", "/home/somebody", 1);
    cr_expect_eq(sandbox_prepare(&sandbox, &config, error), SERVER_OK, "it is not there");
    refused = "/home/somebody";
    sandbox_deinit(&sandbox);
    cr_expect_eq(sandbox_prepare(&sandbox, &config, error), SERVER_FAILED);
    cr_expect_str_eq(error, "sandbox: cannot look at '/home/somebody': Input/output error");
    config.sandbox = SANDBOX_OFF;
    sandbox_deinit(&sandbox);
    cr_expect_eq(sandbox_prepare(&sandbox, &config, error), SERVER_OK, "nobody asks");
}

Test(sandbox, refuses_a_reload_whose_paths_it_cannot_look_at) {
    char why[CONFIG_ERROR_BYTES];
    char wanted[SERVER_ERROR_BYTES];
    cr_assert_eq(enter(), SERVER_OK, "%s", error);
    cr_expect(sandbox_admits(&sandbox, &config, why));
    refused = config.site.root;
    (void)snprintf(wanted, sizeof wanted, "sandbox: cannot look at '%s': Input/output error", refused);
    cr_expect_not(sandbox_admits(&sandbox, &config, why));
    cr_expect_str_eq(why, wanted);
}
