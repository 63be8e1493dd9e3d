/* SPDX-License-Identifier: MIT */
/* Files that open, and of which nothing can be told then. */
#include "http/files/resource.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* glibc gives calls with 64-bit offsets names of their own when asked for such offsets. */
#if defined(__GLIBC__) && defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define REAL(name) __real_##name##64
#else
#define REAL(name) __real_##name
#endif

int REAL(fstat)(int fd, struct stat *status);
int __wrap_fstat(int fd, struct stat *status);
int __wrap_fstat64(int fd, struct stat *status);
int REAL(fstatfs)(int fd, struct statfs *about);
int __wrap_fstatfs(int fd, struct statfs *about);
int __wrap_fstatfs64(int fd, struct statfs *about);

static int error; /* with which both fail, or 0 */

static int fail(void) {
    errno = error;
    return -1;
}

int __wrap_fstat(int fd, struct stat *status) {
    return error != 0 ? fail() : REAL(fstat)(fd, status);
}

int __wrap_fstat64(int fd, struct stat *status) {
    return __wrap_fstat(fd, status);
}

int __wrap_fstatfs(int fd, struct statfs *about) {
    return error != 0 ? fail() : REAL(fstatfs)(fd, about);
}

int __wrap_fstatfs64(int fd, struct statfs *about) {
    return __wrap_fstatfs(fd, about);
}

static struct folder root;
static struct beneath beneath;

static void set_up(void) {
    folder_create(&root);
    folder_write_text(&root, "a.txt", "a");
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&beneath);
    folder_remove(&root);
}

TestSuite(resource_faults, .init = set_up, .fini = tear_down, .timeout = 20);

static int lowest_free_descriptor(void) {
    int fd = dup(STDERR_FILENO);
    (void)close(fd);
    return fd;
}

Test(resource_faults, end_the_opening_and_lose_no_descriptor) {
    static const struct {
        int error;
        enum http_status status;
    } rows[] = {{EIO, HTTP_INTERNAL_SERVER_ERROR}, {ENOMEM, HTTP_SERVICE_UNAVAILABLE}, {0, HTTP_OK}};
    int free_before = lowest_free_descriptor();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct resource resource = {.fd = -1};
        error = rows[i].error;
        cr_expect_eq(resource_open(&beneath, "a.txt", &resource), rows[i].status, "%s",
                     strerror(rows[i].error));
        cr_expect_eq(resource.fd == -1, rows[i].error != 0, "what is not opened is left as it was");
        resource_close(&resource);
        cr_expect_eq(lowest_free_descriptor(), free_before, "%s", strerror(rows[i].error));
    }
}

/* Rather a worker that lets others go first once too often. */
Test(resource_faults, of_an_unknown_file_system_may_block) {
    struct resource resource = {.fd = -1};
    cr_assert_eq(resource_open(&beneath, "a.txt", &resource), HTTP_OK);
    error = EIO;
    cr_expect(resource_stat_may_block(&resource));
    error = 0;
    resource_close(&resource);
}
