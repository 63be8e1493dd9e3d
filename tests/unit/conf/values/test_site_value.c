/* SPDX-License-Identifier: MIT */
#include "conf/values/site_value.h"

#include <criterion/criterion.h>
#include <string.h>

static char result[OPTION_VALUE_BYTES];
static char error[CONFIG_ERROR_BYTES];
static const struct complaint here = {"here", error};

/* A value and its canonical form; NULL: it is refused. */
struct row {
    const char *text, *canonical;
};

typedef bool parse_function(const char *text, char *result, struct complaint about);

static void check(parse_function *parse, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        bool right = parse(rows[i].text, result, here);
        cr_assert_eq(right, rows[i].canonical != NULL, "'%s': %s", rows[i].text, right ? result : error);
        cr_assert(!right || strcmp(result, rows[i].canonical) == 0, "'%s': %s", rows[i].text, result);
        cr_assert(right || strncmp(error, "here: ", 6) == 0, "'%s': %s", rows[i].text, error);
    }
}

#define CHECK(parse, rows) check(parse, rows, sizeof(rows) / sizeof *(rows))

static bool parse_pattern(const char *text, char *into, struct complaint about) {
    return site_value_pattern(text, true, into, about);
}

Test(site_value, reads_media_types) {
    static const struct row rows[] = {
        {"text/markdown", "text/markdown"},
        {"Image/SVG+XML", "image/svg+xml"},
        {"application/vnd.a-b.c", "application/vnd.a-b.c"},
        {"", NULL},
        {"text", NULL},
        {"text/", NULL},
        {"/html", NULL},
        {"text/html/x", NULL},
        {"text/*", NULL},
        {"text/html; charset=utf-8", NULL},
        {"text/html;", NULL},
        {"text html/x", NULL},
        {"text/ht ml", NULL},
        {"text/html\r\nA: b", NULL},
        {"t\xc3\xa9xt/html", NULL},
    };
    static const struct row patterns[] = {
        {"text/*", "text/*"}, {"*/*", NULL},        {"*", NULL},     {"Text/*", "text/*"},
        {"t*/x*y", "t*/x*y"}, {"text/a", "text/a"}, {"text*", NULL}, {"/text", NULL},
    };
    static const struct row coded[] = {
        {"Image/SVG+XML gzip", "image/svg+xml gzip"},
        {"text/x BR", "text/x br"},
        {"text/x zstd", "text/x zstd"},
        {"text/x", "text/x"},
        {"text/x deflate", NULL},
        {"gzip", NULL},
        {" gzip", NULL},
        {"text/x  gzip", NULL},
        {"text/x gzip ", NULL},
    };
    CHECK(site_value_media_type, rows);
    CHECK(site_value_coded_type, coded);
    static const struct row standard[] = {
        {"Sniff", "sniff"}, {"text/x", "text/x"}, {"sniffed", NULL}, {"text/x gzip", NULL}};
    CHECK(site_value_default_type, standard);
    CHECK(site_value_media_pattern, patterns);
    char overlong[130] = "a/";
    memset(overlong + 2, 'b', 126);
    cr_assert_not(site_value_media_type(overlong, result, here));
    overlong[127] = '\0';
    cr_assert(site_value_media_type(overlong, result, here), "%s", error);
}

Test(site_value, reads_paths_from_the_root) {
    static const struct row rows[] = {
        {"/index.html", "/index.html"},
        {"/a/b c/\xc3\xa9", "/a/b c/\xc3\xa9"},
        {"/.well-known/x", "/.well-known/x"},
        {"/a/...", "/a/..."},
        {"/a..b", "/a..b"},
        {"/%2e", "/%2e"},
        {"", NULL},
        {"index.html", NULL},
        {"/", NULL},
        {"/a/", NULL},
        {"/..", NULL},
        {"/../a", NULL},
        {"/a/../b", NULL},
        {"/a/./b", NULL},
        {"/.", NULL},
        {"//a", NULL},
        {"/a//b", NULL},
        {"/a?b", NULL},
        {"/a#b", NULL},
        {"/a\nb", NULL},
    };
    CHECK(site_value_path, rows);
}

Test(site_value, reads_prefixes) {
    static const struct row rows[] = {
        {"/prefix", "/prefix"},
        {"/a/b", "/a/b"},
        {"/a%20b/-._~!$&'()*+,;=:@", "/a%20b/-._~!$&'()*+,;=:@"},
        {"", NULL},
        {"/", NULL},
        {"prefix", NULL},
        {"/prefix/", NULL},
        {"//evil.example", NULL},
        {"/a//b", NULL},
        {"/a/../b", NULL},
        {"/a?b", NULL},
        {"/a#b", NULL},
        {"/a b", NULL},
        {"/100%", NULL},
        {"/%zz", NULL},
        {"/\\evil.example", NULL},
        {"/\xc3\xa9", NULL},
        {"/a\r\nb", NULL},
        {"https://a/b", NULL},
    };
    CHECK(site_value_prefix, rows);
}

Test(site_value, reads_folders_of_pages_that_are_no_files) {
    static const struct row rows[] = {
        {"/.lido/", "/.lido/"},
        {"/.lido", "/.lido/"},
        {"/a b/c", "/a b/c/"},
        {"", NULL},
        {"/", NULL},
        {".lido/", NULL},
        {"//", NULL},
        {"/a//", NULL},
        {"/a/../b/", NULL},
        {"/a?b/", NULL},
        {"/a\nb/", NULL},
    };
    CHECK(site_value_own_folder, rows);
}

Test(site_value, reads_where_links_may_lead) {
    static const struct row rows[] = {
        {"inside", "inside"}, {"INSIDE", "inside"}, {"/srv/media", "/srv/media"}, {"/a b/", "/a b/"},
        {"", NULL},           {"media", NULL},      {"../media", NULL},           {"/a\nb", NULL},
    };
    CHECK(site_value_folder, rows);
}

Test(site_value, reads_what_is_done_with_dot_files) {
    static const struct row rows[] = {
        {"hide", "hide"},
        {"SERVE", "serve"},
        {"/.config/*", "/.config/*"},
        {"*/.Git/*", "*/.Git/*"},
        {"!/private/*", "!/private/*"},
        {"!*", "!*"},
        {"", NULL},
        {"!", NULL},
        {"show", NULL},
        {"on", NULL},
        {"!serve", NULL},
        {".git", NULL},
        {"text/html", NULL},
        {"/a?b", NULL},
        {"!/a/../b", NULL},
        {"!!/a", NULL},
    };
    CHECK(site_value_shown, rows);
}

Test(site_value, tells_patterns_of_paths_from_those_of_media_types) {
    static const struct row rows[] = {
        {"/assets/*", "/assets/*"},
        {"/A", "/A"},
        {"*", "*"},
        {"*.html", "*.html"},
        {"*/x", "*/x"},
        {"/", "/"},
        {"/a/", "/a/"},
        {"Image/*", "image/*"},
        {"text/html", "text/html"},
        {"/a b\xc3\xa9", "/a b\xc3\xa9"},
        {"", NULL},
        {"assets", NULL},
        {"image", NULL},
        {"a.html", NULL},
        {"/a?b", NULL},
        {"//a", NULL},
        {"/a/../b", NULL},
        {"*/./b", NULL},
        {"/a\tb", NULL},
        {"text/html; x=y", NULL},
    };
    CHECK(parse_pattern, rows);
    cr_assert_not(site_value_pattern("image/*", false, result, here));
    cr_assert(site_value_pattern("*", false, result, here));
}

Test(site_value, reads_origins) {
    static const struct row rows[] = {
        {"https://example.org", "https://example.org"},
        {"HTTPS://Example.ORG", "https://example.org"},
        {"http://localhost:3000", "http://localhost:3000"},
        {"https://a:443", "https://a"},
        {"http://a:80", "http://a"},
        {"http://a:443", "http://a:443"},
        {"https://a:80", "https://a:80"},
        {"http://a:0080", "http://a"},
        {"http://192.0.2.1:1", "http://192.0.2.1:1"},
        {"http://[::1]", "http://[::1]"},
        {"http://[2001:DB8::1]:65535", "http://[2001:db8::1]:65535"},
        {"capacitor://localhost", "capacitor://localhost"},
        {"chrome-extension://abc", "chrome-extension://abc"},
        {"", NULL},
        {"null", NULL},
        {"*", NULL},
        {"on", NULL},
        {"example.org", NULL},
        {"//example.org", NULL},
        {"://example.org", NULL},
        {"1http://a", NULL},
        {"ht tp://a", NULL},
        {"https://", NULL},
        {"https://a/", NULL},
        {"https://a/b", NULL},
        {"https://a?b", NULL},
        {"https://a b", NULL},
        {"https://a:", NULL},
        {"https://a:0", NULL},
        {"https://a:65536", NULL},
        {"https://a:+80", NULL},
        {"https://a:80x", NULL},
        {"https://[::1", NULL},
        {"https://[::1]x", NULL},
        {"https://[x]", NULL},
        {"https://a@b", NULL},
        {"https://*.a", NULL},
        {"https://\xc3\xa9", NULL},
        {"https://a\r\nb", NULL},
    };
    CHECK(site_value_origin, rows);
}

Test(site_value, reads_names_of_hosts) {
    static const struct row rows[] = {
        {"example.org", "example.org"},
        {"Example.ORG.", "example.org"},
        {"localhost", "localhost"},
        {"a_b.c-d", "a_b.c-d"},
        {"*.example.org", "*.example.org"},
        {"*.Example.org.", "*.example.org"},
        {"*.org", "*.org"},
        {"192.0.2.1", "192.0.2.1"},
        {"[2001:DB8::1]", "[2001:db8::1]"},
        {"xn--bcher-kva.example", "xn--bcher-kva.example"},
        {"", NULL},
        {".", NULL},
        {"a..b", NULL},
        {".a", NULL},
        {"a..", NULL},
        {"*", NULL},
        {"*.", NULL},
        {"*..", NULL},
        {"*a.b", NULL},
        {"a.*", NULL},
        {"*.*.a", NULL},
        {"*.[::1]", NULL},
        {"::1", NULL},
        {"[::1", NULL},
        {"[]", NULL},
        {"[x]", NULL},
        {"[xyz]", NULL},
        {"[::1]:80", NULL},
        {"a:80", NULL},
        {"a/b", NULL},
        {"http://a", NULL},
        {"a b", NULL},
        {"b\xc3\xbc", NULL},
        {"a\nb", NULL},
    };
    CHECK(site_value_host, rows);
    char label[80];
    memset(label, 'a', 64);
    label[64] = '\0';
    cr_assert_not(site_value_host(label, result, here), "a label has at most 63 bytes");
    cr_assert(site_value_host(label + 1, result, here), "%s", error);
    char name[300] = "";
    for (int i = 0; i < 127; i++) {
        (void)strcat(name, "a.");
    }
    cr_assert(site_value_host(name, result, here), "253 bytes and a dot: %s", error);
    (void)strcat(name, "a");
    cr_assert_not(site_value_host(name, result, here));
    cr_assert_not(site_value_host("[::1]:80", result, here));
    cr_assert_str_eq(error, "here: '[::1]:80' has a port; write [::1], for a host is served on every port");
}

Test(site_value, reads_extensions) {
    static const struct row rows[] = {
        {"md", "md"},
        {"MJS", "mjs"},
        {"7z", "7z"},
        {"c++", "c++"},
        {"\xc3\xa9", "\xc3\xa9"},
        {".md", NULL},
        {"tar.gz", NULL},
        {".", NULL},
        {"a.", NULL},
        {"", NULL},
        {"a/b", NULL},
        {"a b", NULL},
        {"a\n", NULL},
        {"a23456789012345678901234567890123", NULL},
    };
    CHECK(site_value_extension, rows);
    static const struct row typed[] = {
        {"MD", "md"},  {"/.well-known/Apple-app", "/.well-known/Apple-app"}, {"/a/../b", NULL}, {"/a/", NULL},
        {"a/b", NULL},
    };
    CHECK(site_value_typed_file, typed);
}
