/* SPDX-License-Identifier: MIT */
#include "http/semantics/authority.h"

#include <criterion/criterion.h>

TestSuite(authority, .timeout = 60);

#define VIEW(text) \
    { (text), sizeof(text) - 1 }

Test(authority, is_a_host_and_perhaps_a_port) {
    static const struct {
        struct view text;
        const char *host;
    } rows[] = {
        {VIEW("localhost"), "localhost"},
        {VIEW("LOCALHOST:8080"), "LOCALHOST"},
        {VIEW("192.0.2.1:80"), "192.0.2.1"},
        {VIEW("1.2.3.4.5"), "1.2.3.4.5"}, /* no address, but a name */
        {VIEW("xn--bcher-kva.example."), "xn--bcher-kva.example."},
        {VIEW("under_score"), "under_score"},
        {VIEW("a,b"), "a,b"}, /* RFC 3986 section 3.2.2: sub-delims may stand in a name */
        {VIEW("a%20b%C3%b6:1"), "a%20b%C3%b6"},
        {VIEW("host:"), "host"}, /* RFC 3986 section 3.2.3: a port may be empty */
        {VIEW("[::]"), "[::]"},
        {VIEW("[::1]:"), "[::1]"},
        {VIEW("[2001:db8::1]:8080"), "[2001:db8::1]"},
        {VIEW("[2001:DB8:0:0:0:0:0:1]"), "[2001:DB8:0:0:0:0:0:1]"},
        {VIEW("[::ffff:192.0.2.1]"), "[::ffff:192.0.2.1]"},
        {VIEW("[fe80::1%25eth0]:80"), "[fe80::1%25eth0]"},
        {VIEW("[fe80::1%2525]"), "[fe80::1%2525]"},
        {VIEW("[v1.a:b]"), "[v1.a:b]"},
        {VIEW("[vFe.!]:1"), "[vFe.!]"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct view host;
        cr_expect(authority_split(rows[i].text, &host) && view_equals(host, rows[i].host), "row %zu: '%s'", i,
                  rows[i].text.bytes);
    }
}

Test(authority, is_no_other_text) {
    static const struct view rows[] = {
        VIEW(""),
        {NULL, 0},
        VIEW(":"),
        VIEW(":80"), /* RFC 9110 section 4.2.1 */
        VIEW("host:http"),
        VIEW("host:80x"),
        VIEW("host:80:90"),
        VIEW("::1"), /* an IPv6 address stands in brackets */
        VIEW("::1]"),
        VIEW("[::1"),
        VIEW("["),
        VIEW("[]"),
        VIEW("[]:80"),
        VIEW("[::1]x"),
        VIEW("[::1]]"),
        VIEW("[[::1]]"),
        VIEW("[zz]"),
        VIEW("[12345::]"),
        VIEW("[a::01.02.03.04]"),
        VIEW("[0::0::0]"),
        VIEW("[1:2:3:4:5:6:7]"),
        VIEW("[1:2:3:4:5:6:7:8:9]"),
        VIEW("[::1.2.3]"),
        VIEW("[192.0.2.1]"),
        VIEW("[localhost]"),
        VIEW("[::1 ]"),
        VIEW("[::\0]"),
        VIEW("[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000]"),
        VIEW("[fe80::1%]"),
        VIEW("[fe80::1%eth/0]"),
        VIEW("[%25eth0]"),
        VIEW("[v.a]"),
        VIEW("[v1.]"),
        VIEW("[v1a]"),
        VIEW("[vg.a]"),
        VIEW("ho[st"),
        VIEW("a b"),
        VIEW("a/b"),
        VIEW("a%2"),
        VIEW("a%zz"),
        VIEW("%"),
        VIEW("user@host"),
        VIEW("host?"),
        VIEW("host#"),
        VIEW("ho\0st"),
        VIEW("ho\rst"),
        VIEW("h\xC3\xB6st"),
        VIEW("<host>"),
        VIEW("\"host\""),
        VIEW("host\\"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct view host = {"untouched", 9};
        cr_expect_not(authority_split(rows[i], &host), "row %zu: '%s'", i,
                      rows[i].bytes != NULL ? rows[i].bytes : "");
        cr_expect(view_equals(host, "untouched"), "row %zu", i);
    }
}
