/* SPDX-License-Identifier: MIT */
#include "server/listen/unix_socket.h"
#include "server/net/socket_address.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(unix_socket, .init = set_up, .fini = tear_down, .timeout = 30);

static struct sockaddr_storage address_in_folder(const char *name) {
    struct folder_path path = folder_path(&folder, name);
    return socket_address_of_path(path.text);
}

static int new_socket(int type) {
    int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
    cr_assert(fd != -1, "socket: %s", strerror(errno));
    return fd;
}

/* A socket of an earlier program at the address, not listening yet. */
static int bind_before(const struct sockaddr_storage *address, int type) {
    int fd = new_socket(type);
    cr_assert(bind(fd, (const struct sockaddr *)address, socket_address_length(address)) == 0, "bind: %s",
              strerror(errno));
    return fd;
}

static mode_t mode_of(const struct sockaddr_storage *address) {
    struct stat status;
    return lstat(socket_address_path(address), &status) == 0 ? status.st_mode : 0;
}

Test(unix_socket, lets_every_local_user_connect_whatever_the_umask) {
    struct sockaddr_storage address = address_in_folder("s");
    int fd = new_socket(SOCK_STREAM);
    struct unix_file file;
    (void)umask(0777);
    cr_assert_eq(unix_socket_bind(fd, &address, &file), 0);
    cr_expect_eq(mode_of(&address), (mode_t)(S_IFSOCK | 0666), "%o", (unsigned)mode_of(&address));
    (void)close(fd);
}

Test(unix_socket, replaces_a_socket_that_nobody_answers_at) {
    struct sockaddr_storage address = address_in_folder("s");
    int stale = bind_before(&address, SOCK_STREAM);
    cr_assert(listen(stale, 1) == 0);
    (void)close(stale);

    int fd = new_socket(SOCK_STREAM);
    struct unix_file file;
    cr_assert_eq(unix_socket_bind(fd, &address, &file), 0);
    cr_assert(listen(fd, 1) == 0);
    int client = new_socket(SOCK_STREAM);
    cr_expect(connect(client, (const struct sockaddr *)&address, socket_address_length(&address)) == 0);
    (void)close(client);
    (void)close(fd);
}

/* Expect the bind to fail with `error`, and what is at the address to stay as it is. */
static void expect_refused(const struct sockaddr_storage *address, int error) {
    struct stat before;
    struct stat after;
    struct unix_file file = {.inode = 99};
    cr_assert(lstat(socket_address_path(address), &before) == 0);
    int fd = new_socket(SOCK_STREAM);
    int result = unix_socket_bind(fd, address, &file);
    cr_expect(result == error, "%s", strerror(-result));
    cr_expect(file.inode == 99, "*file is untouched");
    cr_assert(lstat(socket_address_path(address), &after) == 0, "it is gone");
    cr_expect(before.st_ino == after.st_ino && before.st_mode == after.st_mode &&
              before.st_size == after.st_size);
    (void)close(fd);
}

Test(unix_socket, leaves_a_socket_alone_that_somebody_answers_at) {
    struct sockaddr_storage address = address_in_folder("s");
    int live = bind_before(&address, SOCK_STREAM);
    cr_assert(listen(live, 1) == 0);
    expect_refused(&address, -EADDRINUSE);
    (void)close(live);
}

Test(unix_socket, takes_a_server_with_a_full_queue_for_alive) {
    struct sockaddr_storage address = address_in_folder("s");
    int live = bind_before(&address, SOCK_STREAM);
    cr_assert(listen(live, 0) == 0);
    int clients[8];
    int count = 0;
    do {
        cr_assert(count < 8, "the queue takes too many");
        clients[count] = new_socket(SOCK_STREAM | SOCK_NONBLOCK);
    } while (connect(clients[count++], (const struct sockaddr *)&address, socket_address_length(&address)) ==
             0);
    cr_assert_eq(errno, EAGAIN);

    expect_refused(&address, -EADDRINUSE);
    while (count > 0) {
        (void)close(clients[--count]);
    }
    (void)close(live);
}

Test(unix_socket, leaves_a_datagram_socket_alone) {
    struct sockaddr_storage address = address_in_folder("s");
    int live = bind_before(&address, SOCK_DGRAM);
    expect_refused(&address, -EADDRINUSE);
    (void)close(live);
}

Test(unix_socket, never_removes_what_is_not_a_socket) {
    struct sockaddr_storage file = address_in_folder("file");
    struct sockaddr_storage fifo = address_in_folder("fifo");
    struct sockaddr_storage subfolder = address_in_folder("folder");
    struct sockaddr_storage link = address_in_folder("link");
    struct sockaddr_storage dangling = address_in_folder("dangling");
    struct sockaddr_storage stale = address_in_folder("stale");
    folder_write_text(&folder, "file", "precious");
    folder_fifo(&folder, "fifo");
    folder_mkdir(&folder, "folder");
    folder_symlink(&folder, "link", "stale");
    folder_symlink(&folder, "dangling", "nothing");
    (void)close(bind_before(&stale, SOCK_STREAM));

    expect_refused(&file, -EEXIST);
    expect_refused(&fifo, -EEXIST);
    expect_refused(&subfolder, -EEXIST);
    expect_refused(&link, -EEXIST);
    expect_refused(&dangling, -EEXIST);
    cr_expect(S_ISSOCK(mode_of(&stale)), "what a link leads to is left alone");
}

Test(unix_socket, reports_a_missing_folder) {
    struct sockaddr_storage address = address_in_folder("missing/s");
    int fd = new_socket(SOCK_STREAM);
    struct unix_file file;
    cr_expect_eq(unix_socket_bind(fd, &address, &file), -ENOENT);
    (void)close(fd);
}

Test(unix_socket, leaves_a_socket_alone_that_it_may_not_knock_at) {
    if (geteuid() != 0) {
        cr_skip_test("only root can leave a socket to another user");
    }
    struct sockaddr_storage address = address_in_folder("s");
    (void)close(bind_before(&address, SOCK_STREAM));
    folder_chmod(&folder, "s", 0600);
    folder_chmod(&folder, "", 0777);

    cr_assert(seteuid(65534) == 0);
    expect_refused(&address, -EACCES);
    cr_assert(seteuid(0) == 0);
}

Test(unix_socket, removes_its_own_file) {
    struct sockaddr_storage address = address_in_folder("s");
    int fd = new_socket(SOCK_STREAM);
    struct unix_file file;
    cr_assert_eq(unix_socket_bind(fd, &address, &file), 0);
    unix_socket_remove(&address, &file);
    cr_expect_eq(mode_of(&address), 0);
    (void)close(fd);
}

Test(unix_socket, does_not_remove_what_took_the_place_of_its_file) {
    struct sockaddr_storage address = address_in_folder("s");
    int fd = new_socket(SOCK_STREAM);
    struct unix_file file;
    cr_assert_eq(unix_socket_bind(fd, &address, &file), 0);
    struct sockaddr_storage successor = address_in_folder("successor");
    int other = bind_before(&successor, SOCK_STREAM);
    cr_assert(rename(socket_address_path(&successor), socket_address_path(&address)) == 0);

    unix_socket_remove(&address, &file);
    cr_expect(S_ISSOCK(mode_of(&address)), "the successor's file is still there");
    (void)close(other);
    (void)close(fd);
}
