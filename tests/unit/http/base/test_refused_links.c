/* SPDX-License-Identifier: MIT */
#include "http/base/refused_links.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(refused_links, .timeout = 60);

static struct refused_links refused;

static int wakes;

static void count_wakes(void *context) {
    (void)context;
    wakes++;
}

static void expect_next(const char *path) {
    struct refused_link *next = refused_links_take(&refused);
    cr_assert(path == NULL ? next == NULL : next != NULL && strcmp(next->path, path) == 0, "%s", path);
    free(next);
}

Test(refused_links, are_told_once_for_each_target) {
    refused.wake = count_wakes;
    expect_next(NULL);
    refused_links_note(&refused, "a", "/x");
    refused_links_note(&refused, "b", "/y"); /* meanwhile */
    refused_links_note(&refused, "c", "/x");
    cr_assert_eq(wakes, 2);
    expect_next("a");
    refused_links_note(&refused, "a", "/x");
    expect_next("b");
    expect_next(NULL);
    cr_assert_eq(wakes, 2);
}

Test(refused_links, say_where_they_lead) {
    refused_links_note(&refused, "/srv/a", "/etc");
    struct refused_link *link = refused_links_take(&refused);
    cr_assert_str_eq(link->path, "/srv/a");
    cr_assert_str_eq(link->target, "/etc");
    free(link);
}

static void note(int number) {
    char target[16];
    (void)snprintf(target, sizeof target, "%d", number);
    refused_links_note(&refused, target, target);
}

Test(refused_links, are_told_later_when_there_is_no_room) {
    for (int i = 0; i <= REFUSED_LINKS_WAITING_MAX; i++) {
        note(i);
    }
    for (int i = 0; i < REFUSED_LINKS_WAITING_MAX; i++) {
        struct refused_link *link = refused_links_take(&refused);
        cr_assert(link != NULL);
        free(link);
    }
    expect_next(NULL);
    note(0);
    expect_next(NULL);
    note(REFUSED_LINKS_WAITING_MAX);
    expect_next("8");
}

Test(refused_links, are_bounded) {
    for (int i = 0; i < 2 * REFUSED_LINKS_MAX; i++) {
        cr_assert_eq(refused_links_is_full(&refused), i >= REFUSED_LINKS_MAX);
        note(i);
        char path[16];
        (void)snprintf(path, sizeof path, "%d", i);
        expect_next(i < REFUSED_LINKS_MAX ? path : NULL);
    }
}
