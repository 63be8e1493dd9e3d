/* SPDX-License-Identifier: MIT */
#include "server/log/anonymous.h"
#include "server/log/filter.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <string.h>

TestSuite(filter, .timeout = 60);

static bool takes(const char *statuses, const char *path, int status, const char *request_line) {
    struct config_log settings = {0};
    struct log_filter filter;
    struct answer_record record = {.status = (enum http_status)status, .request_line = view_of(request_line)};
    cr_assert(statuses == NULL || string_list_add(&settings.statuses, statuses) == 0);
    cr_assert(path == NULL || string_list_add(&settings.paths, path) == 0);
    cr_assert_eq(log_filter_init(&filter, &settings), 0);
    bool result = log_filter_takes(&filter, &record);
    log_filter_deinit(&filter);
    string_list_deinit(&settings.statuses);
    string_list_deinit(&settings.paths);
    return result;
}

Test(filter, takes_requests_by_status_and_path) {
    static const struct {
        const char *statuses;
        const char *path;
        int status;
        const char *line;
        bool expected;
    } rows[] = {
        {NULL, NULL, 200, "GET / HTTP/1.0", true},
        {NULL, NULL, 0, "", true},
        {"4xx 5xx", NULL, 404, "GET / HTTP/1.0", true},
        {"4xx 5xx", NULL, 503, "GET / HTTP/1.0", true},
        {"4xx 5xx", NULL, 304, "GET / HTTP/1.0", false},
        {"404", NULL, 404, "GET / HTTP/1.0", true},
        {"404", NULL, 403, "GET / HTTP/1.0", false},
        {"200 404", NULL, 0, "", false},
        {NULL, "/api/*", 200, "GET /api/x HTTP/1.0", true},
        {NULL, "/api/*", 200, "GET /%61pi/./x?q HTTP/1.0", true},
        {NULL, "/api/*", 200, "GET http://h/api/x HTTP/1.0", true},
        {NULL, "/api/*", 200, "GET /other HTTP/1.0", false},
        {NULL, "/api/*", 400, "GET /%zz HTTP/1.0", false},
        {NULL, "/api/*", 400, "", false},
        {NULL, "*", 400, "OPTIONS * HTTP/1.0", false},
        {"404", "/api/*", 404, "GET /api/x HTTP/1.0", true},
        {"404", "/api/*", 200, "GET /api/x HTTP/1.0", false},
        {"404", "/api/*", 404, "GET /x HTTP/1.0", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_eq(takes(rows[i].statuses, rows[i].path, rows[i].status, rows[i].line), rows[i].expected,
                     "row %zu", i);
    }
}

Test(filter, leaves_of_an_address_its_network) {
    static const struct {
        int family;
        const char *address;
        const char *expected;
    } rows[] = {
        {AF_INET, "192.0.2.77", "192.0.2.0"},
        {AF_INET6, "2001:db8:1:2:3:4:5:6", "2001:db8:1::"},
        {AF_INET6, "fe80::1", "fe80::"},
        {AF_UNIX, NULL, "unix:"},
        {AF_UNSPEC, NULL, "-"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[CLIENT_ADDRESS_BYTES];
        struct client_address address = {.family = (sa_family_t)rows[i].family, .scope_id = 2};
        cr_assert(rows[i].address == NULL || inet_pton(rows[i].family, rows[i].address, address.bytes) == 1);
        struct client_address kept = anonymous_address(&address);
        (void)client_address_format(&kept, text);
        cr_expect_str_eq(text, rows[i].expected);
    }
}
