/* SPDX-License-Identifier: MIT */
/* What the built-in table says, with and without a table of the system. Types are IANA's unless servers agree
 * on another. */
#include "http/files/media_type.h"
#include "http/files/web_types.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct folder folder;

static void set_up(void) {
    folder_create(&folder);
}

static void tear_down(void) {
    folder_remove(&folder);
}

TestSuite(media_type_table, .init = set_up, .fini = tear_down, .timeout = 20);

static struct media_types *create(const char *path) {
    struct media_types *types = media_types_create(&(struct media_types_options){.path = path});
    cr_assert_not_null(types);
    return types;
}

static const char *type_of_extension(const struct media_types *types, const char *extension) {
    char name[64];
    (void)snprintf(name, sizeof name, "a.%s", extension);
    const char *type = media_type_of(types, name)->content_type;
    return type != NULL ? type : "none";
}

Test(media_type_table, knows_the_types_of_the_web) {
    static const struct {
        const char *extension;
        const char *type;
    } rows[] = {
        {"wasm", "application/wasm"},
        {"js", "text/javascript"},
        {"mjs", "text/javascript"},
        {"cjs", "text/javascript"},
        {"json", "application/json"},
        {"map", "application/json"},
        {"jsonld", "application/ld+json"},
        {"geojson", "application/geo+json"},
        {"webmanifest", "application/manifest+json"},
        {"xml", "application/xml"},
        {"xsl", "application/xslt+xml"},
        {"atom", "application/atom+xml"},
        {"rss", "application/rss+xml"},
        {"css", "text/css"},
        {"htm", "text/html"},
        {"xhtml", "application/xhtml+xml"},
        {"vtt", "text/vtt"},
        {"apng", "image/apng"},
        {"avif", "image/avif"},
        {"bmp", "image/bmp"},
        {"gif", "image/gif"},
        {"heic", "image/heic"},
        {"ico", "image/vnd.microsoft.icon"},
        {"jfif", "image/jpeg"},
        {"jpeg", "image/jpeg"},
        {"jxl", "image/jxl"},
        {"png", "image/png"},
        {"svg", "image/svg+xml"},
        {"svgz", "image/svg+xml"},
        {"emz", "image/emf"},
        {"wmz", "image/wmf"},
        {"emf", "image/emf"},
        {"wmf", "image/wmf"},
        {"tiff", "image/tiff"},
        {"webp", "image/webp"},
        {"woff", "font/woff"},
        {"woff2", "font/woff2"},
        {"ttf", "font/ttf"},
        {"otf", "font/otf"},
        {"ttc", "font/collection"},
        {"eot", "application/vnd.ms-fontobject"},
        {"ts", "video/mp2t"},
        {"mts", "text/plain"},
        {"cts", "text/plain"},
        {"tsx", "text/plain"},
        {"jsx", "text/plain"},
        {"py", "text/plain"},
        {"c", "text/plain"},
        {"h", "text/plain"},
        {"rs", "text/plain"},
        {"go", "text/plain"},
        {"sh", "text/plain"},
        {"rb", "text/plain"},
        {"java", "text/plain"},
        {"diff", "text/plain"},
        {"patch", "text/plain"},
        {"txt", "text/plain"},
        {"log", "text/plain"},
        {"nfo", "text/plain"},
        {"srt", "text/plain"},
        {"tex", "text/plain"},
        {"sha256", "text/plain"},
        {"md", "text/markdown"},
        {"yaml", "application/yaml"},
        {"yml", "application/yaml"},
        {"toml", "application/toml"},
        {"ics", "text/calendar"},
        {"vcf", "text/vcard"},
        {"csv", "text/csv"},
        {"tsv", "text/tab-separated-values"},
        {"sql", "application/sql"},
        {"sqlite", "application/vnd.sqlite3"},
        {"parquet", "application/vnd.apache.parquet"},
        {"gltf", "model/gltf+json"},
        {"glb", "model/gltf-binary"},
        {"usdz", "model/vnd.usdz+zip"},
        {"stl", "model/stl"},
        {"pdf", "application/pdf"},
        {"epub", "application/epub+zip"},
        {"mobi", "application/x-mobipocket-ebook"},
        {"doc", "application/msword"},
        {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
        {"xls", "application/vnd.ms-excel"},
        {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"ppt", "application/vnd.ms-powerpoint"},
        {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
        {"odt", "application/vnd.oasis.opendocument.text"},
        {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
        {"odp", "application/vnd.oasis.opendocument.presentation"},
        {"apk", "application/vnd.android.package-archive"},
        {"dmg", "application/x-apple-diskimage"},
        {"deb", "application/vnd.debian.binary-package"},
        {"rpm", "application/x-redhat-package-manager"},
        {"exe", "application/vnd.microsoft.portable-executable"},
        {"msi", "application/x-msi"},
        {"iso", "application/vnd.efi.iso"},
        {"img", "application/vnd.efi.img"},
        {"jar", "application/java-archive"},
        {"tar", "application/x-tar"},
        {"tgz", "application/gzip"},
        {"gz", "application/gzip"},
        {"bz2", "application/x-bzip2"},
        {"xz", "application/x-xz"},
        {"zst", "application/zstd"},
        {"br", "application/x-brotli"},
        {"7z", "application/x-7z-compressed"},
        {"rar", "application/vnd.rar"},
        {"zip", "application/zip"},
        {"m3u8", "application/vnd.apple.mpegurl"},
        {"mpd", "application/dash+xml"},
        {"m4s", "video/iso.segment"},
        {"mp3", "audio/mpeg"},
        {"opus", "audio/ogg"},
        {"flac", "audio/flac"},
        {"m4a", "audio/mp4"},
        {"mka", "audio/matroska"},
        {"wav", "audio/wav"},
        {"aiff", "audio/aiff"},
        {"mid", "audio/midi"},
        {"mp4", "video/mp4"},
        {"m4v", "video/mp4"},
        {"mkv", "video/matroska"},
        {"webm", "video/webm"},
        {"ogv", "video/ogg"},
        {"mov", "video/quicktime"},
        {"avi", "video/x-msvideo"},
        {"flv", "video/x-flv"},
        {"3gp", "video/3gpp"},
    };
    struct media_types *types = create(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(type_of_extension(types, rows[i].extension), rows[i].type, "%s: %s",
                         rows[i].extension, type_of_extension(types, rows[i].extension));
    }
    media_types_destroy(types);
}

/* Lines as in the tables of Debian 12 (media-types 10) and of older systems. */
Test(media_type_table, wins_where_the_system_would_break_pages) {
    static const char system_table[] = "application/javascript js mjs\n"
                                       "application/x-javascript cjs\n"
                                       "application/x-web-app-manifest+json webmanifest\n"
                                       "application/octet-stream wasm json map avif webp woff2 css html svg\n"
                                       "application/x-font-ttf ttf otf\n"
                                       "application/font-woff woff\n"
                                       "image/x-icon ico\n"
                                       "text/xml xml xsl svg\n"
                                       "application/x-rss+xml rss\n"
                                       "text/vnd.trolltech.linguist ts\n"
                                       "model/vnd.mts mts\n"
                                       "application/rls-services+xml rs\n"
                                       "text/x-python py\n"
                                       "application/x-sh sh\n"
                                       "application/x-trash log\n";
    static const struct {
        const char *extension;
        const char *type;
    } rows[] = {
        {"js", "text/javascript"},
        {"mjs", "text/javascript"},
        {"cjs", "text/javascript"},
        {"webmanifest", "application/manifest+json"},
        {"wasm", "application/wasm"},
        {"json", "application/json"},
        {"map", "application/json"},
        {"avif", "image/avif"},
        {"webp", "image/webp"},
        {"woff2", "font/woff2"},
        {"css", "text/css"},
        {"html", "text/html"},
        {"svg", "image/svg+xml"},
        {"ttf", "font/ttf"},
        {"otf", "font/otf"},
        {"woff", "font/woff"},
        {"ico", "image/vnd.microsoft.icon"},
        {"xml", "application/xml"},
        {"rss", "application/rss+xml"},
        {"ts", "video/mp2t"},
        {"mts", "text/plain"},
        {"rs", "text/plain"},
        {"py", "text/plain"},
        {"sh", "text/plain"},
        {"log", "text/plain"},
    };
    folder_write_text(&folder, "mime.types", system_table);
    struct media_types *types = create(folder_path(&folder, "mime.types").text);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(type_of_extension(types, rows[i].extension), rows[i].type, "%s: %s",
                         rows[i].extension, type_of_extension(types, rows[i].extension));
    }
    media_types_destroy(types);
}

/* The last extension on a line is found, and belongs to the type at its beginning: no line is malformed, and
 * no extension has two types. */
static void expect_each_extension(const struct media_types *types, const char *const *lines) {
    for (; *lines != NULL; lines++) {
        size_t type_length = strcspn(*lines, " ");
        const char *at = *lines + type_length;
        cr_expect_eq(*at, ' ', "%s", *lines);
        while (*at == ' ') {
            char extension[32];
            size_t length = strcspn(at + 1, " ");
            cr_assert(length > 0 && length < sizeof extension, "%s", *lines);
            memcpy(extension, at + 1, length);
            extension[length] = '\0';
            const char *type = type_of_extension(types, extension);
            cr_expect(strlen(type) == type_length && strncmp(type, *lines, type_length) == 0, "%s: %s",
                      *lines, type);
            at += 1 + length;
        }
    }
}

Test(media_type_table, says_one_thing_of_each_extension) {
    struct media_types *types = create(NULL);
    expect_each_extension(types, web_types_over_system);
    expect_each_extension(types, web_types_under_system);
    media_types_destroy(types);
}

Test(media_type_table, tells_what_only_the_system_knows) {
    static const struct {
        const char *name;
        bool is_known;
        bool only_by_system;
    } rows[] = {
        {"a.me", true, true},   {"a.me2", false, false}, {"a.js", true, false},
        {"a.zip", true, false}, {"a.own", true, false},  {"none", false, false},
    };
    static const struct media_type_override own = {.extension = "own", .type = "text/x-own"};
    char path[FOLDER_PATH_BYTES + 16];
    folder_write_text(&folder, "types", "a/me me\na/js js\na/zip zip\na/own own\n");
    (void)snprintf(path, sizeof path, "%s/types", folder.path);
    struct media_types *types = media_types_create(
        &(struct media_types_options){.path = path, .overrides = &own, .override_count = 1});
    cr_assert_not_null(types);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct media_type *type = media_type_of(types, rows[i].name);
        cr_expect_eq(type->is_known, rows[i].is_known, "%s", rows[i].name);
        cr_expect_eq(type->only_by_system, rows[i].only_by_system, "%s", rows[i].name);
    }
    media_types_destroy(types);
}

Test(media_type_table, is_all_there_is_without_a_readable_file) {
    struct media_types *missing = create(folder_path(&folder, "missing").text);
    struct media_types *no_file = create(folder.path);
    cr_expect_str_eq(type_of_extension(missing, "html"), "text/html");
    cr_expect_str_eq(type_of_extension(no_file, "html"), "text/html");
    media_types_destroy(missing);
    media_types_destroy(no_file);
}

/* RFC 9110 section 8.4: the type is that of what comes out. An archive is a thing of its own. */
Test(media_type_table, tells_which_files_are_in_a_coding) {
    static const struct {
        const char *name;
        enum content_coding coding;
        const char *type;
    } rows[] = {
        {"a.svgz", CODING_GZIP, "image/svg+xml"}, {"A.EMZ", CODING_GZIP, "image/emf"},
        {"a.wmz", CODING_GZIP, "image/wmf"},      {"a.svg", CODING_IDENTITY, "image/svg+xml"},
        {"a.tgz", CODING_IDENTITY, NULL},         {"a.gz", CODING_IDENTITY, NULL},
        {"a.own", CODING_BROTLI, "text/x"},       {"a.plain", CODING_IDENTITY, "text/y"},
    };
    static const struct media_type_override own[] = {{.extension = "own", .type = "text/x br"},
                                                     {.extension = "plain", .type = "text/y"}};
    struct media_types *types =
        media_types_create(&(struct media_types_options){.overrides = own, .override_count = 2});
    cr_assert_not_null(types);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct media_type *type = media_type_of(types, rows[i].name);
        cr_expect_eq(type->coding, rows[i].coding, "%s", rows[i].name);
        cr_expect(rows[i].type == NULL || view_equals(type->name, rows[i].type), "%s", rows[i].name);
    }
    media_types_destroy(types);
}

static bool is_text(const void *context, struct view name) {
    return context == &is_text && view_starts_with_nocase(name, "text/");
}

Test(media_type_table, notes_what_is_worth_compressing) {
    static const struct media_type_override own[] = {{.extension = "own", .type = "text/x gzip"}};
    struct media_types *types = media_types_create(&(struct media_types_options){
        .overrides = own, .override_count = 1, .is_compressible = is_text, .context = &is_text});
    cr_assert_not_null(types);
    cr_expect(media_type_of(types, "a.css")->is_compressible);
    cr_expect_not(media_type_of(types, "a.png")->is_compressible);
    cr_expect_not(media_type_of(types, "a.own")->is_compressible, "it is compressed already");
    cr_expect_not(media_type_of(types, "a")->is_compressible);
    media_types_destroy(types);
}
