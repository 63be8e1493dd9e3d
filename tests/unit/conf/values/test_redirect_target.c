/* SPDX-License-Identifier: MIT */
#include "conf/values/site_value.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char result[OPTION_VALUE_BYTES];
static char error[CONFIG_ERROR_BYTES];
static const struct complaint here = {"here", error};

Test(redirect_target, takes_paths_and_urls_as_they_are) {
    static const char *const rows[] = {
        "/",
        "/new/$1",
        "/$1",
        "/a?b=$2&c#d",
        "/%E2%82%AC",
        "/a$$b",
        "http://a.example",
        "https://a.example:8443/$1",
        "HTTPS://a/",
        "https://[::1]/$9",
        "/a:b@c,d;e=f+g~h(i)*'!",
        "/https://b/",
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(site_value_target(rows[i], result, here), "%s: %s", rows[i], error);
        cr_assert_str_eq(result, rows[i]);
    }
}

Test(redirect_target, refuses_what_lets_a_visitor_choose_the_host_or_breaks_the_head) {
    static const struct {
        const char *text, *wrong;
    } rows[] = {
        {"", "here: '' begins with neither '/' nor https://; expected a path such as /new/$1"},
        {"new", "here: 'new' begins with neither '/' nor https://; expected a path such as /new/$1"},
        {"ftp://a/",
         "here: 'ftp://a/' begins with neither '/' nor https://; expected a path such as /new/$1"},
        {"javascript:x",
         "here: 'javascript:x' begins with neither '/' nor https://; expected a path such as /new/$1"},
        {"//a.example/",
         "here: '//a.example/' begins with '//' and so names a host; write https: before it, or one '/'"},
        {"$1", "here: '$1': a visitor could choose the host; put a '/' before the '$'"},
        {"https://$1/", "here: 'https://$1/': a visitor could choose the host; put a '/' before the '$'"},
        {"https://a.example$1",
         "here: 'https://a.example$1': a visitor could choose the host; put a '/' before the '$'"},
        {"https://a$$$1/",
         "here: 'https://a$$$1/': a visitor could choose the host; put a '/' before the '$'"},
        {"https://a:$1/", "here: 'https://a:$1/': a visitor could choose the host; put a '/' before the '$'"},
        {"https://", "here: 'https://' names no host; expected a URL such as https://example.org/"},
        {"https:///a", "here: 'https:///a' names no host; expected a URL such as https://example.org/"},
        {"https://?a", "here: 'https://?a' names no host; expected a URL such as https://example.org/"},
        {"https://:80/", "here: 'https://:80/' names no host; expected a URL such as https://example.org/"},
        {"https://a@b/", "here: 'https://a@b/' names no host; expected a URL such as https://example.org/"},
        {"https://a$$/", "here: 'https://a$$/' names no host; expected a URL such as https://example.org/"},
        {"/a\r\nSet-Cookie: b",
         "here: '/a??Set-Cookie: b' holds a control character; expected a path such as /new/$1"},
        {"/a\x7f", "here: '/a?' holds a control character; expected a path such as /new/$1"},
        {"/a b", "here: '/a b' holds ' ', which no URL does; write it as %20"},
        {"/\\b", "here: '/\\b' holds '\\', which no URL does; write it as %5C"},
        {"/\xc3\xa9", "here: '/\xc3\xa9' holds 'a letter beyond ASCII', which no URL does; write it as %C3"},
        {"/a$", "here: '/a$' holds a '$' without a number 1..9; write $$ for a plain '$'"},
        {"/$0", "here: '/$0' holds a '$' without a number 1..9; write $$ for a plain '$'"},
        {"/$x", "here: '/$x' holds a '$' without a number 1..9; write $$ for a plain '$'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_not(site_value_target(rows[i].text, result, here), "%s", rows[i].text);
        cr_assert_str_eq(error, rows[i].wrong, "%s", error);
    }
    char overlong[OPTION_VALUE_BYTES + 1];
    memset(overlong, 'a', sizeof overlong - 1);
    overlong[0] = '/';
    overlong[sizeof overlong - 1] = '\0';
    cr_assert_not(site_value_target(overlong, result, here));
    overlong[sizeof overlong - 2] = '\0';
    cr_assert(site_value_target(overlong, result, here), "%s", error);
}

Test(redirect_target, is_checked_against_its_pattern) {
    static const struct {
        const char *pattern, *target;
        bool right;
    } rows[] = {
        {"/old/*", "/new/$1", true},
        {"/old/*", "/new/$2", false},
        {"/old", "/new/$1", false},
        {"/old", "/new/$$1", true},
        {"/*/*", "/$2", true},
        {"/*/*", "/$2/$1", false}, /* leads back */
        {"/old/*", "/old/new/$1", false},
        {"/old/*", "/old", true},
        {"/old", "/old", false},
        {"/old", "/old?a", false},
        {"/old", "/old#a", false},
        {"/old", "/%6fld", false},
        {"/old", "/%6Fld", false},
        {"/old", "/%6", true},
        {"/_ld", "/%6gld", true},
        {"/old", "/%zzold", true},
        {"*", "/a", false},
        {"*", "https://a.example/$1", true},
        {"*.php", "/a", true},
        {"*.php", "/$1.html", true},
        {"*.php", "/$1.php", false},
        {"/a*c*e", "/axcxe", false},
        {"/a*c*e", "/axcxf", true},
        {"/a*bb", "/abab", true},
        {"/a*bb", "/ababb", false},
        {"/$x", "/$$x", false},
        {"/x", "/$$x", true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool right = site_value_check_target(rows[i].target, rows[i].pattern, here);
        cr_assert_eq(right, rows[i].right, "%s to %s: %s", rows[i].pattern, rows[i].target, error);
    }
}
