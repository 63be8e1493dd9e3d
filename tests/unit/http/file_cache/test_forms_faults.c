/* SPDX-License-Identifier: MIT */
/* What happens in the middle: while a file is read, others come, it changes, or there is no memory. */
#include "http/file_cache/forms.h"
#include "tests/unit/http/file_cache/forms.h"
#include "tests/unit/support/gunzip.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { SIZE = 100 * 1000, CACHE = 4 * 1024 * 1024, AN_HOUR = 3600 };

/* What a test wants to be done in the middle of the next reading, once. */
static void (*while_reading)(void);
static int read_error;
static size_t reads;

/* glibc gives calls with 64-bit offsets names of their own when asked for such offsets. */
#if defined(__GLIBC__) && defined(_FILE_OFFSET_BITS) && _FILE_OFFSET_BITS == 64
#define REAL(name) __real_##name##64
#else
#define REAL(name) __real_##name
#endif

ssize_t REAL(pread)(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset);
ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset);
int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

ssize_t __wrap_pread(int fd, void *bytes, size_t size, off_t offset) {
    reads++;
    ssize_t count = REAL(pread)(fd, bytes, size, offset);
    void (*action)(void) = while_reading;
    while_reading = NULL;
    if (action != NULL) {
        action();
    }
    errno = read_error != 0 ? read_error : errno;
    return read_error != 0 ? -1 : count;
}

ssize_t __wrap_pread64(int fd, void *bytes, size_t size, off_t offset) {
    return __wrap_pread(fd, bytes, size, offset);
}

/* The wall clock runs ahead, so that a file just written is as if it had been there for an hour. */
int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    now->tv_sec += clock == CLOCK_REALTIME ? AN_HOUR : 0;
    return result;
}

#if LIDO_HAVE_ZLIB

static char text[SIZE];

static void set_up(void) {
    uint32_t random = 1;
    for (size_t i = 0; i < SIZE; i++) {
        text[i] = (char)('a' + ((random = random * 1664525 + 1013904223) >> 24) % 13);
    }
    forms_set_up(CACHE);
    folder_write(&folder, "text", text, SIZE);
    folder_write(&folder, "other", text, SIZE / 2);
}

TestSuite(forms_faults, .init = set_up, .fini = forms_tear_down, .timeout = 20);

static time_t last_touch;

/* Each time with another result, so that it is another version even within one tick of the clock. */
static void touch(void) {
    folder_touch(&folder, "text", ++last_touch);
}

/* ---- Others come. Whoever comes compresses itself: were the lock closed, it would wait for itself. ---- */

static bool text_came;
static bool other_came;

static void ask_for_both(void) {
    size_t before = reads;
    text_came = is_given("text");
    cr_expect_eq(reads, before, "the same file was read again");
    other_came = is_given("other");
}

Test(forms_faults, keeps_nobody_waiting_while_a_file_is_read) {
    while_reading = ask_for_both;
    cr_expect(is_given("text"));
    cr_expect_not(text_came, "it is being read");
    cr_expect(other_came);
    cr_expect(is_given("text"));
}

Test(forms_faults, lets_no_more_compress_at_once_than_may) {
    file_forms_set_workers_max(forms, 1);
    while_reading = ask_for_both;
    cr_expect(is_given("text"));
    cr_expect_not(other_came, "one is at it");
    cr_expect(is_given("other"), "and then it may");
}

static void change_and_ask(void) {
    touch();
    ask_for_both();
}

Test(forms_faults, compresses_no_two_versions_of_a_file_at_a_time) {
    while_reading = change_and_ask;
    cr_expect_not(is_given("text"));
    cr_expect_not(text_came);
    cr_expect(other_came);
    cr_expect(is_given("text"), "the new version's turn");
}

static void ask_for_other(void) {
    size_t before = reads;
    other_came = is_given("other");
    cr_expect_eq(reads, before, "it is in the cache");
}

Test(forms_faults, gives_from_the_cache_while_a_file_is_read) {
    cr_assert(is_given("other"));
    while_reading = ask_for_other;
    cr_expect(is_given("text"));
    cr_expect(other_came);
}

/* ---- What is known is not read ------------------------------------------------------------------------- */

Test(forms_faults, reads_a_file_once) {
    cr_assert(is_given("text"));
    size_t once = reads;
    cr_expect(is_given("text"));
    cr_expect_eq(reads, once);
}

Test(forms_faults, remembers_what_does_not_get_smaller) {
    folder_write_text(&folder, "few", "few bytes");
    cr_assert_not(is_given("few"));
    size_t once = reads;
    cr_assert_gt(once, 0);
    cr_expect_not(is_given("few"));
    cr_expect_eq(reads, once);
}

Test(forms_faults, remembers_what_is_too_large) {
    forms_use(SIZE / 10);
    cr_assert_not(is_given("text"));
    size_t once = reads;
    cr_assert_gt(once, 0);
    cr_expect_not(is_given("text"));
    cr_expect_eq(reads, once);
}

/* ---- The file changes under the hands ------------------------------------------------------------------ */

static void grow(void) {
    folder_truncate(&folder, "text", SIZE + 1);
}

static void shorten(void) {
    folder_truncate(&folder, "text", SIZE / 2);
}

static void expect_refused_once(void (*change)(void), const char *name) {
    forms_use(CACHE); /* what is remembered would not be read */
    ptrdiff_t before = memory_live_count();
    while_reading = change;
    cr_expect_not(is_given("text"), "%s", name);
    cr_expect_eq(memory_live_count(), before, "%s", name);
    cr_expect(is_given("text"), "%s: that was remembered", name);
}

Test(forms_faults, refuses_a_file_that_changes_while_it_is_read) {
    expect_refused_once(touch, "touched");
    expect_refused_once(grow, "longer");
    expect_refused_once(shorten, "shorter");
}

Test(forms_faults, remembers_no_refusal_of_a_file_that_changed) {
    ptrdiff_t before = memory_live_count();
    folder_write_text(&folder, "text", "few bytes");
    while_reading = touch;
    cr_expect_not(is_given("text"));
    cr_expect_eq(memory_live_count(), before);
}

Test(forms_faults, gives_no_bytes_of_two_versions) {
    char unzipped[SIZE];
    size_t length = sizeof unzipped;
    while_reading = shorten;
    cr_assert_not(is_given("text"));
    struct resource form = forms_get_by_name("text");
    cr_assert_not_null(form.contents);
    cr_expect(gunzip(form.contents, (size_t)form.size, unzipped, &length));
    cr_expect_eq(length, SIZE / 2);
    cr_expect(memcmp(unzipped, text, length) == 0);
    resource_close(&form);
}

Test(forms_faults, does_not_read_what_has_changed_already) {
    struct resource file;
    cr_assert_eq(resource_open(&root, "text", &file), HTTP_OK);
    touch();
    cr_expect_null(forms_get(0, &file).contents);
    cr_expect_eq(reads, 0);
    resource_close(&file);
}

/* One who opened the file before it changed must not drive out what is known of it now. */
Test(forms_faults, keeps_the_new_version_when_the_old_one_is_asked_for) {
    struct resource old;
    cr_assert_eq(resource_open(&root, "text", &old), HTTP_OK);
    touch();
    struct resource form = forms_get_by_name("text");
    cr_expect_null(forms_get(0, &old).contents);
    struct resource again = forms_get_by_name("text");
    cr_assert_not_null(form.contents);
    cr_expect_eq(form.contents, again.contents);
    resource_close(&form);
    resource_close(&again);
    resource_close(&old);
}

/* ---- Nothing works ------------------------------------------------------------------------------------- */

Test(forms_faults, tries_again_when_reading_failed) {
    ptrdiff_t before = memory_live_count();
    read_error = EIO;
    cr_expect_not(is_given("text"));
    cr_expect_eq(memory_live_count(), before);
    read_error = 0;
    cr_expect(is_given("text"));
}

Test(forms_faults, gives_everything_back_whichever_allocation_fails) {
    size_t number = 0;
    size_t given = 0;
    file_forms_destroy(forms);
    forms = NULL;
    ptrdiff_t before = memory_live_count();
    for (bool has_failed = true; has_failed; number++) {
        memory_fail_after(number);
        forms = file_forms_create(CACHE);
        given += forms != NULL && is_given("text");
        has_failed = memory_stop_failing();
        cr_expect(forms == NULL || is_given("text"), "allocation %zu failed, and it works no more", number);
        file_forms_destroy(forms);
        forms = NULL;
        cr_assert_eq(memory_live_count(), before, "allocation %zu failed", number);
    }
    /* The forms, the entry, the room, the work; the three that only help (realloc, and the table's two);
     * none. */
    cr_expect_eq(number, 8);
    cr_expect_eq(given, 4);
}

#else

Test(forms_faults, has_nothing_to_fail_without_zlib) {
    cr_expect_null(file_forms_create(1024 * 1024));
}

#endif
