/* SPDX-License-Identifier: MIT */
#include "server/cli/browser.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <unistd.h>

static int start(const char *program, const char *url, const posix_spawn_file_actions_t *actions,
                 const posix_spawnattr_t *attributes) {
    char *const arguments[] = {(char *)(void *)(size_t)program, (char *)(void *)(size_t)url, NULL};
    pid_t pid = -1;
    return -posix_spawnp(&pid, program, actions, attributes, arguments, environ);
}

/* As if it had been started from a fresh shell: its own group, so that our Ctrl-C is not its own, and no
 * signal blocked or ignored because it is so here. */
static void isolate(posix_spawnattr_t *attributes) {
    static const int ignored_here[] = {SIGCHLD, SIGPIPE, SIGHUP, SIGUSR1, SIGUSR2};
    sigset_t none;
    sigset_t ignored;
    (void)sigemptyset(&none);
    (void)sigemptyset(&ignored);
    for (size_t i = 0; i < sizeof ignored_here / sizeof ignored_here[0]; i++) {
        (void)sigaddset(&ignored, ignored_here[i]);
    }
    (void)posix_spawnattr_setsigmask(attributes, &none);
    (void)posix_spawnattr_setsigdefault(attributes, &ignored);
    (void)posix_spawnattr_setpgroup(attributes, 0);
    (void)posix_spawnattr_setflags(attributes,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
}

/* The browser must not write into our access log; nobody waits for it, as the kernel reaps it when SIGCHLD is
 * ignored. */
int browser_open(const char *url) {
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return -ENOMEM;
    }
    if (posix_spawnattr_init(&attributes) != 0) {
        (void)posix_spawn_file_actions_destroy(&actions);
        return -ENOMEM;
    }
    (void)posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    (void)posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    isolate(&attributes);
    (void)signal(SIGCHLD, SIG_IGN);
    const char *chosen = getenv("BROWSER");
    int result = -ENOENT;
    if (chosen != NULL && chosen[0] != '\0') {
        result = start(chosen, url, &actions, &attributes);
    }
    if (result != 0) {
        result = start("xdg-open", url, &actions, &attributes);
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    (void)posix_spawnattr_destroy(&attributes);
    return result;
}
