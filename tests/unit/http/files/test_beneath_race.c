/* SPDX-License-Identifier: MIT */
/* Renames while a path is opened: whatever the moment, no file from outside comes out. */
#include "tests/support/folder.h"
#include "tests/unit/http/files/beneath_ways.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <linux/fs.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

enum { EXCHANGES = 20000 }; /* an even number: in the end each name is what it was */

static struct folder workplace;
static struct folder root;
static struct beneath beneath;

static void set_up(void) {
    folder_create(&workplace);
    folder_create_inside(&root, &workplace, "root");
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&beneath);
    folder_remove(&workplace);
}

TestSuite(beneath_race, .init = set_up, .fini = tear_down, .timeout = 120);

/* Two names below the workplace that a thread exchanges over and over. */
struct swap {
    struct folder_path one;
    struct folder_path other;
    atomic_bool done;
    int error;
};

static void *exchange(void *context) {
    struct swap *swap = context;
    for (int i = 0; i < EXCHANGES; i++) {
        if (syscall(SYS_renameat2, AT_FDCWD, swap->one.text, AT_FDCWD, swap->other.text, RENAME_EXCHANGE) ==
            -1) {
            swap->error = errno; /* musl has no function for it */
        }
    }
    atomic_store(&swap->done, true);
    return NULL;
}

/* Open the path again and again while the names are exchanged. Returns how often a file or folder was opened.
 * */
static size_t open_while_exchanging(int (*open_way)(const struct beneath *, const char *), const char *path,
                                    const char *one, const char *other) {
    struct swap swap = {.one = folder_path(&workplace, one), .other = folder_path(&workplace, other)};
    pthread_t thread;
    size_t opened = 0;
    atomic_init(&swap.done, false);
    cr_assert_eq(pthread_create(&thread, NULL, exchange, &swap), 0);
    for (bool last = false; !last;) {
        last = atomic_load(&swap.done);
        int fd = open_way(&beneath, path);
        opened += fd >= 0 ? 1 : 0;
        const char *found = describe(fd);
        cr_assert(strstr(found, "outside") == NULL, "'%s' led out", path);
    }
    cr_assert_eq(pthread_join(thread, NULL), 0);
    cr_assert(swap.error == 0, "renameat2: %s", strerror(swap.error));
    return opened;
}

static void expect_inside_in_each_way(const char *path, const char *one, const char *other) {
    for (size_t way = 0; way < WAYS_COUNT; way++) {
        size_t opened = open_while_exchanging(ways[way].open, path, one, other);
        cr_expect(opened > 0, "%s '%s' never opened", ways[way].name, path);
        const char *found = describe(ways[way].open(&beneath, path));
        cr_expect(strcmp(found, "inside") == 0, "%s '%s': %s in the end", ways[way].name, path, found);
    }
}

Test(beneath_race, never_follows_a_link_that_takes_the_place_of_a_folder) {
    folder_write_text(&workplace, "outside/file.txt", "outside");
    folder_write_text(&root, "folder/file.txt", "inside");
    folder_symlink(&root, "link", "../outside");
    expect_inside_in_each_way("folder/file.txt", "root/folder", "root/link");
}

/* The same path below / as below the folder, so that a link to / that is followed leads to a file. */
Test(beneath_race, never_follows_a_link_to_the_top_of_the_file_system) {
    char path[2 * FOLDER_PATH_BYTES];
    struct folder_path outside = folder_path(&workplace, "secret.txt");
    folder_write_text(&workplace, "secret.txt", "outside");
    (void)snprintf(path, sizeof path, "folder%s", outside.text);
    folder_write_text(&root, path, "inside");
    folder_symlink(&root, "link", "/");
    expect_inside_in_each_way(path, "root/folder", "root/link");
}

Test(beneath_race, never_follows_a_link_that_takes_the_place_of_a_file) {
    folder_write_text(&workplace, "secret.txt", "outside");
    folder_write_text(&root, "file.txt", "inside");
    folder_symlink(&root, "link", "../secret.txt");
    expect_inside_in_each_way("file.txt", "root/file.txt", "root/link");
}

/* A folder that is moved out of the root while ".." is looked up in it has another parent then. */
Test(beneath_race, never_goes_up_from_a_folder_that_was_moved_out) {
    folder_write_text(&workplace, "elsewhere/file.txt", "outside");
    folder_mkdir(&workplace, "elsewhere/sub");
    folder_write_text(&root, "folder/file.txt", "inside");
    folder_mkdir(&root, "folder/sub");
    folder_symlink(&root, "link", "folder/sub/../file.txt");
    expect_inside_in_each_way("folder/sub/../file.txt", "root/folder/sub", "elsewhere/sub");
    expect_inside_in_each_way("link", "root/folder/sub", "elsewhere/sub");
}
