/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

/* The example date of RFC 9110 section 5.6.7, in seconds since the epoch. */
enum { EXAMPLE_SECONDS = 784111777 };

static void set_up_old_file(void) {
    stage_set_up();
    folder_write_text(&site, "old.txt", "content");
    folder_touch(&site, "old.txt", EXAMPLE_SECONDS);
}

TestSuite(conditional, .init = set_up_old_file, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

StageTest(conditional, last_modified_is_the_files_time) {
    serve(LIST("TZ=Asia/Tokyo"));
    cr_assert(get("/old.txt") == 200, "status %d", answer.status);
    cr_assert(answer_field_is(&answer, "Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT"), "%s",
              answer_field(&answer, "Last-Modified"));
}

StageTest(conditional, date_is_now_in_the_preferred_form) {
    serve(NULL);
    time_t before = time(NULL);
    (void)get("/old.txt");
    time_t after = time(NULL);
    for (time_t now = before; now <= after; now++) {
        struct tm parts;
        char text[64];
        (void)strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&now, &parts));
        if (answer_field_is(&answer, "Date", text)) {
            return;
        }
    }
    cr_assert_fail("Date: %s", answer_field(&answer, "Date"));
}

StageTest(conditional, if_modified_since_works_in_all_three_date_forms) {
    static const struct {
        const char *name;
        const char *method;
        const char *date;
        int status;
    } rows[] = {
        {"preferred form", "GET", "Sun, 06 Nov 1994 08:49:37 GMT", 304},
        {"RFC 850 form", "GET", "Sunday, 06-Nov-94 08:49:37 GMT", 304},
        {"asctime form", "GET", "Sun Nov  6 08:49:37 1994", 304},
        {"HEAD", "HEAD", "Sun, 06 Nov 1994 08:49:37 GMT", 304},
        {"a second later", "GET", "Sun, 06 Nov 1994 08:49:38 GMT", 304},
        {"years later", "GET", "Thu, 01 Jan 2015 00:00:00 GMT", 304},
        {"a second earlier", "GET", "Sun, 06 Nov 1994 08:49:36 GMT", 200},
        {"RFC 850 form, a second earlier", "GET", "Sunday, 06-Nov-94 08:49:36 GMT", 200},
        {"asctime form, a second earlier", "GET", "Sun Nov  6 08:49:36 1994", 200},
        {"no date", "GET", "yesterday", 200},
        {"empty", "GET", "", 200},
        {"no such day", "GET", "Sun, 31 Feb 2015 00:00:00 GMT", 200},
        {"another zone", "GET", "Sun, 06 Nov 1994 08:49:37 CET", 200},
    };
    serve(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char request[256];
        (void)snprintf(request, sizeof request, "%s /old.txt HTTP/1.0\r\nIf-Modified-Since: %s\r\n\r\n",
                       rows[i].method, rows[i].date);
        ask(request);
        cr_assert(answer.status == rows[i].status, "%s: status %d", rows[i].name, answer.status);
        cr_assert(answer_field(&answer, "Date") != NULL, "%s: no Date", rows[i].name);
        cr_assert(rows[i].status != 304 || answer.body_size == 0, "%s: a body", rows[i].name);
    }
}

StageTest(conditional, if_modified_since_does_not_change_an_error) {
    serve(NULL);
    ask("GET /none HTTP/1.0\r\nIf-Modified-Since: Thu, 01 Jan 2015 00:00:00 GMT\r\n\r\n");
    cr_assert(answer.status == 404, "status %d", answer.status);
}

StageTest(conditional, a_304_leaves_the_connection_in_step) {
    struct client client;
    serve(NULL);
    client_connect(&client, lido.port);
    client_send(&client, "GET /old.txt HTTP/1.0\r\nConnection: keep-alive\r\n"
                         "If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
                         "GET /old.txt HTTP/1.0\r\n\r\n");
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 304, "status %d", answer.status);
    cr_assert(answer_field_lists(&answer, "Connection", "keep-alive"));
    client_read_answer(&client, "GET", &answer);
    cr_assert(answer.status == 200 && strcmp(answer.body, "content") == 0, "%d '%s'", answer.status,
              answer.body);
    client_expect_end(&client);
    client_close(&client);
}
