/* SPDX-License-Identifier: MIT */
/* Builds remove their folder and make it anew, deploys turn a link: new requests see the new root, answers
 * under way end with the old one. */
#include "tests/support/stage.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(replaced_root, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

enum { LARGE = 24 * 1024 * 1024, CLIENTS = 4, CHANGES = 3, NOTICE_MS = 1000, SLACK_MS = 1000 };

/* Serve workplace/current, a link that leads to a folder of the workplace. */
static void serve_link(const char *folder, const char *const *settings) {
    static struct folder_path link;
    folder_symlink(&workplace, "current", folder);
    link = folder_path(&workplace, "current");
    struct program_options options = {.arguments = LIST("--port=0", link.text), .environment = settings};
    program_start(&lido, &options);
}

static void turn_link(const char *folder) {
    struct folder_path link = folder_path(&workplace, "current");
    struct folder_path next = folder_path(&workplace, "next");
    folder_symlink(&workplace, "next", folder);
    cr_assert_eq(rename(next.text, link.text), 0);
}

static void make_release(const char *name) {
    char path[100];
    folder_mkdir(&workplace, name);
    (void)snprintf(path, sizeof path, "%s/a.txt", name);
    folder_write_text(&workplace, path, name);
    folder_touch(&workplace, path, 1000000000); /* alike but for what is in them */
}

static bool body_is(const char *text) {
    return answer.body_size == strlen(text) && strcmp(answer.body, text) == 0;
}

/* Ask until the status is there. Returns how long it took, in milliseconds. */
static int64_t await_status(int status) {
    int64_t begin = clock_now_ms();
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (get("/a.txt") != status) {
        cr_assert(clock_now_ms() < deadline, "still %d", answer.status);
    }
    return clock_now_ms() - begin;
}

StageTest(replaced_root, is_seen_within_a_second_and_never_again_the_old_one) {
    static const char *const names[] = {"one", "two"};
    make_release("one");
    make_release("two");
    serve_link("one", NULL);
    for (size_t i = 0; i < CHANGES; i++) {
        const char *before = names[i % 2];
        const char *after = names[(i + 1) % 2];
        int64_t begin = clock_now_ms();
        int64_t changed = 0;
        turn_link(after);
        while (changed == 0 || clock_now_ms() < changed + 100) {
            cr_assert_eq(get("/a.txt"), 200);
            cr_assert(body_is(after) || (body_is(before) && changed == 0), "'%s'", answer.body);
            changed = changed == 0 && body_is(after) ? clock_now_ms() : changed;
            cr_assert(clock_now_ms() < begin + NOTICE_MS + SLACK_MS + PATIENCE_MS);
        }
    }
}

/* Nobody asks for a while, and the main thread sleeps: the first one to come must not get what was. */
StageTest(replaced_root, is_seen_by_the_first_request_after_a_long_rest) {
    make_release("one");
    make_release("two");
    serve_link("one", NULL);
    cr_assert_eq(get("/a.txt"), 200);
    turn_link("two");
    cr_assert_not(deadline_wait(lido.err.fd, POLLIN, deadline_in(NOTICE_MS + 300)),
                  "nobody is told in sleep");
    cr_assert_eq(get("/a.txt"), 200);
    cr_assert(body_is("two"), "'%s'", answer.body);
}

StageTest(replaced_root, that_is_gone_is_503_until_it_is_back) {
    char line[PROGRAM_LINE_BYTES];
    make_release("one");
    serve_link("one", NULL);
    cr_assert_eq(get("/a.txt"), 200);
    struct folder_path one = folder_path(&workplace, "one");
    struct folder_path away = folder_path(&workplace, "away");
    cr_assert_eq(rename(one.text, away.text), 0);
    (void)await_status(503);
    cr_expect_not_null(answer_field(&answer, "Retry-After"));
    program_await_line(&lido, &lido.err, "is gone", line);
    cr_assert_eq(get("/"), 503);
    make_release("one");
    (void)await_status(200);
    cr_assert(body_is("one"));
    program_await_line(&lido, &lido.err, "is back", line);
}

/* The answer began with the old folder, which is not even there any more. */
StageTest(replaced_root, does_not_touch_answers_under_way) {
    struct client client;
    char line[PROGRAM_LINE_BYTES];
    make_release("one");
    make_release("two");
    folder_write_pattern(&workplace, "one/large", 0, LARGE);
    serve_link("one", NULL);
    client_connect_narrow(&client, lido.port);
    client_send(&client, "GET /?download=tar HTTP/1.0\r\n\r\n");
    client_read_head(&client, &answer);
    cr_assert_eq(answer.status, 200);
    turn_link("two");
    program_await_line(&lido, &lido.err, "was replaced", line);
    (void)await_status(200);
    cr_assert(body_is("two"));
    size_t received = 0;
    do {
        received += client.length;
        client_take(&client, client.length);
    } while (client_receive(&client));
    cr_expect_eq(client.end, CLIENT_CLOSED);
    cr_expect_gt(received, (size_t)LARGE);
    client_close(&client);
}
