/* SPDX-License-Identifier: MIT */
/* The text around the parts; what is sent with it is in test_response_ranges.c. */
#include "http/response/multipart.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

ssize_t __real_getrandom(void *bytes, size_t size, unsigned flags);
ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags);

static int random_error;
static unsigned random_flags;
static size_t random_bytes;
static const unsigned char *random_script; /* or NULL: real ones */

ssize_t __wrap_getrandom(void *bytes, size_t size, unsigned flags) {
    random_flags = flags;
    random_bytes += size;
    if (random_error != 0) {
        errno = random_error;
        return -1;
    }
    if (random_script != NULL) {
        memcpy(bytes, random_script, size);
        return (ssize_t)size;
    }
    return __real_getrandom(bytes, size, flags);
}

static struct text text;

static void tear_down(void) {
    text_deinit(&text);
}

TestSuite(multipart, .fini = tear_down, .timeout = 60);

static const struct multipart_boundary boundary = {"00112233445566778899aabbccddeeff"};

static void expect_text(const char *name, const char *expected) {
    cr_expect(text.length == strlen(expected) && memcmp(text.bytes, expected, text.length) == 0,
              "%s: expected\n%s\nand got\n%.*s", name, expected, (int)text.length, text.bytes);
}

/* --- text ----------------------------------------------------------------------------------------------- */

Test(multipart, is_written_as_the_rfcs_have_it) {
    multipart_append_head(&text, &boundary, "text/plain", (struct byte_range){0, 5}, 8000);
    text_append(&text, "Hello");
    multipart_append_head(&text, &boundary, NULL, (struct byte_range){7000, 7002}, 8000);
    text_append(&text, "\r\n");
    multipart_append_end(&text, &boundary);
    expect_text("RFC 2046 section 5.1.1, RFC 9110 section 14.6", "\r\n--00112233445566778899aabbccddeeff\r\n"
                                                                 "Content-Type: text/plain\r\n"
                                                                 "Content-Range: bytes 0-4/8000\r\n"
                                                                 "\r\n"
                                                                 "Hello\r\n"
                                                                 "--00112233445566778899aabbccddeeff\r\n"
                                                                 "Content-Range: bytes 7000-7001/8000\r\n"
                                                                 "\r\n"
                                                                 "\r\n\r\n"
                                                                 "--00112233445566778899aabbccddeeff--\r\n");
}

Test(multipart, has_content_ranges_of_any_size) {
    static const struct {
        const char *expected;
        struct byte_range range;
        off_t size;
    } rows[] = {
        {"Content-Range: bytes 0-0/1\r\n", {0, 1}, 1},
        {"Content-Range: bytes 4294967295-4294967296/4294967298\r\n", {4294967295, 4294967297}, 4294967298},
        {"Content-Range: bytes 9223372036854775805-9223372036854775806/9223372036854775807\r\n",
         {INT64_MAX - 2, INT64_MAX},
         INT64_MAX},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        text_clear(&text, SIZE_MAX);
        multipart_append_content_range(&text, rows[i].range, rows[i].size);
        expect_text("RFC 9110 section 14.4", rows[i].expected);
    }
}

/* --- boundaries ----------------------------------------------------------------------------------------- */

Test(multipart, has_a_boundary_of_all_128_bits) {
    static const unsigned char one_byte_each[] = {0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12,
                                                  0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88};
    uint64_t little_endian = 1;
    random_script = one_byte_each;
    struct multipart_boundary made = multipart_make_boundary();
    if (*(const char *)&little_endian == 1) {
        cr_expect_str_eq(made.text, "123456789abcdef08899aabbccddeeff");
    } else {
        cr_expect_str_eq(made.text, "f0debc9a78563412ffeeddccbbaa9988");
    }
    cr_expect_eq(random_bytes, 16);
    cr_expect_eq(random_flags, GRND_NONBLOCK, "an answer must not wait for randomness");
}

static void expect_digits(const char *digits) {
    cr_expect_eq(strlen(digits), 32, "%s", digits);
    cr_expect_eq(strspn(digits, "0123456789abcdef"), 32, "%s", digits);
}

Test(multipart, has_another_boundary_each_time) {
    struct multipart_boundary first = multipart_make_boundary();
    struct multipart_boundary second = multipart_make_boundary();
    expect_digits(first.text);
    expect_digits(second.text);
    cr_expect_str_neq(first.text, second.text);
}

Test(multipart, has_a_boundary_where_the_kernel_has_no_random_bits) {
    static const int errors[] = {EAGAIN, ENOSYS};
    for (size_t i = 0; i < sizeof errors / sizeof *errors; i++) {
        random_error = errors[i];
        struct multipart_boundary first = multipart_make_boundary();
        struct multipart_boundary second = multipart_make_boundary();
        expect_digits(first.text);
        expect_digits(second.text);
        cr_expect(strncmp(first.text, second.text, 16) != 0, "%s and %s", first.text, second.text);
        cr_expect(strcmp(first.text + 16, second.text + 16) != 0, "%s and %s", first.text, second.text);
        cr_expect(strncmp(first.text, first.text + 16, 16) != 0, "%s", first.text);
    }
}
