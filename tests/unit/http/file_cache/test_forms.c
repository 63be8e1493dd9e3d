/* SPDX-License-Identifier: MIT */
#include "http/compression/gzip.h"
#include "http/file_cache/entry.h"
#include "http/file_cache/forms.h"
#include "tests/unit/http/file_cache/forms.h"
#include "tests/unit/support/gunzip.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { AN_HOUR = 3600 };

/* The wall clock runs ahead, so that a file just written is as if it had been there for an hour; or it stands
 * still. */
static struct timespec standing;

int __real_clock_gettime(clockid_t clock, struct timespec *now);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);

int __wrap_clock_gettime(clockid_t clock, struct timespec *now) {
    int result = __real_clock_gettime(clock, now);
    if (clock == CLOCK_REALTIME) {
        now->tv_sec += AN_HOUR;
        *now = standing.tv_sec != 0 ? standing : *now;
    }
    return result;
}

#if LIDO_HAVE_ZLIB
enum { KIB = 1024, CACHE = 64 * KIB, SIZE_MAX_HERE = 512 * KIB };

static void set_up(void) {
    forms_set_up(CACHE);
}

TestSuite(forms, .init = set_up, .fini = forms_tear_down, .timeout = 20);

/* Text that gzip makes about a fifth of, different for each seed; as large as wanted. */
static const char *make_text(size_t size, uint32_t seed) {
    static char text[SIZE_MAX_HERE];
    cr_assert_leq(size, sizeof text);
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525 + 1013904223;
        text[i] = (char)(i % 4 == 0 ? 'a' + (int)((seed >> 20) % 8) : '-');
    }
    return text;
}

static void write_noise(const char *name, size_t size) {
    char *noise = malloc(size);
    uint32_t random = 1;
    cr_assert_not_null(noise);
    for (size_t i = 0; i < size; i++) {
        noise[i] = (char)((random = random * 1664525 + 1013904223) >> 24);
    }
    folder_write(&folder, name, noise, size);
    free(noise);
}

static struct resource open_resource(const char *name) {
    struct resource file;
    cr_assert_eq(resource_open(&root, name, &file), HTTP_OK);
    return file;
}

static void expect_to_unzip(const struct resource *form, const char *text, size_t size) {
    static char unzipped[SIZE_MAX_HERE + 1];
    size_t length = sizeof unzipped;
    cr_assert_not_null(form->contents);
    cr_assert(gunzip(form->contents, (size_t)form->size, unzipped, &length));
    cr_assert_eq(length, size);
    cr_assert(memcmp(unzipped, text, size) == 0);
}

Test(forms, gives_the_gzip_form_of_a_file) {
    static const size_t sizes[] = {100, 4000, 64 * KIB, 64 * KIB + 1, 80 * KIB};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const char *text = make_text(sizes[i], (uint32_t)i);
        folder_write(&folder, "text", text, sizes[i]);
        struct resource form = forms_get_by_name("text");
        expect_to_unzip(&form, text, sizes[i]);
        cr_expect_lt(form.size, (off_t)sizes[i]);
        resource_close(&form);
    }
}

Test(forms, compresses_each_version_once) {
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    struct resource first = forms_get_by_name("text");
    struct resource second = forms_get_by_name("text");
    cr_assert_not_null(first.contents);
    cr_expect_eq(first.contents, second.contents, "it was compressed again");
    resource_close(&first);
    resource_close(&second);
}

Test(forms, knows_a_file_by_whatever_name) {
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    folder_symlink(&folder, "link", "text");
    struct resource one = forms_get_by_name("text");
    struct resource other = forms_get_by_name("link");
    cr_expect_eq(one.contents, other.contents);
    resource_close(&one);
    resource_close(&other);
}

/* The heads that are kept with it are those of one owner. */
Test(forms, are_not_shared_by_two_owners) {
    enum { OWNER = 1 };
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    struct resource form = forms_get_by_name("text");
    struct resource file = open_resource("text");
    struct resource other = forms_get(OWNER, &file);
    cr_expect_neq(form.cached, other.cached);
    cr_expect_eq(form.size, other.size);
    resource_close(&file);
    resource_close(&form);
    resource_close(&other);
}

Test(forms, notices_each_change) {
    const char *text = make_text(10 * KIB, 1);
    folder_write(&folder, "text", text, 10 * KIB);
    folder_touch(&folder, "text", 1000000);
    struct resource old = forms_get_by_name("text");
    expect_to_unzip(&old, text, 10 * KIB);

    text = make_text(10 * KIB, 2);
    folder_write(&folder, "text", text, 10 * KIB);
    folder_touch(&folder, "text", 2000000);
    struct resource changed = forms_get_by_name("text");
    expect_to_unzip(&changed, text, 10 * KIB);

    folder_touch(&folder, "text", 1000000);
    struct resource touched = forms_get_by_name("text");
    expect_to_unzip(&touched, text, 10 * KIB);
    expect_to_unzip(&old, make_text(10 * KIB, 1), 10 * KIB);
    resource_close(&old);
    resource_close(&changed);
    resource_close(&touched);
}

Test(forms, does_not_give_what_is_not_smaller) {
    write_noise("noise", 4 * KIB);
    folder_write_text(&folder, "empty", "");
    folder_write_text(&folder, "one", "x");
    folder_write_text(&folder, "few", "few bytes");
    static const char *const names[] = {"noise", "empty", "one", "few"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        cr_expect_not(is_given(names[i]), "'%s'", names[i]);
    }
}

/* Runs of one letter: each one more is eventually gained. At no length may the gzip form be as long as the
 * file. */
Test(forms, gives_what_is_one_byte_smaller_and_not_what_is_as_large) {
    char text[64];
    size_t first_given = 0;
    memset(text, 'x', sizeof text);
    for (size_t size = 1; size < sizeof text; size++) {
        folder_write(&folder, "text", text, size);
        struct resource form = forms_get_by_name("text");
        cr_assert(form.contents == NULL || form.size < (off_t)size, "%zu bytes", size);
        cr_assert(form.contents != NULL || first_given == 0, "%zu bytes are not given, but less are", size);
        if (form.contents != NULL && first_given == 0) {
            first_given = size;
            cr_expect_eq(form.size, (off_t)size - 1, "not given at %zu bytes", size - 1);
        }
        resource_close(&form);
    }
    cr_expect_neq(first_given, 0);
}

/* Two noisy files of the same length: the first one's refusal holds as long as its version. */
Test(forms, changes_its_mind_when_the_file_changes) {
    write_noise("file", 4 * KIB);
    cr_expect_not(is_given("file"));
    folder_write(&folder, "file", make_text(4 * KIB, 1), 4 * KIB);
    folder_touch(&folder, "file", 1000000);
    cr_expect(is_given("file"));
}

Test(forms, gives_nothing_that_takes_more_than_a_quarter_of_the_cache) {
    struct resource largest = {.fd = -1};
    size_t size = 10 * KIB;
    for (; size < SIZE_MAX_HERE; size += 1024) {
        folder_write(&folder, "text", make_text(size, 1), size);
        struct resource form = forms_get_by_name("text");
        if (form.contents == NULL) {
            break;
        }
        resource_close(&largest);
        largest = form;
    }
    cr_assert_not_null(largest.contents);
    cr_expect_lt(size, SIZE_MAX_HERE);
    cr_expect_lt(largest.size, CACHE / 4);
    cr_expect_gt(largest.size, CACHE / 4 - 2 * KIB);
    resource_close(&largest);
}

/* Its next change may come within the same tick of the file system's clock, and leave no trace. */
Test(forms, does_not_remember_what_changed_just_now) {
    folder_write(&folder, "text", make_text(KIB, 1), KIB);
    struct resource file = open_resource("text");
    resource_close(&file);
    standing = file.changed;
    struct resource first = forms_get_by_name("text");
    struct resource second = forms_get_by_name("text");
    standing.tv_sec += 3;
    struct resource third = forms_get_by_name("text");
    standing = file.changed;
    struct resource fourth = forms_get_by_name("text");
    expect_to_unzip(&first, make_text(KIB, 1), KIB);
    expect_to_unzip(&second, make_text(KIB, 1), KIB);
    expect_to_unzip(&third, make_text(KIB, 1), KIB);
    cr_expect(first.contents != second.contents && second.contents != third.contents,
              "it was remembered too soon");
    cr_expect_eq(third.contents, fourth.contents, "it was not remembered");
    resource_close(&first);
    resource_close(&second);
    resource_close(&third);
    resource_close(&fourth);
}

Test(forms, refuses_a_file_that_changed_since_it_was_opened) {
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    struct resource file = open_resource("text");
    folder_touch(&folder, "text", 1000000);
    cr_expect_null(forms_get(0, &file).contents);
    resource_close(&file);
    cr_expect(is_given("text"), "and that was remembered");
}

Test(forms, refuses_what_is_no_file) {
    folder_mkdir(&folder, "folder");
    struct resource closed = {.fd = -1, .size = 1000};
    cr_expect_not(is_given("folder"));
    cr_expect_null(forms_get(0, &closed).contents);
}

/* As the file cache has it: whatever happens to the file, these are the bytes of this version. */
Test(forms, takes_contents_without_a_look_at_the_file) {
    const char *text = make_text(10 * KIB, 1);
    folder_write(&folder, "text", text, 10 * KIB);
    struct resource file = open_resource("text");
    resource_close(&file);
    file.contents = text;
    (void)remove(folder_path(&folder, "text").text);
    struct resource first = forms_get(0, &file);
    struct resource second = forms_get(0, &file);
    expect_to_unzip(&first, text, 10 * KIB);
    cr_expect_eq(first.contents, second.contents, "it was compressed again");
    resource_close(&first);
    resource_close(&second);
}

Test(forms, may_go_before_those_who_hold_one) {
    const char *text = make_text(10 * KIB, 1);
    folder_write(&folder, "text", text, 10 * KIB);
    struct resource form = forms_get_by_name("text");
    file_forms_destroy(forms);
    forms = NULL; /* which may be destroyed, too */
    expect_to_unzip(&form, text, 10 * KIB);
    resource_close(&form);
}

Test(forms, works_with_a_cache_of_no_use) {
    static const size_t sizes[] = {0, 1, 100, 1000};
    folder_write(&folder, "text", make_text(10 * KIB, 1), 10 * KIB);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        forms_use(sizes[i]);
        cr_expect_not(is_given("text"));
    }
}

#else

Test(forms, is_not_there_without_zlib) {
    cr_expect_null(gzip_library());
    cr_expect_null(file_forms_create(1024 * 1024));
    file_forms_destroy(NULL);
}

#endif
