/* SPDX-License-Identifier: MIT */
#include "server/explain/ask.h"
#include "tests/unit/http/serving.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct text request;
static struct text head;
static size_t steps_told;
static size_t times_begun_anew;
static size_t times_missed;

static void count_step(void *context, const char *line) {
    cr_assert_eq(context, &head);
    cr_assert_gt(strlen(line), 0);
    steps_told++;
}

static void count_again(void *context) {
    cr_assert_eq(context, &head);
    times_begun_anew++;
}

static void count_missing(void *context) {
    cr_assert_eq(context, &head);
    times_missed++;
}

static void tear_down(void) {
    text_deinit(&request);
    text_deinit(&head);
    serving_tear_down();
}

TestSuite(ask, .init = serving_set_up, .fini = tear_down, .timeout = 60);

/* Ask, and have the head as a text. Returns as explain_asking_run() does. */
static int ask_for(const char *text) {
    static const struct account account = {.step = count_step, .context = &head};
    struct explain_asking asking = {.service = &service,
                                    .account = &account,
                                    .again = count_again,
                                    .rest_is_missing = count_missing,
                                    .context = &head};
    cr_assert_eq(explain_asking_open(&asking), 0);
    text_clear(&request, SIZE_MAX);
    text_clear(&head, SIZE_MAX);
    text_append(&request, text);
    int result = explain_asking_run(&asking, &request, &head);
    explain_asking_close(&asking);
    if (result == 0) {
        cr_assert_eq(memcmp(head.bytes + head.length - 4, "\r\n\r\n", 4), 0);
        head.bytes[head.length - 2] = '\0';
    }
    return result;
}

static void expect_in_head(const char *text) {
    cr_expect_not_null(strstr(head.bytes, text), "no '%s' in '%s'", text, head.bytes);
}

Test(ask, gets_the_head_that_a_client_would_get_and_no_body) {
    cr_assert_eq(ask_for("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    expect_in_head("HTTP/1.0 200 OK\r\n");
    expect_in_head("\r\nContent-Length: 7\r\n");
    cr_expect_null(strstr(head.bytes, "content"), "%s", head.bytes);
    cr_expect_gt(steps_told, 2);
    cr_expect_eq(times_missed, 0);
}

Test(ask, does_not_wait_for_a_body_that_is_larger_than_a_socket_holds) {
    cr_assert_eq(ask_for("GET /large HTTP/1.1\r\nHost: a\r\n\r\n"), 0);
    expect_in_head("\r\nContent-Length: 3000000\r\n");
}

Test(ask, sends_a_request_that_is_larger_than_a_socket_holds) {
    enum { LENGTH = 1000 * 1000 };
    char *text = malloc(LENGTH + 1);
    cr_assert_not_null(text);
    memset(text, 'x', LENGTH);
    memcpy(text, "GET /", 5);
    text[LENGTH] = '\0';
    cr_expect_eq(ask_for(text), 0);
    free(text);
    expect_in_head("HTTP/1.0 414 ");
}

Test(ask, ends_where_the_rest_of_a_request_never_comes) {
    cr_assert_eq(ask_for("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"), 0);
    expect_in_head("HTTP/1.0 408 ");
    cr_expect_eq(times_missed, 1);
}

Test(ask, says_when_nothing_is_answered) {
    cr_expect_neq(ask_for("\r\n"), 0);
}

Test(ask, closes_sockets_that_were_not_used) {
    struct explain_asking asking = {.client = -1, .server = -1};
    cr_assert_eq(explain_asking_open(&asking), 0);
    explain_asking_close(&asking);
    cr_expect_eq(asking.client, -1);
    cr_expect_eq(asking.server, -1);
}
