/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "http/compression/gzip.h"
#include "http/file_cache/file_cache.h"
#include "http/file_cache/forms.h"
#include "http/site/hosts.h"
#include "http/site/site.h"
#include "server/sites/sites.h"
#include "tests/unit/support/config.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static struct sites sites;
static size_t kept_files = 100;

static void set_up(void) {
    config_test_begin();
    folder_mkdir(&folder, "www");
    folder_mkdir(&folder, "one");
    folder_mkdir(&folder, "two");
    folder_fifo(&folder, "pipe");
}

static void tear_down(void) {
    sites_close(&sites);
    config_test_end();
}

TestSuite(sites, .init = set_up, .fini = tear_down, .timeout = 120);

static void configure(const char *text) {
    start_again();
    cr_assert(load(text) && config_inherit(&config, error) && config_check(&config, error), "%s: %s", text,
              error);
}

static const struct site *standard_site(void) {
    return atomic_load(&sites.place.current)->site;
}

static const struct site *site_of(const char *host) {
    const struct hosts *hosts = atomic_load(&sites.place.current)->hosts;
    cr_assert_not_null(hosts);
    return hosts_find(hosts, view_of(host));
}

/* Open the sites of a config; those from before go. */
static bool open_sites(const char *text) {
    sites_close(&sites);
    configure(text);
    error[0] = '\0';
    return sites_open(&sites, &config, kept_files, error);
}

/* Whether the site serves this folder, by what it has open and not by any name. */
static bool serves(const struct site *site, const char *name) {
    struct stat opened;
    struct stat named;
    cr_assert_eq(fstat(site_root(site)->root_fd, &opened), 0);
    cr_assert_eq(stat(name, &named), 0);
    return opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

Test(sites, is_one_site_without_hosts) {
    cr_assert(open_sites("root = www"), "%s", error);
    cr_assert_eq(sites.count, 1);
    cr_expect_null(atomic_load(&sites.place.current)->hosts);
    cr_expect_null(sites.forms);
    cr_expect(serves(standard_site(), "www"));
}

Test(sites, finds_the_site_of_each_host) {
    static const struct {
        const char *name;
        const char *folder;
    } rows[] = {
        {"one.example", "one"},
        {"uno.example", "one"},
        {"two.example", "two"},
        {"a.two.example", "two"},
        {"a.b.two.example", "two"},
        {"TWO.example:8080", "two"},
        {"one.two.example", "one"},
        {"a.one.two.example", "two"},
        {"three.example", "www"},
        {"a.one.example", "www"},
        {"", "www"},
        {"127.0.0.1:8080", "www"},
        {"two.example.other", "www"},
    };
    cr_assert(open_sites("root = www\nhost one.example uno.example one.two.example { root = one }\n"
                         "host two.example \"*.two.example\" { root = two }"),
              "%s", error);
    cr_assert_eq(sites.count, 3);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct site *site = site_of(rows[i].name);
        cr_expect(serves(site, rows[i].folder), "%s", rows[i].name);
    }
}

Test(sites, serves_the_root_from_outside_in_a_host_that_has_none) {
    cr_assert(open_sites("root = www\nlisting = on\nhost one { listing = off }"), "%s", error);
    const struct site *site = site_of("one");
    cr_expect_neq(site, standard_site());
    cr_expect(serves(site, "www"));
}

/* The options reach the right site. */
Test(sites, gives_each_host_its_own_rules) {
    cr_assert(open_sites("error_page 404 = /a\nhost one { error_page 404 = /b }\nhost two { listing = on }"),
              "%s", error);
    const struct site *one = site_of("one");
    const struct site *two = site_of("two");
    cr_expect_str_eq(site_rules_error_page(site_rules(standard_site()), HTTP_NOT_FOUND), "a");
    cr_expect_str_eq(site_rules_error_page(site_rules(one), HTTP_NOT_FOUND), "b");
    cr_expect_str_eq(site_rules_error_page(site_rules(two), HTTP_NOT_FOUND), "a");
}

Test(sites, names_the_place_of_a_root_that_cannot_be_opened) {
    static const struct {
        const char *text;
        const char *error;
    } rows[] = {
        {"\nroot = none", "lido.conf:2: cannot serve 'none': No such file or directory"},
        {"root = pipe", "lido.conf:1: cannot serve 'pipe': Not a directory"},
        {"root = www\n\nhost one {\n root = none\n}",
         "lido.conf:4: cannot serve 'none': No such file or directory"},
        {"root = www\nhost one { root = one }\nhost two { root = pipe }",
         "lido.conf:3: cannot serve 'pipe': Not a directory"},
        {"root = none\nhost one { root = pipe }",
         "lido.conf:1: cannot serve 'none': No such file or directory"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect(!open_sites(rows[i].text), "%s", rows[i].text);
        cr_expect_str_eq(error, rows[i].error);
    }
}

Test(sites, names_the_source_of_a_root_that_is_not_in_the_file) {
    cr_assert(config_set(&config, "root", "none", "--set root", error), "%s", error);
    cr_expect(!sites_open(&sites, &config, kept_files, error));
    cr_expect_str_eq(error, "--set root: cannot serve 'none': No such file or directory");
}

/* The config refuses such a thing first; this one is made by hand. */
Test(sites, names_the_place_of_a_host_whose_name_is_taken) {
    configure("host one { root = one }\nhost two { root = two }");
    char *name = config.hosts[1].names.items[0];
    cr_assert_str_eq(name, "two");
    memcpy(name, "one", sizeof "one");
    errno = 0;
    cr_expect(!sites_open(&sites, &config, kept_files, error));
    cr_expect_str_eq(error, "lido.conf:2: one: File exists");
}

Test(sites, keeps_an_error_within_its_bounds) {
    char text[1024];
    char name[256];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    (void)snprintf(text, sizeof text, "root = %s/%s/%s", name, name, name);
    cr_expect(!open_sites(text));
    cr_expect_eq(strncmp(error, "lido.conf:1: cannot serve 'xxx", 30), 0, "%s", error);
    cr_expect_lt(strlen(error), SITES_ERROR_BYTES);
}

/* ---- compressing --------------------------------------------------------------------------------------- */

static bool compresses(const struct site *site) {
    return variants_may_exist(site_variants(site), view_of("text/plain"));
}

Test(sites, has_forms_only_when_a_site_wants_it) {
    static const struct {
        const char *text;
        bool outside, one, two;
    } rows[] = {
        {"precompressed = off\nhost one { listing = on }\nhost two { listing = on }", false, false, false},
        {"precompressed = off\ncompress = on\nhost one { listing = on }\nhost two { listing = on }", true,
         true, true},
        {"precompressed = off\nhost one { compress = on }\nhost two { listing = on }", false, true, false},
        {"precompressed = off\nhost one { listing = on }\nhost two { compress = on }", false, false, true},
        {"precompressed = off\ncompress = on\nhost one { compress = off }\nhost two { listing = on }", true,
         false, true},
    };
    if (gzip_library() == NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert(open_sites(rows[i].text), "%s", error);
        cr_expect_eq(sites.forms != NULL, rows[i].outside || rows[i].one || rows[i].two, "%s", rows[i].text);
        cr_expect_eq(compresses(standard_site()), rows[i].outside, "%s", rows[i].text);
        cr_expect_eq(compresses(site_of("one")), rows[i].one, "%s", rows[i].text);
        cr_expect_eq(compresses(site_of("two")), rows[i].two, "%s", rows[i].text);
    }
}

/* Whatever keeps the forms from being made is told with the place of `compress`, here for want of
 * memory. */
static void expect_no_forms(const char *text, const char *where) {
    static const char without_zlib[] =
        "compress: this lido was built without zlib; expected off, or a build with it";
    char expected[SITES_ERROR_BYTES];
    configure(text);
    memory_fail_after(1); /* behind the list of sites */
    bool opened = sites_open(&sites, &config, kept_files, error);
    (void)memory_stop_failing();
    cr_expect(!opened, "%s", text);
    (void)snprintf(expected, sizeof expected, "%s: %s", where,
                   gzip_library() != NULL ? "compress: Cannot allocate memory" : without_zlib);
    cr_expect_str_eq(error, expected);
    cr_expect_null(sites.forms);
    sites_close(&sites);
}

Test(sites, names_the_place_of_compress_where_it_cannot_be_had) {
    expect_no_forms("root = www\ncompress = on", "lido.conf:2");
    expect_no_forms("root = www\nhost one { listing = on }\n\nhost two { compress = on }", "lido.conf:4");
    expect_no_forms("root = www\ncompress = on\nhost two { compress = on }", "lido.conf:2");
}

/* It keeps as much as the config says: of a file whose compressed form is about 16 KiB, nothing within the
 * least of all bounds, a quarter of which it would have to fit into. */
Test(sites, gives_the_forms_their_bound) {
    static const struct {
        const char *text;
        bool fits;
    } rows[] = {{"compress = on\ncompress_cache = 64k", false}, {"compress = on\ncompress_cache = 1M", true}};
    char bytes[24 * 1024];
    unsigned state = 1;
    for (size_t i = 0; i < sizeof bytes; i++) {
        state = state * 1103515245U + 12345U;
        bytes[i] = (char)('0' + (state >> 16) % 64); /* 6 bits of 8 are left: about 18 KiB */
    }
    folder_write(&folder, "file", bytes, sizeof bytes);
    folder_touch(&folder, "file", 1000000000);
    if (gzip_library() == NULL) {
        return;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct file_form form = {.file = {.fd = -1}};
        struct resource file = {.fd = -1};
        cr_assert(open_sites(rows[i].text), "%s", error);
        cr_assert_eq(resource_open(site_root(standard_site()), "file", &file), HTTP_OK);
        cr_expect_eq(file_forms_get(sites.forms, 0, &file, &form), rows[i].fits, "%s", rows[i].text);
        resource_close(&form.file);
        resource_close(&file);
    }
}

/* ---- the file cache ------------------------------------------------------------------------------------ */

Test(sites, has_one_file_cache_for_all_hosts) {
    cr_assert(open_sites("root = www\nhost one { root = one }\nhost two { root = two }"), "%s", error);
    cr_assert_eq(sites.count, 3);
    cr_assert_not_null(sites.cache);
    const struct site *all[] = {standard_site(), site_of("one"), site_of("two")};
    for (size_t i = 0; i < sites.count; i++) {
        const struct file_source *files = site_files(all[i]);
        cr_expect_eq(files->cache, sites.cache, "site %zu", i);
        cr_expect_eq(files->root, site_root(all[i]), "site %zu", i);
        cr_expect_neq(files->owner, site_files(all[(i + 1) % 3])->owner, "each goes by rules of its own");
    }
}

Test(sites, may_have_no_file_cache) {
    cr_assert(open_sites("root = www\nfile_cache = off"), "%s", error);
    cr_expect_null(sites.cache);
    cr_expect_null(site_files(standard_site())->cache);
    cr_expect_not(sites_trim(&sites));
}

/* Whether the cache keeps a file of this size, and has something to give back then. */
static void expect_kept(const char *options, off_t size, bool kept, bool has_chores) {
    char text[200];
    struct resource file = {.fd = -1};
    (void)snprintf(text, sizeof text, "root = www\n%s", options);
    folder_truncate(&folder, "www/file", size);
    folder_touch(&folder, "www/file", 1000000);
    cr_assert(open_sites(text), "%s", error);
    cr_assert_eq(file_cache_open(site_files(standard_site()), "file", &file), HTTP_OK);
    cr_expect((file.cached != NULL) == kept, "%s: %jd", options, (intmax_t)size);
    cr_expect((file.cached != NULL && file.contents == NULL) == has_chores, "%s: %jd", options,
              (intmax_t)size);
    resource_close(&file);
    cr_expect(sites_trim(&sites) == has_chores, "%s: %jd", options, (intmax_t)size);
}

/* The files of a test are young, and not kept yet: only the options decide when the clock runs ahead. */
static time_t clock_ahead_s;
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    now->tv_sec += clock == CLOCK_REALTIME ? clock_ahead_s : 0;
    return result;
}

Test(sites, gives_the_file_cache_its_options) {
    enum { KIB = 1024 };
    clock_ahead_s = 3600;
    expect_kept("", 64 * KIB, true, false);
    expect_kept("", 64 * KIB + 1, true, true);
    expect_kept("file_cache_max_file = 1k", KIB, true, false);
    expect_kept("file_cache_max_file = 1k", KIB + 1, true, true);
    expect_kept("file_cache = off", 10, false, false);
    kept_files = 0;
    expect_kept("", 64 * KIB + 1, false, false);
    expect_kept("", 64 * KIB, true, false);
}

/* ---- memory -------------------------------------------------------------------------------------------- */

/* The lowest descriptor that is free: it rises when one is left open. */
static int find_free_descriptor(void) {
    int descriptor = dup(STDIN_FILENO);
    cr_assert_neq(descriptor, -1);
    (void)close(descriptor);
    return descriptor;
}

Test(sites, may_run_out_of_memory_at_any_place) {
    static const char text[] = "root = www\nmedia_types = off\nerror_page 404 = /a\n"
                               "host one \"*.one\" { root = one }\nhost two { root = two%s }\n";
    char complete[sizeof text + 32];
    (void)snprintf(complete, sizeof complete, text, gzip_library() != NULL ? "\ncompress = on" : "");
    configure(complete);
    ptrdiff_t live = memory_live_count();
    int descriptor = find_free_descriptor();
    size_t count = 0;
    for (bool failed = true; failed; count++) {
        error[0] = '\0';
        memory_fail_after(count);
        bool opened = sites_open(&sites, &config, kept_files, error);
        failed = memory_stop_failing();
        cr_assert_eq(opened, !failed, "after %zu: %s", count, error);
        cr_assert(opened || strstr(error, strerror(ENOMEM)) != NULL, "after %zu: %s", count, error);
        sites_close(&sites);
        cr_assert_eq(memory_live_count(), live, "after %zu: %s", count, error);
        cr_assert_eq(find_free_descriptor(), descriptor, "after %zu: %s", count, error);
    }
    cr_expect_gt(count, 100, "only %zu allocations", count);
}

Test(sites, is_nothing_after_it_was_closed) {
    cr_assert(open_sites("host one { root = one }"), "%s", error);
    sites_close(&sites);
    cr_expect(sites.count == 0 && sites.states == NULL && !sites.has_place && sites.forms == NULL);
    cr_expect_null(sites.cache);
    sites_close(&sites);
}

/* ---- roots that change --------------------------------------------------------------------------------- */

static char news[4 * SITES_ERROR_BYTES];

static void take_news(void *context, const char *line) {
    cr_assert_null(context);
    (void)strcat(strcat(news, line), "\n");
}

/* A second later. */
static void look(void) {
    news[0] = '\0';
    sites.looked_ms -= 1000;
    sites_look(&sites, take_news, NULL);
}

static uint64_t identity_of(const struct site *site) {
    return site_files(site)->owner;
}

static void move(const char *from, const char *to) {
    struct folder_path old_path = folder_path(&folder, from);
    struct folder_path new_path = folder_path(&folder, to);
    cr_assert_eq(rename(old_path.text, new_path.text), 0);
}

Test(sites, stay_one_generation_as_long_as_nothing_changes) {
    cr_assert(open_sites("root = www\nhost one { root = one }"), "%s", error);
    struct generation *first = atomic_load(&sites.place.current);
    folder_write_text(&folder, "www/new", "changes the folder, but it stays the same one");
    look();
    cr_expect_eq(atomic_load(&sites.place.current), first);
    cr_expect_str_empty(news);
}

Test(sites, look_no_more_than_once_a_second) {
    cr_assert(open_sites("root = www"), "%s", error);
    move("www", "old");
    folder_mkdir(&folder, "www");
    sites_look(&sites, take_news, NULL);
    cr_expect_not(serves(standard_site(), "www"));
    look();
    cr_expect(serves(standard_site(), "www"));
}

Test(sites, turn_to_a_root_that_is_in_the_place_of_the_old_one) {
    cr_assert(open_sites("root = www\nhost one { root = one }"), "%s", error);
    struct generation *held = NULL;
    generation_renew(&held, &sites.place);
    uint64_t www = identity_of(standard_site());
    uint64_t one = identity_of(site_of("one"));
    move("www", "old");
    folder_mkdir(&folder, "www");
    look();
    cr_expect_str_eq(news, "root 'www' was replaced; all new requests see the new one\n");
    cr_expect(serves(standard_site(), "www"));
    cr_expect(serves(held->site, "old"), "who has begun with it");
    cr_expect_neq(identity_of(standard_site()), www, "nothing that is remembered of the old one counts");
    cr_expect_eq(identity_of(site_of("one")), one, "all that is remembered of the other counts");
    generation_release(held);
}

Test(sites, live_without_a_root_until_it_is_back) {
    struct resource file = {.fd = -1};
    cr_assert(open_sites("root = www\nhost one { root = one }"), "%s", error);
    folder_write_text(&folder, "www/file", "x");
    move("www", "old");
    look();
    cr_expect_str_eq(news, "root 'www' is gone: No such file or directory; 503 until it is back\n");
    cr_expect_eq(file_cache_open(site_files(standard_site()), "file", &file), HTTP_SERVICE_UNAVAILABLE);
    cr_expect(serves(site_of("one"), "one"));
    look();
    cr_expect_str_empty(news, "one line is enough");
    folder_fifo(&folder, "www");
    look();
    cr_expect_str_eq(news, "root 'www' is gone: Not a directory; 503 until it is back\n");
    move("www", "no root");
    move("old", "www");
    look();
    cr_expect_str_eq(news, "root 'www' is back\n");
    cr_expect_eq(file_cache_open(site_files(standard_site()), "file", &file), HTTP_OK);
    resource_close(&file);
}

Test(sites, read_a_table_of_media_types_anew) {
    folder_write_text(&folder, "types", "text/one x\n");
    cr_assert(open_sites("root = www\nmedia_types = types"), "%s", error);
    folder_write_text(&folder, "types", "text/second x\n");
    look();
    cr_expect_str_eq(news, "media types of 'types' were read anew\n");
    cr_expect(view_equals(media_type_of(site_media_types(standard_site()), "a.x")->name, "text/second"));
}

Test(sites, keep_the_old_roots_while_there_is_no_memory_for_new_ones) {
    cr_assert(open_sites("root = www"), "%s", error);
    move("www", "old");
    folder_mkdir(&folder, "www");
    bool done = false;
    for (size_t allowed = 0; !done; allowed++) {
        memory_fail_after(allowed);
        look();
        (void)memory_stop_failing();
        done = serves(standard_site(), "www");
        cr_expect(done || serves(standard_site(), "old"));
    }
}
