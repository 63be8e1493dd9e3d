/* SPDX-License-Identifier: MIT */
#include "http/rules/redirects.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <ctype.h>
#include <stdlib.h>

TestSuite(redirects, .timeout = 60);

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const struct view no_query = {NULL, 0};

/* Redirect one path by one rule. Returns Location as a text, to be freed. */
static char *redirect_bytes(const char *pattern, const char *to, struct view path, struct view query) {
    struct redirect_rule rule = {.pattern = pattern, .to = to, .status = 301};
    struct redirects *redirects = redirects_create(&rule, 1);
    cr_assert_not_null(redirects);
    struct text location = {0};
    cr_assert_eq(redirects_find(redirects, path, query, &location, NULL), 301, "'%s'", pattern);
    text_append_bytes(&location, "", 1);
    cr_assert_not(location.failed);
    redirects_destroy(redirects);
    return location.bytes;
}

static void expect_location(const char *name, const char *pattern, const char *to, const char *path,
                            const char *query, const char *expected) {
    struct view view = query != NULL ? view_of(query) : no_query;
    char *location = redirect_bytes(pattern, to, view_of(path), view);
    cr_expect_str_eq(location, expected, "%s: '%s'", name, location);
    free(location);
}

Test(redirects, put_what_stars_stood_for_into_the_new_place) {
    static const struct {
        const char *name;
        const char *pattern;
        const char *to;
        const char *path;
        const char *location;
    } rows[] = {
        {"no star", "/old", "/new", "/old", "/new"},
        {"one star", "/old/*", "/new/$1", "/old/a/b", "/new/a/b"},
        {"a star that stood for nothing", "/old/*", "/new/$1", "/old/", "/new/"},
        {"a star that is not taken up", "/old/*", "/new", "/old/a", "/new"},
        {"two stars, the other way round", "/*/*", "/$2/$1", "/a/b/c", "/b/c/a"},
        {"one twice", "/*", "/$1/$1", "/a", "/a/a"},
        {"the ninth, not the tenth", "/*1*2*3*4*5*6*7*8*9*", "/$9$10", "/a1b2c3d4e5f6g7h8i9j", "/ia0"},
        {"more than there are stars", "/old/*", "/new/$1$2$9", "/old/a", "/new/a"},
        {"$0 stands for itself", "/*", "/$0", "/a", "/$0"},
        {"a '$' before something else", "/*", "/$a$", "/a", "/$a$"},
        {"$$", "/*", "/$$", "/a", "/$"},
        {"$$1", "/*", "/$$1", "/a", "/$1"},
        {"$$$1", "/*", "/$$$1", "/a", "/$a"},
        {"a '$' that a star stood for", "/*", "/$1", "/$1", "/%241"},
        {"another host", "/old/*", "https://example.org/$1", "/old/a/b", "https://example.org/a/b"},
        {"another host, slash from the star", "*", "https://example.org$1", "/a/b",
         "https://example.org/a/b"},
        {"another port", "*", "http://[::1]:8080$1", "/a", "http://[::1]:8080/a"},
        {"a relative place", "/*/old", "./$1", "/a/old", "./a"},
        {"a fragment", "/*", "/page#$1", "/a", "/page#a"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_location(rows[i].name, rows[i].pattern, rows[i].to, rows[i].path, NULL, rows[i].location);
    }
}

/* RFC 3986 sections 2.1 to 2.4 and 3.3 to 3.5. */
Test(redirects, encode_what_cannot_stand_in_a_url) {
    static const struct {
        const char *name;
        const char *to;
        const char *path; /* behind "/old/" */
        const char *location;
    } rows[] = {
        {"in the path", "/$1", "a b\"?#%/[c]&=:", "/a%20b%22%3F%23%25/%5Bc%5D%26%3D%3A"},
        {"line ends", "/$1", "a\r\nSet-Cookie: x", "/a%0D%0ASet-Cookie%3A%20x"},
        {"not ASCII", "/$1", "gr\xC3\xBCn\xFF", "/gr%C3%BCn%FF"},
        {"as a query, '/' too", "/new?path=$1", "a/b&c=d e?+", "/new?path=a%2Fb%26c%3Dd%20e%3F%2B"},
        {"as a query, unreserved", "/new?path=$1", "aZ09-._~", "/new?path=aZ09-._~"},
        {"before and as a query", "/$1?p=$1", "a/b", "/a/b?p=a%2Fb"},
        {"as a fragment", "/new#$1", "a/b#c", "/new#a/b%23c"},
        {"behind a '?' in a fragment", "/new#a?$1", "a/b", "/new#a?a%2Fb"},
        {"the owner's own, as it is", "/a-._~!&'()*+,;=:@/b?c=%20/?#d?$1", "",
         "/a-._~!&'()*+,;=:@/b?c=%20/?#d?"},
        {"the owner's escapes", "/%7E%c3%BC/$1", "a", "/%7E%c3%BC/a"},
        {"the owner's escape cut short, at the end", "/100%", "a", "/100%25"},
        {"one digit short", "/100%4", "a", "/100%254"},
        {"no digits", "/%zz%4z", "a", "/%25zz%254z"},
        {"the rest of it by a star", "/%$1", "41", "/%2541"},
        {"half of it by a star", "/%4$1", "1", "/%2541"},
        {"the owner's blanks and quotes", "/a b\"<>\\^`{|}\t\r\n$1", "",
         "/a%20b%22%3C%3E%5C%5E%60%7B%7C%7D%09%0D%0A"},
        {"the owner's, not ASCII", "/gr\xC3\xBCn", "", "/gr%C3%BCn"},
        {"a scheme by a star", "$1", "javascript:alert(1)", "javascript%3Aalert%281%29"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char path[128] = "/old/";
        strncat(path, rows[i].path, sizeof path - strlen(path) - 1);
        expect_location(rows[i].name, "/old/*", rows[i].to, path, NULL, rows[i].location);
    }
}

Test(redirects, keep_the_query_of_the_request) {
    static const struct {
        const char *name;
        const char *to;
        const char *query;
        const char *location;
    } rows[] = {
        {"none", "/new/$1", NULL, "/new/a"},
        {"one", "/new/$1", "b=c&d", "/new/a?b=c&d"},
        {"an empty one", "/new/$1", "", "/new/a?"},
        {"as the client wrote it", "/new", "a=%20%2f+$1$$", "/new?a=%20%2f+$1$$"},
        {"what cannot stand in a URL", "/new", "a=\"\r\n<#>\xFF", "/new?a=%22%0D%0A%3C%23%3E%FF"},
        {"behind the owner's", "/new?x=y", "b=c", "/new?x=y&b=c"},
        {"behind the owner's, with a star", "/new?x=$1", "b=c", "/new?x=a&b=c"},
        {"behind the owner's, which is empty", "/new?", "b=c", "/new?b=c"},
        {"behind the owner's, none", "/new?x=y", NULL, "/new?x=y"},
        {"behind the owner's, an empty one", "/new?x=y", "", "/new?x=y"},
        {"RFC 3986 section 3: before a fragment", "/new#top", "b=c", "/new?b=c#top"},
        {"between the owner's and a fragment", "/new?x=y#top$1", "b=c", "/new?x=y&b=c#topa"},
        {"a '?' in a fragment is no query", "/new#a?b", "b=c", "/new?b=c#a?b"},
        {"none, before a fragment", "/new#top", NULL, "/new#top"},
        {"to another host", "https://example.org", "b=c", "https://example.org?b=c"},
        {"a question mark in it", "/new?x", "?", "/new?x&?"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_location(rows[i].name, "/old/*", rows[i].to, "/old/a", rows[i].query, rows[i].location);
    }
}

/* RFC 3986 section 4.2: two slashes begin the name of a host. */
Test(redirects, do_not_let_the_path_name_a_host) {
    static const struct {
        const char *name;
        const char *pattern;
        const char *to;
        const char *path;
        const char *location;
    } rows[] = {
        {"a slash of each", "/old*", "/$1", "/old/evil.net", "/evil.net"},
        {"the star's own", "/old*", "$1", "/old//evil.net", "/evil.net"},
        {"many", "/old*", "/$1", "/old////evil.net//x", "/evil.net//x"},
        {"two stars", "/*o*", "$1$2", "//o/evil.net", "/evil.net"},
        {"nothing but slashes", "/old*", "/$1", "/old//", "/"},
        {"the owner's", "/old", "//evil.net/", "/old", "/evil.net/"},
        {"a backslash", "/old*", "/$1", "/old\\evil.net", "/%5Cevil.net"},
        {"further on they mean nothing", "/old*", "/a/$1", "/old//b", "/a///b"},
        {"the end of a host's name", "/old*", "https://example.org$1", "/old.evil.net/x",
         "https://example.org/.evil.net/x"},
        {"behind a port", "/old*", "https://example.org:8443$1", "/old.evil.net",
         "https://example.org:8443/.evil.net"},
        {"before a port", "/old*", "https://example.org$1:8443/", "/old.evil.net",
         "https://example.org/.evil.net:8443/"},
        {"before a slash", "/old*", "https://example.org$1/x", "/old@evil.net",
         "https://example.org/%40evil.net/x"},
        {"before a query", "/old*", "https://example.org$1?x", "/old.evil.net",
         "https://example.org/.evil.net?x"},
        {"in two parts", "/*-*", "https://example.org$1$2", "/.evil-.net", "https://example.org/.evil.net"},
        {"nothing there", "/old*", "https://example.org$1/x", "/old", "https://example.org/x"},
        {"a label of a name", "/*/*", "https://$1.example.org/$2", "/blog/a/b",
         "https://blog.example.org/a/b"},
        {"a label and no more", "/old*", "https://$1.example.org/", "/oldevil.net/?#",
         "https://evil.net%2F%3F%23.example.org/"},
        {"the whole host, as the owner wants it", "/to/*", "https://$1", "/to/example.org/x",
         "https://example.org/x"},
        {"the path behind it", "/*/*", "https://$1/$2", "/example.org/x/y", "https://example.org/x/y"},
        {"a colon that ends no scheme", "/old*", "/a://b$1", "/old/x", "/a://b/x"},
        {"a scheme in a query alone", "/old*", "?u=http://b$1", "/old/x", "?u=http://b%2Fx"},
        {"a scheme in a query", "/old*", "/a?u=http://b$1", "/old/x", "/a?u=http://b%2Fx"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        expect_location(rows[i].name, rows[i].pattern, rows[i].to, rows[i].path, NULL, rows[i].location);
    }
}

/* RFC 3986 appendix A, loosely: only characters of a URL, and each '%' with its digits. */
static bool is_url(const char *text) {
    for (; *text != '\0'; text++) {
        bool escape = *text == '%' && isxdigit((unsigned char)text[1]) && isxdigit((unsigned char)text[2]);
        bool harmless = isalnum((unsigned char)*text) || strchr("-._~:/?#[]@!$&'()*+,;=", *text) != NULL;
        if ((unsigned char)*text >= 0x80 || (!escape && !harmless)) {
            return false;
        }
    }
    return true;
}

Test(redirects, lead_to_a_url_of_the_same_shape_whatever_a_star_stood_for) {
    static const struct {
        const char *to;
        const char *before; /* of what the star stood for, in Location */
        const char *behind;
    } rows[] = {
        {"/new/$1/end", "/new/", "/end"},
        {"/new?a=$1&b#c", "/new?a=", "&b#c"},
        {"/new#$1", "/new#", ""},
        {"https://example.org/$1", "https://example.org/", ""},
        {"https://$1.example.org/", "https://", ".example.org/"},
    };
    for (unsigned pair = 0; pair < 65536; pair++) {
        const char path[3] = {'/', (char)(pair >> 8), (char)(pair & 0xFF)};
        bool has_nul = path[1] == '\0' || path[2] == '\0';
        for (size_t i = pair % COUNT(rows); !has_nul && i < COUNT(rows); i += COUNT(rows)) {
            char *location = redirect_bytes("/*", rows[i].to, (struct view){path, sizeof path}, no_query);
            size_t before = strlen(rows[i].before);
            size_t behind = strlen(rows[i].behind);
            size_t length = strlen(location);
            cr_assert(is_url(location), "%04x: '%s'", pair, location);
            cr_assert_geq(length, before + behind + 2, "%04x: '%s'", pair, location);
            cr_assert_arr_eq(location, rows[i].before, before, "%04x: '%s'", pair, location);
            cr_assert_str_eq(location + length - behind, rows[i].behind, "%04x: '%s'", pair, location);
            location[length - behind] = '\0';
            cr_assert_null(strpbrk(location + before, "?#&=:@"), "%04x: '%s'", pair, location);
            free(location);
        }
    }
}

Test(redirects, take_the_first_section_that_matches) {
    static const struct redirect_rule rules[] = {
        {.pattern = "/old/special", .to = "/s", .status = 307},
        {.pattern = "/old/*", .to = "/1/$1", .status = 301},
        {.pattern = "/old/a*", .to = "/2/$1", .status = 302},
        {.pattern = "text/*", .to = "/never", .status = 302},
        {.pattern = "/x", .to = "/3", .status = 303},
        {.pattern = "/y", .to = "/4", .status = 308},
    };
    static const struct {
        const char *path;
        int status;
        const char *location;
    } rows[] = {
        {"/old/special", 307, "/s"},
        {"/old/a", 301, "/1/a"},
        {"/x", 303, "/3"},
        {"/y", 308, "/4"},
        {"/old", 0, ""},
        {"/X", 0, ""},
        {"/text/html", 0, ""},
        {"/", 0, ""},
    };
    struct redirects *redirects = redirects_create(rules, COUNT(rules));
    cr_assert_not_null(redirects);
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct text location = {0};
        cr_expect_eq(redirects_find(redirects, view_of(rows[i].path), no_query, &location, NULL),
                     rows[i].status);
        cr_expect(view_equals((struct view){location.bytes, location.length}, rows[i].location), "%s",
                  rows[i].path);
        text_deinit(&location);
    }
    redirects_destroy(redirects);
    redirects_destroy(NULL);
}

Test(redirects, lead_nowhere_without_sections) {
    struct redirects *redirects = redirects_create(NULL, 0);
    struct text location = {0};
    cr_assert_not_null(redirects);
    cr_expect_eq(redirects_find(redirects, view_of("/"), view_of("a"), &location, NULL), 0);
    cr_expect_eq(location.length, 0);
    text_deinit(&location);
    redirects_destroy(redirects);
}

Test(redirects, append_and_leave_alone_what_is_there) {
    static const struct redirect_rule rule = {.pattern = "/old*", .to = "/$1", .status = 301};
    struct redirects *redirects = redirects_create(&rule, 1);
    struct text location = {0};
    text_append(&location, "//before?");
    cr_expect_eq(redirects_find(redirects, view_of("/old//a"), view_of("q"), &location, NULL), 301);
    cr_expect(view_equals((struct view){location.bytes, location.length}, "//before?/a?q"), "'%.*s'",
              (int)location.length, location.bytes);
    text_deinit(&location);
    redirects_destroy(redirects);
}

Test(redirects, keep_nothing_of_the_callers) {
    char pattern[] = "/old/*";
    char to[] = "/new/$1";
    struct redirect_rule rule = {.pattern = pattern, .to = to, .status = 302};
    struct redirects *redirects = redirects_create(&rule, 1);
    struct text location = {0};
    memset(pattern, 'x', sizeof pattern - 1);
    memset(to, 'x', sizeof to - 1);
    rule.status = 0;
    cr_expect_eq(redirects_find(redirects, view_of("/old/a"), no_query, &location, NULL), 302);
    cr_expect(view_equals((struct view){location.bytes, location.length}, "/new/a"));
    text_deinit(&location);
    redirects_destroy(redirects);
}

Test(redirects, are_not_made_when_memory_runs_out) {
    static const struct redirect_rule rules[] = {{.pattern = "/a", .to = "/b", .status = 301},
                                                 {.pattern = "/c", .to = "/d", .status = 302}};
    size_t failures = 0;
    for (;; failures++) {
        memory_fail_after(failures);
        struct redirects *redirects = redirects_create(rules, COUNT(rules));
        if (!memory_stop_failing()) {
            cr_expect_not_null(redirects);
            redirects_destroy(redirects);
            break;
        }
        cr_expect(redirects == NULL, "allocation %zu", failures);
        cr_expect(memory_live_count() == 0, "allocation %zu: %td left", failures, memory_live_count());
    }
    cr_expect_eq(failures, 7);
    cr_expect_eq(memory_live_count(), 0);
}

/* The text says so itself; the longest path makes it grow twice. */
Test(redirects, survive_a_location_without_memory) {
    static const struct redirect_rule rule = {.pattern = "*", .to = "/?a=$1#b", .status = 301};
    char path[4096];
    path[0] = '/';
    memset(path + 1, '"', sizeof path - 1);
    struct redirects *redirects = redirects_create(&rule, 1);
    size_t failures = 0;
    for (bool failed = true; failed; failures += failed ? 1 : 0) {
        struct text location = {0};
        memory_fail_after(failures);
        cr_expect_eq(
            redirects_find(redirects, (struct view){path, sizeof path}, view_of("q"), &location, NULL), 301);
        failed = memory_stop_failing();
        cr_expect(location.failed == failed, "allocation %zu", failures);
        cr_expect(failed || location.length == strlen("/?a=%2F&q#b") + 3 * (sizeof path - 1));
        text_deinit(&location);
    }
    cr_expect_gt(failures, 2);
    redirects_destroy(redirects);
    cr_expect_eq(memory_live_count(), 0);
}
