/* SPDX-License-Identifier: MIT */
#include "http/compression/gzip.h"
#include "tests/support/folder.h"
#include "tests/unit/support/gunzip.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if LIDO_HAVE_ZLIB
#define ZLIB_CONST 1
#include <zlib.h>

enum {
    PIECE = 64 * 1024,
    LARGEST = 5 * PIECE,
    NOISE = 32000,
    HEADER_BYTES = 10,
    OS_BYTE = 9,
    NO_CHECKSUM = 4711
};

static struct folder folder;
static char text[LARGEST];

/* Text that shrinks, but not to nothing: words in a random order, and in the middle noise that comes again as
 * far away as the largest window reaches. */
static void set_up(void) {
    static const char *const words[] = {"lane ", "swimmer ", "pool ", "water ", "whistle ", "towel\n"};
    uint32_t random = 88172645;
    size_t length = 0;
    folder_create(&folder);
    while (length < sizeof text) {
        random = random * 1664525 + 1013904223;
        for (const char *word = words[(random >> 16) % 6]; *word != '\0' && length < sizeof text; word++) {
            text[length++] = *word;
        }
    }
    for (size_t i = 0; i < 2 * NOISE; i++) {
        random = random * 1664525 + 1013904223;
        text[3 * PIECE + i] = (char)(i < NOISE ? (int)(random >> 24) : text[3 * PIECE + i - NOISE]);
    }
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(gzip, .init = set_up, .fini = tear_down, .timeout = 20);

static int open_file(const char *name) {
    int fd = open(folder_path(&folder, name).text, O_RDONLY | O_CLOEXEC);
    cr_assert_neq(fd, -1);
    return fd;
}

static enum gzip_outcome compress_file(const char *name, off_t size, size_t limit, struct blob **blob,
                                       uint32_t *checksum) {
    int fd = open_file(name);
    enum gzip_outcome outcome =
        gzip_compress((struct gzip_source){.fd = fd, .size = size}, limit, blob, checksum);
    cr_assert_eq(close(fd), 0);
    return outcome;
}

static struct blob *compress_text(size_t size) {
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    folder_write(&folder, "text", text, size);
    cr_assert_eq(compress_file("text", (off_t)size, sizeof text, &blob, &checksum), GZIP_DONE);
    cr_assert_not_null(blob);
    return blob;
}

static void expect_to_unzip(const struct blob *blob, const char *expected, size_t expected_length) {
    static char unzipped[LARGEST + 1];
    size_t length = sizeof unzipped;
    cr_assert(gunzip(blob->bytes, blob->length, unzipped, &length), "%zu bytes", expected_length);
    cr_assert_eq(length, expected_length);
    cr_assert(memcmp(unzipped, expected, length) == 0, "%zu bytes", expected_length);
}

Test(gzip, unzips_to_the_file_whatever_its_size) {
    static const size_t sizes[] = {1,     2,         100,       5000,          PIECE - 1,
                                   PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1, LARGEST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct blob *blob = compress_text(sizes[i]);
        expect_to_unzip(blob, text, sizes[i]);
        blob_release(blob);
    }
}

Test(gzip, takes_contents_in_memory_as_it_takes_a_file) {
    static const off_t sizes[] = {1, 100, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 1, LARGEST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct blob *of_file = compress_text((size_t)sizes[i]);
        struct blob *blob = NULL;
        uint32_t checksum = 0;
        struct gzip_source source = {.fd = -1, .contents = text, .size = sizes[i]};
        cr_assert_eq(gzip_compress(source, sizeof text, &blob, &checksum), GZIP_DONE, "%jd",
                     (intmax_t)sizes[i]);
        cr_expect_eq(blob->length, of_file->length, "%jd", (intmax_t)sizes[i]);
        cr_expect(memcmp(blob->bytes, of_file->bytes, blob->length) == 0, "%jd", (intmax_t)sizes[i]);
        cr_expect_eq(checksum, crc32(0, (const Bytef *)blob->bytes, (uInt)blob->length));
        blob_release(of_file);
        blob_release(blob);
    }
}

Test(gzip, reads_no_more_than_it_was_told) {
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    folder_write(&folder, "text", text, LARGEST);
    cr_assert_eq(compress_file("text", PIECE + 10, LARGEST, &blob, &checksum), GZIP_DONE);
    expect_to_unzip(blob, text, PIECE + 10);
    blob_release(blob);
}

/* RFC 1952 section 2.3: no flags, no time, and no word of the system. */
Test(gzip, writes_down_nothing_that_differs_from_place_to_place) {
    static const unsigned char header[HEADER_BYTES] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    struct blob *blob = compress_text(PIECE);
    cr_expect_arr_eq(blob->bytes, header, HEADER_BYTES);
    blob_release(blob);
}

Test(gzip, makes_the_same_of_the_same) {
    struct blob *one = compress_text(LARGEST);
    struct blob *other = NULL;
    uint32_t checksum = 0;
    folder_write(&folder, "copy", text, LARGEST);
    folder_touch(&folder, "copy", 1000000);
    cr_assert_eq(compress_file("copy", LARGEST, LARGEST / 2, &other, &checksum), GZIP_DONE);
    cr_assert_eq(one->length, other->length);
    cr_expect(memcmp(one->bytes, other->bytes, one->length) == 0);
    blob_release(one);
    blob_release(other);
}

/* What zlib makes of it in one go at level 6 with the largest window; but for the byte that names the system.
 * */
Test(gzip, compresses_as_well_as_zlib_does_by_default) {
    static unsigned char expected[LARGEST];
    z_stream stream = {
        .next_in = (const Bytef *)text, .avail_in = LARGEST, .next_out = expected, .avail_out = LARGEST};
    cr_assert_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    struct blob *blob = compress_text(LARGEST);
    expected[OS_BYTE] = (unsigned char)blob->bytes[OS_BYTE];
    cr_expect_eq(blob->length, stream.total_out);
    cr_expect(memcmp(blob->bytes, expected, blob->length) == 0);
    cr_assert_eq(deflateEnd(&stream), Z_OK);
    blob_release(blob);
}

Test(gzip, takes_exactly_the_room_it_needs) {
    static const size_t sizes[] = {1, 100, PIECE, LARGEST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct blob *blob = compress_text(sizes[i]);
        size_t length = blob->length;
        blob_release(blob);
        for (size_t limit = length - 20 > 0 ? length - 20 : 0; limit < length; limit++) {
            uint32_t checksum = NO_CHECKSUM;
            blob = NULL;
            cr_assert_eq(compress_file("text", (off_t)sizes[i], limit, &blob, &checksum), GZIP_TOO_LARGE,
                         "%zu bytes into %zu", sizes[i], limit);
            cr_assert_null(blob);
            cr_assert_eq(checksum, NO_CHECKSUM);
        }
        uint32_t checksum = 0;
        cr_assert_eq(compress_file("text", (off_t)sizes[i], length, &blob, &checksum), GZIP_DONE);
        cr_assert_eq(blob->length, length);
        blob_release(blob);
    }
}

Test(gzip, gives_up_when_the_room_is_full) {
    struct blob *blob = NULL;
    uint32_t checksum = NO_CHECKSUM;
    static const size_t limits[] = {0, 1, HEADER_BYTES, 1000, LARGEST / 40};
    folder_write(&folder, "text", text, LARGEST);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        cr_expect_eq(compress_file("text", LARGEST, limits[i], &blob, &checksum), GZIP_TOO_LARGE, "%zu",
                     limits[i]);
    }
    cr_expect_null(blob);
    cr_expect_eq(checksum, NO_CHECKSUM);
}

Test(gzip, sums_up_its_output) {
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    folder_write(&folder, "text", text, LARGEST);
    cr_assert_eq(compress_file("text", LARGEST, LARGEST, &blob, &checksum), GZIP_DONE);
    cr_expect_eq(checksum, crc32(0, (const Bytef *)blob->bytes, (uInt)blob->length));
    blob_release(blob);
}

Test(gzip, fails_when_the_file_cannot_be_read) {
    struct blob *blob = NULL;
    uint32_t checksum = NO_CHECKSUM;
    folder_write(&folder, "text", text, PIECE);
    cr_expect_eq(compress_file("text", PIECE + 1, PIECE, &blob, &checksum), GZIP_FAILED, "it is shorter");
    cr_expect_eq(compress_file(".", PIECE, PIECE, &blob, &checksum), GZIP_FAILED, "it is a folder");
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = -1, .size = PIECE}, PIECE, &blob, &checksum),
                 GZIP_FAILED, "it is not open");
    cr_expect_null(blob);
    cr_expect_eq(checksum, NO_CHECKSUM);
}

Test(gzip, names_its_library) {
    cr_assert_not_null(gzip_library());
    cr_expect_eq(strncmp(gzip_library(), "zlib ", 5), 0);
    cr_expect_eq(gzip_library()[5], zlibVersion()[0], "'%s'", gzip_library());
}

#else

Test(gzip, fails_without_zlib) {
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    cr_expect_null(gzip_library());
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = -1, .size = 1}, 1, &blob, &checksum), GZIP_FAILED);
    cr_expect_null(blob);
}

#endif
