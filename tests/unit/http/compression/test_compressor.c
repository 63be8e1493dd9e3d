/* SPDX-License-Identifier: MIT */
#include "http/compression/compressor.h"
#include "tests/support/folder.h"
#include "tests/unit/support/gunzip.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { AN_HOUR = 3600 };

/* The wall clock runs ahead, so that a file just written is as if it had been there for an hour; or it stands
 * still. */
static struct timespec standing;

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    if (clock == CLOCK_REALTIME) {
        now->tv_sec += AN_HOUR;
        *now = standing.tv_sec != 0 ? standing : *now;
    }
    return result;
}

#if LIDO_HAVE_ZLIB
#define ZLIB_CONST 1
#include <zlib.h>

enum { KIB = 1024, CACHE = 64 * KIB, SIZE_MAX_HERE = 512 * KIB };

static struct folder folder;
static struct beneath root;
static struct compressor *compressor;

static void set_up(void) {
    folder_create(&folder);
    cr_assert_eq(beneath_open_root(&root, folder.path), 0);
    compressor = compressor_create(CACHE);
    cr_assert_not_null(compressor);
}

static void tear_down(void) {
    compressor_destroy(compressor);
    beneath_close_root(&root);
    folder_remove(&folder);
}

TestSuite(compressor, .init = set_up, .fini = tear_down, .timeout = 20);

/* Text that gzip makes about a fifth of, different for each seed; as large as wanted. */
static const char *make_text(size_t size, uint32_t seed) {
    static char text[SIZE_MAX_HERE];
    cr_assert_leq(size, sizeof text);
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        text[i] = (char)(i % 4 == 0 ? 'a' + (int)((seed >> 20) % 8) : '-');
    }
    return text;
}

static void write_noise(const char *name, size_t size) {
    char *noise = malloc(size);
    uint32_t random = 1;
    cr_assert_not_null(noise);
    for (size_t i = 0; i < size; i++) {
        noise[i] = (char)((random = random * 1664525 + 1013904223) >> 24);
    }
    folder_write(&folder, name, noise, size);
    free(noise);
}

static struct resource open_resource(const char *name) {
    struct resource file;
    cr_assert_eq(resource_open(&root, name, &file), HTTP_OK);
    return file;
}

/* Returns the blob, with a hold, or NULL when the file is to be sent as it is. */
static struct blob *get(const char *name) {
    struct resource file = open_resource(name);
    struct compressed compressed = {.blob = NULL, .checksum = 0};
    bool got = compressor_get(compressor, &file, &compressed);
    resource_close(&file);
    cr_assert_eq(got, compressed.blob != NULL, "'%s'", name);
    if (got) {
        cr_expect_eq(compressed.checksum,
                     crc32(0, (const Bytef *)compressed.blob->bytes, (uInt)compressed.blob->length), "'%s'",
                     name);
    }
    return compressed.blob;
}

static void expect_to_unzip(const struct blob *blob, const char *text, size_t size) {
    static char unzipped[SIZE_MAX_HERE + 1];
    size_t length = sizeof unzipped;
    cr_assert_not_null(blob);
    cr_assert(gunzip(blob->bytes, blob->length, unzipped, &length));
    cr_assert_eq(length, size);
    cr_assert(memcmp(unzipped, text, size) == 0);
}

Test(compressor, gives_the_gzip_form_of_a_file) {
    static const size_t sizes[] = {100, 4000, 64 * KIB, 64 * KIB + 1, 80 * KIB};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *text = make_text(sizes[i], (uint32_t)i);
        folder_write(&folder, "text", text, sizes[i]);
        struct blob *blob = get("text");
        expect_to_unzip(blob, text, sizes[i]);
        cr_expect_lt(blob->length, sizes[i]);
        blob_release(blob);
    }
}

Test(compressor, compresses_each_version_once) {
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    struct blob *first = get("text");
    struct blob *second = get("text");
    cr_assert_not_null(first);
    cr_expect_eq(first, second, "it was compressed again");
    blob_release(first);
    blob_release(second);
}

Test(compressor, knows_a_file_by_whatever_name) {
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    folder_symlink(&folder, "link", "text");
    struct blob *one = get("text");
    struct blob *other = get("link");
    cr_expect_eq(one, other);
    blob_release(one);
    blob_release(other);
}

Test(compressor, notices_each_change) {
    const char *text = make_text(10 * KIB, 1);
    folder_write(&folder, "text", text, 10 * KIB);
    folder_touch(&folder, "text", 1000000);
    struct blob *old = get("text");
    expect_to_unzip(old, text, 10 * KIB);

    text = make_text(10 * KIB, 2);
    folder_write(&folder, "text", text, 10 * KIB);
    folder_touch(&folder, "text", 2000000);
    struct blob *changed = get("text");
    expect_to_unzip(changed, text, 10 * KIB);

    folder_touch(&folder, "text", 1000000);
    struct blob *touched = get("text");
    expect_to_unzip(touched, text, 10 * KIB);
    expect_to_unzip(old, make_text(10 * KIB, 1), 10 * KIB);
    blob_release(old);
    blob_release(changed);
    blob_release(touched);
}

Test(compressor, does_not_give_what_is_not_smaller) {
    write_noise("noise", 4 * KIB);
    folder_write_text(&folder, "empty", "");
    folder_write_text(&folder, "one", "x");
    folder_write_text(&folder, "few", "few bytes");
    static const char *const names[] = {"noise", "empty", "one", "few"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_expect_null(get(names[i]), "'%s'", names[i]);
    }
}

/* Runs of one letter: each one more is eventually gained. At no length may the gzip form be as long as the
 * file. */
Test(compressor, gives_what_is_one_byte_smaller_and_not_what_is_as_large) {
    char text[64];
    size_t first_given = 0;
    memset(text, 'x', sizeof text);
    for (size_t size = 1; size < sizeof text; size++) {
        folder_write(&folder, "text", text, size);
        struct blob *blob = get("text");
        cr_assert(blob == NULL || blob->length < size, "%zu bytes", size);
        cr_assert(blob != NULL || first_given == 0, "%zu bytes are not given, but less are", size);
        if (blob != NULL && first_given == 0) {
            first_given = size;
            cr_expect_eq(blob->length, size - 1, "not given at %zu bytes", size - 1);
        }
        blob_release(blob);
    }
    cr_expect_neq(first_given, 0);
}

/* Two noisy files of the same length: the first one's refusal holds as long as its version. */
Test(compressor, changes_its_mind_when_the_file_changes) {
    write_noise("file", 4 * KIB);
    cr_expect_null(get("file"));
    folder_write(&folder, "file", make_text(4 * KIB, 1), 4 * KIB);
    folder_touch(&folder, "file", 1000000);
    struct blob *blob = get("file");
    cr_expect_not_null(blob);
    blob_release(blob);
}

Test(compressor, gives_nothing_that_takes_more_than_a_quarter_of_the_cache) {
    struct blob *largest = NULL;
    size_t size = 10 * KIB;
    for (; size < SIZE_MAX_HERE; size += 1024) {
        folder_write(&folder, "text", make_text(size, 1), size);
        struct blob *blob = get("text");
        if (blob == NULL) {
            break;
        }
        blob_release(largest);
        largest = blob;
    }
    cr_assert_not_null(largest);
    cr_expect_lt(size, SIZE_MAX_HERE);
    cr_expect_lt(largest->length, CACHE / 4);
    cr_expect_gt(largest->length, CACHE / 4 - 2 * KIB);
    blob_release(largest);
}

Test(compressor, keeps_no_more_than_its_cache_holds) {
    enum { FILES = 12, SIZE = 40 * KIB }; /* about 10 KiB each when compressed */
    struct blob *blobs[FILES];
    size_t total = 0;
    size_t kept = 0;
    char name[] = "a";
    for (int i = 0; i < FILES; i++, name[0]++) {
        folder_write(&folder, name, make_text(SIZE, (uint32_t)i), SIZE);
        blobs[i] = get(name);
        cr_assert_not_null(blobs[i]);
    }
    for (int i = 0; i < FILES; i++) {
        bool is_kept = atomic_load(&blobs[i]->holds) == 2;
        total += is_kept ? blobs[i]->length : 0;
        kept += is_kept;
        cr_expect(!is_kept || i >= FILES - (int)(CACHE / blobs[i]->length), "blob %d is old", i);
        expect_to_unzip(blobs[i], make_text(SIZE, (uint32_t)i), SIZE); /* whether kept or not */
        blob_release(blobs[i]);
    }
    cr_expect_leq(total, CACHE);
    cr_expect_gt(total, CACHE / 2);
    cr_expect_gt(kept, 2);
}

/* Its next change may come within the same tick of the file system's clock, and leave no trace. */
Test(compressor, does_not_remember_what_changed_just_now) {
    folder_write(&folder, "text", make_text(KIB, 1), KIB);
    struct resource file = open_resource("text");
    resource_close(&file);
    standing = file.changed;
    struct blob *first = get("text");
    struct blob *second = get("text");
    standing.tv_sec += 3;
    struct blob *third = get("text");
    standing = file.changed;
    struct blob *fourth = get("text");
    expect_to_unzip(first, make_text(KIB, 1), KIB);
    expect_to_unzip(second, make_text(KIB, 1), KIB);
    expect_to_unzip(third, make_text(KIB, 1), KIB);
    cr_expect(first != second && second != third, "it was remembered too soon");
    cr_expect_eq(third, fourth, "it was not remembered");
    blob_release(first);
    blob_release(second);
    blob_release(third);
    blob_release(fourth);
}

Test(compressor, refuses_a_file_that_changed_since_it_was_opened) {
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    struct resource file = open_resource("text");
    struct compressed compressed = {.blob = NULL, .checksum = 0};
    folder_touch(&folder, "text", 1000000);
    cr_expect_not(compressor_get(compressor, &file, &compressed));
    cr_expect_null(compressed.blob);
    resource_close(&file);
    struct blob *blob = get("text");
    cr_expect_not_null(blob, "and that was remembered");
    blob_release(blob);
}

Test(compressor, refuses_what_is_no_file) {
    folder_mkdir(&folder, "folder");
    struct resource closed = {.fd = -1, .size = 1000};
    struct compressed compressed = {.blob = NULL, .checksum = 0};
    cr_expect_null(get("folder"));
    cr_expect_not(compressor_get(compressor, &closed, &compressed));
    cr_expect_null(compressed.blob);
}

/* As the file cache has it: whatever happens to the file, these are the bytes of this version. */
Test(compressor, takes_contents_without_a_look_at_the_file) {
    const char *text = make_text(10 * KIB, 1);
    folder_write(&folder, "text", text, 10 * KIB);
    struct resource file = open_resource("text");
    resource_close(&file);
    file.contents = text;
    (void)remove(folder_path(&folder, "text").text);
    struct compressed first = {.blob = NULL};
    struct compressed second = {.blob = NULL};
    cr_assert(compressor_get(compressor, &file, &first));
    cr_assert(compressor_get(compressor, &file, &second));
    expect_to_unzip(first.blob, text, 10 * KIB);
    cr_expect_eq(first.blob, second.blob, "it was compressed again");
    blob_release(first.blob);
    blob_release(second.blob);
}

Test(compressor, may_go_before_its_blobs) {
    const char *text = make_text(10 * KIB, 1);
    folder_write(&folder, "text", text, 10 * KIB);
    struct blob *blob = get("text");
    compressor_destroy(compressor);
    compressor = NULL; /* which may be destroyed, too */
    expect_to_unzip(blob, text, 10 * KIB);
    blob_release(blob);
}

Test(compressor, works_with_a_cache_of_no_use) {
    static const size_t sizes[] = {0, 1, 100, 1000};
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        compressor_destroy(compressor);
        compressor = compressor_create(sizes[i]);
        cr_assert_not_null(compressor);
        cr_expect_null(get("text"));
    }
}

Test(compressor, is_there) {
    cr_expect(compressor_is_available());
    cr_assert_not_null(compressor_library());
    cr_expect_eq(strncmp(compressor_library(), "zlib ", 5), 0);
}

#else

Test(compressor, is_not_there_without_zlib) {
    cr_expect_not(compressor_is_available());
    cr_expect_null(compressor_library());
    cr_expect_null(compressor_create(1024 * 1024));
    compressor_destroy(NULL);
}

#endif
