/* SPDX-License-Identifier: MIT */
#include "server/probe/url.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(url, .timeout = 10);

Test(url, reads_where_to_connect_and_what_to_ask_for) {
    static const struct {
        const char *text;
        const char *host;
        const char *port;
        const char *target;
        const char *host_field;
    } rows[] = {
        {"http://localhost:8080/", "localhost", "8080", "/", "localhost:8080"},
        {"http://localhost", "localhost", "80", "/", "localhost"},
        {"http://localhost:80/", "localhost", "80", "/", "localhost"},
        {"http://localhost:/", "localhost", "80", "/", "localhost"},
        {"HTTP://Localhost:8080/Index", "Localhost", "8080", "/Index", "Localhost:8080"},
        {"http://h/a/b%20c?d=e&f", "h", "80", "/a/b%20c?d=e&f", "h"},
        {"http://h?q", "h", "80", "/?q", "h"},
        {"http://h:1?q", "h", "1", "/?q", "h:1"},
        {"http://h/a#part", "h", "80", "/a", "h"},
        {"http://h#part", "h", "80", "/", "h"},
        {"http://h/a?b=http://c/d", "h", "80", "/a?b=http://c/d", "h"},
        {"http://192.0.2.1:65535/", "192.0.2.1", "65535", "/", "192.0.2.1:65535"},
        {"http://[::1]:8080/x", "::1", "8080", "/x", "[::1]:8080"},
        {"http://[2001:db8::1]/", "2001:db8::1", "80", "/", "[2001:db8::1]"},
        {"http://[2001:db8::1]", "2001:db8::1", "80", "/", "[2001:db8::1]"},
        {"http://[fe80::1%25eth0]:8080/", "fe80::1%eth0", "8080", "/", "[fe80::1]:8080"},
        {"localhost:8080", "localhost", "8080", "/", "localhost:8080"},
        {"localhost/health", "localhost", "80", "/health", "localhost"},
        {"localhost/?u=ftp://h", "localhost", "80", "/?u=ftp://h", "localhost"},
        {"[::1]:8080", "::1", "8080", "/", "[::1]:8080"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct url url;
        char host_field[280];
        const char *complaint = url_parse(rows[i].text, &url);
        cr_assert(complaint == NULL, "%s: %s", rows[i].text, complaint);
        url_format_host(&url, host_field);
        cr_expect(!url.is_unix, "%s", rows[i].text);
        cr_expect_str_eq(url.host, rows[i].host, "%s: host %s", rows[i].text, url.host);
        cr_expect_str_eq(url.port, rows[i].port, "%s: port %s", rows[i].text, url.port);
        cr_expect_str_eq(url.target, rows[i].target, "%s: target %s", rows[i].text, url.target);
        cr_expect_str_eq(host_field, rows[i].host_field, "%s: Host: %s", rows[i].text, host_field);
    }
}

Test(url, reads_the_path_of_a_unix_socket) {
    struct url url;
    char host_field[280];
    cr_assert_null(url_parse("unix:/run/lido socket", &url));
    url_format_host(&url, host_field);
    cr_expect(url.is_unix);
    cr_expect_str_eq(url.socket, "/run/lido socket");
    cr_expect_str_eq(url.target, "/");
    cr_expect_str_eq(host_field, "localhost");
}

Test(url, says_what_is_wrong) {
    static const struct {
        const char *text;
        const char *hint;
    } rows[] = {
        {"", "host is missing"},
        {"http://", "host is missing"},
        {"http:///path", "host is missing"},
        {":8080", "host is missing"},
        {"https://localhost/", "HTTP only"},
        {"ftp://localhost/", "only http://"},
        {"http://user@localhost/", "user names"},
        {"http://localhost:0/", "from 1 to 65535"},
        {"http://localhost:65536/", "from 1 to 65535"},
        {"http://localhost:99999999999999999999/", "from 1 to 65535"},
        {"http://localhost:http/", "from 1 to 65535"},
        {"http://localhost:-1/", "from 1 to 65535"},
        {"http://localhost:80x/", "from 1 to 65535"},
        {"http://::1:8080/", "in brackets"},
        {"http://[::1/", "not closed"},
        {"http://[::1", "not closed"},
        {"http://[]/", "IPv6"},
        {"http://[localhost]/", "IPv6"},
        {"http://[::1]8080/", "follow the bracket"},
        {"http://h/a b", "percent-encoded"},
        {"http://h/\r\nX: y", "percent-encoded"},
        {"http://h\t/", "percent-encoded"},
        {"http://h/\xc3\xa4", "percent-encoded"},
        {"http://h/\x7f", "percent-encoded"},
        {"unix:relative", "absolute"},
        {"unix:", "absolute"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct url url = {.host = "untouched"};
        const char *complaint = url_parse(rows[i].text, &url);
        cr_assert(complaint != NULL, "%s", rows[i].text);
        cr_expect(strstr(complaint, rows[i].hint) != NULL, "%s: %s", rows[i].text, complaint);
        cr_expect_str_eq(url.host, "untouched", "%s", rows[i].text);
    }
}

/* `before`, then `count` letters, then `after`. */
static const char *lengthy(char *text, size_t size, const char *before, size_t count, const char *after) {
    (void)snprintf(text, size, "%s%*s%s", before, (int)count, "", after);
    memset(text + strlen(before), 'x', count);
    return text;
}

Test(url, has_room_for_the_longest_and_refuses_one_byte_more) {
    struct url url;
    char text[4096];
    cr_expect_null(url_parse(lengthy(text, sizeof text, "http://", 255, "/"), &url));
    cr_expect_not_null(url_parse(lengthy(text, sizeof text, "http://", 256, "/"), &url));
    cr_expect_null(url_parse(lengthy(text, sizeof text, "http://[:", 254, "]/"), &url));
    cr_expect_not_null(url_parse(lengthy(text, sizeof text, "http://[:", 255, "]/"), &url));
    cr_expect_null(url_parse(lengthy(text, sizeof text, "http://h/", 2046, ""), &url));
    cr_expect_not_null(url_parse(lengthy(text, sizeof text, "http://h/", 2047, ""), &url));
    cr_expect_null(url_parse(lengthy(text, sizeof text, "http://h?", 2045, ""), &url));
    cr_expect_not_null(url_parse(lengthy(text, sizeof text, "http://h?", 2046, ""), &url));
    cr_expect_null(url_parse(lengthy(text, sizeof text, "unix:/", 106, ""), &url));
    cr_expect_not_null(url_parse(lengthy(text, sizeof text, "unix:/", 107, ""), &url));
}
