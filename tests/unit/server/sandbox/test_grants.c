/* SPDX-License-Identifier: MIT */
/* Which rules a config makes, and which a later one can do with. */
#include "conf/config.h"
#include "server/sandbox/grants.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *refused = ""; /* a path that realpath(3) says this of */
static int refusal;

char *__real_realpath(const char *path, char *resolved);
char *__wrap_realpath(const char *path, char *resolved);

char *__wrap_realpath(const char *path, char *resolved) {
    if (strcmp(path, refused) != 0) {
        return __real_realpath(path, resolved);
    }
    errno = refusal;
    return NULL;
}

static struct folder folder; /* its path holds no links */
static struct config config;
static struct grants grants;

static void set(const char *option, const char *value) {
    char error[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, option, value, "--test", error), "%s", error);
}

static void set_path(const char *option, const char *name) {
    set(option, folder_path(&folder, name).text);
}

/* The settings that each test begins with. */
static void settle(void) {
    config_deinit(&config);
    cr_assert_eq(config_init(&config), 0);
    set("media_types", "off");
    set("access_log", "off");
    set_path("root", "sites/one");
}

static void set_up(void) {
    char *real;
    folder_create(&folder);
    real = realpath(folder.path, NULL);
    cr_assert_not_null(real);
    (void)snprintf(folder.path, sizeof folder.path, "%s", real);
    free(real);
    folder_mkdir(&folder, "sites/one");
    folder_mkdir(&folder, "sites/two");
    folder_mkdir(&folder, "logs");
    settle();
}

static void tear_down(void) {
    grants_deinit(&grants);
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(grants, .init = set_up, .fini = tear_down, .timeout = 60);

static void find(void) {
    char error[CONFIG_ERROR_BYTES];
    const char *failed = NULL;
    grants_deinit(&grants);
    cr_assert(config_inherit(&config, error), "%s", error);
    cr_assert_eq(grants_find(&grants, &config, "/home/somebody", &failed), 0);
    cr_expect_null(failed);
}

/* The rights of exactly this path; 0: it has no rule. */
static unsigned rights(const char *name) {
    struct folder_path path = folder_path(&folder, name);
    const char *text = name[0] == '\0' ? folder.path : path.text;
    for (size_t i = 0; i < grants.count; i++) {
        if (strcmp(grants.items[i].path, text) == 0) {
            return grants.items[i].rights;
        }
    }
    return 0;
}

Test(grants, are_the_root_and_the_folder_that_it_may_be_replaced_in) {
    find();
    cr_expect_eq(rights("sites/one"), GRANT_READ);
    cr_expect_eq(rights("sites"), GRANT_READ);
    cr_expect_eq(grants.count, 2);
}

Test(grants, are_the_root_alone_when_they_are_strict) {
    set("sandbox", "strict");
    find();
    cr_expect_eq(rights("sites/one"), GRANT_READ);
    cr_expect_eq(grants.count, 1);
}

Test(grants, follow_a_link_to_where_the_root_is) {
    folder_mkdir(&folder, "releases/42");
    folder_symlink(&folder, "current", "releases/42");
    set_path("root", "current");
    find();
    cr_expect_eq(rights("releases/42"), GRANT_READ);
    cr_expect_eq(rights("releases"), GRANT_READ, "where the next one will be");
    cr_expect_eq(grants.count, 2);
}

Test(grants, of_a_root_that_is_a_file_are_those_of_its_folder) {
    folder_write_text(&folder, "sites/one/page.html", "page");
    set_path("root", "sites/one/page.html");
    find();
    cr_expect_eq(rights("sites/one"), GRANT_READ);
}

Test(grants, are_all_that_the_config_names) {
    char error[CONFIG_ERROR_BYTES];
    char text[8 * FOLDER_PATH_BYTES];
    folder_write_text(&folder, "types/mime.types", "");
    folder_mkdir(&folder, "run");
    folder_mkdir(&folder, "linked/media");
    (void)snprintf(text, sizeof text,
                   "host a.example { root = \"%s/sites/two\"\n links = { \"%s/linked/media\" } }\n"
                   "media_types = \"%s/types/mime.types\"\naccess_log = \"%s/logs/access.log\"\n"
                   "pid_file = \"%s/run/lido.pid\"\nlisten = \"unix:%s/run/lido.socket\"\n",
                   folder.path, folder.path, folder.path, folder.path, folder.path, folder.path);
    folder_write_text(&folder, "etc/lido.conf", text);
    config_deinit(&config);
    cr_assert_eq(config_init(&config), 0);
    set_path("root", "sites/one");
    cr_assert(config_load_file(&config, folder_path(&folder, "etc/lido.conf").text, error), "%s", error);
    find();
    cr_expect_eq(rights("sites/one"), GRANT_READ);
    cr_expect_eq(rights("sites/two"), GRANT_READ);
    cr_expect_eq(rights("linked/media"), GRANT_READ);
    cr_expect_eq(rights("types/mime.types"), GRANT_READ);
    cr_expect_eq(rights("etc"), GRANT_READ);
    cr_expect_eq(rights("logs"), GRANT_WRITE);
    cr_expect_eq(rights("run"), GRANT_REMOVE | GRANT_SOCKETS);
    cr_expect_eq(rights("types"), 0, "of a table of media types nobody needs what lies beside it");
}

Test(grants, of_a_reload_are_none_for_the_pid_file_which_stays_as_it_is) {
    folder_mkdir(&folder, "run");
    set_path("pid_file", "run/lido.pid");
    find();
    cr_expect_eq(rights("run"), GRANT_REMOVE);
    settle();
    set_path("pid_file", "run/lido.pid");
    config.is_anew = true;
    find();
    cr_expect_eq(rights("run"), 0);
}

Test(grants, of_a_file_that_is_a_link_are_those_of_both_folders) {
    char error[CONFIG_ERROR_BYTES];
    folder_write_text(&folder, "available/site.conf", "listing = off\n");
    folder_write_text(&folder, "disk/access.log", "");
    folder_mkdir(&folder, "enabled");
    folder_symlink(&folder, "enabled/site.conf", "../available/site.conf");
    folder_symlink(&folder, "logs/access.log", "../disk/access.log");
    cr_assert(config_load_file(&config, folder_path(&folder, "enabled/site.conf").text, error), "%s", error);
    set_path("access_log", "logs/access.log");
    find();
    cr_expect_eq(rights("enabled"), GRANT_READ);
    cr_expect_eq(rights("available"), GRANT_READ);
    cr_expect_eq(rights("logs"), GRANT_WRITE);
    cr_expect_eq(rights("disk"), GRANT_WRITE);
}

Test(grants, leave_out_what_is_not_there) {
    set_path("root", "nowhere/at/all");
    set_path("access_log", "nowhere/access.log");
    find();
    cr_expect_eq(grants.count, 0);
}

Test(grants, leave_out_what_whoever_runs_this_cannot_reach) {
    static const int errors[] = {ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG};
    struct folder_path root = folder_path(&folder, "sites/one");
    refused = root.text;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        refusal = errors[i];
        settle();
        find();
        cr_expect_eq(grants.count, 0, "%s", strerror(errors[i]));
        cr_expect_eq(grants_add(&grants, root.text, GRANT_READ), 0);
    }
    refused = "";
}

/* What grants_find() returns, with one option set and one path that cannot be looked at. */
static int fail_to_find(const char *option, const char *value, const char *path, int error,
                        const char **failed) {
    char why[CONFIG_ERROR_BYTES];
    static struct folder_path refused_path;
    settle();
    set_path(option, value);
    cr_assert(config_inherit(&config, why), "%s", why);
    refused_path = folder_path(&folder, path);
    refused = refused_path.text;
    refusal = error;
    grants_deinit(&grants);
    *failed = "none";
    int result = grants_find(&grants, &config, NULL, failed);
    refused = "";
    return result;
}

/* A root that could not be looked at was left out, and then all that it has was refused. */
Test(grants, of_what_cannot_be_looked_at_are_a_failure) {
    static const int errors[] = {EIO, ENOMEM, EMFILE, ENFILE, ESTALE, EINTR};
    const char *failed = NULL;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        cr_expect_eq(fail_to_find("root", "sites/one", "sites/one", errors[i], &failed), -errors[i], "%s",
                     strerror(errors[i]));
        cr_expect_str_eq(failed, folder_path(&folder, "sites/one").text);
    }
}

Test(grants, name_what_cannot_be_looked_at) {
    static const struct {
        const char *option, *value, *refused;
    } rows[] = {
        {"root", "sites/one", "sites/one"},   {"root", "sites/one", "sites"},
        {"media_types", "types", "types"},    {"access_log", "logs/access", "logs"},
        {"error_log", "logs/errors", "logs"}, {"pid_file", "run/pid", "run"},
    };
    const char *failed = NULL;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(fail_to_find(rows[i].option, rows[i].value, rows[i].refused, EIO, &failed), -EIO,
                     "%s: %s", rows[i].option, rows[i].refused);
        cr_expect_str_eq(failed, folder_path(&folder, rows[i].value).text, "%s", rows[i].option);
    }
}

Test(grants, are_never_as_wide_as_the_system_or_a_home) {
    static const char *const wide[] = {"/",     "/etc",          "/usr",           "/var",
                                       "/root", "/home/anybody", "/home/somebody", "/data/home"};
    static const char *const narrow[] = {"/srv", "/var/www", "/home/anybody/site", "/opt/site", "/data"};
    for (size_t i = 0; i < sizeof wide / sizeof wide[0]; i++) {
        cr_expect(grants_is_too_wide(wide[i], "/data/home"), "%s", wide[i]);
    }
    for (size_t i = 0; i < sizeof narrow / sizeof narrow[0]; i++) {
        cr_expect_not(grants_is_too_wide(narrow[i], "/data/home"), "%s", narrow[i]);
    }
}

Test(grants, of_a_log_in_a_wide_folder_are_for_the_file_alone) {
    set("access_log", "/etc/hostname");
    find();
    for (size_t i = 0; i < grants.count; i++) {
        cr_expect_str_neq(grants.items[i].path, "/etc");
        cr_expect(strcmp(grants.items[i].path, "/etc/hostname") != 0 ||
                  grants.items[i].rights == GRANT_WRITE);
    }
}

Test(grants, cover_what_lies_beneath_with_the_same_rights) {
    struct grants wanted = {.items = NULL};
    const struct grant *missing = NULL;
    cr_assert_eq(grants_add(&grants, folder_path(&folder, "sites").text, GRANT_READ), 0);
    cr_assert_eq(grants_add(&wanted, folder_path(&folder, "sites/two").text, GRANT_READ), 0);
    cr_expect(grants_cover(&grants, &wanted, &missing));
    cr_assert_eq(grants_add(&wanted, folder_path(&folder, "sites/two").text, GRANT_WRITE), 0);
    cr_expect_not(grants_cover(&grants, &wanted, &missing));
    cr_assert_not_null(missing);
    cr_expect_str_eq(missing->path, folder_path(&folder, "sites/two").text);
    grants_deinit(&wanted);
    cr_assert_eq(grants_add(&wanted, folder_path(&folder, "logs").text, GRANT_READ), 0);
    cr_expect_not(grants_cover(&grants, &wanted, &missing));
    grants_deinit(&wanted);
    cr_assert_eq(grants_add(&grants, "/", GRANT_READ), 0);
    cr_assert_eq(grants_add(&wanted, "/etc", GRANT_READ), 0);
    cr_expect(grants_cover(&grants, &wanted, &missing));
    grants_deinit(&wanted);
}

Test(grants, do_not_cover_a_folder_whose_name_only_begins_alike) {
    struct grants wanted = {.items = NULL};
    const struct grant *missing = NULL;
    folder_mkdir(&folder, "sites/one-more");
    cr_assert_eq(grants_add(&grants, folder_path(&folder, "sites/one").text, GRANT_READ), 0);
    cr_assert_eq(grants_add(&wanted, folder_path(&folder, "sites/one-more").text, GRANT_READ), 0);
    cr_expect_not(grants_cover(&grants, &wanted, &missing));
    grants_deinit(&wanted);
}
