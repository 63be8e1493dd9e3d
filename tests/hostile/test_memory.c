/* SPDX-License-Identifier: MIT */
/* A machine of 64 MB, and as many clients as it took to have the server killed there once. */
#include "http/base/clock.h"
#include "tests/hostile/memory_group.h"
#include "tests/support/stage.h"

#include <arpa/inet.h>
#include <criterion/logging.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    LIMIT_BYTES = 64 * 1024 * 1024,
    CROWD = 7887,
    HEAD_BYTES = 15 * 1000,
    DESCRIPTORS_LEFT = 100,
    AT_ONCE = 500,
    GONE = -1,
    TRIPS = 200,
    SLOWEST_MS_MAX = 5000, /* until those who are slow may be told from others: 2 s */
};

static struct memory_group group;
static int crowd[CROWD];
static size_t sent[CROWD];

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
}

static void tear_down(void) {
    stage_tear_down();
    memory_group_remove(&group);
}

TestSuite(memory, .init = set_up, .fini = tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

static bool has_sanitizers(void) {
#ifdef __SANITIZE_ADDRESS__
    return getenv("LIDO_PROGRAM") == NULL; /* else it is another build's */
#else
    return false;
#endif
}

static const char *serve_in_64_mb(void) {
    if (has_sanitizers()) {
        return "sanitizers alone need more than 64 MB";
    }
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    if (limit.rlim_max < CROWD + DESCRIPTORS_LEFT || setrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return "so many descriptors cannot be had here";
    }
    const char *why_not = memory_group_enter(&group, LIMIT_BYTES);
    if (why_not == NULL) {
        serve(LIST("LIDO_THREADS=2", "LIDO_HEADER_TIMEOUT=60s"));
        memory_group_leave(&group);
    }
    return why_not;
}

/* Without waiting for it, as the server lets in only as many as it has memory for. */
static int begin_connection(void) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(lido.port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    cr_assert_neq(fd, -1, "%s", strerror(errno));
    int result = connect(fd, (struct sockaddr *)&to, sizeof to);
    cr_assert(result == 0 || errno == EINPROGRESS, "connect: %s", strerror(errno));
    return fd;
}

/* Returns whether there is more to be sent. */
static bool send_some(int i, const char *head, size_t size) {
    if (crowd[i] == GONE || sent[i] == size) {
        return false;
    }
    ssize_t count = send(crowd[i], head + sent[i], size - sent[i], MSG_NOSIGNAL);
    if (count > 0) {
        sent[i] += (size_t)count;
    } else if (errno != EAGAIN && errno != ENOTCONN) {
        (void)close(crowd[i]); /* it had to give way */
        crowd[i] = GONE;
    }
    return crowd[i] != GONE && sent[i] < size;
}

/* By a connection of its own: one that is kept gives way first, and rightly so. */
static int64_t time_trip(int64_t slowest_ms) {
    int64_t begin = clock_now_ms();
    cr_assert(get("/") == 200, "status %d", answer.status);
    int64_t took = clock_now_ms() - begin;
    return took > slowest_ms ? took : slowest_ms;
}

/* Returns how many of the first `count` have more to send. */
static int send_all(int count, const char *head, size_t size) {
    int left = 0;
    for (int i = 0; i < count; i++) {
        left += send_some(i, head, size) ? 1 : 0;
    }
    return left;
}

/* Each sends what it has as soon as it is let in, `at_once` of them at a time. If these are not more than the kernel holds
 * for the server, which else takes them for a flood, the good one asks all the time. */
static void crowd_in(const char *head, size_t size, int at_once) {
    int64_t slowest_ms = 0;
    int64_t deadline = deadline_in(PATIENCE_MS);
    int count = 0;
    for (int left = 0; (count < CROWD || left > 0) && clock_now_ms() < deadline;) {
        for (; count < CROWD && left < at_once; left++) {
            crowd[count++] = begin_connection();
        }
        left = send_all(count, head, size);
        if (at_once == AT_ONCE) {
            slowest_ms = time_trip(slowest_ms);
        }
    }
    for (int i = 0; i < TRIPS; i++) {
        slowest_ms = time_trip(slowest_ms);
    }
    int whole = 0;
    for (int i = 0; i < CROWD; i++) {
        whole += sent[i] == size ? 1 : 0;
    }
    cr_log_info(
        "%d of %d have sent %zu bytes; %zu KiB of %d at most; the good one waited for %lld ms at most", whole,
        CROWD, size, memory_group_peak_bytes(&group) / 1024, LIMIT_BYTES / 1024, (long long)slowest_ms);
    cr_expect(whole > CROWD / 2, "%d", whole);
    cr_expect(slowest_ms < SLOWEST_MS_MAX, "%lld ms", (long long)slowest_ms);
}

/* program_stop() finds out if it was killed. */
static void are_borne(const char *head, size_t size, int at_once) {
    const char *why_not = serve_in_64_mb();
    if (why_not != NULL) {
        stage_skip("%s", why_not);
    }
    crowd_in(head, size, at_once);
    for (int i = 0; i < CROWD; i++) {
        (void)close(crowd[i]);
    }
    program_stop(&lido);
}

StageTest(memory, of_64_mb_bears_7887_clients_with_one_byte_each) {
    are_borne("G", 1, AT_ONCE);
}

static void bears_large_heads(int at_once) {
    static const char begin[] = "GET / HTTP/1.0\r\nLong: ";
    static char head[HEAD_BYTES];
    memset(head, 'x', sizeof head);
    memcpy(head, begin, sizeof begin - 1);
    are_borne(head, sizeof head, at_once);
}

StageTest(memory, of_64_mb_bears_7887_clients_with_15_kb_each) {
    bears_large_heads(AT_ONCE);
}

/* The fault: what those held who were told to go counted as given back before they had been served. */
StageTest(memory, of_64_mb_bears_7887_clients_with_15_kb_each_at_once) {
    bears_large_heads(CROWD);
}
