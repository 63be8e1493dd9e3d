/* SPDX-License-Identifier: MIT */
/* Roots that are replaced, or gone for a while, while they are served. */
#include "http/site/hosts.h"
#include "http/site/site.h"
#include "tests/unit/server/sites/opened_sites.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

TestSuite(sites_roots, .init = opened_sites_begin, .fini = opened_sites_end, .timeout = 120);

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

Test(sites_roots, stay_one_generation_as_long_as_nothing_changes) {
    cr_assert(open_sites("root = www\nhost one { root = one }"), "%s", error);
    struct generation *first = atomic_load(&sites.place.current);
    folder_write_text(&folder, "www/new", "changes the folder, but it stays the same one");
    look();
    cr_expect_eq(atomic_load(&sites.place.current), first);
    cr_expect_str_empty(news);
}

Test(sites_roots, look_no_more_than_once_a_second) {
    cr_assert(open_sites("root = www"), "%s", error);
    move("www", "old");
    folder_mkdir(&folder, "www");
    sites_look(&sites, take_news, NULL);
    cr_expect_not(serves(standard_site(), "www"));
    look();
    cr_expect(serves(standard_site(), "www"));
}

Test(sites_roots, turn_to_a_root_that_is_in_the_place_of_the_old_one) {
    cr_assert(open_sites("root = www\nhost one { root = one }"), "%s", error);
    struct generation_holder holder = {0};
    (void)generation_take(&holder, &sites.place);
    uint64_t www = identity_of(standard_site());
    uint64_t one = identity_of(site_of("one"));
    move("www", "old");
    folder_mkdir(&folder, "www");
    look();
    cr_expect_str_eq(news, "root 'www' was replaced; all new requests see the new one\n");
    cr_expect(serves(standard_site(), "www"));
    cr_expect(serves(holder.held->site, "old"), "who has begun with it");
    cr_expect_neq(identity_of(standard_site()), www, "nothing that is remembered of the old one counts");
    cr_expect_eq(identity_of(site_of("one")), one, "all that is remembered of the other counts");
    generation_leave(&holder, &sites.place);
}

Test(sites_roots, live_without_a_root_until_it_is_back) {
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

Test(sites_roots, read_a_table_of_media_types_anew) {
    folder_write_text(&folder, "types", "text/one x\n");
    cr_assert(open_sites("root = www\nmedia_types = types"), "%s", error);
    folder_write_text(&folder, "types", "text/second x\n");
    look();
    cr_expect_str_eq(news, "media types of 'types' were read anew\n");
    cr_expect(view_equals(media_type_of(site_media_types(standard_site()), "a.x")->name, "text/second"));
}

Test(sites_roots, keep_the_old_roots_while_there_is_no_memory_for_new_ones) {
    cr_assert(open_sites("root = www\nmedia_types = off"), "%s", error);
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
