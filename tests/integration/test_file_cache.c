/* SPDX-License-Identifier: MIT */
/* What is kept between requests must not show but by its speed: edits do at once, and deleted files give
 * their room back. */
#include "tests/support/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    KIB = 1024,
    LARGE = 100 * KIB, /* beyond what is kept in memory */
    GIVEN_BACK_MS = 12 * 1000,
};

static struct client client;

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "index");
    client.fd = -1;
}

static void tear_down(void) {
    client_close(&client);
    stage_tear_down();
}

TestSuite(file_cache, .init = set_up, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

/* Ask over the connection that stays. Returns the status. */
static int ask_for(const char *target) {
    char request[200];
    (void)snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", target);
    client_send(&client, request);
    client_read_answer(&client, "GET", &answer);
    return answer.status;
}

static void serve_and_connect(const char *const *settings) {
    serve(settings);
    client_connect(&client, lido.port);
    round_trip(&client);
}

/* --- edits ---------------------------------------------------------------------------------------------- */

static void move(const char *from, const char *to) {
    cr_assert_eq(rename(folder_path(&site, from).text, folder_path(&site, to).text), 0, "%s",
                 strerror(errno));
}

static void delete (const char *name) {
    cr_assert_eq(remove(folder_path(&site, name).text), 0, "%s", strerror(errno));
}

static void overwrite(void) {
    folder_write_text(&site, "dir/a.txt", "AFTER!");
}

static void overwrite_and_keep_time(void) {
    struct stat status;
    struct folder_path path = folder_path(&site, "dir/a.txt");
    cr_assert_eq(stat(path.text, &status), 0);
    overwrite();
    const struct timespec times[2] = {status.st_atim, status.st_mtim};
    cr_assert_eq(utimensat(AT_FDCWD, path.text, times, 0), 0);
}

static void replace(void) {
    folder_write_text(&site, "dir/new", "AFTER!");
    move("dir/new", "dir/a.txt");
}

static void cut_off(void) {
    folder_truncate(&site, "dir/a.txt", 3);
}

static void append(void) {
    folder_write_text(&site, "dir/a.txt", "before and after");
}

static void delete_it(void) {
    delete ("dir/a.txt");
}

static void make_anew(void) {
    delete ("dir/a.txt");
    folder_write_text(&site, "dir/a.txt", "AFTER!");
}

static void turn_into_folder(void) {
    delete ("dir/a.txt");
    folder_mkdir(&site, "dir/a.txt");
}

static void turn_into_fifo(void) {
    delete ("dir/a.txt");
    folder_fifo(&site, "dir/a.txt");
}

static void turn_into_link_out(void) {
    folder_write_text(&workplace, "secret", "secret");
    delete ("dir/a.txt");
    folder_symlink(&site, "dir/a.txt", "../../secret");
}

static void rename_folder(void) {
    move("dir", "elsewhere");
}

static void replace_folder_by_link(void) {
    move("dir", "elsewhere");
    folder_symlink(&site, "dir", "other");
}

static void switch_current(void) {
    folder_symlink(&site, "next", "other");
    move("next", "current");
}

static const struct row {
    const char *name, *target;
    void (*change)(void);
    int status;
    const char *body; /* NULL: whatever an error says */
} rows[] = {
    {"overwritten", "/dir/a.txt", overwrite, 200, "AFTER!"},
    {"overwritten, and given its old time", "/dir/a.txt", overwrite_and_keep_time, 200, "AFTER!"},
    {"replaced", "/dir/a.txt", replace, 200, "AFTER!"},
    {"cut off", "/dir/a.txt", cut_off, 200, "bef"},
    {"longer", "/dir/a.txt", append, 200, "before and after"},
    {"deleted", "/dir/a.txt", delete_it, 404, NULL},
    {"made anew", "/dir/a.txt", make_anew, 200, "AFTER!"},
    {"a folder now", "/dir/a.txt", turn_into_folder, 301, NULL},
    {"a FIFO now", "/dir/a.txt", turn_into_fifo, 404, NULL},
    {"a link out of the root now", "/dir/a.txt", turn_into_link_out, 404, NULL},
    {"its folder renamed", "/dir/a.txt", rename_folder, 404, NULL},
    {"its folder replaced by a link", "/dir/a.txt", replace_folder_by_link, 200, "OTHERS"},
    {"a link to its folder switched", "/current/a.txt", switch_current, 200, "OTHERS"},
};

static void try_row(const struct row *row) {
    struct folder all;
    folder_write_text(&site, "dir/a.txt", "before");
    folder_write_text(&site, "other/a.txt", "OTHERS");
    folder_symlink(&site, "current", "dir");
    let_settle(&client);
    for (int i = 0; i < 3; i++) {
        cr_assert(ask_for(row->target) == 200 && strcmp(answer.body, "before") == 0, "%s: %d '%s'", row->name,
                  answer.status, answer.body);
    }
    row->change();
    for (int i = 0; i < 3; i++) {
        cr_assert(ask_for(row->target) == row->status, "%s: %d", row->name, answer.status);
        cr_assert(row->body == NULL || strcmp(answer.body, row->body) == 0, "%s: '%s'", row->name,
                  answer.body);
    }
    static const char *const names[] = {"dir", "other", "elsewhere"};
    delete ("current");
    if (strcmp(row->name, "its folder replaced by a link") == 0) {
        delete ("dir");
    }
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct folder_path path = folder_path(&site, names[i]);
        if (access(path.text, F_OK) == 0) {
            memcpy(all.path, path.text, sizeof all.path);
            folder_remove(&all);
        }
    }
}

static void try_rows(const char *const *settings) {
    serve_and_connect(settings);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        try_row(&rows[i]);
    }
}

StageTest(file_cache, of_contents_shows_edits_at_once) {
    try_rows(NULL);
}

StageTest(file_cache, of_descriptors_shows_edits_at_once) {
    try_rows(LIST("LIDO_FILE_CACHE_MAX_FILE=0"));
}

StageTest(file_cache, that_is_off_shows_edits_at_once) {
    try_rows(LIST("LIDO_FILE_CACHE=off"));
}

StageTest(file_cache, shows_that_a_file_must_not_be_read_any_more) {
    folder_write_text(&site, "a.txt", "before");
    program_start(&lido,
                  &(struct program_options){.arguments = LIST("--port=0", site.path), .unprivileged = true});
    client_connect(&client, lido.port);
    let_settle(&client);
    cr_assert(ask_for("/a.txt") == 200 && ask_for("/a.txt") == 200);
    folder_chmod(&site, "a.txt", 0);
    cr_assert(ask_for("/a.txt") == 403, "%d", answer.status);
    folder_chmod(&site, "a.txt", 0644);
    cr_assert(ask_for("/a.txt") == 200, "%d", answer.status);
}

StageTest(file_cache, tells_a_client_who_knows_the_old_version_of_the_new_one) {
    char tag[100];
    char request[300];
    folder_write_text(&site, "a.txt", "before");
    serve_and_connect(NULL);
    let_settle(&client);
    cr_assert(ask_for("/a.txt") == 200 && ask_for("/a.txt") == 200);
    (void)snprintf(tag, sizeof tag, "%s", answer_field(&answer, "ETag"));
    cr_assert(tag[0] == '"', "it has not settled: %s", tag);
    (void)snprintf(request, sizeof request,
                   "GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\nIf-None-Match: %s\r\n\r\n", tag);
    client_send(&client, request);
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 304, "%d", answer.status);
    folder_write_text(&site, "a.txt", "AFTER!");
    client_send(&client, request);
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 200 && strcmp(answer.body, "AFTER!") == 0, "%d", answer.status);
    cr_assert_not(answer_field_is(&answer, "ETag", tag));
}

/* The owner may want that: then edits show when the time is over, and not before. */
StageTest(file_cache, does_not_look_within_the_time_it_is_given) {
    folder_write_text(&site, "a.txt", "before");
    serve_and_connect(LIST("LIDO_FILE_CACHE_CHECK=1s"));
    let_settle(&client);
    cr_assert(ask_for("/a.txt") == 200);
    folder_write_text(&site, "a.txt", "AFTER!");
    int64_t begin = clock_now_ms();
    (void)ask_for("/a.txt");
    bool was_old = strcmp(answer.body, "before") == 0;
    cr_assert(was_old || clock_now_ms() - begin > 900, "'%s'", answer.body);
    while (strcmp(answer.body, "before") == 0) {
        (void)ask_for("/a.txt");
        cr_assert_lt(clock_now_ms() - begin, 1000 + LATE_MS);
    }
    cr_assert_str_eq(answer.body, "AFTER!");
}

/* --- descriptors ---------------------------------------------------------------------------------------- */

/* The kernel reports a file that has no name any more when the last descriptor of it is closed. */
static int watch_for_its_end(const char *name) {
    int fd = inotify_init1(IN_CLOEXEC);
    cr_assert_geq(fd, 0);
    cr_assert_geq(inotify_add_watch(fd, folder_path(&site, name).text, IN_DELETE_SELF), 0);
    return fd;
}

/* Have a large file kept open. Returns its watch. */
static int keep_large_file(const char *const *settings) {
    folder_truncate(&site, "large.bin", LARGE);
    serve_and_connect(settings);
    let_settle(&client);
    size_t before = program_descriptor_count(&lido);
    cr_assert_eq(ask_for("/large.bin"), 200);
    round_trip(&client);
    cr_assert_eq(program_descriptor_count(&lido), before + 1, "it is kept open");
    return watch_for_its_end("large.bin");
}

StageTest(file_cache, gives_the_room_of_a_deleted_file_back_also_when_nobody_comes_any_more) {
    int watch = keep_large_file(NULL);
    client_close(&client);
    delete ("large.bin");
    cr_assert(deadline_wait(watch, POLLIN, deadline_in(GIVEN_BACK_MS)), "its descriptor is open still");
    (void)close(watch);
}

StageTest(file_cache, gives_it_back_also_when_one_client_came_and_went_at_once) {
    folder_truncate(&site, "large.bin", LARGE);
    serve_and_connect(NULL);
    let_settle(&client);
    client_close(&client);
    int watch = watch_for_its_end("large.bin");
    cr_assert_eq(get("/large.bin"), 200);
    delete ("large.bin");
    cr_assert(deadline_wait(watch, POLLIN, deadline_in(GIVEN_BACK_MS)), "its descriptor is open still");
    (void)close(watch);
}

StageTest(file_cache, gives_it_back_at_once_when_the_name_is_asked_for) {
    int watch = keep_large_file(NULL);
    int64_t begin = clock_now_ms();
    delete ("large.bin");
    cr_assert_eq(ask_for("/large.bin"), 404);
    cr_assert(deadline_wait(watch, POLLIN, begin + GIVEN_BACK_MS), "its descriptor is open still");
    cr_assert_lt(clock_now_ms() - begin, GIVEN_BACK_MS / 2);
    (void)close(watch);
}

StageTest(file_cache, keeps_no_more_files_open_than_it_may) {
    char name[20];
    enum { FILES = 40, KEPT = 10 };
    for (int i = 0; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "large%d", i);
        folder_truncate(&site, name, LARGE);
    }
    serve_and_connect(LIST("LIDO_FILE_CACHE_DESCRIPTORS=10"));
    let_settle(&client);
    size_t before = program_descriptor_count(&lido);
    for (int i = 0; i < FILES; i++) {
        (void)snprintf(name, sizeof name, "/large%d", i);
        cr_assert_eq(ask_for(name), 200);
    }
    round_trip(&client);
    size_t kept = program_descriptor_count(&lido) - before;
    for (int i = 0; i < 100 && kept > KEPT; i++) { /* the server may just be reading what it measures */
        (void)poll(NULL, 0, 10);
        kept = program_descriptor_count(&lido) - before;
    }
    cr_assert(kept <= KEPT && kept > 0, "%zu", kept);
}
