/* SPDX-License-Identifier: MIT */
/* What cannot or may not be opened, and what it must not cost. */
#include "tests/support/folder.h"
#include "tests/unit/http/files/beneath_ways.h"
#include "tests/unit/support/limits/descriptor_limit.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct folder root;
static struct beneath beneath;

static void set_up(void) {
    folder_create(&root);
    folder_write_text(&root, "plain.txt", "plain");
    cr_assert_eq(beneath_open_root(&beneath, root.path), 0);
}

static void tear_down(void) {
    beneath_close_root(&beneath);
    folder_remove(&root);
}

TestSuite(beneath_limits, .init = set_up, .fini = tear_down, .timeout = 60);

/* path_resolution(7): 40 links and no more. */
Test(beneath_limits, follows_40_links_in_a_chain) {
    char name[16] = "plain.txt";
    for (int i = 1; i <= 41; i++) {
        char link[16];
        (void)snprintf(link, sizeof link, "link%d", i);
        folder_symlink(&root, link, name);
        memcpy(name, link, sizeof name);
    }
    expect_opened(&beneath, "link40", "plain", 0);
    expect_opened(&beneath, "link41", NULL, ELOOP);
}

Test(beneath_limits, does_not_wait_for_a_fifo_or_a_socket) {
    folder_fifo(&root, "fifo");
    folder_symlink(&root, "to-fifo", "fifo");
    struct folder_path path = folder_path(&root, "socket");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    cr_assert_lt(strlen(path.text), sizeof address.sun_path);
    memcpy(address.sun_path, path.text, strlen(path.text) + 1);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (const struct sockaddr *)(const void *)&address, sizeof address), 0);
    expect_opened(&beneath, "fifo", "fifo", 0);
    expect_opened(&beneath, "to-fifo", "fifo", 0);
    expect_opened(&beneath, "fifo/", NULL, ENOTDIR);
    expect_opened(&beneath, "socket", NULL, ENXIO);
    (void)close(fd);
}

Test(beneath_limits, refuses_names_and_paths_that_are_too_long) {
    char path[2 * PATH_MAX];
    memset(path, 'x', sizeof path);
    path[NAME_MAX] = '\0';
    expect_opened(&beneath, path, NULL, ENOENT);
    path[NAME_MAX] = 'x';
    path[NAME_MAX + 1] = '\0';
    expect_opened(&beneath, path, NULL, ENAMETOOLONG);
    path[NAME_MAX + 1] = 'x';
    for (size_t i = 0; i + 1 < sizeof path; i += 2) {
        memcpy(path + i, "./", 2);
    }
    path[PATH_MAX - 2] = '\0';
    expect_opened(&beneath, path, "folder", 0);
    path[PATH_MAX - 2] = '.';
    path[PATH_MAX - 1] = '\0';
    expect_opened(&beneath, path, "folder", 0);
    path[PATH_MAX - 1] = '/';
    path[PATH_MAX] = '\0';
    expect_opened(&beneath, path, NULL, ENAMETOOLONG);
    path[sizeof path - 1] = '\0';
    expect_opened(&beneath, path, NULL, ENAMETOOLONG);
}

/* The walk puts what is left behind a link's text, which must not be longer than a path then. */
Test(beneath_limits, refuses_links_that_make_a_path_too_long) {
    char text[PATH_MAX];
    char path[PATH_MAX];
    size_t length = 0;
    while (length + 2 < PATH_MAX - 100) {
        memcpy(text + length, "./", 3);
        length += 2;
    }
    (void)strcpy(text + length, "dir");
    folder_write_text(&root, "dir/a.txt", "a");
    folder_symlink(&root, "long", text);
    cr_expect_str_eq(describe(beneath_open_at(beneath.root_fd, false, "long/a.txt")), "a");
    (void)snprintf(path, sizeof path, "long/%0*d", 120, 0);
    cr_expect_eq(beneath_open_at(beneath.root_fd, false, path), -ENAMETOOLONG, "with what is behind it");
    memset(path, 'd', 200);
    path[200] = '\0';
    folder_mkdir(&root, path);
    folder_symlink(&root, strcat(path, "/long"), text);
    cr_expect_eq(beneath_open_at(beneath.root_fd, false, path), -ENAMETOOLONG, "with what is before it");
}

static void drop_privileges(void) {
    if (geteuid() == 0 && (setgroups(0, NULL) == -1 || setresgid(65534, 65534, 65534) == -1 ||
                           setresuid(65534, 65534, 65534) == -1)) {
        _exit(100);
    }
}

/* Exit status: 0, or the number (from 1) of the row and way that went wrong. */
static int check_permissions(void) {
    static const struct {
        const char *path;
        int error;
    } rows[] = {
        {"closed.txt", EACCES},      {"to-closed", EACCES},
        {"closed/a.txt", EACCES},    {"closed", EACCES},
        {"closed/missing", EACCES},  {"to-closed-folder/a.txt", EACCES},
        {"search-only", EACCES},     {"search-only/a.txt", 0},
        {"search-only/to-a", 0},     {"search-only/missing", ENOENT},
        {"read-only/a.txt", EACCES}, {"read-only", 0},
    };
    drop_privileges();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t way = 0; way < WAYS_COUNT; way++) {
            int fd = ways[way].open(&beneath, rows[i].path);
            if (rows[i].error == 0 ? fd < 0 : fd != -rows[i].error) {
                return (int)(i * WAYS_COUNT + way + 1);
            }
            if (fd >= 0) {
                (void)close(fd);
            }
        }
    }
    return 0;
}

Test(beneath_limits, says_what_may_not_be_read) {
    folder_write_text(&root, "closed.txt", "x");
    folder_chmod(&root, "closed.txt", 0);
    folder_symlink(&root, "to-closed", "closed.txt");
    folder_write_text(&root, "closed/a.txt", "x");
    folder_symlink(&root, "to-closed-folder", "closed");
    folder_chmod(&root, "closed", 0);
    folder_write_text(&root, "search-only/a.txt", "x");
    folder_symlink(&root, "search-only/to-a", "a.txt");
    folder_chmod(&root, "search-only", 0111);
    folder_write_text(&root, "read-only/a.txt", "x");
    folder_chmod(&root, "read-only", 0444);
    pid_t child = fork();
    cr_assert_neq(child, -1);
    if (child == 0) {
        _exit(check_permissions());
    }
    int status = -1;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "row and way %d", WEXITSTATUS(status));
}

Test(beneath_limits, opens_only_a_folder_as_root) {
    struct beneath other = {.root_fd = -1};
    folder_write_text(&root, "dir/nested.txt", "nested");
    cr_expect_eq(beneath_open_root(&other, folder_path(&root, "plain.txt").text), -ENOTDIR);
    cr_expect_eq(beneath_open_root(&other, folder_path(&root, "missing").text), -ENOENT);
    cr_expect_eq(other.root_fd, -1);
    cr_assert_eq(beneath_open_root(&other, folder_path(&root, "dir").text), 0);
    cr_expect_str_eq(describe(beneath_open(&other, "nested.txt")), "nested");
    cr_expect_eq(beneath_open(&other, "../plain.txt"), -EXDEV);
    beneath_close_root(&other);
    cr_expect_eq(other.root_fd, -1);
    beneath_close_root(&other);
}

/* --- no descriptors ------------------------------------------------------------------------------------- */

enum { SPARE_FDS = 3 };

struct spare {
    int fds[SPARE_FDS];
    int left;  /* to be given back */
    int asked; /* how often */
};

static bool give_spare_back(void *context) {
    struct spare *spare = context;
    spare->asked++;
    if (spare->left == 0) {
        return false;
    }
    (void)close(spare->fds[--spare->left]);
    return true;
}

/* So that all descriptors are in use. */
static void take_all(struct spare *spare) {
    for (spare->left = 0; spare->left < SPARE_FDS; spare->left++) {
        spare->fds[spare->left] = open("/dev/null", O_RDONLY | O_CLOEXEC);
        cr_assert_geq(spare->fds[spare->left], 0);
    }
    descriptor_limit_set(spare->fds[SPARE_FDS - 1] + 1);
}

Test(beneath_limits, asks_others_for_a_descriptor_when_there_is_none) {
    struct spare spare = {.left = 0};
    struct descriptor_relief relief = {.give_way = give_spare_back, .context = &spare};
    int fds[SPARE_FDS];
    take_all(&spare);
    cr_expect_eq(beneath_open(&beneath, "plain.txt"), -EMFILE, "nobody to ask");
    beneath.relief = &relief;
    for (int i = 0; i < SPARE_FDS; i++) {
        fds[i] = beneath_open(&beneath, "plain.txt");
        cr_assert_geq(fds[i], 0, "%d", i);
        cr_expect_eq(spare.asked, i + 1);
    }
    cr_expect_eq(beneath_open(&beneath, "plain.txt"), -EMFILE, "nobody gives way");
    (void)close(fds[0]);
    cr_expect_eq(beneath_open(&beneath, "missing"), -ENOENT);
    cr_expect_eq(spare.asked, SPARE_FDS + 1, "nobody is asked for anything else");
    (void)close(fds[1]); /* the folder is to be removed */
    (void)close(fds[2]);
}
