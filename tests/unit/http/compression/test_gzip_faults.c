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

static struct gzip_form compress_text(void) {
    struct gzip_form form = {0};
    struct gzip_source source = {.fd = fd, .size = SIZE};
    bool is_done = gzip_compress(source, SIZE, &form) == GZIP_DONE;
    cr_expect_eq(is_done, form.bytes != NULL);
    return form;
}

static void expect_text(const struct gzip_form *form) {
    static char unzipped[SIZE + 1];
    size_t length = sizeof unzipped;
    cr_assert_not_null(form->bytes);
    cr_assert(gunzip(form->bytes, form->length, unzipped, &length));
    cr_assert_eq(length, SIZE);
    cr_assert(memcmp(unzipped, text, SIZE) == 0);
}

Test(gzip_faults, reads_on_when_interrupted) {
    IO_SCRIPT(IO_PREAD, IO_FAIL(EINTR), IO_FAIL(EINTR), IO_PASS, IO_FAIL(EINTR));
    struct gzip_form form = compress_text();
    expect_text(&form);
    free(form.bytes);
}

Test(gzip_faults, makes_the_same_of_short_reads) {
    struct gzip_form whole = compress_text();
    io_always(IO_PREAD, IO_SHORT(777));
    struct gzip_form form = compress_text();
    expect_text(&form);
    cr_assert_eq(form.length, whole.length);
    cr_expect(memcmp(form.bytes, whole.bytes, whole.length) == 0);
    free(whole.bytes);
    free(form.bytes);
}

Test(gzip_faults, fails_when_reading_fails) {
    ptrdiff_t before = memory_live_count();
    IO_SCRIPT(IO_PREAD, IO_FAIL(EIO));
    cr_expect_null(compress_text().bytes, "at once");
    IO_SCRIPT(IO_PREAD, IO_PASS, IO_FAIL(EIO));
    cr_expect_null(compress_text().bytes, "later");
    IO_SCRIPT(IO_PREAD, IO_PASS, IO_PASS, IO_NOTHING);
    cr_expect_null(compress_text().bytes, "the end came early");
    cr_expect_eq(memory_live_count(), before);
}

Test(gzip_faults, gives_everything_back_whichever_allocation_fails) {
    ptrdiff_t before = memory_live_count();
    size_t number = 0;
    for (;; number++) {
        memory_fail_after(number);
        struct gzip_form form = compress_text();
        bool has_failed = memory_stop_failing();
        if (form.bytes != NULL) {
            expect_text(&form); /* the last one is realloc(), which is not needed */
        }
        free(form.bytes);
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
    cr_expect_null(compress_text().bytes);
    cr_expect_eq(io_count(IO_PREAD), 0);
    cr_expect_eq(memory_live_count(), before);
}

Test(gzip_faults, has_no_second_copy_of_the_file_in_memory) {
    (void)memory_take_largest();
    struct gzip_form form = compress_text();
    cr_assert_not_null(form.bytes);
    cr_expect_leq(memory_take_largest(), SIZE, "room for the limit, and none for the file");
    free(form.bytes);
}

/* What would never fit, however well it shrinks, is not even read: a huge empty file would keep a worker for
 * a minute. */
Test(gzip_faults, does_not_read_what_can_never_fit) {
    struct gzip_form form = {0};
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = fd, .size = (off_t)1 << 40}, 1 << 20, &form),
                 GZIP_TOO_LARGE);
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = fd, .size = SIZE}, 0, &form), GZIP_TOO_LARGE);
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = fd, .size = 10}, 0, &form), GZIP_TOO_LARGE);
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = fd, .size = SIZE}, SIZE / 1032 - 1, &form),
                 GZIP_TOO_LARGE);
    cr_expect_eq(io_count(IO_PREAD), 0);
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = fd, .size = SIZE}, SIZE / 1032, &form),
                 GZIP_TOO_LARGE);
    cr_expect_gt(io_count(IO_PREAD), 0, "this much might have fitted");
}

static enum gzip_outcome expand(struct gzip_source source, struct gzip_form *form) {
    *form = (struct gzip_form){0};
    enum gzip_outcome outcome = gzip_expand(source, SIZE + 1, form);
    cr_expect_eq(outcome == GZIP_DONE, form->bytes != NULL);
    return outcome;
}

Test(gzip_faults, of_the_way_back_leave_nothing_behind_either) {
    struct gzip_form zipped = compress_text();
    struct gzip_form form;
    folder_write(&folder, "zipped", zipped.bytes, zipped.length);
    int zipped_fd = open(folder_path(&folder, "zipped").text, O_RDONLY | O_CLOEXEC);
    struct gzip_source source = {.fd = zipped_fd, .size = (off_t)zipped.length};
    free(zipped.bytes);
    ptrdiff_t before = memory_live_count();
    IO_SCRIPT(IO_PREAD, IO_FAIL(EIO));
    cr_expect_eq(expand(source, &form), GZIP_FAILED);
    IO_SCRIPT(IO_PREAD, IO_NOTHING);
    cr_expect_eq(expand(source, &form), GZIP_FAILED);
    size_t number = 0;
    for (bool has_failed = true; has_failed; number++) {
        memory_fail_after(number);
        enum gzip_outcome outcome = expand(source, &form);
        has_failed = memory_stop_failing();
        cr_expect(outcome == GZIP_FAILED || (outcome == GZIP_DONE && form.length == SIZE), "%zu", number);
        free(form.bytes);
        cr_assert_eq(memory_live_count(), before, "allocation %zu failed", number);
    }
    cr_expect_gt(number, 2);
    (void)close(zipped_fd);
}

/* The most that deflate can do: a file of zeros, into the room that just might do. */
Test(gzip_faults, does_not_give_up_on_what_can_fit) {
    enum { ZEROS = 64 * 1024 * 1024 };
    struct gzip_form form = {0};
    folder_truncate(&folder, "zeros", ZEROS);
    int zeros = open(folder_path(&folder, "zeros").text, O_RDONLY | O_CLOEXEC);
    cr_assert_neq(zeros, -1);
    cr_expect_eq(gzip_compress((struct gzip_source){.fd = zeros, .size = ZEROS}, ZEROS / 1028 + 100, &form),
                 GZIP_DONE);
    free(form.bytes);
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
