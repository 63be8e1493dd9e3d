/* SPDX-License-Identifier: MIT */
/* The table without memory: each allocation fails once, and so do the library calls that allocate by
 * themselves. */
#include "http/files/media_type.h"
#include "tests/support/folder.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/types.h>

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(media_type_memory, .init = set_up, .fini = tear_down, .timeout = 60);

enum { NEVER = -1 };

static int fdopen_error;
static int lines_until_error = NEVER;
static int getline_error;

/* glibc has another name for getline() where it puts it inline. */
FILE *__real_fdopen(int fd, const char *mode);
FILE *__wrap_fdopen(int fd, const char *mode);
ssize_t __wrap_getline(char **line, size_t *size, FILE *file);
ssize_t __wrap___getdelim(char **line, size_t *size, int delimiter, FILE *file);

FILE *__wrap_fdopen(int fd, const char *mode) {
    if (fdopen_error != 0) {
        errno = fdopen_error;
        return NULL;
    }
    return __real_fdopen(fd, mode);
}

ssize_t __wrap_getline(char **line, size_t *size, FILE *file) {
    if (lines_until_error != NEVER && lines_until_error-- == 0) {
        errno = getline_error;
        return -1;
    }
    ssize_t length = getdelim(line, size, '\n', file);
    if (length != -1) {
        errno = ENOMEM; /* what a success leaves there means nothing */
    }
    return length;
}

ssize_t __wrap___getdelim(char **line, size_t *size, int delimiter, FILE *file) {
    cr_assert_eq(delimiter, '\n');
    return __wrap_getline(line, size, file);
}

static struct media_types *create(const char *path) {
    static const struct media_type_override own[] = {{.extension = "own", .type = "text/x-own"},
                                                     {.extension = "html", .type = "text/x-own"},
                                                     {.extension = "/place/of.its", .type = "text/x-place"}};
    return media_types_create(&(struct media_types_options){
        .path = path, .charset = "utf-8", .standard = "text/plain", .overrides = own, .override_count = 3});
}

Test(media_type_memory, is_given_back_by_the_last_one_who_shares_it) {
    ptrdiff_t before = memory_live_count();
    struct media_types *types = create(NULL);
    cr_assert_not_null(types);
    cr_assert_eq(media_types_share(types), types);
    media_types_destroy(types);
    cr_expect_str_eq(media_type_of_name(types, "a.own")->content_type, "text/x-own; charset=utf-8");
    media_types_destroy(types);
    cr_expect_eq(memory_live_count(), before);
}

Test(media_type_memory, is_given_back_whichever_allocation_fails) {
    size_t successes = 0;
    bool failed = true;
    for (; failed; successes++) {
        ptrdiff_t before = memory_live_count();
        memory_fail_after(successes);
        struct media_types *types = create(NULL);
        failed = memory_stop_failing();
        cr_assert_eq(types == NULL, failed, "allocation %zu failed, and the table lacks something",
                     successes);
        media_types_destroy(types);
        cr_assert_eq(memory_live_count(), before, "after %zu", successes);
    }
    cr_expect_gt(successes, 4); /* names and types are packed into blocks */
}

/* The buffer of getline() is allocated inside of the C library, but freed here. */
Test(media_type_memory, is_given_back_whichever_line_of_a_file_finds_none) {
    folder_write_text(&folder, "mime.types", "image/x-one one two\nimage/x-three three\n");
    struct folder_path path = folder_path(&folder, "mime.types");
    size_t successes = 0;
    bool failed = true;
    for (; failed; successes++) {
        ptrdiff_t before = memory_live_count();
        memory_fail_after(successes);
        struct media_types *types = create(path.text);
        failed = memory_stop_failing();
        cr_assert_eq(types == NULL, failed, "after %zu", successes);
        media_types_destroy(types);
        ptrdiff_t left = memory_live_count() - before;
        cr_assert(left == -1 || (failed && left == 0), "after %zu: %td pieces left", successes, left);
    }
    cr_expect_gt(successes, 5);
}

Test(media_type_memory, is_needed_to_open_the_file) {
    folder_write_text(&folder, "mime.types", "image/x-one one\n");
    struct folder_path path = folder_path(&folder, "mime.types");
    fdopen_error = ENOMEM;
    cr_expect_null(create(path.text));
    cr_expect_eq(errno, ENOMEM);
    fdopen_error = 0;
    struct media_types *types = create(folder_path(&folder, "missing").text);
    cr_assert_not_null(types, "a file that is not there is none");
    media_types_destroy(types);
}

/* A table without the system's types would be kept. */
Test(media_type_memory, is_as_little_made_without_a_descriptor_for_the_file) {
    folder_write_text(&folder, "mime.types", "image/x-one one\n");
    struct folder_path path = folder_path(&folder, "mime.types");
    struct rlimit limit;
    cr_assert_eq(getrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, limit.rlim_max}), 0);
    struct media_types *types = create(path.text);
    int error = errno;
    cr_assert_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    cr_expect_null(types);
    cr_expect_eq(error, EMFILE);
    media_types_destroy(types);
}

Test(media_type_memory, is_needed_to_read_the_file) {
    folder_write_text(&folder, "mime.types", "image/x-one one\nimage/x-two two\n");
    struct folder_path path = folder_path(&folder, "mime.types");
    for (int lines = 0; lines < 3; lines++) {
        getline_error = ENOMEM;
        lines_until_error = lines;
        cr_expect_null(create(path.text), "after %d lines", lines);
        getline_error = EIO;
        lines_until_error = lines;
        struct media_types *types = create(path.text);
        cr_assert_not_null(types, "after %d lines", lines);
        cr_expect_eq(media_type_of(types, "a.one")->is_known, lines > 0);
        media_types_destroy(types);
    }
    lines_until_error = NEVER;
    struct media_types *types = create(path.text);
    cr_assert_not_null(types);
    cr_expect(media_type_of(types, "a.two")->is_known);
    media_types_destroy(types);
}

Test(media_type_memory, need_not_have_been_there_to_be_given_back) {
    media_types_destroy(NULL);
}
