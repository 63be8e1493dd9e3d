/* SPDX-License-Identifier: MIT */
/* File systems that do not answer: whoever looks after the sites waits for none of them. */
#include "http/site/site.h"
#include "server/sites/looks.h"
#include "tests/support/deadline.h"
#include "tests/unit/server/sites/opened_sites.h"
#include "tests/unit/support/opening/open_instead.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_BYTES = 100 * 1000, FILE_COUNT = 3 };

static const char *_Atomic hanging_path; /* stat(2) and open(2) of it */
static ino_t hanging_inode;              /* close(2) of a descriptor of it */
static atomic_bool hangs_closing;
static atomic_int closed; /* of that inode */
static sem_t hung;
static sem_t let_go;
static sem_t told; /* that an errand is done */

int __real_stat(const char *path, struct stat *status);
int __wrap_stat(const char *path, struct stat *status);
int __wrap_stat64(const char *path, struct stat *status); /* what glibc makes of it */
int __real_close(int fd);
int __wrap_close(int fd);

static bool is_hanging(const char *path) {
    const char *hanging = atomic_load(&hanging_path);
    return hanging != NULL && strcmp(path, hanging) == 0;
}

/* The main thread must not come here: it could not let go. */
static void hang(void) {
    cr_assert_neq(gettid(), getpid(), "the main thread hangs");
    (void)sem_post(&hung);
    (void)sem_wait(&let_go);
}

int __wrap_stat(const char *path, struct stat *status) {
    if (is_hanging(path)) {
        hang();
    }
    return __real_stat(path, status);
}

int __wrap_stat64(const char *path, struct stat *status) {
    return __wrap_stat(path, status);
}

int open_instead(const char *path, int flags, mode_t mode) {
    if (is_hanging(path)) {
        hang();
    }
    return open_really(path, flags, mode);
}

int __wrap_close(int fd) {
    struct stat status;
    bool is_meant = atomic_load(&hangs_closing) && fstat(fd, &status) == 0 && status.st_ino == hanging_inode;
    if (is_meant) {
        hang();
        atomic_fetch_add(&closed, 1);
    }
    return __real_close(fd);
}

static void begin(void) {
    opened_sites_begin();
    (void)sem_init(&hung, 0, 0);
    (void)sem_init(&let_go, 0, 0);
    (void)sem_init(&told, 0, 0);
}

TestSuite(sites_hanging, .init = begin, .fini = opened_sites_end, .timeout = 60);

static void await_hung(void) {
    cr_assert(deadline_take(&hung, deadline_in(PATIENCE_MS)), "nobody comes there");
}

static void let_one_go(void) {
    (void)sem_post(&let_go);
}

static void hang_closing(const char *path) {
    struct stat status;
    cr_assert_eq(__real_stat(path, &status), 0);
    hanging_inode = status.st_ino;
    atomic_store(&hangs_closing, true);
}

static char news[4 * SITES_ERROR_BYTES];

static void take_news(void *context, const char *line) {
    (void)context;
    (void)strcat(strcat(news, line), "\n");
}

static void look_until(const char *expected) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    news[0] = '\0';
    while (strstr(news, expected) == NULL) {
        cr_assert(clock_now_ms() < deadline, "it tells '%s'", news);
        sites.looked_ms -= 1000;
        sites_look(&sites, take_news, NULL);
    }
}

static void await_closed(int count) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (atomic_load(&closed) < count) {
        cr_assert(clock_now_ms() < deadline, "%d are closed", atomic_load(&closed));
    }
}

/* ---- What is looked at and opened ---------------------------------------------------------------------- */

Test(sites_hanging, what_a_refused_link_leads_to_is_told_when_it_answers) {
    struct folder_path target = folder_path(&folder, "one");
    cr_assert(open_sites("root = www"), "%s", error);
    atomic_store(&hanging_path, target.text);
    refused_links_note(&sites.refused, "link", target.text);
    sites_look(&sites, take_news, NULL);
    await_hung();
    sites_look(&sites, take_news, NULL);
    cr_expect_str_empty(news);
    atomic_store(&hanging_path, NULL);
    let_one_go();
    look_until("the link 'link' leads to '");
    cr_expect_not_null(strstr(news, "one', outside of the root: 404; to serve what is there, name the folder "
                                    "in links"),
                       "%s", news);
}

Test(sites_hanging, a_refused_link_to_nothing_is_no_news) {
    cr_assert(open_sites("root = www"), "%s", error);
    refused_links_note(&sites.refused, "nothing", "/nonexistent/target");
    refused_links_note(&sites.refused, "link", folder_path(&folder, "one").text);
    look_until("the link 'link' leads to '");
    cr_expect_null(strstr(news, "nothing"), "%s", news);
}

/* As a folder is that an automounter mounts when it is opened. */
Test(sites_hanging, a_root_that_can_be_looked_at_but_not_opened_is_turned_to_when_it_can) {
    cr_assert(open_sites("root = www"), "%s", error);
    cr_assert_eq(rename("www", "old"), 0);
    folder_mkdir(&folder, "www");
    atomic_store(&hanging_path, "www");
    sites.looked_ms -= 1000;
    sites_look(&sites, take_news, NULL);
    await_hung(); /* the look, */
    let_one_go();
    await_hung(); /* and the opening */
    for (int i = 0; i < 3; i++) {
        sites.looked_ms -= 1000;
        sites_look(&sites, take_news, NULL);
        cr_expect(serves(standard_site(), "old"));
    }
    cr_expect_str_empty(news);
    atomic_store(&hanging_path, NULL);
    let_one_go();
    look_until("root 'www' was replaced");
    cr_expect(serves(standard_site(), "www"));
}

/* ---- What is closed ------------------------------------------------------------------------------------ */

/* The root goes by another name, and closing it hangs. */
static void replace_root(const char *other_name) {
    cr_assert_eq(rename("www", other_name), 0);
    folder_mkdir(&folder, "www");
    hang_closing(other_name);
    look_until("root 'www' was replaced");
}

Test(sites_hanging, the_root_of_a_generation_that_is_over_is_closed_by_somebody_else) {
    cr_assert(open_sites("root = www"), "%s", error);
    replace_root("old");
    await_hung();
    cr_expect(serves(standard_site(), "www"));
    let_one_go();
    await_closed(1);
    atomic_store(&hangs_closing, false);
}

/* Nobody gives anything else to be done meanwhile. */
Test(sites_hanging, a_root_that_hangs_keeps_no_other_one_from_being_closed) {
    cr_assert(open_sites("root = www"), "%s", error);
    replace_root("old");
    await_hung();
    replace_root("older");
    steady_clock_ahead_s++;
    (void)sites_trim(&sites);
    await_hung();
    let_one_go();
    let_one_go();
    await_closed(2);
    atomic_store(&hangs_closing, false);
}

static void wake(void *context) {
    (void)sem_post(context);
}

/* Have the cache keep a file open, and go on as if that had been a minute ago. */
static void keep_file(const char *settings) {
    char text[200];
    struct resource file = {.fd = -1};
    (void)snprintf(text, sizeof text, "root = www\nfile_cache_max_file = 1K\n%s", settings);
    folder_truncate(&folder, "www/file", FILE_BYTES);
    clock_ahead_s = 60; /* files that are young are not kept */
    cr_assert(open_sites(text), "%s", error);
    sites_on_news(&sites, wake, &told);
    cr_assert_eq(file_cache_open(site_files(standard_site()), "file", &file), HTTP_OK);
    cr_assert_not_null(file.cached);
    resource_close(&file);
    steady_clock_ahead_s = 60;
    hang_closing("www/file");
}

/* Whether there is more to be closed, is known when it is. */
static void expect_closed(void) {
    struct file_cache_stats stats;
    await_hung();
    cr_expect_eq(atomic_load(&closed), 0);
    cr_expect(serves(standard_site(), "www"));
    let_one_go();
    cr_assert(deadline_take(&told, deadline_in(PATIENCE_MS)), "it is not told of");
    cr_expect_eq(atomic_load(&closed), 1);
    file_cache_read_stats(sites.cache, &stats);
    cr_expect_eq(stats.descriptors, 0);
    cr_expect_not(sites_trim(&sites));
    atomic_store(&hangs_closing, false);
}

Test(sites_hanging, a_file_that_is_not_used_any_more_is_closed_by_somebody_else) {
    keep_file("");
    cr_expect(sites_trim(&sites));
    expect_closed();
}

Test(sites_hanging, files_are_closed_for_want_of_descriptors_by_somebody_else) {
    keep_file("");
    cr_expect(sites_give_way(&sites));
    cr_expect(sites_give_way(&sites), "it is under way, and worth to be waited for");
    steady_clock_ahead_s++;
    cr_expect_not(sites_give_way(&sites), "it seems to hang");
    expect_closed();
    cr_expect_not(sites_give_way(&sites), "there is none any more");
}

/* The workers may open files as fast as they are closed. */
Test(sites_hanging, files_do_not_give_way_again_within_a_second) {
    struct resource file = {.fd = -1};
    keep_file("");
    cr_expect(sites_give_way(&sites));
    expect_closed();
    cr_assert_eq(file_cache_open(site_files(standard_site()), "file", &file), HTTP_OK);
    cr_assert_not_null(file.cached);
    resource_close(&file);
    cr_expect_not(sites_give_way(&sites), "a client's turn");
    steady_clock_ahead_s++;
    cr_expect(sites_give_way(&sites));
}

static void expect_closed_at_last(void) {
    await_hung();
    let_one_go();
    await_closed(1);
    atomic_store(&hangs_closing, false);
}

Test(sites_hanging, the_files_of_a_cache_that_is_over_are_closed_by_somebody_else) {
    keep_file("file_cache_memory = 2M");
    turn_to_sites("root = www\nfile_cache_memory = 3M");
    expect_closed_at_last();
}

Test(sites_hanging, the_files_of_a_site_that_is_over_are_closed_by_somebody_else) {
    keep_file("");
    turn_to_sites("root = www\nfile_cache_max_file = 1K\nlisting = off");
    expect_closed_at_last();
}
