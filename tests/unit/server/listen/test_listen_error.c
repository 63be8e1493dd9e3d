/* SPDX-License-Identifier: MIT */
#include "conf/values/listen_address.h"
#include "server/listen/error.h"
#include "server/net/socket_address.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(listen_error, .timeout = 60);

static const struct listener_set empty_set;

Test(listen_error, says_what_is_wrong_and_what_would_be_right) {
    static const struct {
        int error;
        const char *host;
        uint16_t port;
        enum listener_result kind;
        const char *text;
    } rows[] = {
        {-EADDRNOTAVAIL, "192.0.2.1", 8080, LISTENER_FAILED,
         "192.0.2.1:8080 is not an address of this machine; choose one that it has, or * for all of them"},
        {-EAFNOSUPPORT, "::1", 8080, LISTENER_FAILED, "[::1]:8080 needs IPv6, which this machine lacks"},
        {-EAFNOSUPPORT, "127.0.0.1", 8080, LISTENER_FAILED,
         "127.0.0.1:8080 needs IPv4, which this machine lacks"},
        {-EINVAL, "fe80::1", 8080, LISTENER_FAILED,
         "[fe80::1]:8080 is link-local: name its interface too, as in fe80::1%eth0"},
        {-EACCES, "0.0.0.0", 8080, LISTENER_DENIED, "cannot listen at 0.0.0.0:8080: Permission denied"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sockaddr_storage wanted = numeric_address(rows[i].host, rows[i].port);
        char text[LISTENER_ERROR_BYTES];
        enum listener_result kind = listen_error_explain(rows[i].error, &wanted, &empty_set, text);
        cr_expect(kind == rows[i].kind, "%s: %d", rows[i].text, (int)kind);
        cr_expect_str_eq(text, rows[i].text, "%s", text);
    }
}

Test(listen_error, lets_the_system_explain_the_rest) {
    struct sockaddr_storage wanted = numeric_address("127.0.0.1", 8080);
    char text[LISTENER_ERROR_BYTES];
    cr_expect_eq(listen_error_explain(-EMFILE, &wanted, &empty_set, text), LISTENER_FAILED);
    cr_expect(strstr(text, "127.0.0.1:8080: ") != NULL && strstr(text, strerror(EMFILE)) != NULL, "%s", text);
}

Test(listen_error, offers_two_ways_around_a_privileged_port) {
    struct sockaddr_storage wanted = numeric_address("0.0.0.0", 80);
    char text[LISTENER_ERROR_BYTES];
    cr_expect_eq(listen_error_explain(-EACCES, &wanted, &empty_set, text), LISTENER_DENIED);
    cr_expect(strstr(text, "0.0.0.0:80: ports below 1024") == text, "%s", text);
    cr_expect(strstr(text, "lido --port 8080") != NULL, "%s", text);
    cr_expect(strstr(text, "sudo setcap cap_net_bind_service=+ep /") != NULL, "%s", text);
}

/* The port that the message suggests, 0 if none. */
static unsigned long suggested_port(const char *text) {
    static const char option[] = "lido --port ";
    const char *found = strstr(text, option);
    return found != NULL ? strtoul(found + strlen(option), NULL, 10) : 0;
}

Test(listen_error, suggests_a_port_that_is_free) {
    int taken = listening_on(AF_INET);
    struct sockaddr_storage wanted = loopback_address(AF_INET, port_of(taken));
    char text[LISTENER_ERROR_BYTES];
    cr_expect_eq(listen_error_explain(-EADDRINUSE, &wanted, &empty_set, text), LISTENER_IN_USE);
    cr_expect(strstr(text, "in use by this very process") != NULL, "%s", text);
    cr_expect_gt(suggested_port(text), port_of(taken), "%s", text);
    (void)close(taken);
}

Test(listen_error, suggests_no_port_that_does_not_exist) {
    struct sockaddr_storage wanted = loopback_address(AF_INET, 65535);
    char text[LISTENER_ERROR_BYTES];
    cr_expect_eq(listen_error_explain(-EADDRINUSE, &wanted, &empty_set, text), LISTENER_IN_USE);
    cr_expect_eq(suggested_port(text), 0, "%s", text);
    cr_expect(strstr(text, "choose another port") != NULL, "%s", text);
}

Test(listen_error, blames_an_overlap_before_another_program) {
    struct listener item = {.fd = -1, .address = numeric_address("0.0.0.0", 8080)};
    struct listener_set set = {.items = &item, .count = 1};
    struct sockaddr_storage wanted = numeric_address("127.0.0.1", 8080);
    char text[LISTENER_ERROR_BYTES];
    cr_expect_eq(listen_error_explain(-EADDRINUSE, &wanted, &set, text), LISTENER_MISTAKE);
    cr_expect_str_eq(
        text,
        "127.0.0.1:8080 overlaps 0.0.0.0:8080, which an earlier listen address already has; remove one of the "
        "two");
}

Test(listen_error, tells_a_wrong_name_from_a_failed_lookup) {
    struct listen_address address = {.kind = LISTEN_TCP, .host = "example.invalid", .port = "htttp"};
    char text[LISTENER_ERROR_BYTES];
    cr_expect_eq(listen_error_explain_name(EAI_NONAME, &address, text), LISTENER_MISTAKE);
    cr_expect(strstr(text, "cannot find the host 'example.invalid'") == text, "%s", text);
    cr_expect_eq(listen_error_explain_name(EAI_SERVICE, &address, text), LISTENER_MISTAKE);
    cr_expect_str_eq(text, "no port or service is called 'htttp'; give a number from 0 to 65535");
    cr_expect_eq(listen_error_explain_name(EAI_AGAIN, &address, text), LISTENER_FAILED);
    cr_expect(strstr(text, gai_strerror(EAI_AGAIN)) != NULL, "%s", text);
}
