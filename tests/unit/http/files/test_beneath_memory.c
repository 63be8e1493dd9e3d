/* SPDX-License-Identifier: MIT */
/* A root that is one file, without memory for its name. */
#include "http/files/beneath.h"
#include "tests/support/folder.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>

static struct folder root;

static void set_up(void) {
    folder_create(&root);
}

static void tear_down(void) {
    folder_remove(&root);
}

TestSuite(beneath_memory, .init = set_up, .fini = tear_down, .timeout = 20);

Test(beneath_memory, that_fails_opens_nothing) {
    struct beneath beneath = {.root_fd = -1};
    char *name = NULL;
    folder_write_text(&root, "report.txt", "x");
    struct folder_path path = folder_path(&root, "report.txt");
    memory_fail_after(0);
    cr_expect_eq(beneath_open_folder_of(&beneath, path.text, &name), -ENOMEM);
    cr_expect(memory_stop_failing());
    cr_expect_eq(beneath.root_fd, -1);
    cr_expect_null(name);
    cr_assert_eq(beneath_open_folder_of(&beneath, path.text, &name), 0);
    cr_expect_str_eq(name, "report.txt");
    beneath_close_root(&beneath);
    free(name);
}
