/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "http/compression/gzip.h"
#include "server/cli/banner.h"
#include "server/cli/qr.h"
#include "server/sandbox/calls.h"
#include "server/top/screen.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRINTED_BYTES = 2 * FOLDER_PATH_BYTES };

static struct folder folder;
static struct config config;
static char printed[PRINTED_BYTES];
static FILE *out;

static void set(const char *option, const char *value) {
    char error[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, option, value, "test", error), "%s", error);
}

static void set_up(void) {
    folder_create(&folder);
    cr_assert_eq(config_init(&config), 0);
    set("root", folder.path);
    set("threads", "8");
    set("queue", "64");
    (void)unsetenv("NO_COLOR");
    out = fmemopen(printed, sizeof printed, "w");
    cr_assert_not_null(out);
}

static void tear_down(void) {
    (void)fclose(out);
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(banner, .init = set_up, .fini = tear_down, .timeout = 60);

static const struct listen_urls two_urls = {
    .items = {"http://localhost:8080/", "http://[::1]:8080/"},
    .count = 2,
};

/* All that was printed, with the path of the folder as ROOT. */
static const char *read_printed(void) {
    static char text[PRINTED_BYTES];
    (void)fflush(out);
    char *path = strstr(printed, folder.path);
    if (path == NULL) {
        return printed;
    }
    (void)snprintf(text, sizeof text, "%.*sROOT%s", (int)(path - printed), printed,
                   path + strlen(folder.path));
    return text;
}

/* The first line of --version is where a test can learn the version. */
static const char *version(void) {
    static char text[PRINTED_BYTES];
    FILE *memory = fmemopen(text, sizeof text, "w");
    cr_assert_not_null(memory);
    banner_print_version(memory);
    (void)fclose(memory);
    text[strcspn(text, "\n")] = '\0';
    return text;
}

Test(banner, is_one_plain_line_without_a_terminal) {
    banner_print_start(out, &config, &two_urls, "", false);
    cr_expect_str_eq(read_printed(), "lido: listening on http://localhost:8080/ http://[::1]:8080/ "
                                     "(root ROOT, 8 threads, queue 64)\n");
}

Test(banner, tells_what_holds_of_the_sandbox) {
    banner_print_start(out, &config, &two_urls, "files, system calls", false);
    cr_expect_not_null(strstr(read_printed(), ", queue 64, sandbox: files, system calls)\n"), "%s", printed);
    banner_print_start(out, &config, &two_urls, "files", true);
    cr_expect_not_null(strstr(read_printed(), "\n  Sandbox files\n"), "%s", printed);
}

Test(banner, shows_the_absolute_root) {
    folder_mkdir(&folder, "inside");
    set("root", folder_path(&folder, "inside/..").text);
    banner_print_start(out, &config, &two_urls, "", false);
    cr_expect_not_null(strstr(read_printed(), "(root ROOT, "), "%s", printed);
}

Test(banner, shows_a_root_that_has_gone_as_it_was_given) {
    set("root", "no/such/folder");
    banner_print_start(out, &config, &two_urls, "", false);
    cr_expect_not_null(strstr(read_printed(), "(root no/such/folder, "), "%s", printed);
}

/* That of an archive that somebody else has made. */
Test(banner, lets_a_folder_do_nothing_to_the_terminal) {
    static const char name[] = "a\033[31m\xC2\x9B"
                               "1m\xE2\x80\xAEz";
    folder_mkdir(&folder, name);
    folder_symlink(&folder, "link", name);
    set("root", folder_path(&folder, "link").text);
    banner_print_start(out, &config, &two_urls, "", false);
    cr_expect_not_null(strstr(read_printed(), "(root ROOT/a?[31m?1m?z, "), "%s", printed);
    banner_print_start(out, &config, &two_urls, "", true);
    cr_expect_not_null(strstr(read_printed(), "/a?[31m?1m?z\n"), "%s", printed);
}

static void expect_banner(const char *bold, const char *water, const char *plain) {
    char expected[4096];
    (void)snprintf(expected, sizeof expected,
                   "\n  %s%s%s\n\n"
                   "  Open    %shttp://localhost:8080/%s\n"
                   "          %shttp://[::1]:8080/%s\n"
                   "  Serving ROOT\n"
                   "  Pool    8 threads, a queue of 64\n"
                   "  Watch   %shttp://localhost:8080/.lido/%s\n"
                   "  Sandbox none\n\n"
                   "  Ctrl-C to stop\n\n",
                   bold, version(), plain, water, plain, water, plain, water, plain);
    banner_print_start(out, &config, &two_urls, "", true);
    cr_expect_str_eq(read_printed(), expected);
}

Test(banner, is_in_colour_on_a_terminal) {
    expect_banner("\033[1m", "\033[36m", "\033[0m");
}

Test(banner, is_in_colour_when_no_color_is_empty) {
    (void)setenv("NO_COLOR", "", 1);
    expect_banner("\033[1m", "\033[36m", "\033[0m");
}

Test(banner, honours_no_color_whatever_its_value) {
    (void)setenv("NO_COLOR", "0", 1);
    expect_banner("", "", "");
}

Test(banner, is_never_in_colour_without_a_terminal) {
    banner_print_start(out, &config, &two_urls, "", false);
    cr_expect_null(strchr(read_printed(), '\033'));
}

/* ---- the status page ----------------------------------------------------------------------------------- */

static const char *print_for_people_at(const char *url) {
    struct listen_urls urls = {.count = 1};
    (void)snprintf(urls.items[0], sizeof urls.items[0], "%s", url);
    banner_print_start(out, &config, &urls, "", true);
    return read_printed();
}

Test(banner, leads_to_the_status_page_where_its_owner_has_put_it) {
    set("status", "/pool/");
    cr_expect_not_null(strstr(print_for_people_at("http://127.0.0.1/"), "http://127.0.0.1/pool/"));
}

Test(banner, leads_to_the_address_that_the_status_page_has_for_itself) {
    set("admin", "127.0.0.1:8081");
    cr_expect_not_null(strstr(print_for_people_at("http://192.0.2.1:8080/"), "http://127.0.0.1:8081/.lido/"));
}

Test(banner, leads_to_no_status_page_that_a_browser_here_cannot_open) {
    static const struct {
        const char *option;
        const char *value;
        const char *url;
    } rows[] = {{"status", "off", "http://localhost:8080/"},
                {"status", "/.lido/", "http://192.0.2.1:8080/"},
                {"status", "/.lido/", "unix:/run/lido.sock"},
                {"admin", "unix:/run/lido.sock", "http://localhost:8080/"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        set(rows[i].option, rows[i].value);
        const char *text = print_for_people_at(rows[i].url);
        cr_expect_null(strstr(text, "Watch"), "row %zu: %s", i, text);
        set("status", "/.lido/");
        rewind(out);
    }
}

/* ---- hosts --------------------------------------------------------------------------------------------- */

static void load(const char *text) {
    char error[CONFIG_ERROR_BYTES];
    folder_write_text(&folder, "lido.conf", text);
    cr_assert(config_load_file(&config, folder_path(&folder, "lido.conf").text, error) &&
                  config_inherit(&config, error),
              "%s", error);
}

Test(banner, shows_each_host_below_the_root_by_its_first_name) {
    load("host b.example { root = \"/srv/b\" }\n"
         "host a.example \"*.a.example\" { root = \"/srv/a\" }\n");
    banner_print_start(out, &config, &two_urls, "", true);
    const char *text = read_printed();
    cr_expect_not_null(strstr(text, "  Serving ROOT\n"
                                    "          /srv/b as b.example\n"
                                    "          /srv/a as a.example ...\n"
                                    "  Pool    "),
                       "%s", text);
}

Test(banner, shows_the_root_that_a_host_takes_over) {
    set("root", "no/such/folder"); /* as it stands: only the first one is made absolute */
    load("host b.example { listing = off }\n");
    banner_print_start(out, &config, &two_urls, "", true);
    cr_expect_not_null(strstr(read_printed(), "\n          no/such/folder as b.example\n"), "%s", printed);
}

Test(banner, is_one_line_with_hosts_too_without_a_terminal) {
    load("host b.example { root = \"/srv/b\" }\n");
    banner_print_start(out, &config, &two_urls, "", false);
    cr_expect_str_eq(read_printed(), "lido: listening on http://localhost:8080/ http://[::1]:8080/ "
                                     "(root ROOT, 8 threads, queue 64)\n");
}

static struct server_totals some_totals(void) {
    return (struct server_totals){
        .requests = 12,
        .body_bytes = 34567,
        .reactor = {.open_high_water = 9},
        .pool = {.busy_high_water = 3, .thread_count = 4, .queue_high_water = 5, .queue_capacity = 64},
    };
}

Test(banner, sums_up_in_one_line_at_the_end) {
    struct server_totals totals = some_totals();
    banner_print_stop(out, &totals);
    cr_expect_str_eq(read_printed(), "lido: stopped after 12 requests and 34.6 kB; busiest: 3 of 4 threads, "
                                     "5 of 64 places in the queue, 9 connections\n");
}

Test(banner, ends_with_what_the_owner_should_know) {
    struct server_totals totals = some_totals();
    totals.advice_count = 2;
    (void)strcpy(totals.advice[0], "4 threads were 97 % busy; try threads = 8");
    (void)strcpy(totals.advice[1], "try queue = 128");
    banner_print_stop(out, &totals);
    cr_expect_not_null(strstr(read_printed(),
                              ", 9 connections\nlido: 4 threads were 97 % busy; try threads = 8\n"
                              "lido: try queue = 128\n"),
                       "%s", printed);
}

Test(banner, counts_one_as_one) {
    struct server_totals totals = {
        .requests = 1,
        .body_bytes = 1,
        .reactor = {.open_high_water = 1, .cut = 1},
        .pool = {.busy_high_water = 1, .thread_count = 1, .queue_high_water = 1, .queue_capacity = 1},
        .log_lines_dropped = 1,
    };
    banner_print_stop(out, &totals);
    cr_expect_str_eq(
        read_printed(),
        "lido: stopped after 1 request and 1 B; busiest: 1 of 1 thread, 1 of 1 place in the queue, "
        "1 connection; 1 connection cut; 1 log line dropped\n");
}

Test(banner, tells_at_the_end_what_went_wrong) {
    struct server_totals totals = some_totals();
    totals.reactor.rejected = 1;
    totals.reactor.cut = 2;
    totals.log_lines_dropped = 3;
    banner_print_stop(out, &totals);
    cr_expect_not_null(
        strstr(read_printed(), ", 9 connections; 1 turned away; 2 connections cut; 3 log lines dropped\n"),
        "%s", printed);
}

Test(banner, writes_bytes_in_units_that_people_read) {
    static const struct {
        uint64_t bytes;
        const char *expected;
    } rows[] = {
        {0, " and 0 B;"},
        {999, " and 999 B;"},
        {1000, " and 1.0 kB;"},
        {999949, " and 999.9 kB;"},
        {999950, " and 1.0 MB;"},
        {1000000, " and 1.0 MB;"},
        {999999999999, " and 1.0 TB;"},
        {UINT64_MAX, " and 18.4 EB;"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct server_totals totals = some_totals();
        totals.body_bytes = rows[i].bytes;
        rewind(out);
        banner_print_stop(out, &totals);
        cr_expect_not_null(strstr(read_printed(), rows[i].expected), "%s: %s", rows[i].expected, printed);
    }
}

Test(banner, names_the_libraries_with_their_versions) {
    static const char *const expected[] = {"Lido ",
                                           "\nlibraries: ",
                                           "llhttp ",
                                           ", Jansson ",
                                           ", xxHash ",
                                           ", uthash ",
                                           "\nservice managers: sd_notify",
                                           "\noptional parts: "};
    banner_print_version(out);
    const char *text = read_printed();
    for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
        cr_expect_not_null(strstr(text, expected[i]), "%s: %s", expected[i], text);
    }
}

/* A build without zlib, libqrencode or ncurses says so: it is what somebody looks for whose compress = on or --qr
 * is refused. */
Test(banner, says_which_optional_parts_it_has) {
    char expected[PRINTED_BYTES];
    banner_print_version(out);
    const char *text = read_printed();
    (void)snprintf(expected, sizeof expected, "\noptional parts: %s, %s, %s, %s\n",
                   gzip_library() != NULL ? gzip_library() : "no zlib",
                   qr_library() != NULL ? qr_library() : "no libqrencode",
                   screen_library() != NULL ? screen_library() : "no ncurses",
                   calls_library() != NULL ? calls_library() : "no libseccomp");
    const char *line = strstr(text, expected);
    cr_assert_not_null(line, "%s", text);
    cr_expect_eq(strlen(line), strlen(expected), "it is the last line: %s", text);
    cr_expect(qr_library() == NULL || strncmp(qr_library(), "libqrencode ", 12) == 0, "%s", text);
    cr_expect(gzip_library() == NULL || strncmp(gzip_library(), "zlib 1.", 7) == 0, "%s", text);
}
