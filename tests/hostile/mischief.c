/* SPDX-License-Identifier: MIT */
#include "tests/hostile/mischief.h"

#include "tests/hostile/blocks.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    SMALL_BYTES = 8 * 1024,
    MEDIUM_BYTES = 30 * 1024,
    EDITS = 10, /* of a file where it is, for each that takes its place */
    SIZES = 40, /* so many versions in a row differ in size */
};

static const char *place;

/* --- before --------------------------------------------------------------------------------------------- */

static void make(const struct folder *folder, const char *path, const char *name, size_t size) {
    static char bytes[MISCHIEF_LARGE_BYTES];
    blocks_write(bytes, size, name, 0);
    folder_write(folder, path, bytes, size);
}

void mischief_prepare(const struct folder *site, const struct folder *workplace) {
    make(site, "m/one.txt", "pair-a", MEDIUM_BYTES);
    make(site, "m/two.txt", "pair-b", MISCHIEF_LARGE_BYTES);
    make(site, "m/swapped.txt", "swapped", SMALL_BYTES);
    make(site, "m/folder/inside.txt", "inside", SMALL_BYTES);
    make(site, "m/top.txt", "top", SMALL_BYTES);
    folder_symlink(site, "m/deep/level/up.txt", "../../top.txt");
    make(site, "m/fresh.txt", "fresh", SMALL_BYTES);
    make(site, "m/edited.txt", "edited", MISCHIEF_LARGE_BYTES);
    make(site, "m/small-edited.txt", "small-edited", SMALL_BYTES);
    make(site, "m/locked.txt", "locked", MISCHIEF_LARGE_BYTES);
    make(site, "m/coded.js", "plain", SMALL_BYTES);
    folder_symlink(workplace, "to-passwd", "/etc/passwd");
    folder_symlink(workplace, "to-outside", "../../outside");
    make(workplace, "outside/inside.txt", MISCHIEF_SECRET, SMALL_BYTES);
    make(workplace, "top.txt", MISCHIEF_SECRET, SMALL_BYTES);
    place = workplace->path;
}

/* --- in processes of their own ----------------------------------------------------------------------------- */

static void expect(bool was_done, const char *what) {
    if (!was_done) {
        (void)fprintf(stderr, "mischief: %s: %s\n", what, strerror(errno));
        _exit(1);
    }
}

static void exchange(const char *one, const char *other) {
    expect(renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0, one);
}

static void swap(unsigned count) {
    static const char *const places[][2] = {
        {"site/m/one.txt", "site/m/two.txt"},
        {"site/m/swapped.txt", "to-passwd"},
        {"site/m/folder", "to-outside"},
        {"site/m/deep/level", "site/level"}, /* there and back */
    };
    const char *const *pair = places[count % 4];
    if (count % 4 < 3) {
        exchange(pair[0], pair[1]);
    } else {
        bool is_up = count / 4 % 2 != 0;
        expect(rename(pair[is_up], pair[!is_up]) == 0, "level");
    }
}

static void write_version(const char *path, const char *name, unsigned version, int flags, size_t most) {
    static char bytes[MISCHIEF_LARGE_BYTES];
    size_t size = most - version % SIZES * BLOCK_BYTES;
    blocks_write(bytes, size, name, version);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0644);
    expect(fd != -1 && write(fd, bytes, size) == (ssize_t)size && close(fd) == 0, path);
}

static void replace(const char *path, const char *name, unsigned version) {
    write_version("new", name, version, O_TRUNC, SMALL_BYTES);
    expect(rename("new", path) == 0, path);
}

static void edit(const char *path, const char *name, unsigned version, size_t most) {
    expect(truncate(path, (off_t)(version * 7919 % most)) == 0, path);
    write_version(path, name, version, 0, most);
}

static void change(unsigned version) {
    for (unsigned i = 0; i < EDITS; i++) {
        edit("site/m/edited.txt", "edited", version * EDITS + i, MISCHIEF_LARGE_BYTES);
        edit("site/m/small-edited.txt", "small-edited", version * EDITS + i, SMALL_BYTES);
    }
    expect(unlink("site/m/fresh.txt") == 0, "fresh.txt");
    expect(chmod("site/m/locked.txt", version % 2 == 0 ? 0644 : 0) == 0, "locked.txt");
    replace("site/m/fresh.txt", "fresh", version);
    replace("site/m/coded.js", "plain", version);
    replace("site/m/coded.js.gz", "coded", version);
    expect(version % 4 != 0 || unlink("site/m/coded.js.gz") == 0, "coded.js.gz");
}

static _Noreturn void rename_all(volatile struct mischief_counts *counts) {
    for (unsigned count = 0;; count++) {
        swap(count);
        counts->renames++;
    }
}

static _Noreturn void change_all(volatile struct mischief_counts *counts) {
    for (unsigned version = 1;; version++) {
        change(version);
        counts->edits++;
    }
}

/* --- seen from outside -------------------------------------------------------------------------------------- */

static pid_t start(void (*go_about)(volatile struct mischief_counts *),
                   volatile struct mischief_counts *counts) {
    pid_t parent = getpid();
    pid_t child = fork();
    cr_assert_neq(child, -1);
    if (child == 0) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent && chdir(place) == 0) {
            go_about(counts);
        }
        _exit(1);
    }
    return child;
}

void mischief_start(struct mischief *mischief) {
    volatile struct mischief_counts *counts =
        mmap(NULL, sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    cr_assert(counts != MAP_FAILED, "mmap: %s", strerror(errno));
    *mischief = (struct mischief){{start(rename_all, counts), start(change_all, counts)}, counts};
}

void mischief_pause(const struct mischief *mischief) {
    siginfo_t info;
    for (size_t i = 0; i < MISCHIEF_PROCESSES; i++) {
        cr_assert_eq(kill(mischief->pids[i], SIGSTOP), 0);
        cr_assert_eq(waitid(P_PID, (id_t)mischief->pids[i], &info, WSTOPPED | WEXITED), 0);
        cr_assert(info.si_code == CLD_STOPPED, "something could not be changed: see standard error");
    }
}

void mischief_go_on(const struct mischief *mischief) {
    for (size_t i = 0; i < MISCHIEF_PROCESSES; i++) {
        cr_assert_eq(kill(mischief->pids[i], SIGCONT), 0);
    }
}

void mischief_end(struct mischief *mischief) {
    for (size_t i = 0; i < MISCHIEF_PROCESSES; i++) {
        int status = 0;
        cr_assert_eq(kill(mischief->pids[i], SIGKILL), 0);
        cr_assert_eq(waitpid(mischief->pids[i], &status, 0), mischief->pids[i]);
        cr_assert(WIFSIGNALED(status), "something could not be changed: see standard error");
    }
}
