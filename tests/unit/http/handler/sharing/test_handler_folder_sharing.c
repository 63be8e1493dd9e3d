/* SPDX-License-Identifier: MIT */
/*
 * Many who ask for the same folder at once: how often it is read, and what each of them gets. They take turns as a pool
 * lets them. Linked with support_folder_reading.c and its --wrap for readdir, fstatat and faccessat.
 */
#include "http/handler/folder_work.h"
#include "http/handler/sharing/folder_jobs.h"
#include "tests/unit/http/handler/handling.h"
#include "tests/unit/support/folder_reading.h"
#include "tests/unit/support/hurry.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 50, FILES = 300, NAMES = FILES + 2 /* "." and ".." */ };

static struct {
    struct request request;
    struct response response;
    struct folder_work work;
    bool is_answered;
} clients[CLIENTS];
static struct memory_budget budget;

static void set_up(void) {
    handling_set_up();
    folder_write_many(&root, "dir/%d.txt", FILES, 9);
    struct site_options options = handling_options();
    options.rules.folder_download = true;
    handling_use(&options);
    budget.limit_bytes = (size_t)64 * 1024 * 1024;
    environment.jobs = folder_jobs_create();
    environment.budget = &budget;
    cr_assert_not_null(environment.jobs);
    for (int i = 0; i < CLIENTS; i++) {
        response_init(&clients[i].response);
    }
    hurry = true; /* the smallest steps */
}

static void leave(int i) {
    response_clear(&clients[i].response);
    folder_work_clear(&clients[i].work);
}

static void tear_down(void) {
    hurry = false;
    folder_reading.error = 0;
    for (int i = 0; i < CLIENTS; i++) {
        leave(i);
        response_deinit(&clients[i].response);
    }
    folder_jobs_destroy(environment.jobs);
    if (budget.used_bytes != 0) {
        abort(); /* Criterion does not count an assertion in .fini */
    }
    handling_tear_down();
}

TestSuite(handler_folder_sharing, .init = set_up, .fini = tear_down, .timeout = 60);

static void ask(int from, int to, const char *target) {
    for (int i = from; i < to; i++) {
        clients[i].request = request_for(REQUEST_GET, target);
        clients[i].is_answered = false;
    }
}

static void take_turn(int i) {
    if (!clients[i].is_answered) {
        environment.work = &clients[i].work;
        clients[i].is_answered = handler_prepare(&clients[i].response, &clients[i].request, &environment);
        environment.work = NULL;
    }
}

/* Let these have turns, one after the other, until they are answered. */
static void answer_all(int from, int to) {
    for (bool are_answered = false; !are_answered;) {
        are_answered = true;
        for (int i = from; i < to; i++) {
            take_turn(i);
            are_answered = are_answered && clients[i].is_answered;
        }
    }
}

/* The body, whatever it is made of; the caller frees it. */
static char *take_body(int i, size_t *length) {
    struct body *body = &clients[i].response.body;
    struct text all = {0};
    struct resource file = {.fd = -1};
    struct byte_range range;
    if (body->kind == BODY_SOURCE) {
        int result = 1;
        while (result == 1 || result == -EAGAIN) {
            result = body->source.next(body->source.state, (struct time_slice){0}, &all, &file, &range);
        }
        cr_assert_eq(result, 0);
    } else {
        text_append_bytes(&all, body->text.bytes, body->text.length);
    }
    *length = all.length;
    text_append_bytes(&all, "", 1);
    cr_assert_not(all.failed);
    return all.bytes;
}

static void expect_status(int from, int to, enum http_status status) {
    for (int i = from; i < to; i++) {
        cr_expect_eq((int)clients[i].response.status, (int)status, "client %d: %d", i,
                     (int)clients[i].response.status);
    }
}

static void expect_bodies(int from, int to, const char *expected, size_t length) {
    for (int i = from; i < to; i++) {
        size_t own_length = 0;
        char *own = take_body(i, &own_length);
        cr_expect(own_length == length && memcmp(own, expected, length) == 0, "client %d: %zu bytes", i,
                  own_length);
        free(own);
    }
}

static void expect_all_to_get_what_one_gets(const char *target) {
    size_t length = 0;
    ask(0, 1, target);
    answer_all(0, 1);
    char *expected = take_body(0, &length);
    leave(0);
    folder_reading.name_count = 0;
    ask(0, CLIENTS, target);
    answer_all(0, CLIENTS);
    cr_expect_leq(folder_reading.name_count, (size_t)2 * NAMES, "%s: %zu names were read", target,
                  folder_reading.name_count);
    expect_status(0, CLIENTS, HTTP_OK);
    expect_bodies(0, CLIENTS, expected, length);
    free(expected);
    for (int i = 0; i < CLIENTS; i++) {
        leave(i);
    }
    cr_expect_eq(budget.used_bytes, 0);
}

Test(handler_folder_sharing, reads_a_folder_twice_for_any_number) {
    expect_all_to_get_what_one_gets("/dir/");
    expect_all_to_get_what_one_gets("/dir/?format=json");
    expect_all_to_get_what_one_gets("/dir/?sort=size&order=desc&limit=7");
}

/* To measure it; to be sent, each has it read for himself. */
Test(handler_folder_sharing, measures_an_archive_twice_for_any_number) {
    ask(0, CLIENTS, "/dir/?download=tar");
    folder_reading.name_count = 0;
    answer_all(0, CLIENTS);
    cr_expect_leq(folder_reading.name_count, (size_t)2 * NAMES, "%zu", folder_reading.name_count);
    expect_status(0, CLIENTS, HTTP_OK);
    for (int i = 0; i < CLIENTS; i++) {
        cr_expect_eq(body_size(&clients[i].response.body), 512 + FILES * 1024 + 1024);
    }
    size_t length = 0;
    char *expected = take_body(0, &length);
    cr_expect_eq(length, 512 + FILES * 1024 + 1024);
    expect_bodies(1, 4, expected, length);
    free(expected);
}

Test(handler_folder_sharing, makes_different_answers_apart) {
    static const char *const targets[] = {"/dir/", "/dir/?format=json", "/dir/?limit=10",
                                          "/dir/?download=tar"};
    int count = (int)(sizeof targets / sizeof *targets);
    for (int i = 0; i < count; i++) {
        ask(i, i + 1, targets[i]);
    }
    ask(count, count + 1, "/dir/");
    clients[count].request.accept = view_of("application/json");
    answer_all(0, count + 1);
    for (int i = 0; i < count; i++) {
        size_t length = 0;
        size_t other_length = 0;
        char *body = take_body(i, &length);
        char *other = take_body(count, &other_length);
        bool are_same = length == other_length && memcmp(body, other, length) == 0;
        cr_expect_eq(are_same, i == 1, "%s", targets[i]);
        free(body);
        free(other);
    }
}

Test(handler_folder_sharing, shows_what_was_there_before_the_question) {
    ask(0, 1, "/dir/?format=json");
    take_turn(0);
    cr_assert_not(clients[0].is_answered, "it is being read");
    folder_write_text(&root, "dir/0.txt", "now of quite another length");
    folder_write_text(&root, "dir/late.txt", "");
    ask(1, CLIENTS, "/dir/?format=json");
    answer_all(0, CLIENTS);
    for (int i = 1; i < CLIENTS; i++) {
        size_t length = 0;
        char *body = take_body(i, &length);
        cr_expect_not_null(strstr(body, "late.txt"), "client %d", i);
        cr_expect_not_null(strstr(body, "\"size\": 27"), "client %d", i);
        free(body);
    }
}

Test(handler_folder_sharing, goes_on_when_the_one_who_began_leaves) {
    ask(0, CLIENTS, "/dir/?format=json");
    for (int i = 0; i < CLIENTS; i++) {
        take_turn(i);
    }
    leave(0);
    leave(1);
    answer_all(2, CLIENTS);
    expect_status(2, CLIENTS, HTTP_OK);
}

Test(handler_folder_sharing, tells_all_of_a_failure) {
    ask(0, CLIENTS, "/dir/");
    for (int i = 0; i < CLIENTS; i++) {
        take_turn(i);
    }
    answer_all(0, 1);
    expect_status(0, 1, HTTP_OK);
    folder_reading.error = EIO;
    folder_reading.error_after = folder_reading.name_count + NAMES / 2;
    answer_all(1, CLIENTS);
    expect_status(1, CLIENTS, HTTP_INTERNAL_SERVER_ERROR);
}

Test(handler_folder_sharing, tells_all_of_a_crowd) {
    struct site_options options = handling_options();
    options.rules.folder_download = true;
    options.rules.folder_entries = FILES / 2;
    handling_use(&options);
    ask(0, CLIENTS / 2, "/dir/?download=zip");
    ask(CLIENTS / 2, CLIENTS, "/dir/?sort=time");
    answer_all(0, CLIENTS);
    expect_status(0, CLIENTS, HTTP_FORBIDDEN);
}
