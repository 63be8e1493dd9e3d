/* SPDX-License-Identifier: MIT */
/* Linked with support_memory_faults.c and its --wrap for malloc, calloc, realloc, strdup and free. */
#include "http/handler/folder_work.h"
#include "tests/support/loopback.h"
#include "tests/unit/http/handler/handling.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LARGE_BYTES = 1000 * 1000 };

static struct folder_work work;

static void set_up(void) {
    handling_set_up();
    environment.work = &work;
}

static void tear_down(void) {
    folder_work_clear(&work);
    environment.work = NULL;
    handling_tear_down();
}

TestSuite(handler_faults, .init = set_up, .fini = tear_down, .timeout = 60);

/* A long one takes several turns. */
static void prepare(const struct request *request) {
    while (!handler_prepare(&response, request, &environment)) {
    }
    folder_work_clear(&work);
}

/* Whatever allocation from that one on fails: the answer has failed, or is a whole one that says 503, or did
 * without; nothing is lost. */
static void let_allocations_fail(const char *target, int status, size_t first) {
    ptrdiff_t live_before = memory_live_count();
    int descriptors_before = count_descriptors();
    struct request request = request_for(REQUEST_GET, target);
    size_t failures = first;
    for (bool failed = true; failed; failures++) {
        memory_fail_after(failures);
        prepare(&request);
        failed = memory_stop_failing();
        bool whole = !response_failed(&response);
        cr_expect(failed || (whole && (int)response.status == status), "%s, allocation %zu", target,
                  failures);
        cr_expect(!whole || (int)response.status == status || response.status == HTTP_SERVICE_UNAVAILABLE,
                  "%s, allocation %zu: %d", target, failures, (int)response.status);
        response_deinit(&response);
        cr_expect_eq(memory_live_count(), live_before, "%s, allocation %zu", target, failures);
        cr_expect_eq(count_descriptors(), descriptors_before, "%s, allocation %zu", target, failures);
        response_init(&response);
    }
    cr_expect(failures > 1, "%s needs no memory", target);
}

static void let_each_allocation_fail(const char *target, int status) {
    let_allocations_fail(target, status, 0);
}

static bool needs_more(const char *target, size_t allocations) {
    struct request request = request_for(REQUEST_GET, target);
    memory_fail_after(allocations);
    prepare(&request);
    response_deinit(&response);
    response_init(&response);
    return memory_stop_failing();
}

static size_t count_allocations(const char *target) {
    size_t least = 0;
    size_t most = 1;
    while (needs_more(target, most)) {
        most *= 2;
    }
    while (least < most) {
        size_t middle = (least + most) / 2;
        if (needs_more(target, middle)) {
            least = middle + 1;
        } else {
            most = middle;
        }
    }
    return least;
}

Test(handler_faults, survives_each_allocation_that_fails) {
    char name[] = "dir/a";
    folder_write_text(&root, "a.txt", "content");
    for (; name[4] <= 'z'; name[4]++) {
        folder_write_text(&root, name, "");
    }
    folder_mkdir(&root, "dir/sub");
    folder_truncate(&root, "large", LARGE_BYTES);
    let_each_allocation_fail("/a.txt", 200);
    let_each_allocation_fail("/large", 200);
    let_each_allocation_fail("/dir/", 200);
    let_each_allocation_fail("/dir", 301);
    let_each_allocation_fail("/none", 404);
    let_each_allocation_fail("/%zz", 400);
    let_each_allocation_fail("*", 400);
}

/* A listing shows it, and does without it where there is no memory for it. */
Test(handler_faults, survives_each_allocation_for_a_readme_that_fails) {
    folder_write_text(&root, "dir/README.md", "about");
    let_each_allocation_fail("/dir/", 200);
    cr_assert_eq(get("/dir/"), 200);
    cr_expect_not_null(strstr(answer.body, "about"));
}

/* Of a long one only its digest is kept, and the body is made again while it is sent: all that comes last. */
Test(handler_faults, survives_each_allocation_for_a_long_listing_that_fails) {
    enum { FILES = 3000, NAME_BYTES = 240, LAST = 12 };
    for (int i = 0; i < FILES; i++) {
        char name[NAME_BYTES + 8];
        int length = snprintf(name, sizeof name, "long/%04d", i);
        memset(name + length, '&', NAME_BYTES - 4);
        name[length + NAME_BYTES - 4] = '\0';
        folder_write_text(&root, name, "");
    }
    static const char target[] = "/long/?format=text&limit=10000";
    size_t count = count_allocations(target);
    cr_assert_gt(count, LAST);
    let_allocations_fail(target, 200, count - LAST);
}

Test(handler_faults, a_crowd_is_told_to_come_back) {
    struct text out = {0};
    cr_assert_eq(handler_write_overload(&out), 0);
    size_t size = answer_find_head(out.bytes, out.length);
    cr_assert(answer_read_head(&answer, out.bytes, size), "%s", answer.malformed);
    cr_expect_eq(answer.status, 503);
    cr_expect(answer_field_is(&answer, "Retry-After", "1"));
    cr_expect(answer_field_is(&answer, "Connection", "close"));
    cr_expect(answer_field_is(&answer, "Content-Type", "text/html; charset=utf-8"));
    cr_expect_eq(answer.content_length, (off_t)(out.length - size));
    cr_expect(memmem(out.bytes + size, out.length - size, "503 Service Unavailable", 23) != NULL);
    text_deinit(&out);
}

Test(handler_faults, a_crowd_is_told_nothing_without_memory) {
    ptrdiff_t live_before = memory_live_count();
    size_t failures = 0;
    for (bool failed = true; failed; failures++) {
        struct text out = {0};
        memory_fail_after(failures);
        int result = handler_write_overload(&out);
        failed = memory_stop_failing();
        cr_expect_eq(result, failed ? -ENOMEM : 0, "allocation %zu", failures);
        text_deinit(&out);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", failures);
    }
    cr_expect(failures > 1);
}
