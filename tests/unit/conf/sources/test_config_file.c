/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(config_file, .init = config_test_begin, .fini = config_test_end, .timeout = 120);

Test(config_file, reads_every_kind_of_value_with_and_without_quotes) {
    cr_assert(load("listen = { \"localhost:8080\", [::1]:81, ':82' }\n"
                   "root = /srv/www\n"
                   "index = index.htm\n"
                   "listing = Off\n"
                   "charset = 'iso-8859-1'\n"
                   "media_types = no\n"
                   "threads = \"8\"\n"
                   "queue = 7\n"
                   "when_full = REJECT\n"
                   "max_connections = 500\n"
                   "backlog = 9\n"
                   "file_cache = off\n"
                   "file_cache_memory = 2M\n"
                   "file_cache_max_file = 0\n"
                   "file_cache_descriptors = 65536\n"
                   "file_cache_check = 5s\n"
                   "header_timeout = 500ms\n"
                   "keepalive_timeout = 2m\n"
                   "send_timeout = 1h\n"
                   "linger_timeout = '1s'\n"
                   "shutdown_timeout = 0\n"
                   "max_request_line = 1k\n"
                   "max_head = 2KiB\n"
                   "max_fields = 10\n"
                   "max_body = 1G\n"
                   "access_log = \"/var/log/lido.log\"\n"
                   "log_format = combined\n"),
              "%s", error);

    cr_assert_eq(config.listen.count, 3);
    cr_assert_str_eq(config.listen.items[0], "localhost:8080");
    cr_assert_str_eq(config.listen.items[1], "[::1]:81");
    cr_assert_str_eq(config.listen.items[2], "*:82");
    cr_assert_str_eq(config.site.root, "/srv/www");
    cr_assert(config.site.index.count == 1 && strcmp(config.site.index.items[0], "index.htm") == 0);
    cr_assert_not(config.site.listing);
    cr_assert_str_eq(config.site.charset, "iso-8859-1");
    cr_assert_str_eq(config.site.media_types, "off");
    cr_assert_eq(config.threads, 8);
    cr_assert_eq(config.queue, 7);
    cr_assert_eq(config.when_full, WHEN_FULL_REJECT);
    cr_assert_eq(config.max_connections, 500);
    cr_assert_eq(config.backlog, 9);
    cr_assert_not(config.file_cache);
    cr_assert_eq(config.file_cache_memory_bytes, 2097152);
    cr_assert_eq(config.file_cache_max_file_bytes, 0);
    cr_assert_eq(config.file_cache_descriptors, 65536);
    cr_assert_eq(config.file_cache_check_ms, 5000);
    cr_assert_eq(config.header_timeout_ms, 500);
    cr_assert_eq(config.keepalive_timeout_ms, 120000);
    cr_assert_eq(config.send_timeout_ms, 3600000);
    cr_assert_eq(config.linger_timeout_ms, 1000);
    cr_assert_eq(config.shutdown_timeout_ms, 0);
    cr_assert_eq(config.max_request_line_bytes, 1024);
    cr_assert_eq(config.max_head_bytes, 2048);
    cr_assert_eq(config.max_fields, 10);
    cr_assert_eq(config.max_body_bytes, 1073741824);
    cr_assert_str_eq(config.access_log, "/var/log/lido.log");
    cr_assert_str_eq(config.log_format, "combined");
}

Test(config_file, reads_text_as_it_is_written_elsewhere) {
    static const struct {
        const char *name, *text;
        const char *root;
    } rows[] = {
        {"no line end", "root = a", "a"},
        {"DOS line ends", "\r\nroot = a\r\n\r\n", "a"},
        {"DOS line end behind quotes", "root = \"a\"\r\n", "a"},
        {"byte order mark", "\xef\xbb\xbfroot = a\n", "a"},
        {"empty file", "", "."},
        {"blanks alone", " \t\n\n", "."},
        {"comments alone", "# a\n// b\n/* c\n*/\n#", "."},
        {"empty comment", "#\n#\nroot = a\n", "a"},
        {"comment behind a value", "root = a # b\n", "a"},
        {"comment between", "root /* b */ = /* c */ a\n", "a"},
        {"quotes in a comment", "# it's \"so\n root = a", "a"},
        {"marks in quotes", "root = \"a # b { } = , * + ( ) ; // /* */\"",
         "a # b { } = , * + ( ) ; // /* */"},
        {"escapes", "root = \"a\\\"b\\\\c\\$d\"", "a\"b\\c$d"},
        {"escapes in single quotes", "root = 'a\\'b\\\\c\\d${e}'", "a'b\\c\\d${e}"},
        {"UTF-8", "root = '\xc3\xa9t\xc3\xa9'\n", "\xc3\xa9t\xc3\xa9"},
        {"bytes of no encoding", "root = \xe9t\xff\n", "\xe9t\xff"},
        {"value on the next line", "root =\n\n  a\n", "a"},
        {"variable", "root = \"a${LIDO_TEST_VALUE}b\"", "a/ \"#b"},
        {"variable with an unused fallback", "root = \"${LIDO_TEST_VALUE:-x}\"", "/ \"#"},
        {"variable with a fallback", "root = \"a${LIDO_TEST_NOT_SET:-x # y}b\"", "ax # yb"},
        {"dollar alone", "root = \"$a$\"", "$a$"},
    };
    cr_assert_eq(setenv("LIDO_TEST_VALUE", "/ \"#", 1), 0);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start_again();
        cr_assert(load(rows[i].text), "%s: %s", rows[i].name, error);
        cr_assert_str_eq(config.site.root, rows[i].root, "%s: %s", rows[i].name, config.site.root);
    }
}

Test(config_file, reads_lists_of_any_length) {
    cr_assert(load("index = { }"), "%s", error);
    cr_assert_eq(config.site.index.count, 0);
    cr_assert_str_eq(config_origin(&config, "index", 0), "lido.conf:1");

    cr_assert(load("index = {\n \"a\", # one\n b,\n\n 'c'\n /* d */ }\n"), "%s", error);
    cr_assert_eq(config.site.index.count, 3, "a second file replaces the list of the first");
    cr_assert_str_eq(config.site.index.items[2], "c");
    cr_assert_str_eq(config_origin(&config, "index", 0), "lido.conf:2");
    cr_assert_str_eq(config_origin(&config, "index", 1), "lido.conf:3");
    cr_assert_str_eq(config_origin(&config, "index", 2), "lido.conf:5");
}

Test(config_file, leaves_alone_what_the_file_does_not_name) {
    cr_assert(load("threads = 2\n"), "%s", error);
    cr_assert_eq(config.queue, 1024);
    cr_assert_str_eq(config_origin(&config, "queue", 0), "default");
    cr_assert_str_eq(config_origin(&config, "threads", 0), "lido.conf:1");
}

Test(config_file, counts_lines_behind_comments) {
    cr_assert_not(load("# one\n# two\nqueue = 5 # three\n#\n/* four\n */\n// five\nthreads = x\n"));
    cr_assert_str_eq(error, "lido.conf:8: threads: 'x' is not a number; expected auto or 1..1024");
}

Test(config_file, refuses_what_is_no_text) {
    static const struct {
        const char *name, *bytes;
        size_t size;
        const char *error;
    } rows[] = {
        {"NUL", "root = a\n\0b", 11, "lido.conf:2: byte 0x00 is not text; is this a config file?"},
        {"program",
         "\x7f"
         "ELF\x02\x01",
         6, "lido.conf:1: byte 0x7f is not text; is this a config file?"},
        {"UTF-16", "\xff\xfer\0o\0", 6, "lido.conf:1: byte 0x00 is not text; is this a config file?"},
        {"escape in quotes", "root = \"\x1b[31m\"\n", 15,
         "lido.conf:1: byte 0x1b is not text; is this a config file?"},
        {"carriage return alone", "# a\rthreads = 8\n", 16,
         "lido.conf:1: byte 0x0d is not text; is this a config file?"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start_again();
        folder_write(&folder, "lido.conf", rows[i].bytes, rows[i].size);
        cr_assert_not(config_load_file(&config, "lido.conf", error), "%s: accepted", rows[i].name);
        cr_assert_str_eq(error, rows[i].error, "%s: %s", rows[i].name, error);
    }
}

Test(config_file, refuses_what_it_cannot_open_or_hold) {
    cr_assert_not(config_load_file(&config, "missing.conf", error));
    cr_assert_str_eq(error, "missing.conf: No such file or directory");

    folder_mkdir(&folder, "folder.conf");
    cr_assert_not(config_load_file(&config, "folder.conf", error));
    cr_assert_str_eq(error, "folder.conf: is a folder; expected a config file");

    folder_symlink(&folder, "loop.conf", "loop.conf");
    cr_assert_not(config_load_file(&config, "loop.conf", error));
    cr_assert_str_eq(error, "loop.conf: Too many levels of symbolic links");

    folder_write_text(&folder, "huge.conf", "");
    folder_truncate(&folder, "huge.conf", 1024 * 1024 + 1);
    cr_assert_not(config_load_file(&config, "huge.conf", error));
    cr_assert_str_eq(error, "huge.conf: is larger than 1 MiB; is this a config file?");

    cr_assert_not(config_load_file(&config, "/dev/zero", error),
                  "an endless file must not be read to its end");
    cr_assert_str_eq(error, "/dev/zero: is larger than 1 MiB; is this a config file?");
    cr_assert(config_load_file(&config, "/dev/null", error));
}

Test(config_file, refuses_a_file_without_read_permission) {
    folder_write_text(&folder, "lido.conf", "");
    folder_chmod(&folder, "lido.conf", 0);
    if (geteuid() == 0 && (setegid(65534) != 0 || seteuid(65534) != 0)) {
        cr_skip_test("root without the right to become somebody else");
    }
    bool loaded = config_load_file(&config, "lido.conf", error);
    cr_assert(getuid() != 0 || seteuid(0) == 0);
    cr_assert_not(loaded);
    cr_assert_str_eq(error, "lido.conf: Permission denied");
}

Test(config_file, refuses_values_and_lists_that_are_too_long) {
    enum { LONG = 5000 };
    char text[2 * LONG];
    char value[LONG + 1];
    memset(value, 'a', LONG);
    value[LONG] = '\0';
    char shown[128];
    (void)snprintf(shown, sizeof shown, "%.64s...", value);

    (void)snprintf(text, sizeof text, "root = %s\n", value);
    cr_assert_not(load(text));
    char expected[CONFIG_ERROR_BYTES];
    (void)snprintf(expected, sizeof expected,
                   "lido.conf:1: root: '%s' is too long; expected at most 4095 bytes", shown);
    cr_assert_str_eq(error, expected);

    value[4095] = '\0';
    (void)snprintf(text, sizeof text, "root = %s\n", value);
    cr_assert(load(text), "%s", error);
    cr_assert_str_eq(config.site.root, value);

    value[256] = '\0';
    (void)snprintf(text, sizeof text, "index = %s\n", value);
    cr_assert_not(load(text), "no file's name has 256 bytes");

    size_t used = (size_t)snprintf(text, sizeof text, "index = {\n");
    for (int i = 0; i < 65; i++) {
        used += (size_t)snprintf(text + used, sizeof text - used, "f%d,\n", i);
    }
    (void)snprintf(text + used, sizeof text - used, "}\n");
    cr_assert_not(load(text));
    cr_assert_str_eq(error, "lido.conf:66: index: the list is too long; expected at most 64 entries");
}

Test(config_file, tells_the_first_of_several_mistakes) {
    cr_assert_not(load("threads = many\nqueue = { 5 }\n"));
    cr_assert_str_eq(error, "lido.conf:1: threads: 'many' is not a number; expected auto or 1..1024");
    cr_assert_not(load("queue = { 5 }\nthreads = many\n"));
    cr_assert_str_eq(error, "lido.conf:1: queue takes one value, not a list; remove the braces");
    cr_assert_not(load("queue = 0\nthreads = many\n"));
    cr_assert_str_eq(error, "lido.conf:1: queue: '0' is out of range; expected 1..1048576");
}

Test(config_file, reads_rightly_again_after_every_kind_of_mistake) {
    static const char *const mistakes[] = {"root = 'a",  "root = \"a",  "/* a",
                                           "listen = {", "root = \"${", "threads = x"};
    for (size_t i = 0; i < sizeof mistakes / sizeof *mistakes; i++) {
        cr_assert_not(load(mistakes[i]), "'%s'", mistakes[i]);
        start_again();
        cr_assert(load("# a\nthreads = 8\n"), "after '%s': %s", mistakes[i], error);
        cr_assert_eq(config.threads, 8, "after '%s'", mistakes[i]);
    }
}

Test(config_file, prints_nothing) {
    int kept = dup(STDERR_FILENO);
    folder_write_text(&folder, "stderr", "");
    cr_assert_not_null(freopen("stderr", "w", stderr));
    (void)load("root = 'a");
    (void)load("threads = { 8 }");
    (void)load("listen = { , }");
    (void)fflush(stderr);
    cr_assert_neq(dup2(kept, STDERR_FILENO), -1);

    char printed[256];
    folder_read_text(&folder, "stderr", printed, sizeof printed);
    cr_assert_str_eq(printed, "");
    (void)close(kept);
}
