/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

static void set_up_site(void) {
    stage_set_up();
    folder_write_text(&site, "a.txt", "what the file says");
    serve(NULL);
}

TestSuite(methods, .init = set_up_site, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static void ask_with(const char *method, const char *target) {
    char request[512];
    (void)snprintf(request, sizeof request, "%s %s HTTP/1.0\r\n\r\n", method, target);
    ask(request);
}

static void expect_allow(const char *method) {
    static const char *const allowed[] = {"GET", "HEAD", "OPTIONS"};
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++) {
        cr_assert(answer_field_lists(&answer, "Allow", allowed[i]), "%s: Allow: %s", method,
                  answer_field(&answer, "Allow"));
    }
    cr_assert(!answer_field_lists(&answer, "Allow", "POST"), "%s", method);
}

StageTest(methods, that_exist_but_not_for_files_are_405_with_allow) {
    static const char *const known[] = {
        "POST", "PUT",  "DELETE", "TRACE",  "PATCH", "PROPFIND", "PROPPATCH", "MKCOL",
        "COPY", "MOVE", "LOCK",   "UNLOCK", "LINK",  "UNLINK",   "REPORT",    "SEARCH",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        ask_with(known[i], "/a.txt");
        cr_assert(answer.status == 405, "%s: status %d", known[i], answer.status);
        expect_allow(known[i]);
        cr_assert(strstr(answer.body, "what the file says") == NULL, "%s: the file", known[i]);
    }
}

StageTest(methods, that_do_not_exist_are_501) {
    static const char *const unknown[] = {
        "get",
        "Get",
        "GETS",
        "GE",
        "BREW",
        "X",
        "head",
        "A-TOKEN!#$%&'*+.^_`|~09",
        "GETGETGETGETGETGETGETGETGETGETGET",
    };
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        ask_with(unknown[i], "/a.txt");
        cr_assert(answer.status == 501, "%s: status %d", unknown[i], answer.status);
        ask_with(unknown[i], "/none");
        cr_assert(answer.status == 501, "%s for nothing: status %d", unknown[i], answer.status);
    }
}

StageTest(methods, connect_is_refused) {
    ask("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\nConnection: close\r\n\r\n");
    cr_assert(answer.status == 405 || answer.status == 400, "status %d", answer.status);
}

StageTest(methods, options_lists_them_for_anything_there_is_and_for_the_server) {
    static const char *const targets[] = {"/a.txt", "/", "*", "http://localhost/a.txt"};
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        ask_with("OPTIONS", targets[i]);
        cr_assert(answer.status == 200 || answer.status == 204, "%s: status %d", targets[i], answer.status);
        cr_assert(answer.body_size == 0, "%s: a body", targets[i]);
        expect_allow(targets[i]);
    }
}

StageTest(methods, none_but_options_takes_the_asterisk) {
    ask_with("GET", "*");
    cr_assert(answer.status == 400 || answer.status == 404, "GET *: status %d", answer.status);
    ask_with("HEAD", "*");
    cr_assert(answer.status == 400 || answer.status == 404, "HEAD *: status %d", answer.status);
    ask_with("OPTIONS", "**");
    cr_assert(answer.status == 400, "OPTIONS **: status %d", answer.status);
}

StageTest(methods, must_be_tokens) {
    static const char *const malformed[] = {
        "GE(T", "\"GET\"", "G\xc3\x8bT", "GET:", "{GET}", "GET/", "G\x01T"};
    for (size_t i = 0; i < sizeof malformed / sizeof *malformed; i++) {
        ask_with(malformed[i], "/a.txt");
        cr_assert(answer.status == 400, "%s: status %d", malformed[i], answer.status);
    }
}

StageTest(methods, head_gets_no_body_with_an_error_either) {
    static const struct {
        const char *request;
        int status;
    } rows[] = {
        {"HEAD /none HTTP/1.0\r\n\r\n", 404},
        {"HEAD /%zz HTTP/1.0\r\n\r\n", 400},
        {"HEAD /a.txt HTTP/1.1\r\n\r\n", 400},
        {"HEAD /a.txt HTTP/1.0\r\nno colon\r\n\r\n", 400},
        {"HEAD /a.txt HTTP/1.0\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400},
        {"HEAD /a.txt HTTP/1.0\r\nContent-Length: 99999999\r\n\r\n", 413},
        {"HEAD /a.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\nExpect: miracles\r\n\r\n", 417},
        {"HEAD /a.txt HTTP/2.0\r\n\r\n", 505},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        ask(rows[i].request); /* fails when a body follows */
        cr_assert(answer.status == rows[i].status, "%s: status %d", rows[i].request, answer.status);
    }
}
