/* SPDX-License-Identifier: MIT */
#include "http/rules/dotfiles.h"
#include "http/semantics/target.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(dotfiles, .timeout = 60);

enum { ITEMS_MAX = 4 };

struct row {
    const char *items[ITEMS_MAX];
    const char *path;
    bool served;
};

static void check(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        char *items[ITEMS_MAX];
        size_t item_count = 0;
        for (; item_count < ITEMS_MAX && rows[i].items[item_count] != NULL; item_count++) {
            items[item_count] = strdup(rows[i].items[item_count]);
            cr_assert(items[item_count] != NULL);
        }
        struct dotfiles *dotfiles = dotfiles_create(items, item_count);
        cr_assert(dotfiles != NULL);
        while (item_count > 0) {
            free(items[--item_count]); /* there are copies */
        }
        cr_expect(dotfiles_serve(dotfiles, rows[i].path) == rows[i].served, "row %zu: %s by '%s'", i,
                  rows[i].path, rows[i].items[0]);
        dotfiles_destroy(dotfiles);
    }
}

#define CHECK(rows) check(rows, sizeof(rows) / sizeof *(rows))

Test(dotfiles, are_hidden_without_a_word) {
    cr_expect(dotfiles_serve(NULL, "a/b.c/..."));
    cr_expect(dotfiles_serve(NULL, ".well-known/x"));
    cr_expect_not(dotfiles_serve(NULL, "a/.b"));
    cr_expect_not(dotfiles_serve(NULL, ".well-known/.b"));
    static const struct row rows[] = {{{NULL}, ".a", false},
                                      {{"hide"}, ".a", false},
                                      {{"hide"}, "a", true},
                                      {{"hide"}, ".well-known/a", true}};
    CHECK(rows);
}

Test(dotfiles, are_served_but_for_what_is_private) {
    static const struct row rows[] = {
        {{"serve"}, ".a", true},
        {{"serve"}, "a/.b/.c/d", true},
        {{"serve"}, "..data/x", true},
        {{"serve"}, ".gitignore", true},
        {{"serve"}, ".environment", true},
        {{"serve"}, ".git", false},
        {{"serve"}, ".git/", false},
        {{"serve"}, "a/.git/config", false},
        {{"serve"}, ".hg/x", false},
        {{"serve"}, ".svn/x", false},
        {{"serve"}, ".env", false},
        {{"serve"}, ".env.local", false},
        {{"serve"}, ".htaccess", false},
        {{"serve"}, ".a/.htpasswd", false},
        {{"serve"}, ".well-known/.git/x", false},
    };
    CHECK(rows);
}

Test(dotfiles, are_served_by_path) {
    static const struct row rows[] = {
        {{"/.config/*"}, ".config", true}, /* its redirect, and its row in a listing */
        {{"/.config/*"}, ".config/", true},
        {{"/.config/*"}, ".config/a/b", true},
        {{"/.config/*"}, ".config/.x", true},
        {{"/.config/*"}, ".configs/a", false},
        {{"/.config/*"}, "a/.config/a", false},
        {{"/.config"}, ".config/a", true},
        {{"/.config"}, ".config/.x", false},
        {{"*/.config/*"}, "a/b/.config/a", true},
        {{"/a/*"}, "a/.b/c", true},
        {{"/a/*"}, "b/.b/c", false},
    };
    CHECK(rows);
}

Test(dotfiles, that_are_private_have_to_be_named) {
    static const struct row rows[] = {
        {{"*"}, ".a", true},
        {{"*"}, ".git/config", false},
        {{"*/.*"}, ".git/config", false},
        {{"/repo/*"}, "repo/.git/config", false},
        {{"*git*"}, ".git/config", false},
        {{"/repo/.git/*"}, "repo/.git/config", true},
        {{"/repo/.git/*"}, "repo/.git/.env", false},
        {{"/repo/.git/*"}, ".git/config", false},
        {{"*/.git/*"}, "a/b/.git/HEAD", true},
        {{"/.ht*"}, ".htaccess", true},
        {{"/.env"}, ".env", true},
        {{"/.env"}, ".env.local", false},
        {{"serve", "/.env.example"}, ".env.example", true},
        {{"/.env.example", "serve"}, ".env.example", true},
        {{"/.git/*"}, ".hg/x", false},
    };
    CHECK(rows);
}

Test(dotfiles, go_by_the_last_item_that_matches) {
    static const struct row rows[] = {
        {{"serve", "!/private/*"}, "private/.a", false}, {{"serve", "!/private/*"}, "public/.a", true},
        {{"serve", "!*/.cache"}, "a/.cache/x", false},   {{"!/private/*", "serve"}, "private/.a", true},
        {{"serve", "!/a/*", "/a/.b"}, "a/.b", true},     {{"serve", "hide"}, ".a", false},
        {{"serve", "!*"}, ".well-known/a", true},
    };
    CHECK(rows);
}

Test(dotfiles, are_hidden_beyond_the_longest_path) {
    static char path[TARGET_PATH_BYTES + 1];
    char serve[] = "serve";
    char *items[] = {serve};
    struct dotfiles *dotfiles = dotfiles_create(items, 1);
    cr_assert_not_null(dotfiles);
    memset(path, 'a', sizeof path - 1);
    path[0] = '.';
    cr_expect_not(dotfiles_serve(dotfiles, path));
    path[TARGET_PATH_BYTES - 1] = '\0';
    cr_expect(dotfiles_serve(dotfiles, path));
    dotfiles_destroy(dotfiles);
}
