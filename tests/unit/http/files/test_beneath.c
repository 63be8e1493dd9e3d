/* SPDX-License-Identifier: MIT */
/* Where paths and links lead. test_beneath_limits.c has what cannot be opened, test_beneath_race.c the races.
 * */
#include "tests/support/folder.h"
#include "tests/unit/http/files/beneath_ways.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct folder workplace;
static struct folder root;
static struct beneath beneath;

static void set_up(void) {
    folder_create(&workplace);
    folder_create_inside(&root, &workplace, "root");
    folder_write_text(&workplace, "secret.txt", "outside");
    folder_write_text(&workplace, "root-neighbour/secret.txt", "outside");
    folder_write_text(&root, "plain.txt", "plain");
    folder_write_text(&root, "dir/nested.txt", "nested");
    folder_write_text(&root, "dir/deep/marker.txt", "marker");
    folder_write_text(&root, "dir/marker.txt", "decoy");
    folder_write_text(&root, "dir/deep/er/bottom.txt", "bottom");
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&beneath);
    folder_remove(&workplace);
}

TestSuite(beneath, .init = set_up, .fini = tear_down, .timeout = 60);

Test(beneath, opens_files_and_folders_below_the_root) {
    static const struct {
        const char *path;
        const char *found;
        int error;
    } rows[] = {
        {"", "folder", 0},
        {".", "folder", 0},
        {"./", "folder", 0},
        {"plain.txt", "plain", 0},
        {"./plain.txt", "plain", 0},
        {"dir", "folder", 0},
        {"dir/", "folder", 0},
        {"dir/.", "folder", 0},
        {"dir/nested.txt", "nested", 0},
        {"dir//nested.txt", "nested", 0},
        {"dir/./nested.txt", "nested", 0},
        {"dir/deep/er/bottom.txt", "bottom", 0},
        {"missing", NULL, ENOENT},
        {"missing/nested.txt", NULL, ENOENT},
        {"dir/missing", NULL, ENOENT},
        {"plain.txt/", NULL, ENOTDIR},
        {"plain.txt/.", NULL, ENOTDIR},
        {"plain.txt/nested.txt", NULL, ENOTDIR},
        {"missing/", NULL, ENOENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_opened(&beneath, rows[i].path, rows[i].found, rows[i].error);
    }
}

Test(beneath, goes_up_no_further_than_the_root) {
    static const struct {
        const char *path;
        const char *found;
        int error;
    } rows[] = {
        {"..", NULL, EXDEV},
        {"../", NULL, EXDEV},
        {"../secret.txt", NULL, EXDEV},
        {"../root/plain.txt", NULL, EXDEV},
        {"./../secret.txt", NULL, EXDEV},
        {"dir/../../secret.txt", NULL, EXDEV},
        {"dir/deep/../../../secret.txt", NULL, EXDEV},
        {"dir/./../../secret.txt", NULL, EXDEV},
        {"/", NULL, EXDEV},
        {"/etc/passwd", NULL, EXDEV},
        {"//etc/passwd", NULL, EXDEV},
        {"dir/..", "folder", 0},
        {"dir/../plain.txt", "plain", 0},
        {"dir/deep/../nested.txt", "nested", 0},
        {"dir/./../plain.txt", "plain", 0},
        {"dir/deep/er/../../../plain.txt", "plain", 0},
        {"dir/deep/.././nested.txt", "nested", 0},
        {"missing/../plain.txt", NULL, ENOENT},
        {"plain.txt/../plain.txt", NULL, ENOTDIR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_opened(&beneath, rows[i].path, rows[i].found, rows[i].error);
    }
}

Test(beneath, follows_links_that_stay_inside) {
    static const struct {
        const char *link;
        const char *points_to;
        const char *path;
        const char *found;
    } rows[] = {
        {"to-file", "plain.txt", "to-file", "plain"},
        {"dir/up", "../plain.txt", "dir/up", "plain"},
        {"dir/deep/er/far-up", "../../../plain.txt", "dir/deep/er/far-up", "plain"},
        {"chain", "to-file", "chain", "plain"},
        {"to-folder", "dir", "to-folder", "folder"},
        {NULL, NULL, "to-folder/", "folder"},
        {NULL, NULL, "to-folder/nested.txt", "nested"},
        {NULL, NULL, "to-folder//./up", "plain"},
        {"folder-with-slash", "dir/", "folder-with-slash/nested.txt", "nested"},
        {NULL, NULL, "folder-with-slash", "folder"},
        {"self", ".", "self/self/plain.txt", "plain"},
        {"dir/parent", "..", "dir/parent", "folder"},
        {NULL, NULL, "dir/parent/plain.txt", "plain"},
        {NULL, NULL, "dir/parent/dir/parent/dir/nested.txt", "nested"},
        {"in-and-up", "dir/../plain.txt", "in-and-up", "plain"},
        {"deep-link", "dir/deep", "deep-link/er/bottom.txt", "bottom"},
        /* ".." behind a link is the parent of what the link leads to: dir, where marker.txt is the decoy */
        {"up-behind-link", "deep-link/../marker.txt", "up-behind-link", "decoy"},
        {NULL, NULL, "deep-link/../marker.txt", "decoy"},
        {"er-link", "dir/deep/er", "er-link/../marker.txt", "marker"},
        {"twice", "er-link/../../marker.txt", "twice", "decoy"},
        {"dotted", "./dir/./deep/../nested.txt", "dotted", "nested"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].link != NULL) {
            folder_symlink(&root, rows[i].link, rows[i].points_to);
        }
        expect_opened(&beneath, rows[i].path, rows[i].found, 0);
    }
}

Test(beneath, refuses_links_that_lead_out_or_nowhere) {
    struct folder_path absolute_inside = folder_path(&root, "plain.txt");
    const struct {
        const char *link;
        const char *points_to;
        const char *path;
        int error;
    } rows[] = {
        {"out", "../secret.txt", "out", EXDEV},
        {"dir/out", "../../secret.txt", "dir/out", EXDEV},
        {"out-folder", "..", "out-folder", EXDEV},
        {NULL, NULL, "out-folder/secret.txt", EXDEV},
        {NULL, NULL, "out-folder/root/plain.txt", EXDEV},
        {"neighbour", "../root-neighbour/secret.txt", "neighbour", EXDEV},
        {"out-and-in", "../root/plain.txt", "out-and-in", EXDEV},
        {"in-and-out", "dir/../../secret.txt", "in-and-out", EXDEV},
        {"absolute", "/etc/passwd", "absolute", EXDEV},
        {"absolute-root", "/", "absolute-root", EXDEV},
        {NULL, NULL, "absolute-root/etc/passwd", EXDEV},
        {"absolute-inside", absolute_inside.text, "absolute-inside", EXDEV},
        {"chain-out", "dir/out", "chain-out", EXDEV},
        {"dir/link-up", "..", "dir/link-up/..", EXDEV},
        {NULL, NULL, "dir/link-up/../secret.txt", EXDEV},
        {"dangling", "missing", "dangling", ENOENT},
        {"loop", "loop", "loop", ELOOP},
        {"ping", "pong", "ping/x", ENOENT}, /* as long as there is no pong */
        {"pong", "ping", "pong/x", ELOOP},
        {"to-file", "plain.txt", "to-file/", ENOTDIR},
        {NULL, NULL, "to-file/x", ENOTDIR},
        {"file-as-folder", "plain.txt/", "file-as-folder", ENOTDIR},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].link != NULL) {
            folder_symlink(&root, rows[i].link, rows[i].points_to);
        }
        expect_opened(&beneath, rows[i].path, NULL, rows[i].error);
    }
}
