/* SPDX-License-Identifier: MIT */
/* From one config to the next. */
#include "http/site/site.h"
#include "tests/unit/server/sites/opened_sites.h"

#include <criterion/criterion.h>

static struct sites next;
static struct config former; /* of `sites`, once prepare() has made another one */

static void end(void) {
    sites_close(&next);
    opened_sites_end();
    config_deinit(&former);
}

TestSuite(sites_turning, .init = opened_sites_begin, .fini = end, .timeout = 60);

static bool prepare(const char *text) {
    former = config;
    sites.materials.config = &former;
    cr_assert_eq(config_init(&config), 0);
    configure(text);
    error[0] = '\0';
    return sites_prepare(&next, &sites, &config, kept_files, error);
}

static uint64_t identity_of(const struct site *site) {
    return site_files(site)->owner;
}

Test(sites_turning, serve_what_was_prepared_only_from_the_turn_on) {
    cr_assert(open_sites("root = www"), "%s", error);
    cr_assert(prepare("root = one\nmax_fields = 7\nheader_timeout = 3s"), "%s", error);
    cr_expect(serves(standard_site(), "www"));
    sites_turn_to(&sites, &next);
    cr_expect(serves(standard_site(), "one"));
    const struct generation *now = generation_place_current(&sites.place);
    cr_expect_eq(now->limits.head.field_count, 7);
    cr_expect_eq(now->timeouts.header_ms, 3000);
}

Test(sites_turning, keep_what_is_remembered_of_a_site_that_stays_the_same) {
    cr_assert(open_sites("root = www\nhost one { root = one }\nhost two { root = two }"), "%s", error);
    uint64_t www = identity_of(standard_site());
    uint64_t one = identity_of(site_of("one"));
    uint64_t two = identity_of(site_of("two"));
    const struct file_cache *cache = sites.cache;
    turn_to_sites(
        "root = www\nthreads = 3\nhost two { root = two }\nhost one { root = one\n listing = off }");
    cr_expect_eq(identity_of(standard_site()), www);
    cr_expect_eq(identity_of(site_of("two")), two);
    cr_expect_neq(identity_of(site_of("one")), one);
    cr_expect_gt(identity_of(site_of("one")), two, "nobody has had it before");
    cr_expect_eq(sites.cache, cache);
}

Test(sites_turning, have_other_caches_when_their_settings_differ) {
    cr_assert(open_sites("root = www\nfile_cache_memory = 2M\ncompress = on"), "%s", error);
    struct generation_holder answer = {0};
    (void)generation_take(&answer, &sites.place);
    const struct file_cache *cache = sites.cache;
    const struct file_forms *forms = sites.forms;
    turn_to_sites("root = www\nfile_cache_memory = 3M\ncompress = on");
    cr_expect_neq(sites.cache, cache, "that one still is: an answer goes on with it");
    cr_expect_eq(sites.forms, forms);
    turn_to_sites("root = www\nfile_cache = off");
    cr_expect_null(sites.cache);
    cr_expect_null(sites.forms);
    generation_leave(&answer, &sites.place);
}

Test(sites_turning, stay_as_they_are_when_the_next_ones_cannot_be_had) {
    cr_assert(open_sites("root = www"), "%s", error);
    const struct generation *first = generation_place_current(&sites.place);
    cr_expect_not(prepare("root = www\nhost one { root = nowhere }"));
    cr_expect_str_eq(error, "lido.conf:2: cannot serve 'nowhere': No such file or directory");
    sites_close(&next);
    cr_expect_eq(generation_place_current(&sites.place), first);
    cr_expect(serves(standard_site(), "www"));
}
