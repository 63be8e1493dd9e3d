/* SPDX-License-Identifier: MIT */
/* Reading and memory that fail: compressing succeeds all the same, or leaves nothing behind. */
#include "http/compression/gzip.h"
#include "tests/support/folder.h"
#include "tests/unit/support/gunzip.h"
#include "tests/unit/support/io_faults.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>

#if LIDO_HAVE_ZLIB
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#include <zlib.h>

enum { SIZE = 200 * 1000 };

static struct folder folder;
static int fd = -1;
static char text[SIZE];
static bool zlib_has_no_memory;

int __real_deflateInit2_(z_streamp stream, int level, int method, int window_bits, int memory_level,
                         int strategy, const char *version, int size);
int __wrap_deflateInit2_(z_streamp stream, int level, int method, int window_bits, int memory_level,
                         int strategy, const char *version, int size);

int __wrap_deflateInit2_(z_streamp stream, int level, int method, int window_bits, int memory_level,
                         int strategy, const char *version, int size) {
    if (zlib_has_no_memory) {
        return Z_MEM_ERROR;
    }
    return __real_deflateInit2_(stream, level, method, window_bits, memory_level, strategy, version, size);
}

static void set_up(void) {
    for (size_t i = 0; i < SIZE; i++) {
        text[i] = (char)('a' + i * i / 7 % 13);
    }
    folder_create(&folder);
    folder_write(&folder, "text", text, SIZE);
    fd = open(folder_path(&folder, "text").text, O_RDONLY | O_CLOEXEC);
    cr_assert_neq(fd, -1);
}

static void tear_down(void) {
    (void)close(fd);
    folder_remove(&folder);
}

TestSuite(gzip_faults, .init = set_up, .fini = tear_down, .timeout = 60);

static struct blob *compress_text(void) {
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    return gzip_compress((struct gzip_source){.fd = fd, .size = SIZE}, SIZE, &blob, &checksum) == GZIP_DONE
               ? blob
               : NULL;
}

static void expect_text(const struct blob *blob) {
    static char unzipped[SIZE + 1];
    size_t length = sizeof unzipped;
    cr_assert_not_null(blob);
    cr_assert(gunzip(blob->bytes, blob->length, unzipped, &length));
    cr_assert_eq(length, SIZE);
    cr_assert(memcmp(unzipped, text, SIZE) == 0);
}

Test(gzip_faults, reads_on_when_interrupted) {
    IO_SCRIPT(IO_PREAD, IO_FAIL(EINTR), IO_FAIL(EINTR), IO_PASS, IO_FAIL(EINTR));
    struct blob *blob = compress_text();
    expect_text(blob);
    blob_release(blob);
}

Test(gzip_faults, makes_the_same_of_short_reads) {
    struct blob *whole = compress_text();
    io_always(IO_PREAD, IO_SHORT(777));
    struct blob *blob = compress_text();
    expect_text(blob);
    cr_assert_eq(blob->length, whole->length);
    cr_expect(memcmp(blob->bytes, whole->bytes, whole->length) == 0);
    blob_release(whole);
    blob_release(blob);
}

Test(gzip_faults, fails_when_reading_fails) {
    ptrdiff_t before = memory_live_count();
    IO_SCRIPT(IO_PREAD, IO_FAIL(EIO));
    cr_expect_null(compress_text(), "at once");
    IO_SCRIPT(IO_PREAD, IO_PASS, IO_FAIL(EIO));
    cr_expect_null(compress_text(), "later");
    IO_SCRIPT(IO_PREAD, IO_PASS, IO_PASS, IO_NOTHING);
    cr_expect_null(compress_text(), "the end came early");
    cr_expect_eq(memory_live_count(), before);
}

Test(gzip_faults, gives_everything_back_whichever_allocation_fails) {
    ptrdiff_t before = memory_live_count();
    size_t number = 0;
    for (;; number++) {
        memory_fail_after(number);
        struct blob *blob = compress_text();
        bool has_failed = memory_stop_failing();
        if (blob != NULL) {
            expect_text(blob); /* the last one is realloc(), which is not needed */
        }
        blob_release(blob);
        cr_assert_eq(memory_live_count(), before, "allocation %zu failed", number);
        if (!has_failed) {
            break;
        }
    }
    cr_expect_eq(number, 3);
}

Test(gzip_faults, fails_when_zlib_finds_no_memory) {
    ptrdiff_t before = memory_live_count();
    zlib_has_no_memory = true;
    cr_expect_null(compress_text());
    cr_expect_eq(io_count(IO_PREAD), 0);
    cr_expect_eq(memory_live_count(), before);
}

Test(gzip_faults, has_no_second_copy_of_the_file_in_memory) {
    (void)memory_take_largest();
    struct blob *blob = compress_text();
    cr_assert_not_null(blob);
    cr_expect_leq(memory_take_largest(), SIZE + sizeof(struct blob),
                  "room for the limit, and none for the file");
    blob_release(blob);
}

/* What would never fit, however well it shrinks, is not even read: a huge empty file would keep a worker for
 * a minute. */
Test(gzip_faults, does_not_read_what_can_never_fit) {
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    cr_expect_eq(
        gzip_compress((struct gzip_source){.fd = fd, .size = (off_t)1 << 40}, 1 << 20, &blob, &checksum),
        GZIP_TOO_LARGE);
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = fd, .size = SIZE}, 0, &blob, &checksum),
                 GZIP_TOO_LARGE);
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = fd, .size = 10}, 0, &blob, &checksum),
                 GZIP_TOO_LARGE);
    cr_expect_eq(
        gzip_compress((struct gzip_source){.fd = fd, .size = SIZE}, SIZE / 1032 - 1, &blob, &checksum),
        GZIP_TOO_LARGE);
    cr_expect_eq(io_count(IO_PREAD), 0);
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = fd, .size = SIZE}, SIZE / 1032, &blob, &checksum),
                 GZIP_TOO_LARGE);
    cr_expect_gt(io_count(IO_PREAD), 0, "this much might have fitted");
}

/* The most that deflate can do: a file of zeros, into the room that just might do. */
Test(gzip_faults, does_not_give_up_on_what_can_fit) {
    enum { ZEROS = 64 * 1024 * 1024 };
    struct blob *blob = NULL;
    uint32_t checksum = 0;
    folder_truncate(&folder, "zeros", ZEROS);
    int zeros = open(folder_path(&folder, "zeros").text, O_RDONLY | O_CLOEXEC);
    cr_assert_neq(zeros, -1);
    cr_expect_eq(
        gzip_compress((struct gzip_source){.fd = zeros, .size = ZEROS}, ZEROS / 1028 + 100, &blob, &checksum),
        GZIP_DONE);
    blob_release(blob);
    cr_assert_eq(close(zeros), 0);
}

#else

/* Nobody calls it, but the linker is told of it all the same. */
int __wrap_deflateInit2_(void);

int __wrap_deflateInit2_(void) {
    return -1;
}

Test(gzip_faults, fails_without_zlib) {
    cr_expect_null(gzip_library());
}

#endif
