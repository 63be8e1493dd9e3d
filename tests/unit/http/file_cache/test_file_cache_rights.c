/* SPDX-License-Identifier: MIT */
/* Who loses the right to read a file, or to pass its folder, does not get it from the cache. */
#include "http/file_cache/file_cache.h"
#include "tests/unit/support/file_cache.h"

#include <criterion/criterion.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(file_cache_rights, .init = cache_set_up, .fini = cache_tear_down, .timeout = 60);

static int expect_forbidden(const char *path) {
    struct resource file = {.fd = -1};
    for (int i = 0; i < 2; i++) {
        enum http_status status = file_cache_open(&source, path, &file);
        if (status != HTTP_FORBIDDEN) {
            return (int)status;
        }
    }
    return 0;
}

/* Exit status: 0, or which step went wrong. */
static int take_rights_away(void) {
    struct stat status;
    struct resource file = {.fd = -1};
    if (geteuid() == 0 && (setgroups(0, NULL) == -1 || setresgid(65534, 65534, 65534) == -1 ||
                           setresuid(65534, 65534, 65534) == -1)) {
        return 1;
    }
    folder_write_text(&folder, "open/dir/a.txt", "x");
    folder_write_text(&folder, "open/b.txt", "x");
    if (file_cache_open(&source, "open/dir/a.txt", &file) != HTTP_OK || file.cached == NULL) {
        return 2;
    }
    resource_close(&file);
    if (file_cache_open(&source, "open/b.txt", &file) != HTTP_OK || file.cached == NULL) {
        return 3;
    }
    resource_close(&file);
    await_tick(&folder);
    folder_chmod(&folder, "open/b.txt", 0);
    folder_chmod(&folder, "open/dir", 0);
    if (stat(folder_path(&folder, "open/b.txt").text, &status) == -1 || status.st_mode % 512 != 0) {
        return 4;
    }
    if (expect_forbidden("open/b.txt") != 0) {
        return 5;
    }
    if (expect_forbidden("open/dir/a.txt") != 0) {
        return 6;
    }
    folder_chmod(&folder, "open/b.txt", 0644);
    folder_chmod(&folder, "open/dir", 0755);
    return expect_as_on_disk("allowed again", "open/dir/a.txt") == HTTP_OK &&
                   expect_as_on_disk("allowed again", "open/b.txt") == HTTP_OK
               ? 0
               : 7;
}

Test(file_cache_rights, that_are_taken_away_or_given_back_show_at_once) {
    folder_chmod(&folder, "", 0777);
    pid_t child = fork();
    cr_assert_neq(child, -1);
    if (child == 0) {
        _exit(take_rights_away());
    }
    int status = -1;
    cr_assert_eq(waitpid(child, &status, 0), child);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "step %d", WEXITSTATUS(status));
}
