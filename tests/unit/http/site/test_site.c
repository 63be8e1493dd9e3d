/* SPDX-License-Identifier: MIT */
#include "http/site/site.h"
#include "tests/support/folder.h"
#include "tests/unit/support/resource_text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct folder workplace;
static struct folder root;
static struct site *site;

static void make_files(void) {
    folder_create(&workplace);
    folder_create_inside(&root, &workplace, "root");
    folder_write_text(&workplace, "secret.txt", "secret");
    folder_write_text(&root, "plain.txt", "plain");
    folder_write_text(&root, "dir/nested.css", "nested");
    folder_write_text(&root, "dir.d/README", "readme");
    folder_write_text(&root, "indexed/index.html", "index");
    folder_write_text(&root, "second/index.htm", "second");
    folder_write_text(&root, "both/index.htm", "second");
    folder_write_text(&root, "both/index.html", "index");
    folder_write_text(&root, "index-is-folder/index.html/a.txt", "x");
    folder_write_text(&root, "index-is-folder/index.htm", "second");
    folder_fifo(&root, "index-is-fifo/index.html");
    folder_symlink(&root, "index-leads-out/index.html", "../../secret.txt");
    folder_symlink(&root, "index-leads-in/index.html", "../plain.txt");
    folder_write_text(&root, ".hidden", "x");
    folder_write_text(&root, ".git/config", "x");
    folder_write_text(&root, ".well-known/security.txt", "x");
    folder_fifo(&root, "fifo");
    folder_symlink(&root, "out", "../secret.txt");
    folder_symlink(&root, "to-dir", "dir");
    folder_symlink(&root, "to-plain.html", "plain.txt");
}

static void create_site(bool listing, size_t index_count) {
    static char first[] = "index.html";
    static char second[] = "index.htm";
    char *const index_names[] = {first, second};
    struct site_options options = {
        .root = root.path,
        .index_names = index_names,
        .index_count = index_count,
        .listing = listing,
        .media_types = {.charset = "utf-8", .standard = "application/octet-stream"},
    };
    cr_assert_eq(site_create(&site, &options), 0);
}

static void tear_down(void) {
    site_destroy(site);
    folder_remove(&workplace);
}

TestSuite(site, .init = make_files, .fini = tear_down, .timeout = 20);

static void resolve(const char *text, struct resolution *resolution) {
    struct target target;
    cr_assert(target_parse(view_of(text), &target) == HTTP_OK, "%s", text);
    site_resolve(site, &target, NULL, resolution);
}

struct row {
    const char *target;
    enum resolution_kind kind;
    enum http_status status;
    const char *content; /* of a file */
    const char *content_type;
};

static void expect_row(const struct row *row) {
    struct resolution found;
    resolve(row->target, &found);
    cr_expect(found.kind == row->kind, "%s: kind %d", row->target, (int)found.kind);
    cr_expect(found.status == row->status, "%s: %d", row->target, (int)found.status);
    bool has_resource = row->kind == RESOLVED_FILE || row->kind == RESOLVED_FOLDER;
    cr_expect(resource_is_there(&found.resource) == has_resource, "%s: descriptor %d", row->target,
              found.resource.fd);
    cr_expect(!has_resource || found.resource.is_folder == (row->kind == RESOLVED_FOLDER), "%s", row->target);
    if (row->content != NULL && resource_is_there(&found.resource)) {
        char content[32];
        resource_write_text(&found.resource, content, sizeof content);
        cr_expect_str_eq(content, row->content, "%s: '%s'", row->target, content);
        cr_expect(found.resource.size == (off_t)strlen(content), "%s: %lld", row->target,
                  (long long)found.resource.size);
        cr_expect_str_eq(found.type->content_type, row->content_type, "%s: %s", row->target,
                         found.type->content_type);
    }
    resource_close(&found.resource);
}

static void expect_rows(const struct row *rows, size_t count) {
    int next = dup(STDERR_FILENO);
    (void)close(next);
    for (size_t i = 0; i < count; i++) {
        expect_row(&rows[i]);
        cr_expect(fcntl(next, F_GETFD) == -1, "%s left a descriptor open", rows[i].target);
    }
}

#define HTML "text/html; charset=utf-8"
#define PLAIN "text/plain; charset=utf-8"
#define FILE_ROW(target, content, type) \
    { (target), RESOLVED_FILE, HTTP_OK, (content), (type) }
#define FOLDER_ROW(target) \
    { (target), RESOLVED_FOLDER, HTTP_OK, NULL, NULL }
#define SLASH_ROW(target) \
    { (target), RESOLVED_SLASH_AHEAD, HTTP_OK, NULL, NULL }
#define REFUSAL_ROW(target, status) \
    { (target), RESOLVED_REFUSAL, (status), NULL, NULL }

Test(site, knows_what_each_target_means) {
    static const struct row rows[] = {
        FILE_ROW("/plain.txt", "plain", PLAIN),
        FILE_ROW("/plain.txt?query", "plain", PLAIN),
        FILE_ROW("/dir/nested.css", "nested", "text/css; charset=utf-8"),
        FILE_ROW("/dir/../plain.txt", "plain", PLAIN),
        FILE_ROW("/dir.d/README", "readme", "application/octet-stream"),
        FILE_ROW("/to-dir/nested.css", "nested", "text/css; charset=utf-8"),
        FILE_ROW("/to-plain.html", "plain", HTML), /* the name that was asked for tells the type */
        FILE_ROW("/indexed/", "index", HTML),
        FILE_ROW("/second/", "second", HTML),
        FILE_ROW("/both/", "index", HTML),
        FILE_ROW("/index-is-folder/", "second", HTML),
        FILE_ROW("/index-leads-in/", "plain", HTML),
        FILE_ROW("/.well-known/security.txt", "x", PLAIN),
        FOLDER_ROW("/"),
        FOLDER_ROW("/dir/"),
        FOLDER_ROW("/dir/."),
        FOLDER_ROW("/dir/nested.css/.."),
        FOLDER_ROW("/to-dir/"),
        FOLDER_ROW("/index-is-fifo/"),
        FOLDER_ROW("/index-leads-out/"),
        FOLDER_ROW("/index-is-folder/index.html/"),
        FOLDER_ROW("/.well-known/"),
        SLASH_ROW("/dir"),
        SLASH_ROW("/indexed"),
        SLASH_ROW("/to-dir"),
        SLASH_ROW("/dir.d"),
        SLASH_ROW("/index-is-folder/index.html"),
        SLASH_ROW("/.well-known"),
        REFUSAL_ROW("/missing", HTTP_NOT_FOUND),
        REFUSAL_ROW("/missing/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/plain.txt/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/plain.txt/more", HTTP_NOT_FOUND),
        REFUSAL_ROW("/.hidden", HTTP_NOT_FOUND),
        REFUSAL_ROW("/.git", HTTP_NOT_FOUND),
        REFUSAL_ROW("/.git/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/.git/config", HTTP_NOT_FOUND),
        REFUSAL_ROW("/%2egit/config", HTTP_NOT_FOUND),
        REFUSAL_ROW("/.well-known/.hidden", HTTP_NOT_FOUND),
        REFUSAL_ROW("/fifo", HTTP_NOT_FOUND),
        REFUSAL_ROW("/fifo/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/out", HTTP_NOT_FOUND),
        REFUSAL_ROW("/out/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/index-leads-out/index.html", HTTP_NOT_FOUND),
    };
    create_site(true, 2);
    expect_rows(rows, sizeof rows / sizeof rows[0]);
}

Test(site, forbids_folders_when_it_lists_none) {
    static const struct row rows[] = {
        REFUSAL_ROW("/", HTTP_FORBIDDEN),
        REFUSAL_ROW("/dir/", HTTP_FORBIDDEN),
        REFUSAL_ROW("/index-leads-out/", HTTP_FORBIDDEN),
        REFUSAL_ROW("/missing/", HTTP_NOT_FOUND),
        REFUSAL_ROW("/plain.txt/", HTTP_NOT_FOUND),
        FILE_ROW("/indexed/", "index", HTML),
        FILE_ROW("/plain.txt", "plain", PLAIN),
        SLASH_ROW("/dir"),
    };
    create_site(false, 2);
    expect_rows(rows, sizeof rows / sizeof rows[0]);
}

Test(site, shows_index_files_only_as_it_was_told) {
    static const struct row only_first[] = {FILE_ROW("/both/", "index", HTML), FOLDER_ROW("/second/")};
    static const struct row none[] = {FOLDER_ROW("/both/"), FILE_ROW("/both/index.html", "index", HTML)};
    create_site(true, 1);
    expect_rows(only_first, 2);
    site_destroy(site);
    create_site(true, 0);
    expect_rows(none, 2);
}

Test(site, sees_edits_at_once) {
    struct row row = FILE_ROW("/edited.txt", "before", PLAIN);
    create_site(true, 2);
    folder_write_text(&root, "edited.txt", "before");
    expect_row(&row);
    folder_write_text(&root, "edited.txt", "after that");
    row.content = "after that";
    expect_row(&row);
    cr_assert_eq(unlink(folder_path(&root, "edited.txt").text), 0);
    expect_row(&(struct row)REFUSAL_ROW("/edited.txt", HTTP_NOT_FOUND));
}

Test(site, refuses_a_folder_whose_path_leaves_no_room_for_an_index) {
    char text[TARGET_PATH_BYTES + 1];
    struct resolution found;
    create_site(true, 2);
    memset(text, 'a', sizeof text);
    for (size_t i = 0; i < sizeof text; i += 100) {
        text[i] = '/';
    }
    text[TARGET_PATH_BYTES - 1] = '/';
    text[TARGET_PATH_BYTES] = '\0';
    resolve(text, &found);
    cr_expect_eq(found.kind, RESOLVED_REFUSAL);
    cr_expect_eq(found.status, HTTP_NOT_FOUND);
}

static void drop_privileges(void) {
    if (geteuid() == 0 && (setgroups(0, NULL) == -1 || setresgid(65534, 65534, 65534) == -1 ||
                           setresuid(65534, 65534, 65534) == -1)) {
        _exit(100);
    }
}

/* Exit status: 0, or the number (from 1) of the row that went wrong. */
static int check_without_privileges(void) {
    static const struct row rows[] = {
        REFUSAL_ROW("/closed.txt", HTTP_FORBIDDEN),
        REFUSAL_ROW("/closed", HTTP_FORBIDDEN),
        REFUSAL_ROW("/closed/", HTTP_FORBIDDEN),
        REFUSAL_ROW("/closed/a.txt", HTTP_FORBIDDEN),
        REFUSAL_ROW("/closed-index/",
                    HTTP_FORBIDDEN), /* not a listing, which would show that the file is there */
        REFUSAL_ROW("/search-only/", HTTP_FORBIDDEN),
        REFUSAL_ROW("/search-only", HTTP_FORBIDDEN),
        FILE_ROW("/search-only/a.txt", "x", PLAIN),
        FILE_ROW("/search-only-indexed/", "index", HTML), /* an old way to serve a folder and not list it */
        SLASH_ROW("/search-only-indexed"),
    };
    drop_privileges();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct target target;
        struct resolution found;
        if (target_parse(view_of(rows[i].target), &target) != HTTP_OK) {
            return 101;
        }
        site_resolve(site, &target, NULL, &found);
        if (found.kind != rows[i].kind || found.status != rows[i].status) {
            return (int)i + 1;
        }
        resource_close(&found.resource);
    }
    return 0;
}

Test(site, forbids_what_may_not_be_read) {
    folder_write_text(&root, "closed.txt", "x");
    folder_chmod(&root, "closed.txt", 0);
    folder_write_text(&root, "closed/a.txt", "x");
    folder_chmod(&root, "closed", 0);
    folder_write_text(&root, "closed-index/index.html", "x");
    folder_chmod(&root, "closed-index/index.html", 0);
    folder_write_text(&root, "search-only/a.txt", "x");
    folder_chmod(&root, "search-only", 0111);
    folder_write_text(&root, "search-only-indexed/index.html", "index");
    folder_chmod(&root, "search-only-indexed", 0111);
    create_site(true, 2);
    pid_t child = fork();
    cr_assert_neq(child, -1);
    if (child == 0) {
        _exit(check_without_privileges());
    }
    int status = -1;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "row %d", WEXITSTATUS(status));
}

Test(site, says_why_its_root_cannot_be_opened) {
    struct site *none = NULL;
    struct folder_path missing = folder_path(&root, "missing");
    struct folder_path fifo = folder_path(&root, "fifo");
    struct folder_path slash = folder_path(&root, "plain.txt/");
    cr_expect_eq(site_create(&none, &(struct site_options){.root = missing.text}), -ENOENT);
    cr_expect_eq(site_create(&none, &(struct site_options){.root = fifo.text}), -ENOTDIR);
    cr_expect_eq(site_create(&none, &(struct site_options){.root = slash.text}), -ENOTDIR);
    cr_expect_null(none);
    site_destroy(none);
}

Test(site, keeps_its_own_copies_of_what_it_was_told) {
    char name[] = "index.htm";
    char charset[] = "us-ascii";
    char *const index_names[] = {name};
    struct site_options options = {
        .root = root.path, .index_names = index_names, .index_count = 1, .media_types = {.charset = charset}};
    cr_assert_eq(site_create(&site, &options), 0);
    memset(name, 'x', strlen(name));
    memset(charset, 'x', strlen(charset));
    expect_row(&(struct row)FILE_ROW("/both/", "second", "text/html; charset=us-ascii"));
}
