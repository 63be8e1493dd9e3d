/* SPDX-License-Identifier: MIT */
/* Apart from test_json_writer.c, as its open() stands in front of the C library's for all that is in the program. */
#include "http/base/json_writer.h"

#include <criterion/criterion.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

TestSuite(json_writer_seed, .timeout = 20);

static int opened_count;

int open(const char *path, int flags, ...); /* <fcntl.h> may give it the name of open64() */

int open(const char *path, int flags, ...) {
    va_list arguments;
    va_start(arguments, flags);
    unsigned mode = va_arg(arguments, unsigned);
    va_end(arguments);
    opened_count += strcmp(path, "/dev/urandom") == 0;
    return (int)syscall(SYS_open, path, flags, mode);
}

Test(json_writer_seed, saves_the_first_object_from_opening_a_file) {
    json_writer_seed();
    json_decref(json_object());
    cr_expect_eq(opened_count, 0);
}

Test(json_writer_seed, is_what_the_first_object_would_open_a_file_for) {
    json_decref(json_object());
    cr_expect_eq(opened_count, 1);
}
