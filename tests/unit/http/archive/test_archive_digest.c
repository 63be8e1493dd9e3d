/* SPDX-License-Identifier: MIT */
#include "http/archive/tree_digest.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

static struct digest *digest;

static void set_up(void) {
    digest = digest_create();
    cr_assert_not_null(digest);
    archive_digest_begin(digest, "tar 1");
}

static void tear_down(void) {
    digest_destroy(digest);
}

TestSuite(archive_digest, .init = set_up, .fini = tear_down, .timeout = 60);

struct hex {
    char text[DIGEST_HEX_BYTES];
};

static struct hex written(void) {
    struct hex hex;
    digest_write(digest, hex.text);
    return hex;
}

static struct hex digest_of_entry(const char *path, const struct folder_entry *entry, bool with_change_time) {
    archive_digest_begin(digest, "tar 1");
    archive_digest_add(digest, path, entry, with_change_time);
    return written();
}

Test(archive_digest, differs_in_all_that_makes_another_archive) {
    static const struct {
        const char *name;
        const char *path;
        struct folder_entry entry;
        bool with_change_time;
    } rows[] = {
        {"plain", "a", {.size = 1, .modified = {1, 2}}, false},
        {"path", "b", {.size = 1, .modified = {1, 2}}, false},
        {"longer path", "ab", {.size = 1, .modified = {1, 2}}, false},
        {"no path", "", {.size = 1, .modified = {1, 2}}, false},
        {"folder", "a", {.is_folder = true, .size = 1, .modified = {1, 2}}, false},
        {"executable", "a", {.is_executable = true, .size = 1, .modified = {1, 2}}, false},
        {"size", "a", {.size = 2, .modified = {1, 2}}, false},
        {"large size", "a", {.size = 1 + (1LL << 40), .modified = {1, 2}}, false},
        {"seconds", "a", {.size = 1, .modified = {2, 2}}, false},
        {"late seconds", "a", {.size = 1, .modified = {1 + (1LL << 33), 2}}, false},
        {"negative seconds", "a", {.size = 1, .modified = {-1, 2}}, false},
        {"nanoseconds", "a", {.size = 1, .modified = {1, 1}}, false},
        {"time to and fro", "a", {.size = 1, .modified = {2, 1}}, false},
        {"change time", "a", {.size = 1, .modified = {1, 2}, .changed = {1, 2}}, true},
        {"another change time", "a", {.size = 1, .modified = {1, 2}, .changed = {1, 3}}, true},
    };
    enum { COUNT = sizeof rows / sizeof rows[0] };
    struct hex found[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        found[i] = digest_of_entry(rows[i].path, &rows[i].entry, rows[i].with_change_time);
        for (size_t j = 0; j < i; j++) {
            cr_expect_str_neq(found[i].text, found[j].text, "%s, %s", rows[i].name, rows[j].name);
        }
    }
}

Test(archive_digest, is_the_same_for_what_is_not_in_the_archive) {
    struct folder_entry entry = {.size = 1, .modified = {1, 2}, .changed = {3, 4}};
    struct folder_entry other = {
        .name = "x", .size = 1, .modified = {1, 2}, .changed = {5, 6}, .is_link = true};
    cr_expect_str_eq(digest_of_entry("a", &entry, false).text, digest_of_entry("a", &other, false).text);
    struct folder_entry folder = {.is_folder = true, .size = 4096};
    struct folder_entry same_folder = {.is_folder = true, .size = 123};
    cr_expect_str_eq(digest_of_entry("a/", &folder, false).text,
                     digest_of_entry("a/", &same_folder, false).text);
}

Test(archive_digest, depends_on_the_order_and_the_number_of_entries) {
    struct folder_entry entry = {.size = 1, .modified = {1, 2}};
    archive_digest_begin(digest, "tar 1");
    struct hex nothing = written();
    archive_digest_add(digest, "a", &entry, false);
    struct hex one = written();
    archive_digest_add(digest, "b", &entry, false);
    struct hex two = written();
    archive_digest_begin(digest, "tar 1");
    cr_expect_str_eq(written().text, nothing.text);
    archive_digest_add(digest, "b", &entry, false);
    archive_digest_add(digest, "a", &entry, false);
    struct hex turned = written();
    cr_expect_str_neq(nothing.text, one.text);
    cr_expect_str_neq(one.text, two.text);
    cr_expect_str_neq(two.text, turned.text);
}

/* A tag must be the same after a restart, after an update, and on another machine. If this fails because the
 * archives have become other ones, so must the digest: see `format`. */
Test(archive_digest, is_written_in_small_letters_and_stays_what_it_is) {
    struct folder_entry entry = {.size = 3, .modified = {1700000000, 5}};
    struct hex hex = digest_of_entry("top/a", &entry, false);
    cr_expect_eq(strspn(hex.text, "0123456789abcdef"), DIGEST_HEX_BYTES - 1);
    cr_expect_eq(strlen(hex.text), DIGEST_HEX_BYTES - 1);
    cr_expect_str_eq(hex.text, "f8f520b18b662f0b86dfaefb26ec9e17");
}
