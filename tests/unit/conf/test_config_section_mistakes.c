/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>

TestSuite(config_section_mistakes, .init = config_test_begin, .fini = config_test_end, .timeout = 120);

struct mistake {
    const char *name, *text, *error;
};

static void check_all(const struct mistake *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        start_again();
        bool right = load(rows[i].text) && config_inherit(&config, error) && config_check(&config, error);
        cr_assert_not(right, "%s: accepted", rows[i].name);
        cr_assert_str_eq(error, rows[i].error, "%s: %s", rows[i].name, error);
    }
}

Test(config_section_mistakes, says_how_a_section_begins) {
    static const struct mistake rows[] = {
        {"unknown section", "\ncahce \"/a\" { max_age = 1h }",
         "lido.conf:2: unknown option 'cahce'; did you mean 'cache'?"},
        {"another server's name", "server { }", "lido.conf:1: unknown option 'server'; did you mean 'host'?"},
        {"section as an option", "cache = on",
         "lido.conf:1: cache is a section, not an option; write cache \"/assets/*\" { max_age = 1h }"},
        {"section as a list", "types = { md }",
         "lido.conf:1: types is a section, not an option; write types { md = \"text/markdown\" }"},
        {"option as a section", "threads { 8 }",
         "lido.conf:1: threads is an option, not a section; write threads = auto"},
        {"site option as a section", "root {\n}",
         "lido.conf:1: root is an option, not a section; write root = ."},
        {"list option as a section", "index { a }",
         "lido.conf:1: '=' is missing behind 'index'; write index = index.html"},
        {"no pattern", "cache { max_age = 1h }",
         "lido.conf:1: cache: the pattern of paths or media types is missing; write cache \"/assets/*\" { max_age = 1h }"},
        {"no pattern at the end", "redirect",
         "lido.conf:1: redirect: the pattern of paths is missing; write redirect \"/old/*\" { to = \"/new/$1\" }"},
        {"no brace", "cache \"/a\"\nmax_age = 1h\n",
         "lido.conf:1: cache: '{' is missing; write cache \"/assets/*\" { max_age = 1h }"},
        {"no brace at the end", "header \"/a\"",
         "lido.conf:1: header: '{' is missing; write header \"/*\" { add = { \"X-Frame-Options: DENY\" } }"},
        {"no brace in a host", "host a\nroot = x\n",
         "lido.conf:1: host: '{' is missing; write host \"example.org\" { root = \"/srv/example\" }"},
        {"two patterns", "cache \"/a\" \"/b\" { max_age = 1h }",
         "lido.conf:1: cache: '\"/b\"' is too much before '{'; expected at most 1, write another section"},
        {"comma between patterns", "cache \"/a\", \"/b\" { max_age = 1h }",
         "lido.conf:1: cache: ',' is not expected before '{'; write cache \"/assets/*\" { max_age = 1h }"},
        {"title of types", "types \"x\" { md = a/b }",
         "lido.conf:1: types takes nothing before its '{'; write types { md = \"text/markdown\" }"},
        {"comma between names", "host \"a\", \"b\" { root = x }",
         "lido.conf:1: host: ',' is not expected before '{'; write host \"a.example\" \"b.example\" { ... }"},
        {"no brace of types", "types\nroot = a\n",
         "lido.conf:1: types: '{' is missing; write types { md = \"text/markdown\" }"},
        {"no name", "host { root = x }",
         "lido.conf:1: host: the name of the host is missing; write host \"example.org\" { root = \"/srv/example\" }"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_section_mistakes, says_which_section_is_empty_or_never_closed) {
    static const struct mistake rows[] = {
        {"empty cache", "\ncache \"/a\" {\n}\n",
         "lido.conf:2: cache is empty; it may hold max_age, immutable, private, no_store, must_revalidate, stale_while_revalidate"},
        {"empty header", "header \"/a\" {}", "lido.conf:1: header is empty; it may hold add, remove, errors"},
        {"empty redirect", "redirect \"/a\" {}", "lido.conf:1: redirect is empty; it may hold to, status"},
        {"empty types", "types { # md\n}",
         "lido.conf:1: types is empty; it may hold extensions and their media types, e.g. md = \"text/markdown\""},
        {"empty host", "host a { }",
         "lido.conf:1: host is empty; it may hold options of a site, e.g. root = \"/srv/example\""},
        {"never closed", "\ncache \"/a\" {\n max_age = 1h\n",
         "lido.conf:2: cache: the section that '{' opens here is never closed; end it with '}'"},
        {"host never closed", "host a {\n cache \"/a\" { max_age = 1h }\n\n",
         "lido.conf:1: host: the section that '{' opens here is never closed; end it with '}'"},
        {"inner section never closed", "host a {\n types {\n md = a/b\n",
         "lido.conf:2: types: the section that '{' opens here is never closed; end it with '}'"},
        {"closed twice", "host a { root = x } }",
         "lido.conf:1: '}' closes no list and no section; remove it"},
        {"star without quotes", "cache /a* { max_age = 1h }",
         "lido.conf:1: cache: '*' is allowed in quotes only; put the whole value in quotes"},
        {"no closing quote", "cache \"/a {\n max_age = 1h }",
         "lido.conf:1: cache: the closing quote \" is missing on this line"},
        {"no closing quote within", "cache \"/a\" {\n max_age = \"1h }",
         "lido.conf:2: max_age: the closing quote \" is missing on this line"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_section_mistakes, says_what_is_wrong_with_a_setting_within) {
    static const struct mistake rows[] = {
        {"no value within", "cache \"/a\" { max_age = immutable = on }",
         "lido.conf:1: max_age: the value is missing; write max_age = 1h"},
        {"no value at the end of a section", "cache \"/a\" { max_age = }",
         "lido.conf:1: max_age: the value is missing; write max_age = 1h"},
        {"value with a blank within", "redirect \"/a\" { to = /b c }",
         "lido.conf:1: to: 'c' behind the value is too much; put a value with blanks in quotes"},
        {"comma between settings", "cache \"/a\" { max_age = 1h, immutable = on }",
         "lido.conf:1: max_age: ',' behind the value is too much; put a value with blanks in quotes"},
        {"list for one value within", "cache \"/a\" { max_age = { 1h } }",
         "lido.conf:1: max_age takes one value, not a list; remove the braces"},
        {"no equals sign within", "cache \"/a\" { immutable }",
         "lido.conf:1: '=' is missing behind 'immutable'; write immutable = off"},
        {"set twice within", "cache \"/a\" { max_age = 1h\n max_age = 2h }",
         "lido.conf:2: max_age is set twice; line 1 sets it already, keep one of them"},
        {"set twice in a host", "root = a\nhost x {\n root = b\n root = c }",
         "lido.conf:4: root is set twice; line 3 sets it already, keep one of them"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_section_mistakes, says_what_may_stand_where) {
    static const struct mistake rows[] = {
        {"unknown within", "cache \"/a\" { foo = on }",
         "lido.conf:1: unknown option 'foo' in cache; it may hold max_age, immutable, private, no_store, must_revalidate, stale_while_revalidate"},
        {"misspelt within", "cache \"/a\" { maxage = 1h }",
         "lido.conf:1: unknown option 'maxage' in cache; did you mean 'max_age'?"},
        {"misspelt within header", "header \"/a\" { ad = x }",
         "lido.conf:1: unknown option 'ad' in header; did you mean 'add'?"},
        {"misspelt within redirect", "redirect \"/a\" { statuss = 301 }",
         "lido.conf:1: unknown option 'statuss' in redirect; did you mean 'status'?"},
        {"misspelt in a host", "host a { rooot = b }",
         "lido.conf:1: unknown option 'rooot' in host; did you mean 'root'?"},
        {"misspelt section in a host", "host a { heeder \"/a\" { } }",
         "lido.conf:1: unknown option 'heeder' in host; did you mean 'header'?"},
        {"option of another section", "cache \"/a\" { add = x }",
         "lido.conf:1: unknown option 'add' in cache; it may hold max_age, immutable, private, no_store, must_revalidate, stale_while_revalidate"},
        {"section's option outside", "max_age = 1h",
         "lido.conf:1: 'max_age' stands within a section; write cache \"/assets/*\" { max_age = 1h }"},
        {"section's option in a host", "host a { to = /b }",
         "lido.conf:1: 'to' stands within a section; write redirect \"/old/*\" { to = \"/new/$1\" }"},
        {"site's option within", "cache \"/a\" {\n max_age = 1h\nroot = x\n",
         "lido.conf:3: root cannot stand within cache; close the '{' of line 1 before it"},
        {"server's option within", "\nheader \"/a\" {\n threads = 8 }",
         "lido.conf:3: threads cannot stand within header; close the '{' of line 2 before it"},
        {"section within", "cache \"/a\" {\n header \"/b\" { errors = on } }",
         "lido.conf:2: header cannot stand within cache; close the '{' of line 1 before it"},
        {"host within", "host a {\n host b { root = x } }",
         "lido.conf:2: host cannot stand within host; close the '{' of line 1 before it"},
        {"host within a section", "cache \"/a\" { host b { root = x } }",
         "lido.conf:1: host cannot stand within cache; close the '{' of line 1 before it"},
        {"server's option in a host", "host a {\n threads = 8 }",
         "lido.conf:2: threads holds for the whole server; put it outside of host"},
        {"log in a host", "host a {\n access_log = off }",
         "lido.conf:2: access_log holds for the whole server; put it outside of host"},
        {"cache of compression in a host", "host a { compress_cache = 1M }",
         "lido.conf:1: compress_cache holds for the whole server; put it outside of host"},
        {"file cache in a host", "host a {\n file_cache = off }",
         "lido.conf:2: file_cache holds for the whole server; put it outside of host"},
        {"size of the file cache in a host", "host a { file_cache_memory = 1M }",
         "lido.conf:1: file_cache_memory holds for the whole server; put it outside of host"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_section_mistakes, says_how_error_page_and_types_are_written) {
    static const struct mistake rows[] = {
        {"error page without a status", "error_page = \"/a\"",
         "lido.conf:1: error_page: the status is missing; write error_page 404 = \"/404.html\""},
        {"error page as a section", "error_page { 404 = \"/a\" }",
         "lido.conf:1: error_page: the status is missing; write error_page 404 = \"/404.html\""},
        {"error page without an equals sign", "error_page 404 \"/a\"",
         "lido.conf:1: '=' is missing behind 'error_page 404'; write error_page 404 = \"/a\""},
        {"error page without a path", "error_page 404 =\nroot = a",
         "lido.conf:1: error_page: the path is missing; write error_page 404 = \"/404.html\""},
        {"error page at the end", "error_page 404 =",
         "lido.conf:1: error_page: the path is missing; write error_page 404 = \"/404.html\""},
        {"error page of two statuses", "error_page 404 500 = /a",
         "lido.conf:1: error_page takes one status; write a line for each of them"},
        {"error page with more", "error_page 404 = /a b",
         "lido.conf:1: error_page: 'b' behind the value is too much; put a value with blanks in quotes"},
        {"error page with a broken path", "error_page 404 = \"/a",
         "lido.conf:1: error_page: the closing quote \" is missing on this line"},
        {"type without a value", "types { md = }",
         "lido.conf:1: md: the media type is missing; write one such as md = \"text/markdown\""},
        {"type without an equals sign", "types {\n md text/markdown }",
         "lido.conf:2: '=' is missing behind 'md'; write md = text/markdown"},
        {"types never closed", "types {\n md = a/b\n\ncache \"/a\" { max_age = 1h }",
         "lido.conf:4: '=' is missing behind 'cache'; types (line 1) holds lines such as md = \"text/markdown\" and ends with '}'"},
        {"type that misses its value", "types { md = mjs = a/b }",
         "lido.conf:1: md: the media type is missing; write one such as md = \"text/markdown\""},
        {"type with more", "types { md = a/b c }",
         "lido.conf:1: md: 'c' behind the value is too much; put a value with blanks in quotes"},
        {"type with a broken value", "types { md = 'a }",
         "lido.conf:1: md: the closing quote ' is missing on this line"},
        {"type with a broken equals", "types { md += a }",
         "lido.conf:1: md: '+=' is not offered; write the whole list after '='"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}
