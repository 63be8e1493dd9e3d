/* SPDX-License-Identifier: MIT */
/* The program is replaced while clients come, at a socket that whoever starts it keeps: none of them fails. */
#include "tests/support/loopback.h"
#include "tests/support/stage.h"

#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

TestSuite(restarts, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

enum { RESTARTS = 20, CROWD = 4, BODY_BYTES = 3000, ANSWER_BYTES = 8 * 1024 };

static struct sockaddr_in address;
static atomic_bool is_over;
static atomic_size_t answered;
static atomic_size_t failed;

/* Whether one request over a connection of its own is answered whole. */
static bool is_answered(void) {
    static const char request[] = "GET /file HTTP/1.0\r\n\r\n";
    char text[ANSWER_BYTES];
    size_t length = 0;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is_sent = connect(fd, (const struct sockaddr *)&address, sizeof address) == 0 &&
                   send(fd, request, strlen(request), MSG_NOSIGNAL) == (ssize_t)strlen(request);
    ssize_t count = is_sent ? 1 : -1;
    while (count > 0 && length < sizeof text) {
        count = recv(fd, text + length, sizeof text - length, 0);
        length += count > 0 ? (size_t)count : 0;
    }
    (void)close(fd);
    size_t head = answer_find_head(text, length);
    return count == 0 && head > 0 && length - head == BODY_BYTES && memcmp(text, "HTTP/1.0 200", 12) == 0;
}

static void *ask_on_and_on(void *context) {
    (void)context;
    while (!atomic_load(&is_over)) {
        atomic_fetch_add(is_answered() ? &answered : &failed, 1);
    }
    return NULL;
}

StageTest(restarts, fail_no_request_when_the_socket_is_kept) {
    char body[BODY_BYTES];
    pthread_t crowd[CROWD];
    struct sockaddr_storage any = loopback_address(AF_INET, 0);
    int fd = listening_socket(&any);
    struct program_options options = {.arguments = LIST("--quiet", "--set", "access_log=off", site.path),
                                      .sockets = &fd,
                                      .socket_count = 1};
    memset(body, 'x', sizeof body);
    folder_write(&site, "file", body, sizeof body);
    any = loopback_address(AF_INET, port_of(fd));
    memcpy(&address, &any, sizeof address);
    for (size_t i = 0; i < CROWD; i++) {
        cr_assert_eq(pthread_create(&crowd[i], NULL, ask_on_and_on, NULL), 0);
    }
    for (size_t round = 0; round <= RESTARTS; round++) {
        size_t before = atomic_load(&answered);
        int64_t deadline = deadline_in(PATIENCE_MS);
        program_launch(&lido, &options);
        while (atomic_load(&answered) < before + 10 * CROWD) {
            cr_assert(clock_now_ms() < deadline, "nobody is answered after %zu restarts", round);
            (void)is_answered();
        }
        program_stop(&lido);
        cr_expect_eq(atomic_load(&failed), 0, "%zu failed after %zu restarts", atomic_load(&failed), round);
    }
    program_launch(&lido, &options); /* for those who wait */
    atomic_store(&is_over, true);
    for (size_t i = 0; i < CROWD; i++) {
        cr_assert_eq(pthread_join(crowd[i], NULL), 0);
    }
    cr_expect_eq(atomic_load(&failed), 0);
}
