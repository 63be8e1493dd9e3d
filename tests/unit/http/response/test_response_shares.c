/* SPDX-License-Identifier: MIT */
/* Large contents in memory are sent in shares, as files are: in between, others have their turn. */
#include "http/response/response.h"
#include "tests/support/filling.h"
#include "tests/unit/http/response/sink.h"
#include "tests/unit/support/bodies.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

TestSuite(response_shares, .timeout = 60);

enum { SHARE_BYTES = 1024 * 1024, LARGEST = 4 * SHARE_BYTES };

static const struct response_form form = {.date = "Sun, 06 Nov 1994 08:49:37 GMT"};

Test(response_shares, of_contents_end_where_those_of_files_do) {
    static const struct {
        size_t bytes;
        uint64_t turns; /* behind which there is more */
    } rows[] = {{SHARE_BYTES, 0}, {SHARE_BYTES + 1, 1}, {3 * SHARE_BYTES, 2}, {LARGEST - 1, 3}};
    char *contents = malloc(LARGEST);
    cr_assert_not_null(contents);
    filling_write(contents, 0, LARGEST);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct response response;
        struct resource file = {.fd = -1, .contents = contents, .size = (off_t)rows[i].bytes};
        response_init(&response);
        sink_reset();
        response_begin(&response, &form, HTTP_OK);
        finish_with_file(&response, &file, NULL, NULL);
        size_t head = response.head.length;
        for (uint64_t turn = 1; turn <= rows[i].turns; turn++) {
            cr_assert_eq(response_send(&response, -1), SEND_SHARE_USED, "row %zu", i);
            cr_assert_eq(response_sent_body_bytes(&response), turn * SHARE_BYTES, "row %zu", i);
            cr_expect(sink.last_flags & MSG_MORE, "row %zu", i);
        }
        cr_assert_eq(response_send(&response, -1), SEND_DONE, "row %zu", i);
        cr_expect_not(sink.last_flags & MSG_MORE, "row %zu", i);
        cr_expect_eq(sink.sends, rows[i].turns + 1, "row %zu", i);
        cr_expect_eq(sink.file_sends, 0, "row %zu", i);
        cr_assert_eq(sink.length, head + rows[i].bytes, "row %zu", i);
        cr_expect(memcmp(sink.bytes + head, contents, rows[i].bytes) == 0, "row %zu", i);
        response_deinit(&response);
    }
    free(contents);
}
