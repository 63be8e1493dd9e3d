/* SPDX-License-Identifier: MIT */
#include "http/listing/file_kind.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(file_kind, .timeout = 10);

static enum file_kind kind_of(const char *name, const char *type) {
    return file_kind_of(name, type != NULL ? view_of(type) : (struct view){NULL, 0});
}

Test(file_kind, is_judged_by_media_type_and_name) {
    static const struct {
        const char *name;
        const char *type;
        enum file_kind kind;
    } rows[] = {
        {"a.png", "image/png", FILE_KIND_IMAGE},
        {"a.djvu", "IMAGE/vnd.djvu", FILE_KIND_IMAGE},
        {"a.mkv", "video/matroska", FILE_KIND_VIDEO},
        {"a.ts", "video/mp2t", FILE_KIND_VIDEO},
        {"a.flac", "audio/flac", FILE_KIND_AUDIO},
        {"a.tar.gz", "application/gzip", FILE_KIND_ARCHIVE},
        {"A.ZIP", NULL, FILE_KIND_ARCHIVE},
        {"a.pdf", "application/pdf", FILE_KIND_DOCUMENT},
        {"a.c", "text/plain", FILE_KIND_CODE},
        {"a.json", "application/json", FILE_KIND_CODE},
        {"Makefile", NULL, FILE_KIND_CODE},
        {"Makefile", "text/plain", FILE_KIND_CODE},
        {"Makefile", "application/octet-stream", FILE_KIND_DATA}, /* a browser saves it */
        {"Dockerfile", "application/octet-stream", FILE_KIND_DATA},
        {"LICENSE", "application/octet-stream", FILE_KIND_DATA},
        {"LICENSE", "text/plain", FILE_KIND_TEXT},
        {"a.yaml", "application/yaml", FILE_KIND_DATA},
        {"a.toml", "application/toml", FILE_KIND_DATA},
        {"a.toml", "TEXT/plain", FILE_KIND_CODE},
        {"a.wasm", "application/wasm", FILE_KIND_DATA},
        {"a.xhtml", "application/xhtml+xml", FILE_KIND_CODE},
        {"a.webmanifest", "application/manifest+JSON", FILE_KIND_CODE},
        {"a.pdf", "application/octet-stream", FILE_KIND_DOCUMENT},
        {"a.txt", "text/plain", FILE_KIND_TEXT},
        {"a.md", "text/markdown", FILE_KIND_TEXT},
        {"README", NULL, FILE_KIND_TEXT},
        {"a.csv", "text/csv", FILE_KIND_DATA},
        {"a.bin", "application/octet-stream", FILE_KIND_DATA},
        {"a.imagery", "imagery/png", FILE_KIND_DATA},
        {"c", NULL,
         FILE_KIND_CODE}, /* no extension: the name itself is looked up, and "c" is one by accident */
        {"a.", NULL, FILE_KIND_DATA},
        {"", NULL, FILE_KIND_DATA},
        {"a.c d", NULL, FILE_KIND_DATA},
        {"a.contributing1234", NULL, FILE_KIND_DATA},
        {"a.a word that is longer than all that are known", "text/plain", FILE_KIND_TEXT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum file_kind kind = kind_of(rows[i].name, rows[i].type);
        cr_expect_eq(kind, rows[i].kind, "%s, %s: %s instead of %s", rows[i].name,
                     rows[i].type != NULL ? rows[i].type : "no type", file_kind_word(kind),
                     file_kind_word(rows[i].kind));
    }
}

/* All that are known, so that one in the wrong place of its list is missed here and not by a user. */
Test(file_kind, knows_every_extension_of_its_lists) {
    static const struct {
        enum file_kind kind;
        const char *words;
    } rows[] = {
        {FILE_KIND_ARCHIVE,
         "7z apk br bz2 cab cpio deb dmg ear gz img iso jar lz lz4 lzma msi pkg rar rpm tar tbz tbz2 "
         "tgz txz udeb war whl xpi xz z zip zst"},
        {FILE_KIND_DOCUMENT,
         "azw3 cbr cbz djv djvu doc docx dot eps epub mobi odg odp ods odt pdf pps ppt pptx ps rtf "
         "xls xlsx xlt"},
        {FILE_KIND_CODE,
         "asm astro awk bash bat c cc cfg cjs clj cljs cmake cmd coffee conf cpp cs csh css cts cxx d "
         "dart diff dockerfile el elm erl ex exs f f90 fish fs fsx glsl go gql gradle graphql groovy h "
         "hh hpp hrl hs htm html hxx ini java jl js json jsonc jsonl jsx ksh kt kts less lhs lisp lua m "
         "makefile map meson mjs mk ml mli mts ndjson nim nix patch php pl pm properties proto ps1 py "
         "pyi r rb rkt rs s sass scala scm scss sed sh sql sv svelte swift tcl tf toml tsx v vhd vhdl "
         "vue wasm webmanifest wgsl xht xhtml xml xsd xsl xslt yaml yml zig zsh"},
        {FILE_KIND_TEXT, "authors changelog contributing copying license notice readme"},
        {FILE_KIND_DATA, "csv tsv"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (const char *at = rows[i].words; *at != '\0'; at += strspn(at, " ")) {
            int length = (int)strcspn(at, " ");
            char name[64];
            (void)snprintf(name, sizeof name, "name.%.*s", length, at);
            /* Of this type csv would be text, and the rest something else than what the list says. */
            const char *type = rows[i].kind == FILE_KIND_TEXT ? NULL : "text/plain";
            cr_expect_eq(kind_of(name, type), rows[i].kind, "%s", name);
            at += length;
        }
    }
}

Test(file_kind, has_a_word_for_each) {
    static const char *const words[] = {"folder",   "image", "video", "audio", "archive",
                                        "document", "code",  "text",  "data"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        cr_expect_str_eq(file_kind_word((enum file_kind)i), words[i]);
    }
}

Test(file_kind, takes_for_pictures_what_browsers_show) {
    static const struct {
        const char *type;
        bool is_picture;
    } rows[] = {
        {"image/png", true},   {"image/jpeg", true},  {"image/gif", true},
        {"image/webp", true},  {"image/avif", true},  {"image/svg+xml", true},
        {"image/apng", true},  {"image/bmp", true},   {"image/vnd.microsoft.icon", true},
        {"Image/PNG", true},   {"image/tiff", false}, {"image/heic", false},
        {"image/", false},     {"image/pngx", false}, {"video/mp4", false},
        {"text/plain", false}, {"", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(file_kind_is_picture(view_of(rows[i].type)), rows[i].is_picture, "%s", rows[i].type);
    }
    cr_expect_not(file_kind_is_picture((struct view){NULL, 0}));
}
