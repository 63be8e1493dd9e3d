/* SPDX-License-Identifier: MIT */
#include "http/semantics/target.h"

#include <criterion/criterion.h>
#include <stdlib.h>

TestSuite(target, .timeout = 20);

#define VIEW(literal) \
    { (literal), sizeof(literal) - 1 }

static const struct {
    const char *rule;
    struct view text;
    const char *path;
} readable[] = {
    {"RFC 9112 section 3.2.1", VIEW("/"), ""},
    {"a file", VIEW("/a.txt"), "a.txt"},
    {"a file in folders", VIEW("/a/b/c.txt"), "a/b/c.txt"},
    {"a folder", VIEW("/a/b/"), "a/b/"},
    {"a query", VIEW("/a?b/../c"), "a"},
    {"a query without a path", VIEW("/?q"), ""},
    {"RFC 3986 section 2.1", VIEW("/a%20b"), "a b"},
    {"digits of either case", VIEW("/%4A%4a"), "JJ"},
    {"UTF-8, escaped", VIEW("/gr%C3%BCn"), "gr\xC3\xBCn"},
    {"UTF-8, as it is", VIEW("/gr\xC3\xBCn"), "gr\xC3\xBCn"},
    {"bytes that are no UTF-8", VIEW("/%FF\xFE"), "\xFF\xFE"},
    {"RFC 3986 section 2.4: decoded once", VIEW("/%2525%252e"), "%25%2e"},
    {"an escaped question mark", VIEW("/a%3Fb?c"), "a?b"},
    {"an escaped number sign", VIEW("/a%23b"), "a#b"},
    {"a plus is a plus", VIEW("/a+b"), "a+b"},
    {"an escaped line end", VIEW("/a%0D%0Ab"), "a\r\nb"},
    {"a backslash is part of a name", VIEW("/a\\..\\b"), "a\\..\\b"},
    {"parameters are part of a name", VIEW("/a;v=1/..;/b"), "a;v=1/..;/b"},
    {"RFC 3986 section 5.2.4: a dot", VIEW("/a/./b"), "a/b"},
    {"a dot at the start", VIEW("/./a"), "a"},
    {"a dot at the end", VIEW("/a/."), "a/"},
    {"only a dot", VIEW("/."), ""},
    {"dots go up", VIEW("/a/b/../c"), "a/c"},
    {"dots at the end", VIEW("/a/b/.."), "a/"},
    {"dots to the root", VIEW("/a/.."), ""},
    {"dots to the root and down", VIEW("/a/../b"), "b"},
    {"RFC 3986 section 5.4.2: no higher than the root", VIEW("/../../../a"), "a"},
    {"higher than the root, in the middle", VIEW("/a/../../../b/../c"), "c"},
    {"only dots", VIEW("/.."), ""},
    {"dots with a final slash", VIEW("/a/b/../"), "a/"},
    {"RFC 3986 section 6.2.2.2: escaped dots", VIEW("/a/%2e%2E/b/%2e/c"), "b/c"},
    {"dots escaped in half", VIEW("/a/.%2e/b/%2e."), ""},
    {"three dots are a name", VIEW("/.../a"), ".../a"},
    {"dots with a name", VIEW("/..a/a../.a/a."), "..a/a../.a/a."},
    {"dots with a space", VIEW("/.. /.%20."), ".. /. ."},
    {"empty segments", VIEW("//a///b//"), "a/b/"},
    {"only slashes", VIEW("///"), ""},
    {"a host is not meant", VIEW("//example.com/a"), "example.com/a"},
    {"dots behind an empty segment", VIEW("/a//../b"), "b"},
    {"RFC 9112 section 3.2.2", VIEW("http://host/a/b"), "a/b"},
    {"another port", VIEW("http://host:8080/a"), "a"},
    {"IPv6", VIEW("http://[::1]:8080/a"), "a"},
    {"in capitals", VIEW("HTTP://HOST/A"), "A"},
    {"as a proxy with TLS sends it", VIEW("https://host/a"), "a"},
    {"no path", VIEW("http://host"), ""},
    {"a query without a path", VIEW("http://host?q"), ""},
    {"dots behind a host", VIEW("http://host/../a"), "a"},
    {"a slash in the query", VIEW("http://host?/a"), ""},
};

static void expect_sound(const struct target *target, const char *rule) {
    cr_expect(target->length < TARGET_PATH_BYTES, "%s", rule);
    cr_expect(strlen(target->path) == target->length, "%s: NUL at %zu", rule, strlen(target->path));
}

Test(target, becomes_a_path_below_the_root) {
    for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++) {
        struct target target;
        enum http_status status = target_parse(readable[i].text, &target);
        cr_expect(status == HTTP_OK, "%s: %d", readable[i].rule, (int)status);
        cr_expect_str_eq(target.path, readable[i].path, "%s: '%s'", readable[i].rule, target.path);
        cr_expect(!target.asterisk, "%s", readable[i].rule);
        expect_sound(&target, readable[i].rule);
    }
}

Test(target, is_refused_when_it_is_malformed) {
    static const struct {
        const char *rule;
        struct view text;
    } rows[] = {
        {"nothing", VIEW("")},
        {"RFC 9112 section 3.2: no form", VIEW("a/b")},
        {"dots without a slash", VIEW("../a")},
        {"authority form is for CONNECT", VIEW("host:80")},
        {"an asterisk and more", VIEW("*/a")},
        {"another scheme", VIEW("ftp://host/a")},
        {"a scheme that begins alike", VIEW("httpx://host/a")},
        {"one slash", VIEW("http:/host/a")},
        {"RFC 9110 section 4.2.1: no host", VIEW("http:///a")},
        {"no host and no path", VIEW("http://")},
        {"no host but a query", VIEW("http://?a")},
        {"no host but a port", VIEW("http://:80/a")},
        {"an address that is none", VIEW("http://[12345::]/a")},
        {"RFC 9110 section 4.2.4: user information", VIEW("http://user@host/a")},
        {"a space in the host", VIEW("http://ho st/a")},
        {"a backslash in the host", VIEW("http://host\\a")},
        {"a NUL in the host", VIEW("http://ho\0st/a")},
        {"RFC 9112 section 3.2: a fragment", VIEW("/a#b")},
        {"a fragment behind a query", VIEW("/a?b#c")},
        {"a fragment behind a host", VIEW("http://host#a")},
        {"RFC 3986 section 2.1: one digit", VIEW("/a%2")},
        {"no digit", VIEW("/a%")},
        {"a letter that is no digit", VIEW("/a%2g")},
        {"two such", VIEW("/%zz")},
        {"a sign", VIEW("/%+1")},
        {"an escape cut by a slash", VIEW("/a%2/b")},
        {"an escape cut by the query", VIEW("/a%2?b")},
        {"the escape of IIS", VIEW("/%u002e")},
        {"no path can contain a NUL", VIEW("/a%00b")},
        {"a NUL at the end", VIEW("/a.txt%00")},
        {"a NUL as it is", VIEW("/a\0b")},
        {"a NUL in the query", VIEW("/a?\0")},
        {"malformed behind what cannot be found", VIEW("/a%2Fb/%")},
        {"malformed in what dots take away", VIEW("/%zz/../a")},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct target target;
        enum http_status status = target_parse(rows[i].text, &target);
        cr_expect(status == HTTP_BAD_REQUEST, "%s: %d", rows[i].rule, (int)status);
    }
}

/* RFC 3986 section 2.2: an escaped slash does not separate, and so no file has such a name. */
Test(target, with_an_escaped_slash_is_not_found) {
    static const char *const texts[] = {"/a%2Fb",         "/a%2fb",     "/%2F",
                                        "/%2f%2f",        "/%2e%2e%2f", "/..%2Fa",
                                        "/a/..%2f..%2fb", "/%2e%2F",    "http://host/a%2Fb",
                                        "/a%2Fb/../c",    "/a%2Fb?c=d", "/%2Fetc/passwd"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct target target;
        enum http_status status = target_parse(view_of(texts[i]), &target);
        cr_expect(status == HTTP_NOT_FOUND, "%s: %d", texts[i], (int)status);
    }
}

Test(target, too_long_to_open_is_not_found) {
    static const struct {
        const char *name;
        size_t letters;
        const char *end;
        enum http_status status;
    } rows[] = {
        {"the longest file", TARGET_PATH_BYTES - 2, "", HTTP_OK},
        {"the longest folder", TARGET_PATH_BYTES - 2, "/", HTTP_OK},
        {"one more", TARGET_PATH_BYTES - 1, "", HTTP_NOT_FOUND},
        {"one more, a folder", TARGET_PATH_BYTES - 1, "/", HTTP_NOT_FOUND},
        {"a file in the longest folder", TARGET_PATH_BYTES - 2, "/b", HTTP_NOT_FOUND},
        {"dots in a folder that cannot exist", TARGET_PATH_BYTES - 2, "/..", HTTP_NOT_FOUND},
        {"dots that are cut out of a longer name", TARGET_PATH_BYTES - 5, "/..b", HTTP_NOT_FOUND},
        {"an escape at the end", TARGET_PATH_BYTES - 3, "%41", HTTP_OK},
        {"an escape too many", TARGET_PATH_BYTES - 2, "%41", HTTP_NOT_FOUND},
        {"malformed all the same", TARGET_PATH_BYTES + 9, "/%zz", HTTP_BAD_REQUEST},
        {"twice as long", TARGET_PATH_BYTES + TARGET_PATH_BYTES, "/b/../c/", HTTP_NOT_FOUND},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static char text[3 * TARGET_PATH_BYTES];
        struct target target;
        text[0] = '/';
        memset(text + 1, 'a', rows[i].letters);
        memcpy(text + 1 + rows[i].letters, rows[i].end, strlen(rows[i].end) + 1);
        enum http_status status = target_parse(view_of(text), &target);
        cr_expect(status == rows[i].status, "%s: %d", rows[i].name, (int)status);
        if (status == HTTP_OK) {
            expect_sound(&target, rows[i].name);
        }
    }
}

Test(target, has_a_query_and_an_authority_only_where_they_were_sent) {
    static const struct {
        const char *text;
        const char *query;
        const char *authority;
    } rows[] = {
        {"/", NULL, NULL},
        {"/?", "", NULL},
        {"/a?b", "b", NULL},
        {"/a?b=%zz?c/d", "b=%zz?c/d", NULL},
        {"http://h", NULL, "h"},
        {"http://h:8080/a?", "", "h:8080"},
        {"http://[::1]?q", "q", "[::1]"},
        {"*", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct target target;
        cr_assert(target_parse(view_of(rows[i].text), &target) == HTTP_OK, "%s", rows[i].text);
        cr_expect((target.query.bytes != NULL) == (rows[i].query != NULL), "%s", rows[i].text);
        cr_expect((target.authority.bytes != NULL) == (rows[i].authority != NULL), "%s", rows[i].text);
        cr_expect(view_equals(target.query, rows[i].query != NULL ? rows[i].query : ""), "%s", rows[i].text);
        cr_expect(view_equals(target.authority, rows[i].authority != NULL ? rows[i].authority : ""), "%s",
                  rows[i].text);
        cr_expect(target.asterisk == (rows[i].text[0] == '*'), "%s", rows[i].text);
        cr_expect(!target.asterisk || target.path[0] == '\0', "%s", rows[i].text);
    }
}

Test(target, names_a_hidden_file_by_any_of_its_segments) {
    static const struct {
        const char *path;
        bool hidden;
    } rows[] = {
        {"", false},
        {"a.txt", false},
        {"a./b.c/", false},
        {".git", true},
        {".git/config", true},
        {"a/.git/", true},
        {"a/b/.htaccess", true},
        {"a/..b", true},
        {"...", false},
        {"a/.../b", false},
        {"...And Justice/x", false},
        {".../.git", true},
        {"..data", true},       /* of a ConfigMap that Kubernetes mounts */
        {".well-known", false}, /* RFC 8615 section 3 */
        {".well-known/", false},
        {".well-known/acme-challenge/x", false},
        {".well-known/.git", true},
        {".well-known/a/.b", true},
        {".well-known.bak", true},
        {".well-knownx", true},
        {".well-knownx/a", true},
        {".well-know", true},
        {".Well-Known/a", true},
        {"a/.well-known/b", true},
        {".well-known/.well-known/a", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect((target_find_hidden(rows[i].path) != NULL) == rows[i].hidden, "'%s'", rows[i].path);
    }
}

Test(target, tells_each_hidden_segment) {
    const char *path = "a/.b/c/.../.well-known/..d/e";
    const char *first = target_find_hidden(path);
    cr_assert(first == path + strlen("a/"));
    const char *second = target_find_hidden_behind(first);
    cr_assert(second == path + strlen("a/.b/c/.../"));
    const char *third = target_find_hidden_behind(second);
    cr_assert(third == path + strlen("a/.b/c/.../.well-known/"));
    cr_assert(target_find_hidden_behind(third) == NULL);
}
