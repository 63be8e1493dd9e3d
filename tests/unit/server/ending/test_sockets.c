/* SPDX-License-Identifier: MIT */
#include "server/ending/sockets.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(sockets, .timeout = 60);

static bool connects_to(const struct sockaddr_storage *address) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool connects = connect(fd, (const struct sockaddr *)address, sizeof(struct sockaddr_in)) == 0;
    (void)close(fd);
    return connects;
}

enum { LISTENS, IS_CONNECTED, FILE_IS_SHUT, OUTPUT_IS_SHUT, INHERITED_IS_SHUT, CANNOT_TRY };

/* In a process of its own, as the sockets of a test may be others' as well. Returns what is wrong, a bit for each. */
static int try_it(void) {
    struct sockaddr_storage address = loopback_address(AF_INET, 0);
    int pair[2];
    int inherited[2];
    char byte = 'x';
    int listener = try_to_listen(&address, false);
    int file = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (listener == -1 || file == -1 || !connects_to(&address) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1 ||
        socketpair(AF_UNIX, SOCK_STREAM, 0, inherited) == -1) {
        return 1 << CANNOT_TRY;
    }
    ending_part_from_sockets();
    int wrong = connects_to(&address) ? 1 << LISTENS : 0;
    wrong |= recv(pair[1], &byte, 1, MSG_DONTWAIT) != 0 ? 1 << IS_CONNECTED : 0;
    wrong |= write(file, &byte, 1) != 1 ? 1 << FILE_IS_SHUT : 0;
    wrong |= send(STDOUT_FILENO, &byte, 1, MSG_NOSIGNAL) != 1 ? 1 << OUTPUT_IS_SHUT : 0;
    wrong |= send(inherited[1], &byte, 1, MSG_NOSIGNAL) != 1 ? 1 << INHERITED_IS_SHUT : 0;
    return wrong;
}

Test(sockets, are_parted_from_and_nothing_else) {
    int status = 0;
    int output[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, output), 0);
    pid_t pid = fork();
    if (pid == 0) {
        bool is_output =
            dup2(output[0], STDOUT_FILENO) == STDOUT_FILENO && close(output[0]) == 0 && close(output[1]) == 0;
        _exit(is_output ? try_it() : 1 << CANNOT_TRY);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    (void)close(output[0]);
    (void)close(output[1]);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "what is wrong: %#x", (unsigned)status);
}

/* Whoever handed it over goes on to listen there. */
Test(sockets, that_others_have_too_stay_theirs) {
    int status = 0;
    int listener = listening_on(AF_INET);
    struct sockaddr_storage address = loopback_address(AF_INET, port_of(listener));
    pid_t pid = fork();
    if (pid == 0) {
        ending_part_from_sockets();
        _exit(fcntl(listener, F_GETFD) == -1 && errno == EBADF ? 0 : 1);
    }
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    cr_expect(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the process has it still");
    cr_expect(connects_to(&address));
    (void)close(listener);
}
