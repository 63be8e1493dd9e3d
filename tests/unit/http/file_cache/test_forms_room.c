/* SPDX-License-Identifier: MIT */
/* What is compressed when there is no room for all: as much as is wanted more often, and nothing for ever anew. */
#include "http/file_cache/entry.h"
#include "http/file_cache/forms.h"
#include "tests/unit/http/file_cache/forms.h"

#include <criterion/criterion.h>
#include <time.h>

/* The wall clock runs ahead, so that a file just written is as if it had been there for an hour. Each look at the other
 * one is a millisecond behind the last, so that no two requests count as one. */
static int64_t looks;

enum { NS_PER_MS = 1000 * 1000, MS_PER_S = 1000, AN_HOUR = 3600 };

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    if (clock == CLOCK_REALTIME) {
        now->tv_sec += AN_HOUR;
    } else if (clock == CLOCK_MONOTONIC_COARSE) {
        looks++;
        *now = (struct timespec){looks / MS_PER_S, looks % MS_PER_S * NS_PER_MS};
    }
    return result;
}

#if LIDO_HAVE_ZLIB
enum { KIB = 1024, CACHE = 64 * KIB };

static void set_up(void) {
    forms_set_up(CACHE);
}

TestSuite(forms_room, .init = set_up, .fini = forms_tear_down, .timeout = 20);

/* About 10 KiB each when compressed. */
enum { FILES = 12, SIZE = 40 * KIB };

/* Text that gzip makes about a quarter of, different for each seed. */
static const char *make_text(uint32_t seed) {
    static char text[SIZE];
    for (size_t i = 0; i < sizeof text; i++) {
        seed = seed * 1664525 + 1013904223;
        text[i] = (char)(i % 4 == 0 ? 'a' + (int)((seed >> 20) % 8) : '-');
    }
    return text;
}

/* Returns how many there is room for. */
static size_t get_each(struct resource all[FILES]) {
    size_t given = 0;
    char name[] = "a";
    for (int i = 0; i < FILES; i++, name[0]++) {
        folder_write(&folder, name, make_text((uint32_t)i), SIZE);
        folder_touch(&folder, name, 1000000);
        all[i] = forms_get_by_name(name);
        given += all[i].contents != NULL;
    }
    return given;
}

static void close_each(struct resource all[FILES]) {
    for (int i = 0; i < FILES; i++) {
        resource_close(&all[i]);
    }
}

Test(forms_room, keeps_no_more_than_its_cache_holds) {
    struct resource all[FILES];
    size_t total = 0;
    size_t given = get_each(all);
    cr_expect_gt(given, 2);
    for (int i = 0; i < FILES; i++) {
        bool is_given = all[i].contents != NULL;
        cr_expect_eq(is_given, i < (int)given, "the first ones are there, and stay: %d", i);
        total += is_given ? (size_t)all[i].size : 0;
        if (is_given) {
            cr_expect_eq(atomic_load(&all[i].cached->holds), 2, "%d is not kept", i);
        }
    }
    cr_expect_leq(total, CACHE);
    cr_expect_gt(total, CACHE / 2);
    close_each(all);
}

/* Else they would all be compressed for each round, one in the place of the other. */
Test(forms_room, does_not_compress_what_is_not_wanted_more_often_than_what_it_has) {
    struct resource all[FILES];
    struct resource again[FILES];
    size_t given = get_each(all);
    cr_expect_lt(given, FILES);
    for (int round = 0; round < 5; round++) {
        char name[] = "a";
        for (int i = 0; i < FILES; i++, name[0]++) {
            again[i] = forms_get_by_name(name);
            cr_expect_eq(again[i].cached, all[i].cached, "round %d: %d", round, i);
        }
        close_each(again);
    }
    close_each(all);
}

Test(forms_room, compresses_what_is_wanted_more_often_in_the_place_of_others) {
    struct resource all[FILES];
    size_t given = get_each(all);
    close_each(all);
    char last[] = {(char)('a' + FILES - 1), '\0'};
    cr_expect_lt(given, FILES);
    bool came = false;
    for (int i = 0; i < 4 && !came; i++) {
        came = is_given(last);
    }
    struct resource first = forms_get_by_name(last);
    struct resource second = forms_get_by_name(last);
    cr_assert(came);
    cr_expect_eq(first.cached, second.cached, "it is kept");
    resource_close(&first);
    resource_close(&second);
}

#endif
