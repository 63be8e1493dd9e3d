/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* In no name, as error pages tell the path that was asked for. */
#define SECRET "not for anybody"

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&workplace, "secret.txt", SECRET);
    folder_write_text(&workplace, "site-neighbour/secret.txt", SECRET);
    folder_write_text(&site, "index.html", "index");
    folder_write_text(&site, "sub/a.txt", "a");
}

TestSuite(containment, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

StageTest(containment, dots_and_slashes_never_lead_out) {
    static const char *const targets[] = {
        "/../secret.txt",
        "/sub/../../secret.txt",
        "/../../../../../../../../etc/passwd",
        "/%2e%2e/secret.txt",
        "/%2E./secret.txt",
        "/sub/%2e%2e/%2e%2e/secret.txt",
        "/..%2fsecret.txt",
        "/..%2Fsecret.txt",
        "/sub%2f..%2f..%2fsecret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "/....//secret.txt",
        "/..;/secret.txt",
        "/..%c0%afsecret.txt",
        "/%252e%252e/secret.txt",
        "/.//../secret.txt",
        "//../secret.txt",
        "/../site-neighbour/secret.txt",
        "http://localhost/../secret.txt",
        "/../site/../secret.txt",
    };
    serve(NULL);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_assert(get(targets[i]) == 404, "%s: status %d", targets[i], answer.status);
        cr_assert(strstr(answer.body, SECRET) == NULL, "%s: '%s'", targets[i], answer.body);
    }
}

StageTest(containment, dots_and_slashes_inside_are_resolved) {
    static const char *const targets[] = {
        "/sub/a.txt",
        "//sub//a.txt",
        "/./sub/./a.txt",
        "/sub/../sub/a.txt",
        "/../sub/a.txt",
        "/sub/x/../a.txt",
        "/%2e/sub/%2e%2e/sub/a.txt",
        "/sub/.//a.txt",
        "///../..//sub/a.txt",
    };
    serve(NULL);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        cr_assert(get(targets[i]) == 200, "%s: status %d", targets[i], answer.status);
        cr_assert(strcmp(answer.body, "a") == 0, "%s: '%s'", targets[i], answer.body);
    }
}

StageTest(containment, symlinks_lead_anywhere_inside_and_nowhere_out) {
    static const struct {
        const char *link; /* made in the site, NULL for none */
        const char *points_to;
        const char *target;
        int status;
    } rows[] = {
        {"inside", "sub/a.txt", "/inside", 200},
        {"sub/up-and-inside", "../sub/a.txt", "/sub/up-and-inside", 200},
        {"chain", "inside", "/chain", 200},
        {"folder-inside", "sub", "/folder-inside/", 200},
        {NULL, NULL, "/folder-inside/a.txt", 200},
        {NULL, NULL, "/folder-inside", 301},
        {"out", "../secret.txt", "/out", 404},
        {"out-by-absolute-path", "/etc/passwd", "/out-by-absolute-path", 404},
        {"folder-out", "..", "/folder-out/", 404},
        {NULL, NULL, "/folder-out", 404},
        {NULL, NULL, "/folder-out/secret.txt", 404},
        {NULL, NULL, "/folder-out/site/sub/a.txt", 404}, /* out and in again is out */
        {"root", "/", "/root", 404},
        {NULL, NULL, "/root/etc/passwd", 404},
        {"chain-out", "out", "/chain-out", 404},
        {"dangling", "nowhere", "/dangling", 404},
        {"loop", "loop", "/loop", 404},
        {"magic", "/proc/self/root/etc/passwd", "/magic", 404},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (rows[i].link != NULL) {
            folder_symlink(&site, rows[i].link, rows[i].points_to);
        }
    }
    serve(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(get(rows[i].target) == rows[i].status, "%s: status %d", rows[i].target, answer.status);
        cr_assert(strstr(answer.body, SECRET) == NULL, "%s: '%s'", rows[i].target, answer.body);
    }
}

StageTest(containment, dot_files_are_not_there_but_well_known_is) {
    static const struct {
        const char *name;
        int status;
    } rows[] = {
        {".htpasswd", 404},
        {".git/config", 404},
        {"sub/.env", 404},
        {"..hidden", 404},
        {"...", 200},
        {"...And-Justice.txt", 200},
        {".well-known/x", 200},
        {"sub/.well-known/x", 404},
        {".well-known/.secret", 404},
        {".well-knownx/x", 404},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        folder_write_text(&site, rows[i].name, "x");
    }
    serve(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "/%s", rows[i].name);
        cr_assert(get(target) == rows[i].status, "%s: status %d", rows[i].name, answer.status);
    }
    cr_assert(get("/%2egit/config") == 404, "status %d", answer.status);
    cr_assert(get("/.git/") == 404, "status %d", answer.status);
    cr_assert(get("/.git") == 404, "status %d", answer.status);
}

StageTest(containment, dot_files_are_served_listed_and_archived_as_configured) {
    static const struct {
        const char *name;
        bool served;
    } rows[] = {
        {"d/.config/a", true},   {"d/.a", true},           {"d/.git/HEAD", false},   {"d/.env", false},
        {"d/r/.git/HEAD", true}, {"d/r/.gitignore", true}, {"d/r/.htpasswd", false}, {"d/no/.a", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        folder_write_text(&site, rows[i].name, "x");
    }
    serve(LIST("LIDO_DOTFILES=serve,/d/r/.git/*,!/d/no/*"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "/%s", rows[i].name);
        cr_assert(get(target) == (rows[i].served ? 200 : 404), "%s: status %d", target, answer.status);
    }
    cr_assert(get("/d/.git/") == 404 && get("/d/.git") == 404 && get("/d/r/.git") == 301);
    cr_assert(get("/d/?format=text") == 200);
    cr_assert_str_eq(answer.body, ".config/\nno/\nr/\n.a\n");
    cr_assert(get("/d/?download=tar") == 200);
    cr_assert(memmem(answer.body, answer.body_size, "d/r/.git/HEAD", strlen("d/r/.git/HEAD")) != NULL);
    cr_assert(memmem(answer.body, answer.body_size, ".htpasswd", strlen(".htpasswd")) == NULL);
}

/* One worker: were it to wait for a writer of the FIFO, nobody would be served after. */
StageTest(containment, a_fifo_neither_blocks_nor_is_served) {
    folder_fifo(&site, "pipe");
    folder_fifo(&site, "indexed/index.html");
    folder_symlink(&site, "link-to-pipe", "pipe");
    serve(LIST("LIDO_THREADS=1"));
    for (int i = 0; i < 3; i++) {
        int status = get("/pipe");
        cr_assert(status == 403 || status == 404, "status %d", status);
        status = get("/link-to-pipe");
        cr_assert(status == 403 || status == 404, "link: status %d", status);
        (void)get("/indexed/");
        cr_assert(get("/sub/a.txt") == 200, "status %d", answer.status);
    }
}

StageTest(containment, a_device_neither_blocks_nor_is_served) {
    struct folder_path zero = folder_path(&site, "zero");
    if (mknod(zero.text, S_IFCHR | 0644, makedev(1, 5)) != 0) {
        stage_skip("making a device takes privileges");
    }
    serve(LIST("LIDO_THREADS=1"));
    int status = get("/zero");
    cr_assert(status == 403 || status == 404, "status %d", status);
    cr_assert(get("/sub/a.txt") == 200, "status %d", answer.status);
}

StageTest(containment, a_file_is_not_a_folder_and_a_folder_not_a_file) {
    folder_write_text(&site, "page.html/a.txt", "in a folder called page.html");
    serve(NULL);
    cr_assert(get("/sub/a.txt/") == 404, "file with a slash: status %d", answer.status);
    cr_assert(get("/sub/a.txt/b") == 404, "below a file: status %d", answer.status);
    cr_assert(get("/sub/a.txt/.") == 404, "dot below a file: status %d", answer.status);
    cr_assert(get("/page.html") == 301, "folder without a slash: status %d", answer.status);
    cr_assert(get("/page.html/") == 200, "folder: status %d", answer.status);
    cr_assert(get("/page.html/a.txt") == 200, "below the folder: status %d", answer.status);
}

StageTest(containment, a_name_too_long_is_404) {
    static char target[6000] = "/";
    serve(NULL);
    memset(target + 1, 'x', 300);
    cr_assert(get(target) == 404, "a segment of 300 bytes: status %d", answer.status);
    for (size_t i = 1; i + 1 < sizeof target; i++) {
        target[i] = i % 2 == 0 ? '/' : 'x';
    }
    cr_assert(get(target) == 404, "a path of 5999 bytes: status %d", answer.status);
}
