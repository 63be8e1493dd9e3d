/* SPDX-License-Identifier: MIT */
/* Compressed siblings beside a file that the cache knows: they cost few looks, and whatever happens to them
 * shows with the very next request. */
#include "http/site/variants.h"
#include "tests/unit/support/file_cache.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { A_SECOND_MS = 1000 };

static const enum content_coding codings[] = {CODING_BROTLI, CODING_ZSTD, CODING_GZIP};
static struct variants *variants;

static void use(struct file_cache_options options) {
    cache_use(options);
    variants_destroy(variants);
    variants = variants_create(&(struct variants_options){
        .precompressed = codings, .precompressed_count = sizeof codings / sizeof *codings});
    cr_assert_not_null(variants);
}

static void set_up(void) {
    cache_set_up();
    use(cache_options());
    folder_write_text(&folder, "dir/a.js", "original");
    folder_symlink(&folder, "current", "dir");
}

static void tear_down(void) {
    variants_destroy(variants);
    cache_tear_down();
}

TestSuite(variants_siblings, .init = set_up, .fini = tear_down, .timeout = 60);

/* What a client with these codings gets: "br:text". */
static const char *chosen_from(const struct file_source *files, const char *path, const char *accept) {
    static char result[2][64];
    static int turn;
    struct resource file = {.fd = -1};
    struct variant variant;
    char *text = result[turn++ % 2];
    cr_assert_eq(file_cache_open(files, path, &file), HTTP_OK);
    struct media_type type = {.name = view_of("text/javascript"), .is_compressible = true};
    cr_assert(variants_select(variants, files, path, &type, view_of(accept), true, &file, &variant));
    (void)snprintf(text, sizeof result[0], "%s:%s", content_coding_name(variant.coding), text_of(&file));
    resource_close(&file);
    return text;
}

static const char *chosen(const char *accept) {
    return chosen_from(&source, "dir/a.js", accept);
}

static void put(const char *name, const char *text) {
    folder_write_text(&folder, name, text);
    folder_touch(&folder, name, 1000000);
}

/* The folder's clock goes on, and the cache gets to know all that is there. */
static void settle(const char *accept) {
    await_tick(&folder);
    for (int i = 0; i < 3; i++) {
        (void)chosen(accept);
    }
}

static size_t looks_of(const char *accept) {
    size_t before = look_count;
    (void)chosen(accept);
    return look_count - before;
}

/* --- how many looks ------------------------------------------------------------------------------------- */

Test(variants_siblings, cost_a_look_at_the_folder_where_there_are_none) {
    settle("gzip, br, zstd");
    cr_expect_eq(looks_of("gzip, br, zstd"), 2, "at the file and at its folder");
    cr_expect_eq(looks_of("gzip"), 2);
    cr_expect_eq(looks_of("identity"), 1);
    cr_expect_eq(looks_of(""), 1);
}

Test(variants_siblings, cost_a_look_at_what_is_sent) {
    put("dir/a.js.br", "brotli");
    put("dir/a.js.gz", "gzipped");
    folder_touch(&folder, "dir/a.js", 1000000);
    settle("br");
    settle("gzip");
    cr_expect_eq(looks_of("br"), 2);
    cr_expect_eq(looks_of("gzip"), 2);
    cr_expect_eq(looks_of("zstd, gzip;q=0.5"), 3, "and one that tells that there is none of the best");
    cr_expect_eq(looks_of("zstd"), 2);
}

Test(variants_siblings, cost_nothing_while_nothing_is_looked_at) {
    struct file_cache_options options = cache_options();
    options.check_ms = 10 * A_SECOND_MS;
    use(options);
    folder_touch(&folder, "dir/a.js", 1000000);
    settle("gzip, br, zstd");
    cr_expect_eq(looks_of("gzip, br, zstd"), 0);
    put("dir/a.js.br", "brotli");
    cr_expect_str_eq(chosen("br"), "identity:original", "as an edit would not show");
    pass_time(10 * A_SECOND_MS);
    cr_expect_str_eq(chosen("br"), "br:brotli");
    cr_expect_eq(looks_of("br"), 0);
}

/* --- what happens to them ------------------------------------------------------------------------------- */

static void add_best(void) {
    put("dir/a.js.br", "brotli");
}

static void add_last(void) {
    put("dir/a.js.gz", "gzipped");
}

static void delete_best(void) {
    cr_assert_eq(unlink(folder_path(&folder, "dir/a.js.br").text), 0);
}

static void move_best_away(void) {
    struct folder_path from = folder_path(&folder, "dir/a.js.br");
    cr_assert_eq(rename(from.text, folder_path(&folder, "elsewhere").text), 0);
}

static void move_best_back(void) {
    struct folder_path from = folder_path(&folder, "elsewhere");
    cr_assert_eq(rename(from.text, folder_path(&folder, "dir/a.js.br").text), 0);
}

static void overwrite_best(void) {
    put("dir/a.js.br", "BROTLI");
}

static void make_best_old(void) {
    folder_touch(&folder, "dir/a.js.br", 1000);
}

static void make_best_young(void) {
    folder_touch(&folder, "dir/a.js.br", 1000000);
}

static void link_best_to_nothing(void) {
    folder_symlink(&folder, "dir/a.js.br", "../target");
}

static void make_target(void) {
    put("target", "linked");
}

static void delete_target(void) {
    cr_assert_eq(unlink(folder_path(&folder, "target").text), 0);
}

static void exchange_folders(void) {
    folder_write_text(&folder, "next/a.js", "original");
    folder_touch(&folder, "next/a.js", 1000000);
    put("next/a.js.zst", "zstandard");
    await_tick(&folder);
    cr_assert_eq(rename(folder_path(&folder, "dir").text, folder_path(&folder, "last").text), 0);
    cr_assert_eq(rename(folder_path(&folder, "next").text, folder_path(&folder, "dir").text), 0);
}

Test(variants_siblings, show_whatever_happens_with_the_next_request) {
    static void (*const changes[])(void) = {
        add_last,       add_best,    overwrite_best,       make_best_old, make_best_young, move_best_away,
        move_best_back, delete_best, link_best_to_nothing, make_target,   delete_target,   make_target,
        delete_best,    add_best,    exchange_folders,     add_best,      delete_best,
    };
    static const char *const accepted[] = {"br, zstd, gzip", "gzip", "zstd, br;q=0.5", "identity, br;q=0.1"};
    struct file_source plain = {.root = &root};
    folder_touch(&folder, "dir/a.js", 1000000);
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        for (size_t j = 0; j < sizeof accepted / sizeof *accepted; j++) {
            settle(accepted[j]);
        }
        changes[i]();
        for (size_t j = 0; j < sizeof accepted / sizeof *accepted; j++) {
            const char *real = chosen_from(&plain, "dir/a.js", accepted[j]);
            const char *given = chosen(accepted[j]);
            cr_expect_str_eq(given, real, "change %zu, '%s': %s instead of %s", i, accepted[j], given, real);
            given = chosen_from(&source, "current/a.js", accepted[j]);
            cr_expect_str_eq(given, real, "change %zu, '%s', by a link: %s", i, accepted[j], given);
        }
    }
}

/* A name that comes within the same tick of the folder's clock may leave no trace in its times, so nothing is
 * known of a young folder. */
Test(variants_siblings, are_not_known_while_the_folder_is_young) {
    folder_touch(&folder, "dir/a.js", 1000000);
    settle("br");
    size_t usual = looks_of("br");
    clock_ahead_s = 0;
    put("dir/other", "moves the clock of the folder");
    stop_wall_clock(&folder, "dir");
    cr_expect_str_eq(chosen("br"), "identity:original");
    cr_expect_gt(looks_of("br"), usual);
    put("dir/a.js.br", "brotli");
    cr_expect_str_eq(chosen("br"), "br:brotli");
}

/* Some network file systems do not tell by a folder's times that a name has come. */
Test(variants_siblings, are_looked_for_anew_each_second) {
    folder_touch(&folder, "dir/a.js", 1000000);
    settle("br, gzip");
    size_t usual = looks_of("br, gzip");
    pass_time(A_SECOND_MS);
    cr_expect_gt(looks_of("br, gzip"), usual);
    cr_expect_eq(looks_of("br, gzip"), usual);
}

Test(variants_siblings, at_the_root_and_with_long_names_are_found_as_well) {
    char path[256];
    memset(path, 'a', 252);
    path[252] = '\0';
    put("b.js", "original");
    put("b.js.zst", "zstandard");
    put(path, "original");
    await_tick(&folder);
    for (int i = 0; i < 3; i++) {
        cr_expect_str_eq(chosen_from(&source, "b.js", "br, zstd"), "zstd:zstandard");
        cr_expect_str_eq(chosen_from(&source, path, "br, gzip"), "identity:original");
    }
}
