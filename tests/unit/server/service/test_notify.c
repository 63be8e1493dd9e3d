/* SPDX-License-Identifier: MIT */
#include "server/net/socket_address.h"
#include "server/service/notify.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

TestSuite(notify, .timeout = 60);

static void expect_message(int fd, const char *expected) {
    char text[64] = "";
    cr_assert_gt(recv(fd, text, sizeof text - 1, 0), 0);
    cr_expect_str_eq(text, expected);
}

Test(notify, sends_to_a_path_also_when_the_path_is_gone) {
    struct folder folder;
    struct notify notify;
    folder_create(&folder);
    struct folder_path path = folder_path(&folder, "notify");
    struct sockaddr_storage address = socket_address_of_path(path.text);
    int manager = socket(AF_UNIX, SOCK_DGRAM, 0);
    cr_assert_eq(bind(manager, (const struct sockaddr *)&address, socket_address_length(&address)), 0);
    cr_assert_eq(notify_open(&notify, path.text), 0);
    cr_expect(notify_send(&notify, "READY=1", 1000));
    expect_message(manager, "READY=1");
    cr_assert_eq(unlink(path.text), 0); /* as after chroot(2) */
    cr_expect(notify_send(&notify, "STOPPING=1", 0));
    expect_message(manager, "STOPPING=1");
    notify_close(&notify);
    notify_close(&notify);
    cr_expect_not(notify_send(&notify, "READY=1", 0));
    (void)close(manager);
    folder_remove(&folder);
}

Test(notify, sends_to_an_abstract_name) {
    struct notify notify;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    char name[sizeof address.sun_path];
    int length = snprintf(name, sizeof name, "@lido-test-%ld", (long)getpid());
    memcpy(address.sun_path + 1, name + 1, (size_t)length - 1);
    int manager = socket(AF_UNIX, SOCK_DGRAM, 0);
    socklen_t size = (socklen_t)(sizeof address.sun_family + (size_t)length);
    cr_assert_eq(bind(manager, (const struct sockaddr *)&address, size), 0);
    cr_assert_eq(notify_open(&notify, name), 0);
    cr_expect(notify_send(&notify, "READY=1", 1000));
    expect_message(manager, "READY=1");
    notify_close(&notify);
    (void)close(manager);
}

Test(notify, says_why_nobody_can_be_told) {
    static const struct {
        const char *address;
        int result;
    } rows[] = {
        {NULL, 0},           {"/nowhere/at/all", -ENOENT}, {"vsock:2:1234", -EAFNOSUPPORT},
        {"", -EAFNOSUPPORT}, {"/", -EAFNOSUPPORT},
    };
    char long_path[200] = "/";
    struct notify notify;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(notify_open(&notify, rows[i].address), rows[i].result, "%zu", i);
        cr_expect_eq(notify.fd, -1);
        cr_expect_not(notify_send(&notify, "READY=1", 0));
    }
    memset(long_path + 1, 'x', sizeof long_path - 2);
    cr_expect_eq(notify_open(&notify, long_path), -ENAMETOOLONG);
}

Test(notify, does_not_wait_for_one_who_does_not_read) {
    struct notify notify;
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends), 0);
    notify.fd = ends[0];
    int sent = 0;
    while (notify_send(&notify, "WATCHDOG=1", 0)) {
        sent++;
    }
    cr_expect_gt(sent, 0);
    cr_expect_not(notify_send(&notify, "READY=1", 20));
    expect_message(ends[1], "WATCHDOG=1");
    notify_close(&notify);
    (void)close(ends[1]);
}
