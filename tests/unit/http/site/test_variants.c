/* SPDX-License-Identifier: MIT */
/* Which form of a file a client gets. Sections are those of RFC 9110. Linked with support_memory_faults.c and
 * its --wrap for malloc, calloc, realloc, strdup and free. */
#include "http/semantics/target.h"
#include "http/site/variants.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/unit/support/gunzip.h"
#include "tests/unit/support/memory_faults.h"
#include "tests/unit/support/resource_text.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COMPRESS_MIN = 100, COMPRESS_MAX = 2000, CACHE_BYTES = 1024 * 1024, ORIGINAL_AT = 1000000 };

static struct folder root;
static struct beneath beneath;
static const struct file_source files = {.root = &beneath};
static struct file_forms *forms;
static struct variants *variants;
static int descriptors_before;

static void write_at(const char *name, const char *text, long seconds, long nanoseconds) {
    const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds, .tv_nsec = nanoseconds}};
    folder_write_text(&root, name, text);
    cr_assert_eq(utimensat(AT_FDCWD, folder_path(&root, name).text, times, 0), 0);
}

static void set_up(void) {
    descriptors_before = count_descriptors();
    folder_create(&root);
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
    forms = file_forms_create(CACHE_BYTES);
    cr_assert_not_null(forms);
}

static void tear_down(void) {
    variants_destroy(variants);
    file_forms_destroy(forms);
    beneath_close_root(&beneath);
    folder_remove(&root);
    if (count_descriptors() != descriptors_before) {
        (void)fputs("a descriptor was left open\n", stderr);
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

TestSuite(variants, .init = set_up, .fini = tear_down, .timeout = 60);

static const enum content_coding all_codings[] = {CODING_BROTLI, CODING_ZSTD, CODING_GZIP};
static char text_types[] = "text/*";
static char json_type[] = "application/json";
static char *const compress_types[] = {text_types, json_type};

static struct variants_options options_of(size_t precompressed_count, bool on_the_fly) {
    return (struct variants_options){
        .precompressed = all_codings,
        .precompressed_count = precompressed_count,
        .forms = on_the_fly ? forms : NULL,
        .compress_types = compress_types,
        .compress_type_count = 2,
        .compress_min_bytes = COMPRESS_MIN,
        .compress_max_bytes = COMPRESS_MAX,
    };
}

static void use(const struct variants_options *options) {
    variants_destroy(variants);
    variants = variants_create(options);
    cr_assert_not_null(variants);
}

/* The first bytes of what the contents of a made form unzip to. */
static void unzip_begin(const struct resource *form, char *begin, size_t length) {
    char text[COMPRESS_MAX + 1];
    size_t size = sizeof text;
    cr_assert_not_null(form->contents);
    cr_assert(gunzip(form->contents, (size_t)form->size, text, &size), "no gzip");
    memcpy(begin, text, size < length ? size : length);
}

static struct media_type type_of(const char *name) {
    struct media_type type = {.name = name != NULL ? view_of(name) : (struct view){0}};
    type.is_compressible = variants_names_type(variants, type.name);
    return type;
}

/* Select the form of a file; what came of it, as text: "br:content", "refused:" and what the file is then. */
static const char *selected(const char *path, const char *media_type, const char *accept_encoding) {
    static char result[64];
    struct resource file = {.fd = -1};
    struct variant variant;
    cr_assert_eq(resource_open(&beneath, path, &file), HTTP_OK);
    off_t size = file.size;
    struct media_type type = type_of(media_type);
    bool taken = variants_select(variants, &files, path, &type,
                                 accept_encoding != NULL ? view_of(accept_encoding) : (struct view){0}, true,
                                 &file, &variant);
    char content[16] = "";
    bool is_made = taken && variant.is_made;
    if (is_made) {
        size_t length = sizeof content - 1;
        cr_expect_eq(variant.made_of_bytes, size);
        unzip_begin(&file, content, length);
    } else {
        cr_assert(resource_is_there(&file), "the file is closed");
        resource_write_text(&file, content, sizeof content);
    }
    (void)snprintf(result, sizeof result, "%s%s:%s", taken ? content_coding_name(variant.coding) : "refused",
                   is_made ? " made" : "", content);
    resource_close(&file);
    return result;
}

struct row {
    const char *name;
    const char *accept_encoding;
    const char *expected;
};

static void expect_rows(const char *path, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const char *given = selected(path, "text/plain", rows[i].accept_encoding);
        cr_expect_str_eq(given, rows[i].expected, "%s: %s instead of %s", rows[i].name, given,
                         rows[i].expected);
    }
}

#define EXPECT_ROWS(path, rows) expect_rows(path, rows, sizeof(rows) / sizeof(rows)[0])

Test(variants, are_siblings_that_the_client_takes) {
    static const struct row rows[] = {
        {"12.5.3: no field", NULL, "identity:original"},
        {"12.5.3: an empty field", "", "identity:original"},
        {"the server's order", "gzip, zstd, br", "br:brotli"},
        {"12.4.2: weights before the server's order", "gzip, br;q=0.5", "gzip:gzipped"},
        {"a coding that is not there", "zstd", "identity:original"},
        {"one that is not there, and another", "zstd, gzip;q=0.1", "gzip:gzipped"},
        {"12.5.3: any", "*", "br:brotli"},
        {"12.4.2: not acceptable", "br;q=0, gzip", "gzip:gzipped"},
        {"identity preferred", "identity, br;q=0.9", "identity:original"},
        {"12.5.3: not even identity", "identity;q=0", "refused:original"},
        {"identity refused, but one of them is there", "zstd, gzip;q=0.2, identity;q=0", "gzip:gzipped"},
        {"identity refused, and none of them is there", "zstd, identity;q=0", "refused:original"},
        {"12.5.3: nothing at all", "*;q=0", "refused:original"},
    };
    struct variants_options options = options_of(3, false);
    use(&options);
    write_at("dir/a", "original", ORIGINAL_AT, 0);
    write_at("dir/a.br", "brotli", ORIGINAL_AT, 0);
    write_at("dir/a.gz", "gzipped", ORIGINAL_AT, 0);
    EXPECT_ROWS("dir/a", rows);
}

Test(variants, have_the_order_that_the_owner_gives) {
    static const enum content_coding backwards[] = {CODING_GZIP, CODING_BROTLI, CODING_GZIP};
    struct variants_options options = options_of(0, false);
    options.precompressed = backwards;
    write_at("a", "original", ORIGINAL_AT, 0);
    write_at("a.br", "brotli", ORIGINAL_AT, 0);
    write_at("a.zst", "zstandard", ORIGINAL_AT, 0);
    write_at("a.gz", "gzipped", ORIGINAL_AT, 0);
    options.precompressed_count = 3;
    use(&options);
    cr_expect_str_eq(selected("a", "text/plain", "br, zstd, gzip"), "gzip:gzipped");
    cr_expect_str_eq(selected("a", "text/plain", "br, zstd"), "br:brotli");
    cr_expect_str_eq(selected("a", "text/plain", "zstd"), "identity:original");
}

Test(variants, that_are_older_than_the_file_are_not_sent) {
    static const struct {
        long seconds;
        long nanoseconds;
        const char *expected;
    } rows[] = {
        {ORIGINAL_AT, 500, "br:brotli"},         {ORIGINAL_AT, 501, "br:brotli"},
        {ORIGINAL_AT, 499, "identity:original"}, {ORIGINAL_AT - 1, 999, "identity:original"},
        {ORIGINAL_AT + 1, 0, "br:brotli"},
    };
    struct variants_options options = options_of(3, false);
    use(&options);
    write_at("a", "original", ORIGINAL_AT, 500);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_at("a.br", "brotli", rows[i].seconds, rows[i].nanoseconds);
        const char *given = selected("a", "text/plain", "br");
        cr_expect_str_eq(given, rows[i].expected, "%ld.%09ld: %s", rows[i].seconds, rows[i].nanoseconds,
                         given);
    }
}

Test(variants, are_files_beneath_the_root) {
    struct variants_options options = options_of(3, false);
    use(&options);
    write_at("root/a", "original", ORIGINAL_AT, 0);
    folder_mkdir(&root, "root/a.br");
    folder_fifo(&root, "root/a.zst");
    write_at("secret", "secret", ORIGINAL_AT, 0);
    folder_symlink(&root, "root/a.gz", "../secret");
    beneath_close_root(&beneath);
    cr_assert_eq(beneath_open_root(&beneath, folder_path(&root, "root").text), 0);
    cr_expect_str_eq(selected("a", "text/plain", "br, zstd, gzip"), "identity:original");
}

Test(variants, of_a_path_that_leaves_no_room_for_a_suffix_are_none) {
    struct variants_options options = options_of(3, false);
    char path[TARGET_PATH_BYTES];
    struct variant variant;
    use(&options);
    write_at("a", "original", ORIGINAL_AT, 0);
    for (size_t length = sizeof path - 6; length < sizeof path; length++) {
        struct resource file;
        memset(path, 'a', length);
        path[length] = '\0';
        cr_assert_eq(resource_open(&beneath, "a", &file), HTTP_OK);
        struct media_type type = type_of("text/plain");
        cr_expect(
            variants_select(variants, &files, path, &type, view_of("br, zstd, gzip"), true, &file, &variant));
        cr_expect_eq(variant.coding, CODING_IDENTITY);
        resource_close(&file);
    }
}

/* --- compressed on the fly ------------------------------------------------------------------------------ */

static void write_compressible(const char *name, size_t size) {
    char text[COMPRESS_MAX + 2];
    cr_assert_lt(size, sizeof text);
    memset(text, 'a', size);
    text[size] = '\0';
    write_at(name, text, ORIGINAL_AT, 0);
}

#define MADE "gzip made:aaaaaaaaaaaaaaa"
#define AS_IT_IS "identity:aaaaaaaaaaaaaaa"

Test(variants, are_made_on_the_fly_of_some_types_and_sizes) {
    static const struct {
        size_t size;
        const char *type;
        const char *accept_encoding;
        const char *expected;
    } rows[] = {
        {COMPRESS_MIN, "text/css", "gzip", MADE},
        {COMPRESS_MIN - 1, "text/css", "gzip", AS_IT_IS},
        {COMPRESS_MAX, "application/json", "gzip", MADE},
        {COMPRESS_MAX + 1, "application/json", "gzip", AS_IT_IS},
        {COMPRESS_MAX, "TEXT/HTML", "x-gzip", MADE},
        {COMPRESS_MAX, "image/png", "gzip", AS_IT_IS},
        {COMPRESS_MAX, NULL, "gzip", AS_IT_IS},
        {COMPRESS_MAX, "text/css", "br, zstd", AS_IT_IS},
        {COMPRESS_MAX, "text/css", "gzip, identity;q=0", MADE},
        {COMPRESS_MAX, "image/png", "gzip, identity;q=0", "refused:aaaaaaaaaaaaaaa"},
        {COMPRESS_MAX, "text/css", "gzip;q=0", AS_IT_IS},
        {COMPRESS_MAX, "text/css", NULL, AS_IT_IS},
    };
    struct variants_options options = options_of(0, true);
    use(&options);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        write_compressible("a", rows[i].size);
        const char *given = selected("a", rows[i].type, rows[i].accept_encoding);
        cr_expect_str_eq(given, rows[i].expected, "row %zu: %s", i, given);
    }
}

Test(variants, that_are_there_already_are_not_made_again) {
    struct variants_options options = options_of(3, true);
    use(&options);
    write_compressible("a", COMPRESS_MIN);
    write_at("a.gz", "gzipped", ORIGINAL_AT, 0);
    cr_expect_str_eq(selected("a", "text/plain", "gzip"), "gzip:gzipped");
    write_at("a.gz", "gzipped", ORIGINAL_AT - 1, 0);
    cr_expect_str_eq(selected("a", "text/plain", "gzip"), MADE, "the sibling is too old");
    write_at("a.br", "brotli", ORIGINAL_AT, 0);
    cr_expect_str_eq(selected("a", "text/plain", "gzip, br"), "br:brotli");
}

/* With gzip last in the owner's order, or not in it at all, what is made on the fly comes behind the
 * siblings. */
Test(variants, on_the_fly_come_last) {
    struct variants_options options = options_of(1, true);
    use(&options);
    write_compressible("a", COMPRESS_MIN);
    write_at("a.br", "brotli", ORIGINAL_AT, 0);
    write_at("a.gz", "gzipped", ORIGINAL_AT, 0);
    cr_expect_str_eq(selected("a", "text/plain", "gzip, br"), "br:brotli");
    cr_expect_str_eq(selected("a", "text/plain", "gzip"), MADE, "siblings with .gz are not asked for");
    cr_assert_eq(unlink(folder_path(&root, "a.br").text), 0);
    cr_expect_str_eq(selected("a", "text/plain", "br"), AS_IT_IS, "gzip is not brotli");
}

Test(variants, may_exist_or_not) {
    static const struct {
        size_t precompressed_count;
        bool on_the_fly;
        const char *type;
        bool may_exist;
    } rows[] = {
        {0, false, "text/css", false},  {0, false, NULL, false},
        {1, false, "image/png", false}, {1, false, NULL, false},
        {1, false, "text/css", true},   {0, true, "text/css", true},
        {0, true, NULL, false},         {0, true, "image/png", false},
        {3, true, NULL, false},         {0, true, "application/json", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct variants_options options = options_of(rows[i].precompressed_count, rows[i].on_the_fly);
        use(&options);
        struct media_type type = type_of(rows[i].type);
        cr_expect_eq(variants_may_exist(variants, &type), rows[i].may_exist, "row %zu", i);
    }
}

/* A star alone is for all types; a file without a type has none. */
Test(variants, of_a_file_without_a_type_are_not_made) {
    struct variants_options options = options_of(0, true);
    char star[] = "*";
    char *const types[] = {star};
    options.compress_types = types;
    options.compress_type_count = 1;
    use(&options);
    cr_expect(variants_names_type(variants, view_of("image/png")));
    cr_expect_not(variants_names_type(variants, (struct view){0}));
}

Test(variants, lose_nothing_whichever_allocation_fails) {
    struct variants_options options = options_of(3, true);
    ptrdiff_t live_before = memory_live_count();
    size_t failures = 0;
    for (bool failed = true; failed; failures++) {
        memory_fail_after(failures);
        struct variants *made = variants_create(&options);
        failed = memory_stop_failing();
        cr_expect_eq(made == NULL, failed, "allocation %zu", failures);
        variants_destroy(made);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", failures);
    }
    cr_expect_eq(failures, 6);
}
