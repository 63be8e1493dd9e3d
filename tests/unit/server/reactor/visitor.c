/* SPDX-License-Identifier: MIT */
#include "tests/unit/server/reactor/visitor.h"

#include "server/net/socket_address.h"
#include "tests/support/deadline.h"
#include "tests/support/loopback.h"
#include "tests/unit/server/reactor/stage.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

void connect_socket(int fd) {
    cr_assert_eq(connect(fd, (const struct sockaddr *)&stage_address, socket_address_length(&stage_address)),
                 0, "%s", strerror(errno));
}

int connect_client(void) {
    return connected_socket(&stage_address);
}

int connect_and_say(int letter) {
    int fd = connect_client();
    say(fd, letter);
    return fd;
}

void say(int fd, int letter) {
    char byte = (char)letter;
    cr_assert_eq(send(fd, &byte, 1, MSG_NOSIGNAL), 1, "%s", strerror(errno));
}

int hear(int fd) {
    char byte = 0;
    if (!deadline_wait(fd, POLLIN, deadline_in(PATIENCE_MS))) {
        return SILENCE;
    }
    ssize_t n = recv(fd, &byte, 1, 0);
    return n == 1 ? byte : n == 0 ? END : RESET;
}

size_t hear_stream(int fd) {
    static char bytes[64 * 1024];
    size_t total = 0;
    while (deadline_wait(fd, POLLIN, deadline_in(PATIENCE_MS))) {
        ssize_t n = recv(fd, bytes, sizeof bytes, 0);
        if (n <= 0) {
            break;
        }
        total += (size_t)n;
    }
    return total;
}

int connect_error(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = connect(fd, (const struct sockaddr *)&stage_address, socket_address_length(&stage_address));
    int error = result == -1 ? errno : 0;
    (void)close(fd);
    return error;
}
