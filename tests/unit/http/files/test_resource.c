/* SPDX-License-Identifier: MIT */
#include "http/files/resource.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct folder root;
static struct beneath beneath;

static void set_up(void) {
    folder_create(&root);
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&beneath);
    folder_remove(&root);
}

TestSuite(resource, .init = set_up, .fini = tear_down, .timeout = 20);

static bool is_open(int fd) {
    return fcntl(fd, F_GETFD) != -1;
}

Test(resource, says_what_stat_said_of_a_file) {
    struct resource resource;
    char content[8] = "";
    folder_write_text(&root, "dir/a.txt", "content");
    folder_touch(&root, "dir/a.txt", 784111777);
    cr_assert_eq(resource_open(&beneath, "dir/a.txt", &resource), HTTP_OK);
    cr_expect_not(resource.is_folder);
    cr_expect_eq(resource.size, 7);
    cr_expect_eq(resource.modified.tv_sec, 784111777);
    cr_expect_eq(resource.modified.tv_nsec, 0);
    cr_expect_eq(read(resource.fd, content, sizeof content), 7);
    cr_expect_str_eq(content, "content");
    resource_close(&resource);
}

Test(resource, knows_the_size_of_files_beyond_4_gib) {
    struct resource resource;
    folder_truncate(&root, "large", (off_t)5 << 30);
    cr_assert_eq(resource_open(&beneath, "large", &resource), HTTP_OK);
    cr_expect_eq(resource.size, (off_t)5 << 30);
    resource_close(&resource);
}

Test(resource, may_be_a_folder) {
    static const char *const paths[] = {"", "dir", "dir/", "dir/inner/"};
    folder_write_text(&root, "dir/inner/a.txt", "x");
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct resource resource;
        cr_assert(resource_open(&beneath, paths[i], &resource) == HTTP_OK, "'%s'", paths[i]);
        cr_expect(resource.is_folder, "'%s'", paths[i]);
        resource_close(&resource);
    }
}

Test(resource, is_closed_once) {
    struct resource resource;
    folder_write_text(&root, "a.txt", "x");
    cr_assert_eq(resource_open(&beneath, "a.txt", &resource), HTTP_OK);
    int fd = resource.fd;
    resource_close(&resource);
    cr_expect_eq(resource.fd, -1);
    cr_expect_not(is_open(fd));
    int other = dup(beneath.root_fd); /* gets the number that has become free */
    cr_assert_eq(other, fd);
    resource_close(&resource);
    cr_expect(is_open(other));
    (void)close(other);
}

Test(resource, is_handed_over_once) {
    struct resource resource;
    folder_write_text(&root, "a.txt", "x");
    cr_assert_eq(resource_open(&beneath, "a.txt", &resource), HTTP_OK);
    struct resource taken = resource_take(&resource);
    cr_expect_eq(resource.fd, -1);
    resource_close(&resource);
    cr_expect(is_open(taken.fd));
    cr_expect_eq(taken.size, 1);
    resource_close(&taken);
    cr_expect_not(is_open(taken.fd));
}

Test(resource, is_looked_at_as_it_would_be_opened) {
    static const char *const paths[] = {"dir/a.txt", "dir", "to-file", "to-dir/a.txt"};
    folder_write_text(&root, "dir/a.txt", "content");
    folder_symlink(&root, "to-file", "dir/a.txt");
    folder_symlink(&root, "to-dir", "dir");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct resource looked_at = {.fd = -7};
        struct resource opened;
        cr_assert(resource_stat(&beneath, paths[i], &looked_at), "%s", paths[i]);
        cr_assert(resource_open(&beneath, paths[i], &opened) == HTTP_OK, "%s", paths[i]);
        cr_expect(looked_at.fd == -1 && looked_at.contents == NULL && looked_at.cached == NULL, "%s",
                  paths[i]);
        cr_expect(looked_at.is_folder == opened.is_folder && looked_at.size == opened.size, "%s", paths[i]);
        cr_expect(looked_at.device == opened.device && looked_at.inode == opened.inode, "%s", paths[i]);
        cr_expect(looked_at.modified.tv_nsec == opened.modified.tv_nsec, "%s", paths[i]);
        cr_expect(looked_at.changed.tv_sec == opened.changed.tv_sec, "%s", paths[i]);
        cr_expect(looked_at.changed.tv_nsec == opened.changed.tv_nsec, "%s", paths[i]);
        resource_close(&opened);
    }
}

Test(resource, that_is_not_there_cannot_be_looked_at) {
    static const char *const paths[] = {"missing", "a.txt/", "a.txt/b", "dangling"};
    folder_write_text(&root, "a.txt", "x");
    folder_symlink(&root, "dangling", "missing");
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct resource resource = {.fd = -7};
        cr_expect(!resource_stat(&beneath, paths[i], &resource), "%s", paths[i]);
        cr_expect(resource.fd == -7, "%s touched what it must not", paths[i]);
    }
}

static void make_socket(const char *name) {
    struct folder_path path = folder_path(&root, name);
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    cr_assert_lt(strlen(path.text), sizeof address.sun_path);
    memcpy(address.sun_path, path.text, strlen(path.text) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    (void)close(fd);
}

Test(resource, that_is_neither_file_nor_folder_is_not_found) {
    static const char *const paths[] = {"missing", "a.txt/", "a.txt/b", "fifo",
                                        "to-fifo", "socket", "out",     "loop"};
    folder_write_text(&root, "a.txt", "x");
    folder_fifo(&root, "fifo");
    folder_symlink(&root, "to-fifo", "fifo");
    folder_symlink(&root, "out", "../..");
    folder_symlink(&root, "loop", "loop");
    make_socket("socket");
    int next = dup(beneath.root_fd);
    (void)close(next);
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct resource resource = {.fd = -7};
        enum http_status status = resource_open(&beneath, paths[i], &resource);
        cr_expect(status == HTTP_NOT_FOUND, "'%s': %d", paths[i], (int)status);
        cr_expect(resource.fd == -7, "'%s' touched what it must not", paths[i]);
        cr_expect(!is_open(next), "'%s' left a descriptor open", paths[i]);
    }
}

Test(resource, that_is_a_device_is_not_found) {
    struct beneath dev;
    struct resource resource = {.fd = -1};
    cr_assert_eq(beneath_open_root(&dev, "/dev"), 0);
    cr_expect_eq(resource_open(&dev, "null", &resource), HTTP_NOT_FOUND);
    cr_expect_eq(resource_open(&dev, "zero", &resource), HTTP_NOT_FOUND);
    beneath_close_root(&dev);
}

/* Exit status: 0, or the number (from 1) of the path that went wrong. */
static int check_without_privileges(void) {
    static const struct {
        const char *path;
        enum http_status status;
    } rows[] = {
        {"closed.txt", HTTP_FORBIDDEN}, {"closed", HTTP_FORBIDDEN},         {"closed/a.txt", HTTP_FORBIDDEN},
        {"open.txt", HTTP_OK},          {"closed/missing", HTTP_FORBIDDEN}, {"missing", HTTP_NOT_FOUND},
    };
    if (geteuid() == 0 && (setgroups(0, NULL) == -1 || setresgid(65534, 65534, 65534) == -1 ||
                           setresuid(65534, 65534, 65534) == -1)) {
        return 100;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct resource resource = {.fd = -1};
        if (resource_open(&beneath, rows[i].path, &resource) != rows[i].status) {
            return (int)i + 1;
        }
        resource_close(&resource);
    }
    return 0;
}

Test(resource, that_may_not_be_read_is_forbidden) {
    folder_write_text(&root, "open.txt", "x");
    folder_write_text(&root, "closed.txt", "x");
    folder_chmod(&root, "closed.txt", 0);
    folder_write_text(&root, "closed/a.txt", "x");
    folder_chmod(&root, "closed", 0);
    pid_t child = fork();
    cr_assert_neq(child, -1);
    if (child == 0) {
        _exit(check_without_privileges());
    }
    int status = -1;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "row %d", WEXITSTATUS(status));
}

Test(resource, that_no_descriptor_is_left_for_is_unavailable) {
    struct resource resource = {.fd = -1};
    struct rlimit usual;
    folder_write_text(&root, "a.txt", "x");
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &usual), 0);
    struct rlimit none = {.rlim_cur = 0, .rlim_max = usual.rlim_max};
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum http_status status = resource_open(&beneath, "a.txt", &resource);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &usual), 0);
    cr_expect_eq(status, HTTP_SERVICE_UNAVAILABLE);
    cr_expect_eq(resource.fd, -1);
}

Test(resource, maps_each_error_to_what_the_client_is_told) {
    static const struct {
        int error;
        enum http_status status;
    } rows[] = {
        {ENOENT, HTTP_NOT_FOUND},
        {ENOTDIR, HTTP_NOT_FOUND},
        {ENAMETOOLONG, HTTP_NOT_FOUND},
        {ELOOP, HTTP_NOT_FOUND},
        {EXDEV, HTTP_NOT_FOUND},
        {ENXIO, HTTP_NOT_FOUND},
        {ENODEV, HTTP_NOT_FOUND},
        {EACCES, HTTP_FORBIDDEN},
        {EPERM, HTTP_FORBIDDEN},
        {EMFILE, HTTP_SERVICE_UNAVAILABLE},
        {ENFILE, HTTP_SERVICE_UNAVAILABLE},
        {ENOMEM, HTTP_SERVICE_UNAVAILABLE},
        {EAGAIN, HTTP_SERVICE_UNAVAILABLE},
        {EIO, HTTP_INTERNAL_SERVER_ERROR},
        {ESTALE, HTTP_SERVICE_UNAVAILABLE},
        {0, HTTP_INTERNAL_SERVER_ERROR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum http_status status = resource_status_of_errno(rows[i].error);
        cr_expect(status == rows[i].status, "%s: %d", strerror(rows[i].error), (int)status);
    }
}
