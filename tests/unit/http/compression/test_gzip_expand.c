/* SPDX-License-Identifier: MIT */
/* From gzip back to what it was made of. */
#include "http/compression/gzip.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#if LIDO_HAVE_ZLIB

enum { LARGEST = 300 * 1000, ROOM = 2 * LARGEST + 1 };

TestSuite(gzip_expand, .timeout = 60);

static char text[LARGEST];
static char zipped[4 * LARGEST];

/* Append the gzip form of the text's first `size` bytes to zipped[0 .. length). Returns the new length. */
static size_t append(size_t length, size_t size) {
    struct gzip_form form;
    struct gzip_source source = {.fd = -1, .contents = text, .size = (off_t)size};
    for (size_t i = 0; i < sizeof text; i++) {
        text[i] = (char)(i * i >> 7 ^ i);
    }
    cr_assert_eq(gzip_compress(source, sizeof zipped - length, &form), GZIP_DONE);
    memcpy(zipped + length, form.bytes, form.length);
    free(form.bytes);
    return length + form.length;
}

static enum gzip_outcome expand(size_t length, size_t limit, struct gzip_form *form) {
    return gzip_expand((struct gzip_source){.fd = -1, .contents = zipped, .size = (off_t)length}, limit,
                       form);
}

Test(gzip_expand, gives_back_what_was_compressed) {
    static const size_t sizes[] = {1, 2, 1000, 65535, 65536, 65537, LARGEST};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct gzip_form form;
        cr_assert_eq(expand(append(0, sizes[i]), ROOM, &form), GZIP_DONE, "%zu", sizes[i]);
        cr_assert_eq(form.length, sizes[i]);
        cr_expect_arr_eq(form.bytes, text, sizes[i]);
        free(form.bytes);
    }
}

/* RFC 1952 section 2.2: a file is a series of members. */
Test(gzip_expand, takes_several_members_for_one) {
    struct gzip_form form;
    cr_assert_eq(expand(append(append(0, 1000), LARGEST), ROOM, &form), GZIP_DONE);
    cr_assert_eq(form.length, 1000 + LARGEST);
    cr_expect_arr_eq(form.bytes, text, 1000);
    cr_expect_arr_eq(form.bytes + 1000, text, LARGEST);
    free(form.bytes);
}

Test(gzip_expand, stops_at_the_limit) {
    struct gzip_form form;
    size_t length = append(0, LARGEST);
    cr_expect_eq(expand(length, LARGEST + 1, &form), GZIP_DONE);
    free(form.bytes);
    cr_expect_eq(expand(length, LARGEST - 1, &form), GZIP_TOO_LARGE);
    cr_expect_eq(expand(length, 1, &form), GZIP_TOO_LARGE);
}

/* Nothing comes out of members that are empty, and yet they take their time. */
Test(gzip_expand, reads_no_more_than_twice_the_limit) {
    static const char empty[] = "\x1f\x8b\x08\0\0\0\0\0\0\xff\x03\0\0\0\0\0\0\0\0";
    struct gzip_form form;
    for (size_t i = 0; i < 1000; i++) {
        memcpy(zipped + i * sizeof empty, empty, sizeof empty);
    }
    cr_expect_eq(expand(1000 * sizeof empty, 500 * sizeof empty, &form), GZIP_DONE);
    cr_expect_eq(form.length, 0);
    free(form.bytes);
    cr_expect_eq(expand(1000 * sizeof empty, 499 * sizeof empty, &form), GZIP_TOO_LARGE);
}

Test(gzip_expand, fails_on_what_is_no_whole_gzip) {
    struct gzip_form form;
    size_t length = append(0, 1000);
    for (size_t cut = 0; cut < length; cut++) {
        cr_expect_eq(expand(cut, ROOM, &form), GZIP_FAILED, "%zu bytes of it", cut);
    }
    zipped[length] = 'x';
    cr_expect_eq(expand(length + 1, ROOM, &form), GZIP_FAILED, "something behind it");
    zipped[length / 2] = (char)~zipped[length / 2];
    cr_expect_eq(expand(length, ROOM, &form), GZIP_FAILED, "damaged");
    static const char drawing[] = "<svg/>";
    memcpy(zipped, drawing, sizeof drawing);
    cr_expect_eq(expand(sizeof drawing - 1, ROOM, &form), GZIP_FAILED, "no gzip at all");
}

#else

Test(gzip_expand, cannot_be_without_zlib) {
    struct gzip_form form;
    cr_expect_eq(gzip_expand((struct gzip_source){.fd = -1, .contents = "", .size = 0}, 1, &form),
                 GZIP_FAILED);
}

#endif
