/* SPDX-License-Identifier: MIT */
/* Sections are those of the Fetch standard, unless another source is named. Who may read is in
 * test_cors.c. */
#include "http/handler/cors.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(handler_cors, .timeout = 20);

void __wrap_response_add_field(struct response *response, const char *name, const char *value);

/* The fields that were added, as they would stand in a head. */
static char added[4096];

void __wrap_response_add_field(struct response *response, const char *name, const char *value) {
    (void)response;
    size_t length = strlen(added);
    (void)snprintf(added + length, sizeof added - length, "%s: %s\n", name, value);
}

static struct view view_or_none(const char *text) {
    return text != NULL ? view_of(text) : (struct view){0};
}

static struct request preflight_from(const char *origin, const char *headers) {
    return (struct request){.refusal = HTTP_OK,
                            .method = REQUEST_OPTIONS,
                            .origin = view_or_none(origin),
                            .access_control_request_method = view_of("GET"),
                            .access_control_request_headers = view_or_none(headers)};
}

static const char *fields_for(const struct cors *cors, const struct request *request) {
    struct response response = {0};
    added[0] = '\0';
    cors_add_fields(cors, request, &response, NULL);
    return added;
}

static const char *permissions_for(const struct cors *cors, const struct request *request) {
    struct response response = {0};
    added[0] = '\0';
    cors_add_permissions(cors, request, &response);
    cr_expect_not(response.head.failed);
    return added;
}

static struct cors *create(char *const *origins, size_t count) {
    struct cors *cors = cors_create(origins, count);
    cr_assert_not_null(cors);
    return cors;
}

static char asterisk[] = "*";
static char friend[] = "https://example.org";
static char local_friend[] = "http://localhost:3000";
static char odd_friend[] = "https://example.org.evil.test";
static char *const everybody[] = {asterisk};
static char *const friends[] = {friend, local_friend, odd_friend};

#define ALL_MAY "Access-Control-Allow-Origin: *\nAccess-Control-Expose-Headers: *\n"
#define MAY(origin) "Access-Control-Allow-Origin: " origin "\nAccess-Control-Expose-Headers: *\n"
#define VARY "Vary: Origin\n"

Test(handler_cors, tells_all_alike_that_all_may_read) {
    static const struct {
        const char *name;
        const char *origin;
    } rows[] = {
        {"3.2.5 HTTP caches: without an origin too, so that what is cached is good for all", NULL},
        {"3.2.3: an origin", "https://example.org"},
        {"3.2.3: an opaque origin", "null"},
        {"an empty origin", ""},
    };
    struct cors *cors = create(everybody, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = {.method = REQUEST_GET, .origin = view_or_none(rows[i].origin)};
        cr_expect_str_eq(fields_for(cors, &request), ALL_MAY, "%s: %s", rows[i].name, added);
    }
    cors_destroy(cors);
}

Test(handler_cors, tells_those_on_the_list_that_they_may_read) {
    static const struct {
        const char *name;
        const char *origin;
        const char *fields;
    } rows[] = {
        {"first", "https://example.org", MAY("https://example.org") VARY},
        {"with a port", "http://localhost:3000", MAY("http://localhost:3000") VARY},
        {"last", "https://example.org.evil.test", MAY("https://example.org.evil.test") VARY},
        {"3.2.5: Vary without an origin too", NULL, VARY},
        {"empty", "", VARY},
        {"opaque: not on the list", "null", VARY},
        {"another", "https://example.com", VARY},
        {"RFC 6454 section 5: another scheme", "http://example.org", VARY},
        {"RFC 6454 section 5: another port", "https://example.org:8443", VARY},
        {"no port where one is listed", "http://localhost", VARY},
        {"another port than the listed", "http://localhost:30000", VARY},
        {"a host below", "https://www.example.org", VARY},
        {"a prefix", "https://example.or", VARY},
        {"a listed one as prefix", "https://example.organic", VARY},
        {"a listed one as suffix", "xhttps://example.org", VARY},
        {"4.10 CORS check: letter case counts", "https://Example.org", VARY},
        {"a final slash", "https://example.org/", VARY},
        {"two fields, joined", "https://example.org, https://example.com", VARY},
        {"an asterisk", "*", VARY},
    };
    struct cors *cors = create(friends, sizeof friends / sizeof friends[0]);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = {.method = REQUEST_GET, .origin = view_or_none(rows[i].origin)};
        cr_expect_str_eq(fields_for(cors, &request), rows[i].fields, "%s: %s", rows[i].name, added);
    }
    cors_destroy(cors);
}

Test(handler_cors, never_echoes_an_asterisk_that_stands_among_others) {
    char *const mixed[] = {asterisk, friend};
    struct cors *cors = create(mixed, 2);
    struct request stranger = {.origin = view_of("https://example.com")};
    struct request star = {.origin = view_of("*")};
    cr_expect_str_eq(fields_for(cors, &stranger), VARY);
    cr_expect_str_eq(fields_for(cors, &star), VARY);
    cr_expect_str_eq(permissions_for(cors, &star), "");
    cors_destroy(cors);
}

Test(handler_cors, lets_an_opaque_origin_read_if_it_is_listed) {
    char null[] = "null";
    char *const opaque[] = {null};
    struct cors *cors = create(opaque, 1);
    struct request request = {.origin = view_of("null")};
    cr_expect_str_eq(fields_for(cors, &request), MAY("null") VARY);
    cors_destroy(cors);
}

/* 3.2.2: "A CORS-preflight request ... uses `OPTIONS` as method and includes ...
 * Access-Control-Request-Method". */
Test(handler_cors, knows_a_preflight) {
    static const struct {
        const char *name;
        enum request_method method;
        const char *origin;
        const char *asked_method;
        bool is_preflight;
    } rows[] = {
        {"all three", REQUEST_OPTIONS, "https://example.org", "GET", true},
        {"for a method that is not offered", REQUEST_OPTIONS, "https://example.org", "PUT", true},
        {"from a stranger", REQUEST_OPTIONS, "https://example.com", "GET", true},
        {"GET", REQUEST_GET, "https://example.org", "GET", false},
        {"HEAD", REQUEST_HEAD, "https://example.org", "GET", false},
        {"another method", REQUEST_OTHER, "https://example.org", "GET", false},
        {"no origin", REQUEST_OPTIONS, NULL, "GET", false},
        {"empty origin", REQUEST_OPTIONS, "", "GET", false},
        {"no method asked for", REQUEST_OPTIONS, "https://example.org", NULL, false},
        {"empty method", REQUEST_OPTIONS, "https://example.org", "", false},
    };
    struct cors *lists = create(friends, 1);
    struct cors *all = create(everybody, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = {.method = rows[i].method,
                                  .origin = view_or_none(rows[i].origin),
                                  .access_control_request_method = view_or_none(rows[i].asked_method)};
        cr_expect_eq(cors_is_preflight(lists, &request), rows[i].is_preflight, "%s", rows[i].name);
        cr_expect_eq(cors_is_preflight(all, &request), rows[i].is_preflight, "%s, all", rows[i].name);
        cr_expect_not(cors_is_preflight(NULL, &request), "%s, no sharing", rows[i].name);
    }
    cors_destroy(lists);
    cors_destroy(all);
}

#define METHODS "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\n"
#define HEADERS(names) "Access-Control-Allow-Headers: " names "\n"
#define MAX_AGE "Access-Control-Max-Age: 7200\n"

Test(handler_cors, permits_the_fields_that_a_preflight_asks_for) {
    static const struct {
        const char *name;
        const char *asked;
        const char *permissions;
    } rows[] = {
        {"none asked for", NULL, METHODS MAX_AGE},
        {"3.2.2: one", "x-requested-with", METHODS HEADERS("x-requested-with") MAX_AGE},
        {"3.2.2: sorted, no spaces", "a,b,c-d", METHODS HEADERS("a, b, c-d") MAX_AGE},
        {"3.2.3: Authorization has to be named", "authorization", METHODS HEADERS("authorization") MAX_AGE},
        {"letter case stays", "X-Own", METHODS HEADERS("X-Own") MAX_AGE},
        {"RFC 9110 5.6.1: white space", " \t a \t , b\t", METHODS HEADERS("a, b") MAX_AGE},
        {"RFC 9110 5.6.1: empty elements", ",,a,,b,", METHODS HEADERS("a, b") MAX_AGE},
        {"RFC 9110 5.6.2: all punctuation of a token", "!#$%&'*+-.^_`|~0",
         METHODS HEADERS("!#$%&'*+-.^_`|~0") MAX_AGE},
        {"no token: a space within", "a b,c", METHODS HEADERS("c") MAX_AGE},
        {"no token: a colon", "a: b,c", METHODS HEADERS("c") MAX_AGE},
        {"no token: line ends", "a\r\nSet-Cookie: x,c", METHODS HEADERS("c") MAX_AGE},
        {"no token: quotes", "\"a\",c", METHODS HEADERS("c") MAX_AGE},
        {"no token: UTF-8", "\xC3\xA4,c", METHODS HEADERS("c") MAX_AGE},
        {"no token: a control character", "a\x01,c", METHODS HEADERS("c") MAX_AGE},
        {"nothing but what is no token", "<a>", METHODS MAX_AGE},
        {"empty", "", METHODS MAX_AGE},
        {"commas alone", ",, ,", METHODS MAX_AGE},
    };
    struct cors *cors = create(friends, 1);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = preflight_from("https://example.org", rows[i].asked);
        cr_expect_str_eq(permissions_for(cors, &request), rows[i].permissions, "%s: %s", rows[i].name, added);
    }
    cors_destroy(cors);
}

/* The view ends where the field ends, not where the buffer behind it does. */
Test(handler_cors, reads_no_further_than_the_field) {
    struct cors *cors = create(everybody, 1);
    struct request request = preflight_from("https://example.org", NULL);
    request.access_control_request_headers = (struct view){"a,bc,d", 3};
    cr_expect_str_eq(permissions_for(cors, &request), METHODS HEADERS("a, b") MAX_AGE);
    cors_destroy(cors);
}

Test(handler_cors, permits_nothing_to_those_who_may_not_read) {
    struct cors *all = create(everybody, 1);
    struct cors *lists = create(friends, 1);
    struct request stranger = preflight_from("https://example.com", "a");
    struct request nobody = preflight_from(NULL, "a");
    cr_expect_str_eq(permissions_for(lists, &stranger), "");
    cr_expect_str_eq(permissions_for(lists, &nobody), "");
    cr_expect_str_eq(permissions_for(all, &stranger), METHODS HEADERS("a") MAX_AGE);
    cors_destroy(all);
    cors_destroy(lists);
}

Test(handler_cors, says_nothing_where_nothing_is_shared) {
    struct request request = preflight_from("https://example.org", "a");
    cr_expect_str_eq(fields_for(NULL, &request), "");
    cr_expect_str_eq(permissions_for(NULL, &request), "");
    cors_destroy(NULL);
}

Test(handler_cors, fails_the_answer_when_there_is_no_memory_for_a_permission) {
    struct cors *cors = create(friends, 1);
    struct request request = preflight_from("https://example.org", "a,b");
    struct response response = {0};
    ptrdiff_t before = memory_live_count();
    added[0] = '\0';
    memory_fail_after(0);
    cors_add_permissions(cors, &request, &response);
    cr_expect(memory_stop_failing());
    cr_expect(response.head.failed);
    cr_expect_null(strstr(added, "Access-Control-Allow-Headers"));
    cr_expect_eq(memory_live_count(), before);
    cors_destroy(cors);
}

/* Its text grows, and any step of that may find no memory. */
Test(handler_cors, permits_many_fields_or_fails) {
    static char asked[3000];
    for (size_t i = 0; i + 1 < sizeof asked; i++) {
        asked[i] = i % 3 == 2 ? ',' : 'a';
    }
    struct cors *cors = create(everybody, 1);
    struct request request = preflight_from("https://example.org", asked);
    size_t successes = 0;
    bool failed = true;
    for (; failed; successes++) {
        struct response response = {0};
        ptrdiff_t before = memory_live_count();
        added[0] = '\0';
        memory_fail_after(successes);
        cors_add_permissions(cors, &request, &response);
        failed = memory_stop_failing();
        cr_assert_eq(response.head.failed, failed, "after %zu", successes);
        cr_assert_eq(strstr(added, "-Headers: aa, aa") == NULL, failed, "after %zu", successes);
        cr_assert_eq(memory_live_count(), before, "after %zu", successes);
    }
    cr_expect_gt(successes, 2);
    cors_destroy(cors);
}
