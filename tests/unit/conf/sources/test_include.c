/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(include, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

static void expect_mistakes(const char *text, const char *const *expected) {
    cr_assert_not(load(text));
    size_t count = 0;
    for (; expected[count] != NULL; count++) {
        cr_assert_lt(count, config.mistakes.lines.count, "none of '%s'", expected[count]);
        cr_expect_str_eq(config.mistakes.lines.items[count], expected[count], "%s",
                         config.mistakes.lines.items[count]);
    }
    cr_expect_eq(config.mistakes.count, count, "%zu: %s", config.mistakes.count,
                 config.mistakes.lines.items[config.mistakes.lines.count - 1]);
}

Test(include, reads_what_a_pattern_matches_in_the_order_of_names) {
    folder_write_text(&folder, "sites/b.conf", "host b { root = /b }\n");
    folder_write_text(&folder, "sites/a.conf", "# first\nhost a { root = /a }\n");
    folder_write_text(&folder, "sites/c.conf~", "what an editor leaves\n");
    cr_assert(load("threads = 3\ninclude \"sites/*.conf\"\nqueue = 7\n"), "%s", error);
    cr_assert_eq(config.host_count, 2);
    cr_expect_str_eq(config.hosts[0].where, "sites/a.conf:2");
    cr_expect_str_eq(config.hosts[1].names.items[0], "b");
    cr_expect_eq(config.queue, 7);
    cr_assert_eq(config.files.count, 3);
    cr_expect_str_eq(config.files.items[0], "lido.conf");
    cr_expect_str_eq(config.files.items[2], "sites/b.conf");
    cr_assert(load(""), "%s", error);
    cr_expect_eq(config.files.count, 1, "only those of the last file");
}

Test(include, is_relative_to_the_file_that_it_stands_in) {
    folder_write_text(&folder, "a*b/outer.conf", "include \"i*.conf\"\n");
    folder_write_text(&folder, "a*b/inner.conf", "");
    folder_write_text(&folder, "a*b/i2.conf", "queue = 9\n");
    folder_write_text(&folder, "axb/i3.conf", "threads = wrong\n");
    cr_assert(config_load_file(&config, "a*b/outer.conf", error), "%s", error);
    cr_expect_eq(config.queue, 9);
    cr_expect_str_eq(config_origin(&config, "queue", 0), "a*b/i2.conf:1");
}

Test(include, may_stand_within_a_section) {
    folder_write_text(&folder, "common", "clean_urls = on\ncache /a { max_age = 1h }\n");
    folder_write_text(&folder, "types", "md = text/markdown");
    cr_assert(load("host a { root = x\n include common }\nhost b { include common\n listing = off }\n"
                   "types { include types\n htm = text/html }\n"),
              "%s", error);
    cr_expect(config.hosts[0].site.clean_urls && config.hosts[1].site.clean_urls);
    cr_expect_eq(count_rules(&config.hosts[1].site, SECTION_CACHE), 1);
    cr_expect_eq(count_rules(&config.site, SECTION_TYPES), 2);
}

Test(include, takes_a_pattern_without_a_match_for_nothing_and_a_file_for_a_mistake) {
    static const char *const expected[] = {
        "lido.conf:2: include: cannot include 'none.conf': No such file or directory; write the path of a file",
        "lido.conf:4: include takes the path of a file or a pattern on its line; write include \"sites/*.conf\"",
        "lido.conf:5: include takes the path of a file or a pattern on its line; write include \"sites/*.conf\"",
        "lido.conf:6: include: 'b' behind the value is too much; put a value with blanks in quotes", NULL};
    expect_mistakes(
        "include \"none/*.conf\"\ninclude none.conf\nqueue = 8\ninclude\ninclude = x\ninclude a b\n",
        expected);
    cr_expect_eq(config.queue, 8);
}

Test(include, waits_for_nothing_and_passes_nothing_over) {
    static const char *const expected[] = {
        "lido.conf:1: include: 'fifo' is no file; write the path of a file",
        "lido.conf:2: include: 'fifo' is no file; write the path of a file",
        "lido.conf:3: include: 'sites' is a folder; write the path of a file",
        "lido.conf:4: include: '/dev/zero' is no file; write the path of a file",
        "lido.conf:5: include: cannot look for 'loop/*.conf': Too many levels of symbolic links",
        NULL};
    cr_assert_eq(mkfifo("fifo", 0600), 0);
    cr_assert_eq(symlink("loop", "loop"), 0);
    folder_write_text(&folder, "sites/a.conf", "");
    expect_mistakes(
        "include fifo\ninclude \"f*o\"\ninclude sites\ninclude /dev/zero\ninclude \"loop/*.conf\"\n",
        expected);
}

Test(include, names_the_right_file_and_line) {
    static const char *const expected[] = {
        "a:3: queue: 'x' is not a number; expected 1..1048576",
        "a:4: threads is set twice; lido.conf:1 sets it already, keep one of them",
        "a:5: host: the section that '{' opens here is never closed; end it with '}'",
        "b:1: '}' closes no list and no section; remove it",
        "b:2: backlog: 'y' is not a number; expected 1..65535",
        "lido.conf:5: queue is set twice; a:3 sets it already, keep one of them",
        "c:1: threads holds for the whole server; put it outside of host",
        "c:2: host cannot stand within host; close the '{' of lido.conf:6 before it",
        "lido.conf:8: index: 'a/b' is not a plain file name; expected a name without '/', e.g. index.html",
        NULL};
    folder_write_text(&folder, "a", "\n\nqueue = x\nthreads = 1\nhost a { root = x\n");
    folder_write_text(&folder, "b", "}\nbacklog = y");
    folder_write_text(&folder, "c", "threads = 1\nhost d {}\n");
    expect_mistakes("threads = 2\ninclude a\ninclude b\n\nqueue = 1\nhost e {\n include c\n index = a/b }\n",
                    expected);
}

Test(include, refuses_circles_and_depths) {
    char name[16];
    char text[32];
    folder_write_text(&folder, "b", "\ninclude lido.conf\n");
    folder_write_text(&folder, "self", "include ./self");
    cr_assert_not(load("include b\n"));
    cr_expect_str_eq(error, "b:2: include: 'lido.conf' includes itself in a circle; remove one include");
    cr_assert_not(load("include self\n"));
    cr_expect_str_eq(error, "self:1: include: './self' includes itself in a circle; remove one include");
    for (int i = 0; i < 9; i++) {
        (void)snprintf(name, sizeof name, "d%d", i);
        (void)snprintf(text, sizeof text, "include d%d", i + 1);
        folder_write_text(&folder, name, i < 8 ? text : "");
    }
    cr_assert(load("include d2\n"), "%s", error);
    cr_assert_not(load("include d1\n"));
    cr_expect_str_eq(error,
                     "d7:1: include: 'd8' is one file too many; expected at most 1000, 8 within each other");
}

Test(include, is_told_of_when_settings_are_printed) {
    char *text = NULL;
    folder_write_text(&folder, "a", "queue = 5");
    cr_assert(load("include a\n"), "%s", error);
    cr_assert_eq(config_print(&config, &text), 0);
    cr_expect_not_null(strstr(text, "# read lido.conf\n# read a\n"), "%s", text);
    cr_expect_not_null(strstr(text, "= 5                         # a:1\n"), "%s", text);
    free(text);
}
