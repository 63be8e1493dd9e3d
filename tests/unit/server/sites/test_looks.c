/* SPDX-License-Identifier: MIT */
#include "server/sites/looks.h"
#include "tests/support/deadline.h"

#include <criterion/criterion.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/stat.h>

static atomic_bool hangs; /* each look, until it is let go */
static sem_t hung;
static sem_t let_go;
static struct root_watch watch = {.root = "/", .types = "/dev/null"};

int __real_stat(const char *path, struct stat *status);
int __wrap_stat(const char *path, struct stat *status);
int __wrap_stat64(const char *path, struct stat *status); /* what glibc makes of it */

int __wrap_stat(const char *path, struct stat *status) {
    if (strcmp(path, "/") == 0 && atomic_load(&hangs)) {
        (void)sem_post(&hung);
        (void)sem_wait(&let_go);
    }
    return __real_stat(path, status);
}

int __wrap_stat64(const char *path, struct stat *status) {
    return __wrap_stat(path, status);
}

static struct looks *looks;

static void set_up(void) {
    (void)sem_init(&hung, 0, 0);
    (void)sem_init(&let_go, 0, 0);
    looks = looks_create(&watch, 1, sizeof watch);
    cr_assert_not_null(looks);
}

static void tear_down(void) {
    looks_release(looks);
}

TestSuite(looks, .init = set_up, .fini = tear_down, .timeout = 60);

static const struct root_watch *await_look(void) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    const struct root_watch *found = NULL;
    while ((found = looks_take(looks)) == NULL) {
        cr_assert(clock_now_ms() < deadline, "no look comes back");
    }
    return found;
}

Test(looks, find_what_a_look_of_ones_own_finds) {
    struct root_watch own = root_watch_look(&watch);
    for (int i = 0; i < 3; i++) {
        const struct root_watch *found = await_look();
        cr_expect(root_watch_is_same(found, &own));
        cr_expect_eq(found->root_stamp.error, 0);
        cr_expect_neq(found->root_stamp.inode, 0);
    }
}

Test(looks, that_hang_are_waited_for_once) {
    atomic_store(&hangs, true);
    int64_t begin_ms = clock_now_ms();
    cr_expect_null(looks_take(looks));
    cr_expect_geq(clock_now_ms() - begin_ms, LOOKS_PATIENCE_MS - 1);
    (void)sem_wait(&hung);
    begin_ms = clock_now_ms();
    for (int i = 0; i < 1000; i++) {
        cr_assert_null(looks_take(looks));
    }
    cr_expect_lt(clock_now_ms() - begin_ms, 1000 * LOOKS_PATIENCE_MS / 2);
    cr_expect_eq(sem_trywait(&hung), -1, "one look is enough");
    atomic_store(&hangs, false);
    (void)sem_post(&let_go);
    cr_expect_eq(await_look()->root_stamp.error, 0);
}

Test(looks, that_hang_keep_nobody_from_the_end) {
    atomic_store(&hangs, true);
    cr_expect_null(looks_take(looks));
    (void)sem_wait(&hung);
    looks_release(looks);
    (void)sem_post(&let_go); /* and the thread frees it */
    looks = NULL;
}

Test(looks, may_be_none_to_release) {
    looks_release(NULL);
}
