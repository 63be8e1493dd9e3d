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

static enum gzip_outcome compress_file(const char *name, off_t size, size_t limit, struct gzip_form *form) {
    int fd = open_file(name);
    enum gzip_outcome outcome = gzip_compress((struct gzip_source){.fd = fd, .size = size}, limit, form);
    cr_assert_eq(close(fd), 0);
    return outcome;
}

static struct gzip_form compress_text(size_t size) {
    struct gzip_form form = {.checksum = NO_CHECKSUM};
    folder_write(&folder, "text", text, size);
    cr_assert_eq(compress_file("text", (off_t)size, sizeof text, &form), GZIP_DONE);
    cr_assert_not_null(form.bytes);
    return form;
}

static void expect_to_unzip(const struct gzip_form *form, const char *expected, size_t expected_length) {
    static char unzipped[LARGEST + 1];
    size_t length = sizeof unzipped;
    cr_assert(gunzip(form->bytes, form->length, unzipped, &length), "%zu bytes", expected_length);
    cr_assert_eq(length, expected_length);
    cr_assert(memcmp(unzipped, expected, length) == 0, "%zu bytes", expected_length);
}

Test(gzip, unzips_to_the_file_whatever_its_size) {
    static const size_t sizes[] = {1,     2,         100,       5000,          PIECE - 1,
                                   PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 1, LARGEST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct gzip_form form = compress_text(sizes[i]);
        expect_to_unzip(&form, text, sizes[i]);
        free(form.bytes);
    }
}

Test(gzip, takes_contents_in_memory_as_it_takes_a_file) {
    static const off_t sizes[] = {1, 100, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 1, LARGEST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct gzip_form of_file = compress_text((size_t)sizes[i]);
        struct gzip_form form = {.checksum = NO_CHECKSUM};
        struct gzip_source source = {.fd = -1, .contents = text, .size = sizes[i]};
        cr_assert_eq(gzip_compress(source, sizeof text, &form), GZIP_DONE, "%jd", (intmax_t)sizes[i]);
        cr_expect_eq(form.length, of_file.length, "%jd", (intmax_t)sizes[i]);
        cr_expect(memcmp(form.bytes, of_file.bytes, form.length) == 0, "%jd", (intmax_t)sizes[i]);
        cr_expect_eq(form.checksum, crc32(0, (const Bytef *)form.bytes, (uInt)form.length));
        free(of_file.bytes);
        free(form.bytes);
    }
}

Test(gzip, reads_no_more_than_it_was_told) {
    struct gzip_form form = {.checksum = NO_CHECKSUM};
    folder_write(&folder, "text", text, LARGEST);
    cr_assert_eq(compress_file("text", PIECE + 10, LARGEST, &form), GZIP_DONE);
    expect_to_unzip(&form, text, PIECE + 10);
    free(form.bytes);
}

/* RFC 1952 section 2.3: no flags, no time, and no word of the system. */
Test(gzip, writes_down_nothing_that_differs_from_place_to_place) {
    static const unsigned char header[HEADER_BYTES] = {0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255};
    struct gzip_form form = compress_text(PIECE);
    cr_expect_arr_eq(form.bytes, header, HEADER_BYTES);
    free(form.bytes);
}

Test(gzip, makes_the_same_of_the_same) {
    struct gzip_form one = compress_text(LARGEST);
    struct gzip_form other = {0};
    folder_write(&folder, "copy", text, LARGEST);
    folder_touch(&folder, "copy", 1000000);
    cr_assert_eq(compress_file("copy", LARGEST, LARGEST / 2, &other), GZIP_DONE);
    cr_assert_eq(one.length, other.length);
    cr_expect(memcmp(one.bytes, other.bytes, one.length) == 0);
    free(one.bytes);
    free(other.bytes);
}

/* What zlib makes of it in one go at level 6 with the largest window; but for the byte that names the system.
 * */
Test(gzip, compresses_as_well_as_zlib_does_by_default) {
    static unsigned char expected[LARGEST];
    z_stream stream = {
        .next_in = (const Bytef *)text, .avail_in = LARGEST, .next_out = expected, .avail_out = LARGEST};
    cr_assert_eq(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    cr_assert_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    struct gzip_form form = compress_text(LARGEST);
    expected[OS_BYTE] = (unsigned char)form.bytes[OS_BYTE];
    cr_expect_eq(form.length, stream.total_out);
    cr_expect(memcmp(form.bytes, expected, form.length) == 0);
    cr_assert_eq(deflateEnd(&stream), Z_OK);
    free(form.bytes);
}

Test(gzip, takes_exactly_the_room_it_needs) {
    static const size_t sizes[] = {1, 100, PIECE, LARGEST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct gzip_form form = compress_text(sizes[i]);
        size_t length = form.length;
        free(form.bytes);
        for (size_t limit = length - 20 > 0 ? length - 20 : 0; limit < length; limit++) {
            form = (struct gzip_form){.checksum = NO_CHECKSUM};
            cr_assert_eq(compress_file("text", (off_t)sizes[i], limit, &form), GZIP_TOO_LARGE,
                         "%zu bytes into %zu", sizes[i], limit);
            cr_assert_null(form.bytes);
            cr_assert_eq(form.checksum, NO_CHECKSUM);
        }
        cr_assert_eq(compress_file("text", (off_t)sizes[i], length, &form), GZIP_DONE);
        cr_assert_eq(form.length, length);
        free(form.bytes);
    }
}

Test(gzip, gives_up_when_the_room_is_full) {
    struct gzip_form form = {.checksum = NO_CHECKSUM};
    static const size_t limits[] = {0, 1, HEADER_BYTES, 1000, LARGEST / 40};
    folder_write(&folder, "text", text, LARGEST);
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        cr_expect_eq(compress_file("text", LARGEST, limits[i], &form), GZIP_TOO_LARGE, "%zu", limits[i]);
    }
    cr_expect_null(form.bytes);
    cr_expect_eq(form.checksum, NO_CHECKSUM);
}

Test(gzip, sums_up_its_output) {
    struct gzip_form form = {.checksum = NO_CHECKSUM};
    folder_write(&folder, "text", text, LARGEST);
    cr_assert_eq(compress_file("text", LARGEST, LARGEST, &form), GZIP_DONE);
    cr_expect_eq(form.checksum, crc32(0, (const Bytef *)form.bytes, (uInt)form.length));
    free(form.bytes);
}

Test(gzip, fails_when_the_file_cannot_be_read) {
    struct gzip_form form = {.checksum = NO_CHECKSUM};
    folder_write(&folder, "text", text, PIECE);
    cr_expect_eq(compress_file("text", PIECE + 1, PIECE, &form), GZIP_FAILED, "it is shorter");
    cr_expect_eq(compress_file(".", PIECE, PIECE, &form), GZIP_FAILED, "it is a folder");
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = -1, .size = PIECE}, PIECE, &form), GZIP_FAILED,
                 "it is not open");
    cr_expect_null(form.bytes);
    cr_expect_eq(form.checksum, NO_CHECKSUM);
}

Test(gzip, names_its_library) {
    cr_assert_not_null(gzip_library());
    cr_expect_eq(strncmp(gzip_library(), "zlib ", 5), 0);
    cr_expect_eq(gzip_library()[5], zlibVersion()[0], "'%s'", gzip_library());
}

#else

Test(gzip, fails_without_zlib) {
    struct gzip_form form = {0};
    cr_expect_null(gzip_library());
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = -1, .size = 1}, 1, &form), GZIP_FAILED);
    cr_expect_null(form.bytes);
}

#endif
