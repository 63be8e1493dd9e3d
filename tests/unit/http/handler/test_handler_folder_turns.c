/* SPDX-License-Identifier: MIT */
/* Answers about folders that take more than one turn of a worker. */
#include "http/handler/folder_work.h"
#include "tests/unit/http/handler/handling.h"
#include "tests/unit/support/hurry.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILES = 500, TURNS_MAX = 20000 };

static struct folder_work work;
static struct memory_budget budget = {.limit_bytes = 4 * 1024 * 1024};

static void set_up(void) {
    handling_set_up();
    folder_write_many(&root, "dir/%d.txt", FILES, 9);
    struct site_options options = handling_options();
    options.rules.folder_download = true;
    handling_use(&options);
}

static void tear_down(void) {
    folder_work_clear(&work);
    handling_tear_down();
}

TestSuite(handler_folder_turns, .init = set_up, .fini = tear_down, .timeout = 120);

/* Returns how many turns it took. */
static int prepare_in_turns(const struct request *request) {
    int turns = 1;
    response_clear(&response);
    environment.work = &work;
    environment.budget = &budget;
    hurry = true;
    while (!handler_prepare(&response, request, &environment)) {
        cr_assert_eq(response.head.length + response.body.text.length, 0, "unfinished, and not empty");
        cr_assert_lt(turns++, TURNS_MAX);
    }
    hurry = false;
    environment.work = NULL;
    environment.budget = NULL;
    return turns;
}

Test(handler_folder_turns, give_the_same_answer_as_one) {
    static const char *const targets[] = {"/dir/", "/dir/?sort=size&format=json",
                                          "/dir/?sort=time&format=text",
                                          "/dir/?format=text&offset=400&limit=50"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct request request = request_for(REQUEST_GET, targets[i]);
        prepare_answer(&request);
        char *expected = strndup(response.body.text.bytes, response.body.text.length);
        size_t length = response.body.text.length;
        cr_expect_gt(prepare_in_turns(&request), 5, "%s", targets[i]);
        cr_assert_eq(response.body.text.length, length, "%s", targets[i]);
        cr_expect_eq(memcmp(response.body.text.bytes, expected, length), 0, "%s", targets[i]);
        cr_expect_gt(budget.used_bytes, 0, "what waits to be sent counts");
        free(expected);
        response_clear(&response);
        folder_work_clear(&work);
        cr_expect_eq(budget.used_bytes, 0, "%s: %zu bytes kept back", targets[i], (size_t)budget.used_bytes);
    }
}

Test(handler_folder_turns, measure_an_archive) {
    struct request request = request_for(REQUEST_HEAD, "/dir/?download=tar");
    prepare_answer(&request);
    off_t length = answer.content_length;
    cr_expect_eq(length, 512 + FILES * 1024 + 1024);
    cr_expect_gt(prepare_in_turns(&request), 5);
    cr_assert(answer_read_head(&answer, response.head.bytes, response.head.length));
    cr_expect_eq(answer.content_length, length);
    response_clear(&response);
    folder_work_clear(&work);
    cr_expect_eq(budget.used_bytes, 0);
}

Test(handler_folder_turns, may_end_with_503_when_the_budget_is_used_up) {
    static const char *const targets[] = {"/dir/", "/dir/?sort=size&format=json", "/dir/?download=tar"};
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        struct request request = request_for(REQUEST_GET, targets[i]);
        for (size_t limit = 64; limit < (size_t)64 * 1024; limit *= 4) {
            budget.limit_bytes = limit;
            (void)prepare_in_turns(&request);
            cr_expect(response.status == HTTP_SERVICE_UNAVAILABLE || limit > 4096, "%s with %zu bytes: %d",
                      targets[i], limit, (int)response.status);
            response_clear(&response);
            folder_work_clear(&work);
            cr_expect_eq(budget.used_bytes, 0, "%s", targets[i]);
        }
    }
}

Test(handler_folder_turns, end_when_the_folder_goes) {
    struct request request = request_for(REQUEST_GET, "/dir/?format=text");
    environment.work = &work;
    hurry = true;
    cr_assert_not(handler_prepare(&response, &request, &environment));
    hurry = false;
    char from[PATH_MAX];
    char to[PATH_MAX];
    (void)snprintf(from, sizeof from, "%s/dir", root.path);
    (void)snprintf(to, sizeof to, "%s/gone", root.path);
    cr_assert_eq(rename(from, to), 0);
    cr_assert(handler_prepare(&response, &request, &environment));
    cr_expect_eq((int)response.status, 404);
}
