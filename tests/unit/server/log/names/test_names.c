/* SPDX-License-Identifier: MIT */
/* Linked with --wrap for getnameinfo and getaddrinfo: the test is the name server, and may be a dead one. */
#include "http/base/clock.h"
#include "server/log/names/names.h"
#include "server/log/writer.h"
#include "tests/support/deadline.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <netdb.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LONG_MS = 60000, SHORT_MS = 20 };

static struct folder folder;
static struct names *names;
static struct log_writer *writer;
static const struct client_address client = {.family = AF_INET, .bytes = {192, 0, 2, 7}};

static const char *backwards;      /* NULL: there is no name */
static unsigned char forwards = 7; /* the last byte of the address that it leads to */
static atomic_bool is_dead;        /* no answer before the test says so */
static sem_t revived;
static atomic_size_t question_count;

int __wrap_getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_length,
                       char *service, socklen_t service_length, int flags);
int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found);
void __wrap_freeaddrinfo(struct addrinfo *found);

int __wrap_getnameinfo(const struct sockaddr *address, socklen_t length, char *host, socklen_t host_length,
                       /* NOLINTNEXTLINE(readability-non-const-parameter): as getnameinfo(3) has it */
                       char *service, socklen_t service_length, int flags) {
    (void)address, (void)length, (void)service, (void)service_length, (void)flags;
    (void)atomic_fetch_add(&question_count, 1);
    if (atomic_load(&is_dead)) {
        (void)sem_wait(&revived);
    }
    (void)snprintf(host, host_length, "%s", backwards != NULL ? backwards : "");
    return backwards != NULL ? 0 : EAI_NONAME;
}

int __wrap_getaddrinfo(const char *node, const char *service, const struct addrinfo *hints,
                       struct addrinfo **found) {
    static struct sockaddr_in address;
    static struct addrinfo info;
    unsigned char bytes[] = {192, 0, 2, forwards};
    (void)node, (void)service, (void)hints;
    address = (struct sockaddr_in){.sin_family = AF_INET};
    memcpy(&address.sin_addr, bytes, sizeof bytes);
    info = (struct addrinfo){.ai_addr = (struct sockaddr *)&address, .ai_addrlen = sizeof address};
    *found = &info;
    return 0;
}

void __wrap_freeaddrinfo(struct addrinfo *found) {
    (void)found;
}

static void set_up(void) {
    folder_create(&folder);
    (void)sem_init(&revived, 0, 0);
    cr_assert_eq(log_writer_open(&writer, folder_path(&folder, "log").text,
                                 (struct log_output_form){.stream = STDOUT_FILENO}),
                 0);
    cr_assert_eq(names_create(&names), 0);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(names, .init = set_up, .fini = tear_down, .timeout = 60);

static enum names_answer find(int64_t timeout_ms) {
    char name[NAME_BYTES] = "";
    enum names_answer answer = names_find(names, &client, timeout_ms * 1000000, name);
    cr_assert(answer != NAMES_KNOWN || strcmp(name, "a.example") == 0, "'%s'", name);
    return answer;
}

/* Wait until the answer is there. */
static enum names_answer await_answer(void) {
    int64_t deadline = deadline_in(30000);
    enum names_answer answer = NAMES_ASKED;
    while ((answer = find(LONG_MS)) == NAMES_ASKED) {
        cr_assert(clock_now_ms() < deadline, "no answer");
    }
    return answer;
}

static bool defer(const char *line, int64_t timeout_ms) {
    struct log_slots slots = {.count = 1};
    slots.items[0].offset = 0;
    slots.items[0].length = strlen("192.0.2.7");
    return names_defer(names, &client, timeout_ms * 1000000, writer, line, strlen(line), &slots);
}

static void expect_log(const char *expected) {
    char text[1024];
    (void)log_writer_end(writer, clock_steady_ns() + LOG_WRITER_PATIENCE_NS);
    log_writer_release(writer);
    folder_read_text(&folder, "log", text, sizeof text);
    cr_expect_str_eq(text, expected);
}

/* The log has this many bytes. */
static void await_log(size_t length) {
    char text[1024] = "";
    int64_t deadline = deadline_in(30000);
    while (strlen(text) < length) {
        cr_assert(clock_now_ms() < deadline, "'%s'", text);
        folder_read_text(&folder, "log", text, sizeof text);
    }
}

Test(names, are_asked_for_once_and_kept) {
    backwards = "A.example";
    cr_assert_eq(find(LONG_MS), NAMES_ASKED);
    cr_expect_eq(await_answer(), NAMES_KNOWN);
    cr_expect_eq(find(LONG_MS), NAMES_KNOWN);
    cr_expect_eq(atomic_load(&question_count), 1);
    names_release(names);
}

Test(names, that_do_not_lead_back_are_none) {
    backwards = "a.example";
    forwards = 8;
    cr_assert_eq(find(LONG_MS), NAMES_ASKED);
    cr_expect_eq(await_answer(), NAMES_UNKNOWN);
    names_release(names);
}

Test(names, with_odd_characters_are_none) {
    backwards = "a.example\" 200";
    cr_assert_eq(find(LONG_MS), NAMES_ASKED);
    cr_expect_eq(await_answer(), NAMES_UNKNOWN);
    names_release(names);
}

Test(names, come_into_lines_that_have_waited_for_them) {
    backwards = "a.example";
    atomic_store(&is_dead, true);
    cr_assert_eq(find(LONG_MS), NAMES_ASKED);
    cr_assert(defer("192.0.2.7 one\n", LONG_MS));
    cr_assert(defer("192.0.2.7 two\n", LONG_MS));
    (void)sem_post(&revived);
    cr_expect_eq(await_answer(), NAMES_KNOWN);
    cr_expect(defer("192.0.2.7 three\n", LONG_MS), "it has become known in between");
    names_release(names);
    expect_log("a.example one\na.example two\na.example three\n");
}

/* The line is written when its time is over, and nobody waits for this client again. */
Test(names, of_a_dead_name_server_are_addresses) {
    atomic_store(&is_dead, true);
    cr_assert_eq(find(SHORT_MS), NAMES_ASKED);
    cr_assert(defer("192.0.2.7 one\n", SHORT_MS));
    await_log(strlen("192.0.2.7 one\n"));
    cr_expect_eq(find(SHORT_MS), NAMES_UNKNOWN);
    names_release(names);
    (void)sem_post(&revived);
    expect_log("192.0.2.7 one\n");
}

Test(names, let_all_lines_go_at_the_end) {
    atomic_store(&is_dead, true);
    cr_assert_eq(find(LONG_MS), NAMES_ASKED);
    cr_assert(defer("192.0.2.7 one\n", LONG_MS));
    names_flush(names);
    cr_assert(defer("192.0.2.7 two\n", LONG_MS));
    names_release(names);
    (void)sem_post(&revived);
    expect_log("192.0.2.7 one\n192.0.2.7 two\n");
}

Test(names, are_asked_for_and_waited_for_by_no_more_than_there_is_room) {
    size_t asked = 0;
    size_t waiting = 0;
    atomic_store(&is_dead, true);
    cr_assert_eq(find(LONG_MS), NAMES_ASKED);
    for (unsigned i = 0; i < 2 * NAMES_QUESTIONS_MAX; i++) {
        char name[NAME_BYTES];
        struct client_address other = {.family = AF_INET,
                                       .bytes = {10, 0, (unsigned char)(i >> 8), (unsigned char)i}};
        asked += names_find(names, &other, INT64_MAX, name) == NAMES_ASKED ? 1 : 0;
    }
    cr_expect_geq(asked, (size_t)NAMES_QUESTIONS_MAX - 1);
    cr_expect_leq(asked, (size_t)NAMES_QUESTIONS_MAX + 2);
    while (waiting <= NAMES_LINES_MAX && defer("192.0.2.7\n", LONG_MS)) {
        waiting++;
    }
    cr_expect_eq(waiting, (size_t)NAMES_LINES_MAX);
    names_release(names);
    (void)sem_post(&revived);
    (void)sem_post(&revived);
    (void)log_writer_end(writer, clock_steady_ns() + LOG_WRITER_PATIENCE_NS);
    cr_expect_eq(log_writer_loss(writer).count, 0);
    log_writer_release(writer);
}

Test(names, of_others_than_ip_are_not_asked_for) {
    char name[NAME_BYTES];
    struct client_address local = {.family = AF_UNIX};
    cr_expect_eq(names_find(names, &local, INT64_MAX, name), NAMES_UNKNOWN);
    cr_expect_eq(atomic_load(&question_count), 0);
    names_release(names);
}
