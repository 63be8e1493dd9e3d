/* SPDX-License-Identifier: MIT */
/* Symbolic links that lead out of the root, to folders that the owner named, and to others. */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECRET "not for anybody"

static void set_up(void) {
    stage_set_up();
    folder_write_text(&workplace, "media/a.js", "alert(1)");
    folder_write_text(&workplace, "media/a.js.gz", "stands for gzip");
    folder_write_text(&workplace, "media/sub/b.txt", "b");
    folder_write_text(&workplace, "more/c.txt", "c");
    folder_write_text(&workplace, "secret.txt", SECRET);
    folder_write_text(&workplace, "media-not/secret.txt", SECRET);
    folder_write_text(&site, "own.txt", "own");
    folder_symlink(&site, "relative", "../media");
    folder_symlink(&site, "hop", "relative/sub");
    folder_symlink(&site, "neighbour", "../media-not");
    folder_symlink(&site, "beside", "../media/../secret.txt");
    folder_symlink(&site, "etc", "/etc/passwd");
    folder_symlink(&workplace, "media/to-more", "../more");
    folder_symlink(&workplace, "media/to-site", "../site/own.txt");
    folder_symlink(&workplace, "media/out", "../secret.txt");
    folder_symlink(&workplace, "media/loop", "../site/relative/loop");
    struct folder_path media = folder_path(&workplace, "media");
    folder_symlink(&site, "absolute", media.text);
}

TestSuite(links, .init = set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static void serve_links(const char *first, const char *second) {
    char setting[2 * sizeof(struct folder_path) + 32];
    struct folder_path one = folder_path(&workplace, first);
    struct folder_path two = folder_path(&workplace, second);
    (void)snprintf(setting, sizeof setting, "LIDO_LINKS=%s,%s", one.text, two.text);
    serve(LIST(setting));
}

struct row {
    const char *target;
    int status;
    const char *body;
};

static void expect_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        cr_assert(get(rows[i].target) == rows[i].status, "%s: %d", rows[i].target, answer.status);
        cr_assert(rows[i].body == NULL || strcmp(answer.body, rows[i].body) == 0, "%s: %s", rows[i].target,
                  answer.body);
        cr_assert(strstr(answer.body, SECRET) == NULL, "%s", rows[i].target);
    }
}

StageTest(links, lead_to_named_folders_and_from_one_to_another) {
    static const struct row rows[] = {
        {"/own.txt", 200, "own"},
        {"/relative/a.js", 200, "alert(1)"},
        {"/absolute/a.js", 200, "alert(1)"},
        {"/absolute/sub/b.txt", 200, "b"},
        {"/hop/b.txt", 200, "b"},
        {"/relative", 301, NULL},
        {"/relative/", 200, NULL},
        {"/relative/to-more/c.txt", 200, "c"},
        {"/absolute/to-site", 200, "own"},
        {"/absolute/none", 404, NULL},
        {"/absolute/out", 404, NULL},
        {"/absolute/loop", 404, NULL},
        {"/neighbour/secret.txt", 404, NULL},
        {"/beside", 404, NULL},
        {"/etc", 404, NULL},
    };
    serve_links("media", "more");
    for (int round = 0; round < 3; round++) { /* from the disk and from the cache */
        expect_rows(rows, sizeof rows / sizeof *rows);
    }
    ask("GET /relative/a.js HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
    cr_assert_str_eq(answer.body, "stands for gzip");
    cr_assert(get("/?format=text") == 200);
    cr_assert_str_eq(answer.body, "absolute/\nhop/\nrelative/\nown.txt\n");
    cr_assert(get("/relative/?download=tar") == 200);
    cr_assert(memmem(answer.body, answer.body_size, "relative/to-site", 16) != NULL);
    cr_assert(memmem(answer.body, answer.body_size, SECRET, strlen(SECRET)) == NULL);
}

StageTest(links, lead_inside_alone_without_a_word) {
    static const struct row rows[] = {
        {"/relative/a.js", 404, NULL}, {"/absolute/a.js", 404, NULL}, {"/hop/b.txt", 404, NULL}};
    serve(NULL);
    expect_rows(rows, sizeof rows / sizeof *rows);
}

/* No client is there while the lines are awaited. */
StageTest(links, that_are_refused_are_told_of_once_with_the_remedy) {
    serve_links("more", "media");
    cr_assert(get("/") == 200 && get("/?download=tar") == 200); /* nobody asked for the links in there */
    size_t count = program_count_lines(&lido.err);
    cr_assert(get("/neighbour/secret.txt") == 404);
    cr_assert(get("/etc") == 404);
    program_await_line(&lido, &lido.err, "media-not\"", NULL);
    program_await_line(&lido, &lido.err, "links = \"/etc\"", NULL);
    struct folder_path link = folder_path(&site, "neighbour");
    cr_assert(strstr(lido.err.text, link.text) != NULL, "%s", lido.err.text);
    cr_assert(strstr(lido.err.text, "'/etc/passwd'") != NULL, "%s", lido.err.text);
    cr_assert(get("/neighbour/") == 404 && get("/neighbour/none") == 404 && get("/etc") == 404);
    cr_assert(get("/beside") == 404);
    program_await_line(&lido, &lido.err, "/beside'", NULL);
    cr_assert_eq(program_count_lines(&lido.err), count + 3, "%s", lido.err.text);
}

StageTest(links, may_name_only_folders_that_are_there) {
    static const struct {
        const char *name;
        const char *reason;
    } rows[] = {{"missing", "No such file"}, {"secret.txt", "Not a directory"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct folder_path folder = folder_path(&workplace, rows[i].name);
        char config[sizeof folder + 64];
        (void)snprintf(config, sizeof config, "# links\nlinks = { inside, \"%s\" }\n", folder.text);
        folder_write_text(&workplace, "lido.conf", config);
        struct folder_path file = folder_path(&workplace, "lido.conf");
        for (int only_check = 0; only_check < 2; only_check++) {
            const char *option = only_check == 1 ? "--check-config" : "--quiet";
            const char *const *arguments = LIST(option, "-b", "localhost:0", "-c", file.text, site.path);
            int status = program_run(&lido, &(struct program_options){.arguments = arguments});
            cr_assert_eq(status, 2, "%s", lido.err.text);
            cr_assert(strstr(lido.err.text, "lido.conf:2: links: ") != NULL, "%s", lido.err.text);
            cr_assert(strstr(lido.err.text, rows[i].reason) != NULL, "%s", lido.err.text);
        }
    }
}

StageTest(links, see_a_folder_that_is_replaced) {
    serve_links("media", "more");
    cr_assert(get("/relative/sub/b.txt") == 200);
    struct folder_path media = folder_path(&workplace, "media");
    struct folder_path old = folder_path(&workplace, "old");
    cr_assert_eq(rename(media.text, old.text), 0);
    folder_write_text(&workplace, "media/new.txt", "new");
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (get("/relative/new.txt") != 200) {
        cr_assert(clock_now_ms() < deadline, "still %d", answer.status);
    }
    cr_assert(get("/relative/sub/b.txt") == 404);
}
