/* SPDX-License-Identifier: MIT */
/* Reading that is interrupted, short, or fails, and files that change while they are read. */
#include "tests/unit/http/archive/archive.h"
#include "tests/unit/support/limits/descriptor_limit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* glibc gives calls with 64-bit offsets names of their own when asked for such offsets. */
#if defined(__GLIBC__) && defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define REAL(name) __real_##name##64
#else
#define REAL(name) __real_##name
#endif

enum http_status __real_resource_open(const struct beneath *beneath, const char *path,
                                      struct resource *resource);
enum http_status __wrap_resource_open(const struct beneath *beneath, const char *path,
                                      struct resource *resource);
ssize_t REAL(pread)(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset);

enum { DESCRIPTORS_MAX = 1024 };

/* What opening or reading a file meets with. */
enum fault {
    NOTHING,
    OTHER_SIZE,
    OTHER_TIME,
    OTHER_CHANGE_TIME,
    NOT_OPENED,
    FOLDER,
    SHORT_READS,
    INTERRUPTION,
    FAILURE,
    END,
    CHANGE,
    GROWTH
};

static enum fault fault;
static int read_count;

/* File systems differ in which of these they can be trusted with. */
enum http_status __wrap_resource_open(const struct beneath *beneath, const char *path,
                                      struct resource *resource) {
    if (fault == NOT_OPENED) {
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    enum http_status status = __real_resource_open(beneath, path, resource);
    if (status != HTTP_OK) {
        return status;
    }
    resource->size += fault == OTHER_SIZE ? 1 : 0;
    resource->modified.tv_nsec += fault == OTHER_TIME ? 1 : 0;
    resource->changed.tv_sec -= fault == OTHER_CHANGE_TIME ? 1 : 0;
    resource->is_folder = resource->is_folder || fault == FOLDER;
    return status;
}

static void happen(void) {
    if (fault == CHANGE) {
        folder_touch(&folder, "a", 1800000000);
    }
    if (fault == GROWTH) {
        folder_write_text(&folder, "a", "alphabet");
    }
}

ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset) {
    ssize_t count = REAL(pread)(fd, bytes, fault == SHORT_READS ? 1 : size, offset);
    happen();
    read_count++;
    switch (fault) {
    case INTERRUPTION:
        fault = NOTHING;
        errno = EINTR;
        return -1;
    case FAILURE:
        errno = EAGAIN; /* must not be taken for the end of a slice */
        return -1;
    case END:
        return 0;
    default:
        return count;
    }
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset) {
    return __wrap_pread(fd, bytes, size, offset);
}

static void set_up(void) {
    archive_set_up();
    folder_write_text(&folder, "a", "alpha");
}

TestSuite(archive_faults, .init = set_up, .fini = archive_tear_down, .timeout = 60);

static int count_descriptors(void) {
    int count = 0;
    for (int fd = 0; fd < DESCRIPTORS_MAX; fd++) {
        count += fcntl(fd, F_GETFD) != -1 ? 1 : 0;
    }
    return count;
}

static void expect_end_or_no_trace(enum archive_form form) {
    static const struct {
        const char *name;
        enum fault fault;
        int result;
    } rows[] = {
        {"none", NOTHING, 0},
        {"another size", OTHER_SIZE, -ESTALE},
        {"another time", OTHER_TIME, -ESTALE},
        {"another change time", OTHER_CHANGE_TIME, -ESTALE},
        {"a disk that fails", NOT_OPENED, -EIO},
        {"a folder", FOLDER, -ESTALE},
        {"short reads", SHORT_READS, 0},
        {"an interruption", INTERRUPTION, 0},
        {"a failure", FAILURE, -EIO},
        {"an end that is too early", END, -ESTALE},
        {"a change", CHANGE, -ESTALE},
        {"growth", GROWTH, -ESTALE},
    };
    size_t at = form == ARCHIVE_TAR ? 1024 : (30 + 4 + 9) + (30 + 5 + 9);
    const char *content = form == ARCHIVE_TAR ? "alpha" : "alphaP"; /* padding, or the descriptor */
    folder_write_text(&folder, "a", "alpha");
    struct archive *archive = archive_of_form(form, &root, "");
    struct byte_range all = {0, archive_size(archive)};
    int open_count = count_descriptors();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct text out = {0};
        fault = rows[i].fault;
        read_count = 0;
        cr_expect_eq(archive_produce_range(archive, all, archive_long_slice, &out), rows[i].result, "%s",
                     rows[i].name);
        cr_expect(rows[i].result != 0 || memcmp(out.bytes + at, content, 6) == 0, "%s", rows[i].name);
        text_deinit(&out);
        archive_destroy(archive);
        cr_expect_eq(count_descriptors(), open_count, "%s: a descriptor is lost", rows[i].name);
        cr_expect_eq(read_count > 0, rows[i].fault == NOTHING || rows[i].fault > FOLDER, "%s", rows[i].name);
        fault = NOTHING;
        archive = archive_of_form(form, &root, "");
    }
    archive_destroy(archive);
}

Test(archive_faults, end_the_archive_or_leave_no_trace) {
    expect_end_or_no_trace(ARCHIVE_TAR);
#if LIDO_HAVE_ZLIB
    expect_end_or_no_trace(ARCHIVE_ZIP);
#endif
}

/* No new descriptor is no change of the tree, and not the end of a slice either. */
Test(archive_faults, of_opening_a_file_end_the_archive) {
    struct text out = {0};
    struct archive *archive = archive_of(&root, "");
    int lowest_fd = dup(root.root_fd);
    (void)close(lowest_fd);
    descriptor_limit_set(lowest_fd + 1); /* the walk's own */
    int result = archive_produce(archive, archive_no_slice, &out);
    descriptor_limit_set(1024);
    cr_expect_eq(result, -EMFILE);
    cr_expect_eq(out.length, 1024, "the headers");
    archive_destroy(archive);
    text_deinit(&out);
}

/* Before anything of it is sent. */
Test(archive_faults, of_the_first_byte_of_a_large_file_end_the_archive) {
    struct text out = {0};
    folder_write_pattern(&folder, "a", 0, (off_t)1024 * 1024);
    int count = count_descriptors();
    struct archive *archive = archive_of(&root, "");
    struct resource file = {.fd = -1};
    struct byte_range range;
    fault = FAILURE;
    int result = 1;
    while (result == 1 || result == -EAGAIN) {
        result = archive_next(archive, archive_long_slice, &out, &file, &range);
        cr_expect_eq(file.fd, -1);
    }
    cr_expect_eq(result, -EIO, "%s", strerror(-result));
    archive_destroy(archive);
    cr_expect_eq(count_descriptors(), count);
    text_deinit(&out);
}

/* With its socket that makes two for a client, as descriptor_limit_connections() counts them. */
Test(archive_faults, need_one_descriptor_while_a_file_is_sent) {
    struct text out = {0};
    folder_write_pattern(&folder, "a", 0, (off_t)1024 * 1024);
    folder_write_text(&folder, "b", "beta");
    int count = count_descriptors();
    struct archive *archive = archive_of(&root, "");
    struct resource file = {.fd = -1};
    struct byte_range range;
    int result = 1;
    size_t files = 0;
    while (result == 1 || result == -EAGAIN) {
        result = archive_next(archive, archive_long_slice, &out, &file, &range);
        files += result == 1 && file.fd != -1 ? 1 : 0;
        cr_expect_leq(count_descriptors(), count + 1);
    }
    cr_expect_eq(result, 0, "%s", strerror(-result));
    cr_expect_eq(files, 1);
    archive_destroy(archive);
    cr_expect_eq(count_descriptors(), count);
    text_deinit(&out);
}
