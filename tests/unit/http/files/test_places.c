/* SPDX-License-Identifier: MIT */
#include "http/base/refused_links.h"
#include "http/files/places.h"
#include "tests/support/folder.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct folder workplace;
static struct folder root;
static struct beneath beneath;
static struct places *places;

static void set_up(void) {
    folder_create(&workplace);
    folder_create_inside(&root, &workplace, "srv/www/root");
    folder_write_text(&workplace, "media/a.txt", "a");
    folder_write_text(&workplace, "secret.txt", "secret");
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
    struct folder_path media = folder_path(&workplace, "media");
    struct folder_path missing = folder_path(&workplace, "missing");
    char word[] = "inside";
    char *paths[] = {missing.text, media.text, word};
    places = places_create(root.path, paths, 3);
    cr_assert(places != NULL);
    beneath.places = places;
}

static void tear_down(void) {
    places_destroy(places);
    beneath_close_root(&beneath);
    folder_remove(&workplace);
}

TestSuite(places, .init = set_up, .fini = tear_down, .timeout = 60);

/* With openat2(2) and without. */
static void expect(const char *path, int error) {
    for (int without = 0; without < 2; without++) {
        struct beneath from = beneath;
        from.has_openat2 = beneath.has_openat2 && without == 0;
        int fd = beneath_open(&from, path);
        cr_expect(error == 0 ? fd >= 0 : fd == -error, "%s: %d", path, fd);
        if (fd >= 0) {
            (void)close(fd);
        }
    }
}

Test(places, are_reached_by_any_number_of_steps_up) {
    folder_symlink(&root, "up", "../../../media");
    folder_symlink(&root, "deep/up", "../../../../media/./a.txt");
    folder_symlink(&root, "too-far", "../../../../../../../../../../../../media/a.txt");
    folder_symlink(&workplace, "media/back", "../srv/www/root/own.txt");
    folder_write_text(&root, "own.txt", "own");
    expect("up/a.txt", 0);
    expect("up/", 0);
    expect("up", 0);
    expect("deep/up", 0);
    expect("up/back", 0);
    expect("too-far", EXDEV);
    expect("up/none", ENOENT);
    expect("up/a.txt/", ENOTDIR);
}

Test(places, are_all_there_is) {
    folder_symlink(&root, "secret", "../../../secret.txt");
    folder_symlink(&root, "round", "../../../media/../secret.txt");
    folder_symlink(&root, "prefix", "../../../media-not/a.txt");
    folder_symlink(&workplace, "media/out", "../secret.txt");
    folder_write_text(&workplace, "media-not/a.txt", "secret");
    folder_symlink(&root, "up", "../../../media");
    expect("secret", EXDEV);
    expect("round", EXDEV);
    expect("prefix", EXDEV);
    expect("up/out", EXDEV);
    expect("up/../secret.txt", EXDEV);
}

/* 40 of them, as of links. */
Test(places, end_a_long_way_from_one_to_the_other) {
    char text[PATH_MAX] = "../../../media";
    for (int i = 0; i < 30; i++) {
        (void)strcat(text, "/../media");
    }
    folder_symlink(&root, "short", text);
    for (int i = 0; i < 20; i++) {
        (void)strcat(text, "/../media");
    }
    folder_symlink(&root, "long", text);
    expect("short/a.txt", 0);
    expect("long/a.txt", ELOOP);
}

/* The link itself may be as long as any path, and leads to one that is longer. */
Test(places, are_out_of_reach_of_the_longest_link) {
    char text[PATH_MAX] = "../../../";
    size_t length = strlen(text);
    while (length + strlen("media/a.txt") < PATH_MAX - 2) {
        length += (size_t)sprintf(text + length, "./");
    }
    (void)strcpy(text + length, "media/a.txt");
    folder_symlink(&root, "longest", text);
    expect("longest", EXDEV);
}

Test(places, end_a_loop) {
    folder_symlink(&root, "up", "../../../media");
    folder_symlink(&workplace, "media/loop", "../srv/www/root/up/loop");
    expect("up/loop", ELOOP);
}

/* Whether the link is told of, with and without openat2(2); NULL: nothing is. Both paths begin at the
 * workplace. */
static void expect_note(const char *path, const char *link, const char *target) {
    for (int without = 0; without < 2; without++) {
        struct refused_links refused = {0};
        struct beneath from = beneath;
        from.has_openat2 = beneath.has_openat2 && without == 0;
        places_note_refused(&from, path, &refused);
        struct refused_link *noted = refused_links_take(&refused);
        cr_expect_eq(noted != NULL, link != NULL, "%s", path);
        if (noted != NULL && link != NULL) {
            struct folder_path link_path = folder_path(&workplace, link);
            struct folder_path target_path = folder_path(&workplace, target);
            cr_expect_str_eq(noted->path, link_path.text, "%s", path);
            cr_expect_str_eq(noted->target, target[0] == '/' ? target : target_path.text, "%s", path);
        }
        free(noted);
    }
}

static void make_links_out(void) {
    folder_write_text(&root, "own.txt", "own");
    folder_symlink(&root, "secret", "../../../secret.txt");
    folder_symlink(&root, "etc", "/etc/");
    folder_symlink(&root, "steps", "./../..//../media/../other/.");
    folder_symlink(&root, "hop", "steps/sub");
    folder_symlink(&root, "up", "../../../media");
    folder_symlink(&workplace, "media/out", "../secret.txt");
    folder_symlink(&root, "too-far", "../../../../../../../../../../../../etc");
}

Test(places, tell_of_links_that_lead_elsewhere) {
    make_links_out();
    expect_note("secret", "srv/www/root/secret", "secret.txt");
    expect_note("secret/", "srv/www/root/secret", "secret.txt");
    expect_note("etc/passwd", "srv/www/root/etc", "/etc");
    expect_note("steps/a/b", "srv/www/root/steps", "other/.");
    expect_note("hop/a", "srv/www/root/steps", "other/.");
    expect_note("up/out", "media/out", "secret.txt");
    expect_note("too-far/passwd", NULL, NULL);
    expect_note("up/a.txt", NULL, NULL);
    expect_note("up/none", NULL, NULL);
    expect_note("own.txt", NULL, NULL);
    expect_note("none", NULL, NULL);
    expect_note("../../../secret.txt", NULL, NULL);
    expect_note("/etc/passwd", NULL, NULL);
}

Test(places, tell_of_all_links_out_when_there_are_none) {
    make_links_out();
    places_destroy(places);
    places = places_create(root.path, NULL, 0);
    beneath.places = places;
    char own[PATH_MAX + 16];
    (void)snprintf(own, sizeof own, "%s/own.txt", root.path);
    folder_symlink(&root, "absolute", own);
    expect("absolute", EXDEV);
    expect("up/a.txt", EXDEV);
    expect_note("up/a.txt", "srv/www/root/up", "media");
    expect_note("hop/a", "srv/www/root/steps", "media/../other/.");
    expect_note("absolute", "srv/www/root/absolute", "srv/www/root/own.txt");
}

Test(places, are_not_reached_without_a_link) {
    struct folder_path file = folder_path(&workplace, "media/a.txt");
    expect(file.text, EXDEV);
    expect("../../../media/a.txt", EXDEV);
}

/* As that of a folder that was removed, or moved, with the program in it. */
Test(places, know_no_way_from_a_root_whose_path_is_unknown) {
    make_links_out();
    places_destroy(places);
    struct folder_path media = folder_path(&workplace, "media");
    char *paths[] = {media.text};
    places = places_create("no/such/root", paths, 1);
    beneath.places = places;
    folder_symlink(&root, "absolute", media.text);
    expect("absolute/a.txt", 0);
    expect("up/a.txt", EXDEV);
    expect_note("up/a.txt", NULL, NULL);
}

static int lowest_free_descriptor(void) {
    int fd = dup(STDERR_FILENO);
    (void)close(fd);
    return fd;
}

Test(places, are_given_back_whichever_allocation_fails) {
    char media[FOLDER_PATH_BYTES + 1];
    (void)snprintf(media, sizeof media, "%s/", folder_path(&workplace, "media").text);
    char *paths[] = {media};
    ptrdiff_t live_before = memory_live_count();
    int free_before = lowest_free_descriptor();
    size_t successes = 0;
    for (bool failed = true; failed; successes++) {
        memory_fail_after(successes);
        struct places *made = places_create(root.path, paths, 1);
        failed = memory_stop_failing();
        cr_expect_eq(made == NULL, failed, "allocation %zu", successes);
        places_destroy(made);
        cr_expect_eq(memory_live_count(), live_before, "allocation %zu", successes);
        cr_expect_eq(lowest_free_descriptor(), free_before, "allocation %zu", successes);
    }
    cr_expect_gt(successes, 3);
}
