/* SPDX-License-Identifier: MIT */
#include "tests/support/loopback.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUEUE_LENGTH = 8 };

static socklen_t length_of(const struct sockaddr_storage *address) {
    return address->ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}

struct sockaddr_storage numeric_address(const char *host, uint16_t port) {
    struct sockaddr_storage address = {0};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, host, &in.sin_addr) == 1) {
        memcpy(&address, &in, sizeof in);
    } else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1) {
        memcpy(&address, &in6, sizeof in6);
    } else {
        cr_assert_fail("%s is not a numeric address", host);
    }
    return address;
}

struct sockaddr_storage loopback_address(int family, uint16_t port) {
    return numeric_address(family == AF_INET6 ? "::1" : "127.0.0.1", port);
}

static int try_to_bind(const struct sockaddr_storage *address, bool is_dual_stack) {
    int on = 1;
    int v6_only = is_dual_stack ? 0 : 1;
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -1;
    }
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ss_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6_only, sizeof v6_only);
    }
    if (bind(fd, (const struct sockaddr *)address, length_of(address)) == 0) {
        return fd;
    }
    int error = errno;
    (void)close(fd);
    errno = error;
    return -1;
}

bool loopback_has_ipv6(void) {
    struct sockaddr_storage address = loopback_address(AF_INET6, 0);
    int fd = try_to_bind(&address, false);
    if (fd == -1) {
        return false;
    }
    (void)close(fd);
    return true;
}

int bound_socket(const struct sockaddr_storage *address) {
    int fd = try_to_bind(address, false);
    cr_assert(fd != -1, "bind: %s", strerror(errno));
    return fd;
}

int listening_socket(const struct sockaddr_storage *address) {
    int fd = bound_socket(address);
    cr_assert(listen(fd, QUEUE_LENGTH) == 0, "listen: %s", strerror(errno));
    return fd;
}

int listening_on(int family) {
    struct sockaddr_storage any_port = loopback_address(family, 0);
    return listening_socket(&any_port);
}

int try_to_listen(struct sockaddr_storage *address, bool is_dual_stack) {
    socklen_t length = length_of(address);
    int fd = try_to_bind(address, is_dual_stack);
    bool listens = fd != -1 && listen(fd, QUEUE_LENGTH) == 0 &&
                   getsockname(fd, (struct sockaddr *)address, &length) == 0;
    if (fd != -1 && !listens) {
        int error = errno;
        (void)close(fd);
        errno = error;
    }
    return listens ? fd : -1;
}

static uint16_t port_in(const struct sockaddr_storage *address) {
    struct sockaddr_in in; /* the port stands at the same place for both families */
    memcpy(&in, address, sizeof in);
    return ntohs(in.sin_port);
}

uint16_t port_of(int fd) {
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address;
    cr_assert(getsockname(fd, (struct sockaddr *)&address, &length) == 0, "getsockname: %s", strerror(errno));
    return port_in(&address);
}

int connected_socket(const struct sockaddr_storage *address) {
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(fd != -1, "socket: %s", strerror(errno));
    cr_assert(connect(fd, (const struct sockaddr *)address, length_of(address)) == 0, "connect: %s",
              strerror(errno));
    return fd;
}

int count_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    cr_assert(folder != NULL, "/proc/self/fd: %s", strerror(errno));
    int count = 0;
    while (readdir(folder) != NULL) {
        count++;
    }
    (void)closedir(folder);
    return count;
}

/* In the child: nothing of the test framework may run here, so failures show as a missing port. */
static void run_other_program(const char *name, const struct sockaddr_storage *address, bool is_dual_stack,
                              int report_fd, int lifeline_fd) {
    char byte;
    (void)prctl(PR_SET_NAME, name);
    struct sockaddr_storage own = *address;
    if (try_to_listen(&own, is_dual_stack) == -1) {
        _exit(1);
    }
    uint16_t port = port_in(&own);
    if (write(report_fd, &port, sizeof port) != sizeof port) {
        _exit(1);
    }
    ssize_t count;
    do {
        count = read(lifeline_fd, &byte, 1);
    } while (count == -1 && errno == EINTR);
    _exit(0);
}

void other_program_start(struct other_program *program, const char *name,
                         const struct sockaddr_storage *address, bool is_dual_stack) {
    int report[2];
    int lifeline[2];
    cr_assert(pipe(report) == 0 && pipe(lifeline) == 0, "pipe: %s", strerror(errno));
    pid_t pid = fork();
    cr_assert(pid != -1, "fork: %s", strerror(errno));
    if (pid == 0) {
        (void)close(report[0]);
        (void)close(lifeline[1]);
        run_other_program(name, address, is_dual_stack, report[1], lifeline[0]);
    }
    (void)close(report[1]);
    (void)close(lifeline[0]);
    *program = (struct other_program){.pid = pid, .lifeline = lifeline[1]};
    ssize_t size = read(report[0], &program->port, sizeof program->port);
    (void)close(report[0]);
    cr_assert(size == sizeof program->port, "the other program could not listen");
}

void other_program_stop(struct other_program *program) {
    (void)close(program->lifeline);
    cr_assert(waitpid(program->pid, NULL, 0) == program->pid, "waitpid: %s", strerror(errno));
}
