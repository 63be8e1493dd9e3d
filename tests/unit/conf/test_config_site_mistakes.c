/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>

TestSuite(config_site_mistakes, .init = config_test_begin, .fini = config_test_end, .timeout = 120);

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

Test(config_site_mistakes, says_which_pattern_is_wrong) {
    static const struct mistake rows[] = {
        {"no pattern of anything", "\ncache \"assets\" { max_age = 1h }",
         "lido.conf:2: cache: the pattern 'assets' is neither of paths nor of media types; expected one such as /assets/* or image/*"},
        {"pattern without a slash", "header \"*\" { errors = off }\nheader \"index.html\" { errors = on }",
         "lido.conf:1: header: neither add nor remove names a field; write header \"/*\" { add = { \"X-Frame-Options: DENY\" } }"},
        {"empty pattern", "cache \"\" { max_age = 1h }",
         "lido.conf:1: cache: the pattern '' is neither of paths nor of media types; expected one such as /assets/* or image/*"},
        {"first slash forgotten", "cache \"assets/*\" { max_age = 1y }",
         "lido.conf:1: cache: the pattern 'assets/*' begins with no media type that exists; a path begins with '/': write /assets/*"},
        {"media type for a redirect", "redirect \"image/*\" { to = /a }",
         "lido.conf:1: redirect: the pattern 'image/*' does not begin with '/' or '*'; expected one of paths, such as /old/*"},
        {"URL for a redirect", "redirect \"http://a/\" { to = /a }",
         "lido.conf:1: redirect: the pattern 'http://a/' does not begin with '/' or '*'; expected one of paths, such as /old/*"},
        {"query in a pattern", "redirect \"/a.php?id=1\" { to = /a }",
         "lido.conf:1: redirect: the pattern '/a.php?id=1' holds a '?'; paths are compared without their query, write what stands before it"},
        {"dots in a pattern", "cache \"/a/../b\" { max_age = 1h }",
         "lido.conf:1: cache: the pattern '/a/../b' holds '//', '.' or '..' and never matches; write the plain path"},
        {"two slashes in a pattern", "cache \"//a\" { max_age = 1h }",
         "lido.conf:1: cache: the pattern '//a' holds '//', '.' or '..' and never matches; write the plain path"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_site_mistakes, says_what_is_wrong_with_a_cache) {
    static const struct mistake rows[] = {
        {"no duration", "cache \"/a\" {\n max_age = long }",
         "lido.conf:2: max_age: 'long' is not a duration; expected 0..10y"},
        {"no unit", "cache \"/a\" { max_age = 3600 }",
         "lido.conf:1: max_age: '3600' has no unit; write 3600s for seconds (units: ms, s, m, h, d, w, y)"},
        {"too long", "cache \"/a\" { max_age = 11y }",
         "lido.conf:1: max_age: '11y' is out of range; expected 0..10y"},
        {"parts of a second", "cache \"/a\" { max_age = 1500ms }",
         "lido.conf:1: max_age: '1500ms' is no whole number of seconds, in which caches count; write 2s"},
        {"stale for no time", "cache \"/a\" { stale_while_revalidate = 0 }",
         "lido.conf:1: stale_while_revalidate: '0' is out of range; expected 1s..10y"},
        {"stale for parts of a second", "cache \"/a\" { stale_while_revalidate = 1001ms }",
         "lido.conf:1: stale_while_revalidate: '1001ms' is no whole number of seconds, in which caches count; write 2s"},
        {"no boolean", "cache \"/a\" { private = 1 }",
         "lido.conf:1: private: '1' is neither on nor off; expected on or off"},
        {"stored and not", "\ncache \"/a\" {\n no_store = on\n max_age = 0 }",
         "lido.conf:2: cache: no_store keeps nothing that max_age could hold for; remove one of them"},
        {"immutable and not stored", "cache \"/a\" { immutable = on no_store = on }",
         "lido.conf:1: cache: no_store keeps nothing that immutable could hold for; remove one of them"},
        {"stale and not stored", "cache \"/a\" { no_store = on stale_while_revalidate = 1s }",
         "lido.conf:1: cache: no_store keeps nothing that stale_while_revalidate could hold for; remove one of them"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_site_mistakes, says_what_stands_twice) {
    static const struct mistake rows[] = {
        {"the same cache twice", "cache \"/a\" { max_age = 1h }\n\ncache '/a' { max_age = 2h }",
         "lido.conf:3: cache: '/a' stands twice (also lido.conf:1); put all of it into one section"},
        {"the same media type twice",
         "cache \"image/*\" { max_age = 1h }\ncache \"IMAGE/*\" { max_age = 2h }",
         "lido.conf:2: cache: 'IMAGE/*' stands twice (also lido.conf:1); put all of it into one section"},
        {"the same cache twice in a host",
         "cache \"/a\" { max_age = 1h }\nhost x {\ncache \"/a\" { max_age = 1h }\ncache \"/a\" { max_age = 2h }}",
         "lido.conf:4: cache: '/a' stands twice (also lido.conf:3); put all of it into one section"},
        {"the same header twice", "header \"/a\" { remove = { A } }\nheader \"/a\" { remove = { B } }",
         "lido.conf:2: header: '/a' stands twice (also lido.conf:1); put all of it into one section"},
        {"the same redirect twice", "redirect \"/a\" { to = /b }\nredirect \"/a\" { to = /c }",
         "lido.conf:2: redirect: '/a' stands twice (also lido.conf:1); remove one of them"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_site_mistakes, says_what_is_wrong_with_a_header_or_a_redirect) {
    static const struct mistake rows[] = {
        {"no field", "header \"/a\" {\n add = { \"A: b\",\n \"C\" } }",
         "lido.conf:3: add: 'C' is not a header field; expected a name, a colon and a value, e.g. X-Frame-Options: DENY"},
        {"framing field", "header \"/a\" { add = { \"content-length: 5\" } }",
         "lido.conf:1: add: 'Content-Length' is set by the server alone: it tells where the answer ends"},
        {"no name of a field", "header \"/a\" { remove = { \"A: b\" } }",
         "lido.conf:1: remove: 'A: b' is more than the name of a field; write A"},
        {"nothing to add", "\nheader \"/a\" {\n errors = off }",
         "lido.conf:2: header: neither add nor remove names a field; write header \"/*\" { add = { \"X-Frame-Options: DENY\" } }"},
        {"empty lists", "header \"/a\" { add = {} remove = {} }",
         "lido.conf:1: header: neither add nor remove names a field; write header \"/*\" { add = { \"X-Frame-Options: DENY\" } }"},
        {"no target", "\nredirect \"/a\" { status = 302 }",
         "lido.conf:2: redirect: 'to' is missing; write redirect \"/old/*\" { to = \"/new/$1\" }"},
        {"status of no redirect", "redirect \"/a\" { to = /b status = 304 }",
         "lido.conf:1: status: '304' is not known; expected 301, 302, 303, 307 or 308"},
        {"target of a loop", "redirect \"/a/*\" {\n to = \"/a/b/$1\" }",
         "lido.conf:2: to: '/a/b/$1' is matched by '/a/*' again and leads back to itself; choose another place"},
        {"no such star", "redirect \"/a/*\" { to = \"/b/$2\" }",
         "lido.conf:1: to: '/b/$2' has $2, but the pattern '/a/*' has 1 '*'; each $n needs its star"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_site_mistakes, says_what_is_wrong_with_an_error_page_or_a_type) {
    static const struct mistake rows[] = {
        {"no error", "error_page 200 = /a",
         "lido.conf:1: error_page: '200' is not the status of an error; expected 400..599"},
        {"below all errors", "error_page 399 = /a",
         "lido.conf:1: error_page: '399' is not the status of an error; expected 400..599"},
        {"no status", "error_page all = /a",
         "lido.conf:1: error_page: 'all' is not the status of an error; expected 400..599"},
        {"past all errors", "error_page 600 = /a",
         "lido.conf:1: error_page: '600' is not the status of an error; expected 400..599"},
        {"relative page", "\nerror_page 404 = 404.html",
         "lido.conf:2: error_page: '404.html' does not begin with '/'; expected the path of a file from the root, e.g. /404.html"},
        {"page elsewhere", "error_page 404 = \"https://a/b\"",
         "lido.conf:1: error_page: 'https://a/b' does not begin with '/'; expected the path of a file from the root, e.g. /404.html"},
        {"the same page twice", "error_page 404 = /a\nerror_page 404 = /b",
         "lido.conf:2: error_page: '404' stands twice (also lido.conf:1); remove one of them"},
        {"extension with its dot", "types {\n .md = text/markdown }",
         "lido.conf:2: types: '.md' begins with a dot; write md without it"},
        {"extension with two dots", "types { \"tar.gz\" = application/gzip }",
         "lido.conf:1: types: 'tar.gz' holds a dot; an extension is what stands behind the last one, e.g. gz"},
        {"no extension", "types { \"\" = a/b }",
         "lido.conf:1: types: '' is not the extension of a file's name; expected one such as md"},
        {"no media type", "types { md = markdown }",
         "lido.conf:1: types: 'markdown' is not a media type; expected one such as text/markdown"},
        {"media type with a parameter", "types { md = \"text/markdown; charset=utf-8\" }",
         "lido.conf:1: types: 'text/markdown; charset=utf-8' has a parameter; write the media type alone, 'charset' adds itself to text"},
        {"the same extension twice", "types { md = a/b\n MD = a/c }",
         "lido.conf:2: types: 'MD' stands twice (also lido.conf:1); remove one of them"},
        {"the same extension in two sections", "types { md = a/b }\ntypes { md = a/c }",
         "lido.conf:2: types: 'md' stands twice (also lido.conf:1); remove one of them"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_site_mistakes, says_which_host_is_wrong) {
    static const struct mistake rows[] = {
        {"port of a host", "host \"a:8080\" { root = x }",
         "lido.conf:1: host: 'a:8080' has a port; write a, for a host is served on every port"},
        {"page for a host", "host \"https://a.example/\" { root = x }",
         "lido.conf:1: host: 'https://a.example/' is an address of a page; expected the name of a host alone, e.g. example.org"},
        {"all hosts", "host \"*\" { root = x }",
         "lido.conf:1: host: '*' is not needed: what stands outside of host is for all others"},
        {"star within a name", "host \"a.*.example\" { root = x }",
         "lido.conf:1: host: 'a.*.example': a '*' stands only for all to the left of a dot; write *.example.org"},
        {"star of a part", "host \"*a.example\" { root = x }",
         "lido.conf:1: host: '*a.example': a '*' stands only for all to the left of a dot; write *.example.org"},
        {"bare IPv6", "host \"::1\" { root = x }",
         "lido.conf:1: host: '::1': an IPv6 address stands in brackets; write [::1]"},
        {"empty name", "host \"\" { root = x }",
         "lido.conf:1: host: '' is not the name of a host; expected one such as example.org"},
        {"umlaut",
         "host \"b\xc3"
         "\xbc"
         "xher.example\" { root = x }",
         "lido.conf:1: host: 'b\xc3"
         "\xbc"
         "xher.example' is not as browsers send it; write it in its ASCII form, xn--..."},
        {"blank in a name", "host \"a b\" { root = x }",
         "lido.conf:1: host: 'a b' is not the name of a host; expected one such as example.org"},
        {"the same host twice", "host a.example { root = x }\nhost b.example\n A.Example { root = y }",
         "lido.conf:3: host: 'a.example' stands twice (also lido.conf:1); remove one of them"},
        {"the same name twice in a host", "host a a. { root = x }",
         "lido.conf:1: host: 'a' stands twice (also lido.conf:1); remove one of them"},
        {"wrong value in a host", "host a {\n listing = 5 }",
         "lido.conf:2: listing: '5' is neither on nor off; expected on or off"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}

Test(config_site_mistakes, says_which_option_of_a_site_is_wrong) {
    static const struct mistake rows[] = {
        {"default type of yes", "default_type = on",
         "lido.conf:1: default_type: 'on' does not say which; expected sniff, off or a media type such as application/octet-stream"},
        {"no default type", "default_type = text",
         "lido.conf:1: default_type: 'text' is not a media type; expected one such as text/markdown"},
        {"unknown coding", "precompressed = { br,\n lzma }",
         "lido.conf:2: precompressed: 'lzma' is not known; expected br, zstd or gzip"},
        {"coding twice", "precompressed = { br,\n BR }",
         "lido.conf:2: precompressed: 'br' stands twice (also lido.conf:1); remove one of them"},
        {"codings on", "precompressed = on",
         "lido.conf:1: precompressed: 'on' is not known; expected br, zstd or gzip"},
        {"off among codings", "precompressed = { off, br }",
         "lido.conf:1: precompressed: 'off' is not known; expected br, zstd or gzip"},
        {"pattern of no media type", "compress_types = { text }",
         "lido.conf:1: compress_types: 'text' is not a pattern of media types; expected one such as text/*"},
        {"pattern of all", "compress_types = \"*/*\"",
         "lido.conf:1: compress_types: '*/*' is not a pattern of media types; expected one such as text/*"},
        {"media type twice", "compress_types = { text/a, TEXT/a }",
         "lido.conf:1: compress_types: 'text/a' stands twice (also lido.conf:1); remove one of them"},
        {"least size too large", "compress_min = 2M",
         "lido.conf:1: compress_min: '2M' is out of range; expected 0..1M"},
        {"most size too small", "compress_max = 1023",
         "lido.conf:1: compress_max: '1023' is out of range; expected 1k..64M"},
        {"most size too large", "compress_max = 65M",
         "lido.conf:1: compress_max: '65M' is out of range; expected 1k..64M"},
        {"cache too small", "compress_cache = 1k",
         "lido.conf:1: compress_cache: '1k' is out of range; expected 64k..1G"},
        {"cache too large", "compress_cache = 2G",
         "lido.conf:1: compress_cache: '2G' is out of range; expected 64k..1G"},
        {"sizes that exclude all", "compress_min = 4k\ncompress_max = 2k",
         "lido.conf:1: compress_min (4k, lido.conf:1) is above compress_max (2k, lido.conf:2); raise one or lower the other"},
        {"sizes that exclude all in a host", "compress_max = 2k\nhost a {\n compress_min = 4k }",
         "lido.conf:3: compress_min (4k, lido.conf:3) is above compress_max (2k, lido.conf:1); raise one or lower the other"},
        {"origin with a path", "cors = \"https://a.example/\"",
         "lido.conf:1: cors: 'https://a.example/': an origin has no path; write https://a.example"},
        {"no origin", "cors = a.example",
         "lido.conf:1: cors: 'a.example' is not an origin; expected one such as https://example.org, or on or off"},
        {"origin null", "cors = { \"https://a\",\n null }",
         "lido.conf:2: cors: 'null' is what pages of unknown origin send, anybody's among them; expected an origin such as https://example.org, or on for all"},
        {"on among origins", "cors = { \"https://a\",\n on }",
         "lido.conf:2: cors: 'on' stands alone; remove it or the other entries"},
        {"star among origins", "cors = { \"https://a\", \"*\" }",
         "lido.conf:1: cors: '*': a '*' is not offered here; name each origin, or write on for all"},
        {"star within an origin", "cors = \"https://*.example\"",
         "lido.conf:1: cors: 'https://*.example': a '*' is not offered here; name each origin, or write on for all"},
        {"origin twice", "cors = { \"https://a\",\n \"HTTPS://A:443\" }",
         "lido.conf:2: cors: 'https://a' stands twice (also lido.conf:1); remove one of them"},
        {"port of an origin", "cors = \"https://a:65536\"",
         "lido.conf:1: cors: 'https://a:65536' is not an origin; expected one such as https://example.org, or on or off"},
        {"fallback of yes", "fallback = on",
         "lido.conf:1: fallback: 'on' does not say which; expected a path such as /index.html, or off"},
        {"relative fallback", "fallback = index.html",
         "lido.conf:1: fallback: 'index.html' does not begin with '/'; expected the path of a file from the root, e.g. /404.html"},
        {"fallback in a folder above", "fallback = /../a",
         "lido.conf:1: fallback: '/../a' holds '//', '.' or '..'; expected the path of a file from the root, e.g. /404.html"},
        {"fallback with a query", "fallback = \"/a?b\"",
         "lido.conf:1: fallback: '/a?b' holds a query or a fragment; expected the path of a file from the root, e.g. /404.html"},
        {"fallback of a folder", "fallback = /a/",
         "lido.conf:1: fallback: '/a/' names a folder; expected the path of a file from the root, e.g. /404.html"},
    };
    check_all(rows, sizeof rows / sizeof *rows);
}
