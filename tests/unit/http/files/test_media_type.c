/* SPDX-License-Identifier: MIT */
#include "http/files/media_type.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(media_type, .init = set_up, .fini = tear_down, .timeout = 20);

#define UNKNOWN "the standard type"

static struct media_types *create_with(struct media_types_options options) {
    struct media_types *types = media_types_create(&options);
    cr_assert_not_null(types);
    return types;
}

static struct media_types *create(const char *path, const char *charset) {
    return create_with((struct media_types_options){.path = path, .charset = charset, .standard = UNKNOWN});
}

static struct media_types *create_from(const char *content) {
    folder_write_text(&folder, "mime.types", content);
    return create(folder_path(&folder, "mime.types").text, "utf-8");
}

static const char *type_of(const struct media_types *types, const char *name) {
    return media_type_of(types, name)->content_type;
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
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(type_of(types, rows[i].name), rows[i].type, "'%s': %s", rows[i].name,
                         type_of(types, rows[i].name));
    }
    media_types_destroy(types);
}

Test(media_type, names_a_charset_for_what_browsers_decode_by_it) {
    static const struct {
        const char *name;
        const char *type;
    } rows[] = {
        {"a.html", "text/html; charset=iso-8859-15"},
        {"a.txt", "text/plain; charset=iso-8859-15"},
        {"a.csv", "text/csv; charset=iso-8859-15"},
        {"a.js", "text/javascript; charset=iso-8859-15"},
        {"a.md", "text/markdown; charset=iso-8859-15"},
        {"a.json", "application/json"},
        {"a.jsonld", "application/ld+json"},
        {"a.xml", "application/xml"},
        {"a.svg", "image/svg+xml"},
        {"a.xhtml", "application/xhtml+xml"},
        {"a.yaml", "application/yaml"},
        {"a.png", "image/png"},
        {"a.one", "application/javascript; charset=iso-8859-15"},
        {"a.two", "Application/X-JavaScript; charset=iso-8859-15"},
        {"a.three", "application/ecmascript; charset=iso-8859-15"},
        {"a.four", "application/x-ecmascript; charset=iso-8859-15"},
        {"a.five", "application/javascript-no"},
        {"a.six", "text/x;charset=koi8-r"},
        {"a.seven", "text/x; CharSet=koi8-r"},
        {"a.eight", "text/x; format=flowed;\tcharset=koi8-r"},
        {"a.nine", "text/x; format=flowed; charset=iso-8859-15"},
        {"a.ten", "text/x; nocharset=1; charset=iso-8859-15"},
        {"a.eleven", "text/charset=; charset=iso-8859-15"},
        {"a.twelve", "application/javascript ; v=1; charset=iso-8859-15"},
        {"a.thirteen", "textual/x"},
        {"a", UNKNOWN},
    };
    static const struct media_type_override own[] = {
        {.extension = "one", .type = "application/javascript"},
        {.extension = "two", .type = "Application/X-JavaScript"},
        {.extension = "three", .type = "application/ecmascript"},
        {.extension = "four", .type = "application/x-ecmascript"},
        {.extension = "five", .type = "application/javascript-no"},
        {.extension = "six", .type = "text/x;charset=koi8-r"},
        {.extension = "seven", .type = "text/x; CharSet=koi8-r"},
        {.extension = "eight", .type = "text/x; format=flowed;\tcharset=koi8-r"},
        {.extension = "nine", .type = "text/x; format=flowed"},
        {.extension = "ten", .type = "text/x; nocharset=1"},
        {.extension = "eleven", .type = "text/charset="},
        {.extension = "twelve", .type = "application/javascript ; v=1"},
        {.extension = "thirteen", .type = "textual/x"},
    };
    char charset[] = "iso-8859-15";
    struct media_types_options options = {.charset = charset,
                                          .standard = UNKNOWN,
                                          .overrides = own,
                                          .override_count = sizeof own / sizeof own[0]};
    struct media_types *types = create_with(options);
    memset(charset, 'x', strlen(charset)); /* it was the caller's, and need not live on */
    options.charset = NULL;
    struct media_types *without = create_with(options);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(type_of(types, rows[i].name), rows[i].type, "%s: %s", rows[i].name,
                         type_of(types, rows[i].name));
        cr_expect_null(strstr(type_of(without, rows[i].name), "iso-"), "%s", rows[i].name);
    }
    media_types_destroy(types);
    media_types_destroy(without);
}

Test(media_type, has_a_name_without_parameters) {
    static const struct {
        const char *type;
        const char *name;
    } rows[] = {
        {"text/html", "text/html"},
        {"image/png", "image/png"},
        {"text/html;charset=koi8-r", "text/html"},
        {"text/html \t; charset=koi8-r", "text/html"},
        {"image/x; a=b; c=d", "image/x"},
        {"Image/X", "Image/X"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct media_type_override own = {.extension = "own", .type = rows[i].type};
        struct media_types *types = create_with((struct media_types_options){
            .charset = "utf-8", .standard = rows[i].type, .overrides = &own, .override_count = 1});
        cr_expect(view_equals(media_type_of(types, "a.own")->name, rows[i].name), "%s", rows[i].type);
        cr_expect(view_equals(media_type_of(types, "a")->name, rows[i].name), "%s", rows[i].type);
        media_types_destroy(types);
    }
}

Test(media_type, is_the_standard_one_when_the_extension_says_nothing) {
    char standard[] = "text/plain";
    struct media_types *types =
        create_with((struct media_types_options){.charset = "utf-8", .standard = standard});
    memset(standard, 'x', strlen(standard)); /* it was the caller's, too */
    cr_expect_str_eq(type_of(types, "README"), "text/plain; charset=utf-8");
    cr_expect_not(media_type_of(types, "README")->is_known);
    cr_expect_not(media_type_of(types, "a.unheard-of")->is_known);
    cr_expect(media_type_of(types, "a.txt")->is_known);
    media_types_destroy(types);
}

Test(media_type, is_none_when_there_is_no_standard_one) {
    struct media_types *types = create_with((struct media_types_options){0});
    const struct media_type *type = media_type_of(types, "README");
    cr_expect_null(type->content_type);
    cr_expect_null(type->name.bytes);
    cr_expect_eq(type->name.length, 0);
    cr_expect_not(type->is_known);
    cr_expect_str_eq(type_of(types, "a.html"), "text/html");
    media_types_destroy(types);
}

Test(media_type, of_the_owner_wins_over_all) {
    char type[] = "application/x-own";
    char extension[] = "HTML";
    const struct media_type_override own[] = {
        {.extension = extension, .type = type},
        {.extension = "sql", .type = "text/plain"},
        {.extension = "new", .type = "image/x-first"},
        {.extension = "NEW", .type = "image/x-second"},
        {.extension = "", .type = "image/x-nothing"},
        {.extension = "abcdefghijklmnopqrstuvwxyz012345", .type = "image/x-too-long"},
    };
    folder_write_text(&folder, "mime.types", "application/x-system sql new other\n");
    struct folder_path path = folder_path(&folder, "mime.types");
    struct media_types *types = create_with((struct media_types_options){
        .path = path.text,
        .charset = "utf-8",
        .overrides = own,
        .override_count = sizeof own / sizeof own[0],
    });
    memset(type, 'x', strlen(type)); /* they were the caller's, and need not live on */
    memset(extension, 'x', strlen(extension));
    cr_expect_str_eq(type_of(types, "a.html"), "application/x-own");
    cr_expect(view_equals(media_type_of(types, "a.html")->name, "application/x-own"));
    cr_expect(media_type_of(types, "a.html")->is_known);
    cr_expect_str_eq(type_of(types, "a.htm"), "text/html; charset=utf-8");
    cr_expect_str_eq(type_of(types, "a.sql"), "text/plain; charset=utf-8");
    cr_expect_str_eq(type_of(types, "a.new"), "image/x-first");
    cr_expect_str_eq(type_of(types, "a.other"), "application/x-system");
    cr_expect_null(type_of(types, "a."));
    media_types_destroy(types);
}

Test(media_type, of_the_system_wins_over_the_built_in_one) {
    struct media_types *types = create_from("application/x-own\tpdf new\n");
    cr_expect_str_eq(type_of(types, "a.pdf"), "application/x-own");
    cr_expect_str_eq(type_of(types, "a.new"), "application/x-own");
    cr_expect(media_type_of(types, "a.new")->is_known);
    cr_expect_str_eq(type_of(types, "a.zip"), "application/zip");
    media_types_destroy(types);
}

Test(media_type, is_read_from_lines_of_all_kinds) {
    struct media_types *types = create_from("# a comment: image/x-no pdf\n"
                                            "\n"
                                            "   \t  \n"
                                            "image/x-lonely\n"
                                            "no-slash csv\n"
                                            "  image/x-indented   one\t\ttwo  \n"
                                            "image/x-commented three # four\n"
                                            "image/x-glued five#six\n"
                                            "image/x-dos seven eight\r\n"
                                            "#image/x-no zip\n"
                                            "image/x-capitals NiNe\n"
                                            "TEXT/x-loud ten\n"
                                            "image/x-slash d/readme\n"
                                            "image/x-first eleven\n"
                                            "image/x-second eleven\n"
                                            "image/x-last twelve");
    static const struct {
        const char *name;
        const char *type;
    } rows[] = {
        {"a.pdf", "application/pdf"},
        {"a.csv", "text/csv; charset=utf-8"},
        {"a.zip", "application/zip"},
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
        {"folder.d/readme", UNKNOWN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(type_of(types, rows[i].name), rows[i].type, "%s: %s", rows[i].name,
                         type_of(types, rows[i].name));
    }
    media_types_destroy(types);
}

/* However long a comment is, no part of it is a line of its own. */
Test(media_type, is_not_read_from_the_end_of_a_long_comment) {
    char content[20001];
    memset(content, ' ', sizeof content - 1);
    content[0] = '#';
    for (size_t at = 2; at + 20 < sizeof content; at += 20) {
        memcpy(content + at, "image/x-no pdf csv ", 19);
    }
    content[sizeof content - 1] = '\0';
    struct media_types *types = create_from(content);
    cr_expect_str_eq(type_of(types, "a.pdf"), "application/pdf");
    cr_expect_str_eq(type_of(types, "a.csv"), "text/csv; charset=utf-8");
    media_types_destroy(types);
}

static int lowest_free_descriptor(void) {
    int fd = dup(STDOUT_FILENO);
    cr_assert_neq(fd, -1);
    (void)close(fd);
    return fd;
}

Test(media_type, leaves_no_file_open) {
    int before = lowest_free_descriptor();
    media_types_destroy(create_from("image/x-one one\n"));
    cr_expect_eq(lowest_free_descriptor(), before);
}

Test(media_type, is_read_from_a_long_line) {
    enum { COUNT = 2000 };
    static char content[32 * COUNT];
    int length = snprintf(content, sizeof content, "image/x-many");
    for (int i = 0; i < COUNT; i++) {
        length += snprintf(content + length, sizeof content - (size_t)length, " ext%d", i);
    }
    struct media_types *types = create_from(content);
    for (int i = 0; i < COUNT; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "a.ext%d", i);
        cr_assert_str_eq(type_of(types, name), "image/x-many", "%s", name);
    }
    media_types_destroy(types);
}

Test(media_type, knows_extensions_up_to_31_characters) {
    struct media_types *types = create_from("image/x-long abcdefghijklmnopqrstuvwxyz01234\n"
                                            "image/x-longer abcdefghijklmnopqrstuvwxyz012345\n"
                                            "image/x-short zz\n");
    cr_expect_str_eq(type_of(types, "a.abcdefghijklmnopqrstuvwxyz01234"), "image/x-long");
    cr_expect_str_eq(type_of(types, "a.abcdefghijklmnopqrstuvwxyz012345"), UNKNOWN);
    cr_expect_str_eq(type_of(types, "a.zz"), "image/x-short");
    media_types_destroy(types);
}

Test(media_type, survives_a_file_that_is_no_table) {
    static const char binary[] = "\x7F"
                                 "ELF\0\0image/x-no pdf\n\0\0\xFF\xFE/ \n/\n/ /\nimage/x-yes yes\n";
    folder_write(&folder, "mime.types", binary, sizeof binary - 1);
    struct media_types *types = create(folder_path(&folder, "mime.types").text, "utf-8");
    cr_expect_str_eq(type_of(types, "a.pdf"), "application/pdf");
    cr_expect_str_eq(type_of(types, "a.yes"), "image/x-yes");
    media_types_destroy(types);
}
