/* SPDX-License-Identifier: MIT */
#include "http/media_type.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(media_type, .init = set_up, .fini = tear_down, .timeout = 20);

#define UNKNOWN "application/octet-stream"

static struct media_types *create(const char *path, const char *charset) {
    struct media_types *types = media_types_create(path, charset);
    cr_assert_not_null(types);
    return types;
}

static struct media_types *create_from(const char *content) {
    folder_write_text(&folder, "mime.types", content);
    return create(folder_path(&folder, "mime.types").text, "utf-8");
}

Test(media_type, is_found_by_the_extension_of_a_name) {
    static const struct {
        const char *name;
        const char *type;
    } rows[] = {
        {"index.html", "text/html; charset=utf-8"},
        {"INDEX.HTML", "text/html; charset=utf-8"},
        {"Index.Htm", "text/html; charset=utf-8"},
        {"a/b/style.css", "text/css; charset=utf-8"},
        {"module.mjs", "text/javascript; charset=utf-8"},
        {"data.json", "application/json"},
        {"picture.JPG", "image/jpeg"},
        {"drawing.svg", "image/svg+xml"},
        {"code.wasm", "application/wasm"},
        {"archive.tar.gz", "application/gzip"},
        {"two..dots.png", "image/png"},
        {"README", UNKNOWN},
        {"", UNKNOWN},
        {".", UNKNOWN},
        {"file.", UNKNOWN},
        {"file.html.", UNKNOWN},
        {"file.unheard-of", UNKNOWN},
        {"folder.html/README", UNKNOWN},
        {"folder.html/", UNKNOWN},
        {"folder.d/page.html", "text/html; charset=utf-8"},
        {"../page.html", "text/html; charset=utf-8"},
        {"html", UNKNOWN},
        {"file.html ", UNKNOWN},
        {"file.ht\xC3\xB6ml", UNKNOWN},
        {".html", "text/html; charset=utf-8"},
        {".gitignore", UNKNOWN},
        {"a/.css", "text/css; charset=utf-8"},
    };
    struct media_types *types = create(NULL, "utf-8");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_str_eq(media_type_of(types, rows[i].name), rows[i].type, "'%s': %s", rows[i].name,
                         media_type_of(types, rows[i].name));
    media_types_destroy(types);
}

Test(media_type, names_a_charset_for_text_and_for_nothing_else) {
    static const struct {
        const char *name;
        const char *type;
    } rows[] = {
        {"a.html", "text/html; charset=iso-8859-15"},
        {"a.txt", "text/plain; charset=iso-8859-15"},
        {"a.csv", "text/csv; charset=iso-8859-15"},
        {"a.json", "application/json"},
        {"a.xhtml", "application/xhtml+xml"},
        {"a.png", "image/png"},
        {"a", UNKNOWN},
    };
    char charset[] = "iso-8859-15";
    struct media_types *types = create(NULL, charset);
    memset(charset, 'x', strlen(charset)); /* it was the caller's, and need not live on */
    struct media_types *without = create(NULL, NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(media_type_of(types, rows[i].name), rows[i].type, "%s", rows[i].name);
        cr_expect_null(strchr(media_type_of(without, rows[i].name), ';'), "%s", rows[i].name);
    }
    media_types_destroy(types);
    media_types_destroy(without);
}

Test(media_type, of_the_system_wins_over_the_built_in_one) {
    struct media_types *types = create_from("application/x-own\thtml new\n");
    cr_expect_str_eq(media_type_of(types, "a.html"), "application/x-own");
    cr_expect_str_eq(media_type_of(types, "a.new"), "application/x-own");
    cr_expect_str_eq(media_type_of(types, "a.htm"), "text/html; charset=utf-8");
    media_types_destroy(types);
}

Test(media_type, is_read_from_lines_of_all_kinds) {
    struct media_types *types = create_from("# a comment: image/x-no html\n"
                                            "\n"
                                            "   \t  \n"
                                            "image/x-lonely\n"
                                            "no-slash css\n"
                                            "  image/x-indented   one\t\ttwo  \n"
                                            "image/x-commented three # four\n"
                                            "image/x-glued five#six\n"
                                            "image/x-dos seven eight\r\n"
                                            "#image/x-no json\n"
                                            "image/x-capitals NiNe\n"
                                            "TEXT/x-loud ten\n"
                                            "image/x-first eleven\n"
                                            "image/x-second eleven\n"
                                            "image/x-last twelve");
    static const struct {
        const char *name;
        const char *type;
    } rows[] = {
        {"a.html", "text/html; charset=utf-8"},
        {"a.css", "text/css; charset=utf-8"},
        {"a.json", "application/json"},
        {"a.one", "image/x-indented"},
        {"a.two", "image/x-indented"},
        {"a.three", "image/x-commented"},
        {"a.four", UNKNOWN},
        {"a.#", UNKNOWN},
        {"a.five", "image/x-glued"},
        {"a.six", UNKNOWN},
        {"a.seven", "image/x-dos"},
        {"a.eight", "image/x-dos"},
        {"a.nine", "image/x-capitals"},
        {"a.NINE", "image/x-capitals"},
        {"a.ten", "TEXT/x-loud; charset=utf-8"},
        {"a.eleven", "image/x-second"},
        {"a.twelve", "image/x-last"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        cr_expect_str_eq(media_type_of(types, rows[i].name), rows[i].type, "%s: %s", rows[i].name,
                         media_type_of(types, rows[i].name));
    media_types_destroy(types);
}

/* However long a comment is, no part of it is a line of its own. */
Test(media_type, is_not_read_from_the_end_of_a_long_comment) {
    char content[20001];
    memset(content, ' ', sizeof content - 1);
    content[0] = '#';
    for (size_t at = 2; at + 20 < sizeof content; at += 20)
        memcpy(content + at, "image/x-no html css", 19);
    content[sizeof content - 1] = '\0';
    struct media_types *types = create_from(content);
    cr_expect_str_eq(media_type_of(types, "a.html"), "text/html; charset=utf-8");
    cr_expect_str_eq(media_type_of(types, "a.css"), "text/css; charset=utf-8");
    media_types_destroy(types);
}

Test(media_type, is_read_from_a_long_line) {
    enum { COUNT = 2000 };
    static char content[32 * COUNT];
    int length = snprintf(content, sizeof content, "image/x-many");
    for (int i = 0; i < COUNT; i++)
        length += snprintf(content + length, sizeof content - (size_t)length, " ext%d", i);
    struct media_types *types = create_from(content);
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "a.ext%d", i);
        cr_assert_str_eq(media_type_of(types, name), "image/x-many", "%s", name);
    }
    media_types_destroy(types);
}

Test(media_type, knows_extensions_up_to_31_characters) {
    struct media_types *types = create_from("image/x-long abcdefghijklmnopqrstuvwxyz01234\n"
                                            "image/x-longer abcdefghijklmnopqrstuvwxyz012345\n"
                                            "image/x-short zz\n");
    cr_expect_str_eq(media_type_of(types, "a.abcdefghijklmnopqrstuvwxyz01234"), "image/x-long");
    cr_expect_str_eq(media_type_of(types, "a.abcdefghijklmnopqrstuvwxyz012345"), UNKNOWN);
    cr_expect_str_eq(media_type_of(types, "a.zz"), "image/x-short");
    media_types_destroy(types);
}

Test(media_type, is_the_built_in_one_without_a_readable_file) {
    struct media_types *missing = create(folder_path(&folder, "missing").text, "utf-8");
    struct media_types *no_file = create(folder.path, "utf-8");
    cr_expect_str_eq(media_type_of(missing, "a.html"), "text/html; charset=utf-8");
    cr_expect_str_eq(media_type_of(no_file, "a.html"), "text/html; charset=utf-8");
    media_types_destroy(missing);
    media_types_destroy(no_file);
}

Test(media_type, survives_a_file_that_is_no_table) {
    static const char binary[] = "\x7F"
                                 "ELF\0\0image/x-no html\n\0\0\xFF\xFE/ \n/\n/ /\nimage/x-yes yes\n";
    folder_write(&folder, "mime.types", binary, sizeof binary - 1);
    struct media_types *types = create(folder_path(&folder, "mime.types").text, "utf-8");
    cr_expect_str_eq(media_type_of(types, "a.html"), "text/html; charset=utf-8");
    cr_expect_str_eq(media_type_of(types, "a.yes"), "image/x-yes");
    media_types_destroy(types);
}

Test(media_type, table_need_not_exist_to_be_destroyed) {
    media_types_destroy(NULL);
}
