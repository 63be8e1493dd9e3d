/* SPDX-License-Identifier: MIT */
/* What goes with another size of the pool. */
#include "conf/config.h"
#include "server/server.h"
#include "server/state.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>

static struct folder folder;
static struct config config;
static struct server *server;
static char error[SERVER_ERROR_BYTES];

/* ---- What the linker wraps ----------------------------------------------------------------------------- */

static struct threadpool_bounds bounds; /* that hold */
static int resize_error;                /* that the system answers with; 0: none */

int __real_threadpool_set_bounds(struct threadpool *pool, const struct threadpool_bounds *wanted);
int __wrap_threadpool_set_bounds(struct threadpool *pool, const struct threadpool_bounds *wanted);
int __real_threadpool_resize(struct threadpool *pool, size_t thread_count);
int __wrap_threadpool_resize(struct threadpool *pool, size_t thread_count);

int __wrap_threadpool_set_bounds(struct threadpool *pool, const struct threadpool_bounds *wanted) {
    bounds = *wanted;
    return __real_threadpool_set_bounds(pool, wanted);
}

int __wrap_threadpool_resize(struct threadpool *pool, size_t thread_count) {
    return resize_error != 0 ? resize_error : __real_threadpool_resize(pool, thread_count);
}

/* ---- The tests ----------------------------------------------------------------------------------------- */

static void set(const char *option, const char *value) {
    cr_assert(config_set(&config, option, value, "--test", error), "%s", error);
}

static void set_up(void) {
    folder_create(&folder);
    cr_assert_eq(config_init(&config), 0);
    set("listen", "127.0.0.1:0");
    set("root", folder_path(&folder, ".").text);
    set("access_log", "off");
    set("max_connections", "20");
}

static void tear_down(void) {
    server_destroy(server);
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(state, .init = set_up, .fini = tear_down, .timeout = 60);

static void start(void) {
    cr_assert_eq(server_create(&server, &config, error), SERVER_OK, "%s", error);
    cr_assert_eq(server_start(server, error), SERVER_OK, "%s", error);
}

Test(state, has_as_many_spares_as_there_are_threads_and_8_at_least) {
    start();
    cr_assert_eq(state_resize_pool(server, &server->setup, 9), 0);
    cr_expect_eq(server->thread_count, 9);
    cr_expect_eq(bounds.spare_max, 9);
    cr_assert_eq(state_resize_pool(server, &server->setup, 3), 0);
    cr_expect_eq(bounds.spare_max, 8);
    cr_expect_eq(bounds.later_capacity, 20, "whoever is connected can be put off");
}

Test(state, has_as_many_spares_as_it_was_told) {
    set("threads_spare", "2");
    start();
    cr_assert_eq(state_resize_pool(server, &server->setup, 9), 0);
    cr_expect_eq(bounds.spare_max, 2);
}

Test(state, is_as_before_when_there_can_be_no_more_threads) {
    start();
    cr_assert_eq(state_resize_pool(server, &server->setup, 3), 0);
    resize_error = -EAGAIN;
    cr_expect_eq(state_resize_pool(server, &server->setup, 9), -EAGAIN);
    cr_expect_eq(server->thread_count, 3);
    cr_expect_eq(bounds.spare_max, 8);
}
