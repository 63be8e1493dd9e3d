/* SPDX-License-Identifier: MIT */
/*
 * Plain sockets at the loopback addresses, for tests of code that opens or meets sockets. Ports are the
 * kernel's choice unless told otherwise. Whatever does not work fails the test: but for one, no function
 * here returns an error.
 */
#ifndef LIDO_TESTS_SUPPORT_LOOPBACK_H
#define LIDO_TESTS_SUPPORT_LOOPBACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

/* Whether this machine has ::1. */
bool loopback_has_ipv6(void);

/* 127.0.0.1 or ::1 with a port. */
struct sockaddr_storage loopback_address(int family, uint16_t port);

/* A numeric address with a port. */
struct sockaddr_storage numeric_address(const char *host, uint16_t port);

/* A stream socket bound to the address, IPV6_V6ONLY. While it does not listen, it refuses connections, and
 * nobody else gets its port. */
int bound_socket(const struct sockaddr_storage *address);

/* The same, listening. Its queue takes a few clients without anybody accepting them. */
int listening_socket(const struct sockaddr_storage *address);

/* A socket that listens at the loopback address of a family, at a free port. */
int listening_on(int family);

/* The same at the address, which afterwards tells the port; if `is_dual_stack`, an IPv6 socket takes IPv4 clients, too. For
 * a child of a test, in which nothing of the test framework may run: returns -1, with errno, when it does not work. */
int try_to_listen(struct sockaddr_storage *address, bool is_dual_stack);

/* The port of a bound socket. */
uint16_t port_of(int fd);

/* A connected, blocking client. */
int connected_socket(const struct sockaddr_storage *address);

/* How many descriptors this process has open. */
int count_descriptors(void);

/* Another program, which listens at an address until it is stopped. */
struct other_program {
    pid_t pid;
    uint16_t port;
    int lifeline; /* the program ends when this is closed, so also when the test dies */
};

/* Start it with `name` as its name; if `is_dual_stack`, an IPv6 socket takes IPv4 clients, too. */
void other_program_start(struct other_program *program, const char *name,
                         const struct sockaddr_storage *address, bool is_dual_stack);

void other_program_stop(struct other_program *program);

#endif
