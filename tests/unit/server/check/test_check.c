/* SPDX-License-Identifier: MIT */
/* How often a table is read; what is found: tests/integration/test_check.c. */
#include "http/files/mime_lines.h"
#include "server/check/check.h"
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static size_t reads;

bool __real_mime_file_read(const char *path, mime_type_taker *take, void *context);
bool __wrap_mime_file_read(const char *path, mime_type_taker *take, void *context);

bool __wrap_mime_file_read(const char *path, mime_type_taker *take, void *context) {
    reads++;
    return __real_mime_file_read(path, take, context);
}

TestSuite(check, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

/* The fault: it was read for each root, which took longer than looking at the files. */
Test(check, reads_a_table_of_media_types_once) {
    FILE *out = fopen("out", "w");
    cr_assert_not_null(out);
    folder_write_text(&folder, "types", "text/x-own own\n");
    folder_mkdir(&folder, "a");
    folder_mkdir(&folder, "b");
    folder_mkdir(&folder, "c");
    cr_assert(
        load(
            "listen = 127.0.0.1:0\nmedia_types = types\nroot = a\nhost b { root = b }\nhost c { root = c }") &&
            config_inherit(&config, error),
        "%s", error);
    (void)check_run(&config, NULL, out, out);
    cr_expect_eq(reads, 1, "%zu", reads);
    cr_assert_eq(fclose(out), 0);
    char text[1024];
    folder_read_text(&folder, "out", text, sizeof text);
    cr_expect_not_null(strstr(text, "in 3 roots"), "%s", text);
}
