/* SPDX-License-Identifier: MIT */
/* The browsers are shell scripts, which report through a FIFO in their folder. */
#include "server/cli/browser.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { REPORT_BYTES = 4096, SCRIPT_BYTES = FOLDER_PATH_BYTES + 512 };

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
    folder_fifo(&folder, "report");
    (void)unsetenv("BROWSER");
    cr_assert_eq(setenv("TEST_FOLDER", folder.path, 1), 0);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(browser, .init = set_up, .fini = tear_down, .timeout = 60);

static void install(const char *name, const char *command) {
    char script[SCRIPT_BYTES];
    (void)snprintf(script, sizeof script, "#!/bin/sh\nPATH=/usr/bin:/bin\n%s > \"$TEST_FOLDER/report\"\n",
                   command);
    folder_write_text(&folder, name, script);
    folder_chmod(&folder, name, 0755);
}

static void choose(const char *name) {
    cr_assert_eq(setenv("BROWSER", folder_path(&folder, name).text, 1), 0);
}

/* Wait for a browser's report. */
static const char *report(void) {
    static char text[REPORT_BYTES];
    folder_read_text(&folder, "report", text, sizeof text);
    return text;
}

Test(browser, is_the_chosen_one_and_gets_the_url) {
    install("firefox", "printf '%s|' firefox \"$@\"");
    choose("firefox");
    cr_assert_eq(browser_open("http://localhost:8080/"), 0);
    cr_expect_str_eq(report(), "firefox|http://localhost:8080/|");
}

Test(browser, gets_the_url_without_a_shell_in_between) {
    install("firefox", "printf '%s|' \"$@\"");
    choose("firefox");
    cr_assert_eq(browser_open("http://x/;exit $HOME `id` 'a b'"), 0);
    cr_expect_str_eq(report(), "http://x/;exit $HOME `id` 'a b'|");
}

Test(browser, is_the_desktops_when_none_is_chosen) {
    static const char *const choices[] = {NULL, "", "/no/such/browser"};
    install("xdg-open", "printf '%s|' xdg-open \"$@\"");
    cr_assert_eq(setenv("PATH", folder.path, 1), 0);
    for (size_t i = 0; i < sizeof choices / sizeof choices[0]; i++) {
        if (choices[i] != NULL) {
            cr_assert_eq(setenv("BROWSER", choices[i], 1), 0);
        }
        cr_assert_eq(browser_open("http://[::1]/"), 0, "choice %zu", i);
        cr_expect_str_eq(report(), "xdg-open|http://[::1]/|", "choice %zu", i);
    }
}

Test(browser, may_be_missing) {
    cr_assert_eq(setenv("PATH", folder.path, 1), 0);
    cr_expect_eq(browser_open("http://localhost/"), -ENOENT);
    choose("nothing-here");
    cr_expect_eq(browser_open("http://localhost/"), -ENOENT);
}

Test(browser, is_not_waited_for) {
    folder_fifo(&folder, "gate");
    install("slow", "read word < \"$TEST_FOLDER/gate\"; echo \"$word\"");
    choose("slow");
    cr_assert_eq(browser_open("http://localhost/"), 0);
    int gate = open(folder_path(&folder, "gate").text, O_WRONLY | O_CLOEXEC);
    cr_assert_neq(gate, -1);
    cr_assert_eq(write(gate, "opened\n", 7), 7, "it is still there");
    (void)close(gate);
    cr_expect_str_eq(report(), "opened\n");
}

Test(browser, leaves_no_zombie) {
    install("quick", "echo done");
    choose("quick");
    cr_assert_eq(browser_open("http://localhost/"), 0);
    cr_expect_str_eq(report(), "done\n");
    cr_expect_eq(waitpid(-1, NULL, 0), -1, "the kernel has reaped it");
    cr_expect_eq(errno, ECHILD);
}

Test(browser, writes_nothing_between_our_lines) {
    install("chatty", "ours=$(readlink /proc/$$/fd/1 /proc/$$/fd/2); echo \"$ours\"");
    choose("chatty");
    cr_assert_eq(browser_open("http://localhost/"), 0);
    cr_expect_str_eq(report(), "/dev/null\n/dev/null\n");
}

/* In awk, as a shell would set its signals right before anybody could look. */
static const char read_own_signals[] =
    "#!/usr/bin/awk -f\n"
    "BEGIN {\n"
    "  while ((getline line < \"/proc/self/status\") > 0)\n"
    "    if (line ~ /^Sig(Blk|Ign):/) print line > (ENVIRON[\"TEST_FOLDER\"] \"/report\")\n"
    "}\n";

Test(browser, starts_with_no_signal_blocked_or_ignored_because_of_us) {
    sigset_t blocked;
    (void)sigemptyset(&blocked);
    (void)sigaddset(&blocked, SIGINT);
    (void)sigaddset(&blocked, SIGTERM);
    cr_assert_eq(sigprocmask(SIG_BLOCK, &blocked, NULL), 0);
    static const int ignored_here[] = {SIGPIPE, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD};
    enum { IGNORED_COUNT = sizeof ignored_here / sizeof ignored_here[0] };
    for (size_t i = 0; i + 1 < IGNORED_COUNT; i++) {
        cr_assert_neq(signal(ignored_here[i], SIG_IGN), SIG_ERR);
    }
    folder_write_text(&folder, "browser", read_own_signals);
    folder_chmod(&folder, "browser", 0755);
    choose("browser");
    for (int i = 0; i < 2; i++) { /* at the second time SIGCHLD is ignored already */
        cr_assert_eq(browser_open("http://localhost/"), 0);
        const char *text = report();
        unsigned long long blocked_there = 0;
        unsigned long long ignored_there = 0;
        cr_assert_eq(sscanf(text, "SigBlk: %llx SigIgn: %llx", &blocked_there, &ignored_there), 2, "%s",
                     text);
        cr_expect_eq(blocked_there, 0);
        for (size_t n = 0; n < IGNORED_COUNT; n++) {
            cr_expect_eq(ignored_there & 1ULL << (ignored_here[n] - 1), 0, "%d: %s", ignored_here[n], text);
        }
    }
}

/* Ctrl-C goes to all of the terminal's foreground group, and is meant for Lido. */
Test(browser, is_in_a_process_group_of_its_own) {
    install("browser", "exec cut -d ' ' -f 1,5 /proc/self/stat");
    choose("browser");
    cr_assert_eq(browser_open("http://localhost/"), 0);
    const char *text = report();
    int pid = 0;
    int group = 0;
    cr_assert_eq(sscanf(text, "%d %d", &pid, &group), 2, "%s", text);
    cr_expect_eq(group, pid);
    cr_expect_neq(group, getpgrp());
}
