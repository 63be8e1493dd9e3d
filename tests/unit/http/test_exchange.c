/* SPDX-License-Identifier: MIT */
/* Linked with support_memory_faults.c and its --wrap for malloc, calloc, realloc, strdup and free. */
#include "http/exchange.h"
#include "tests/unit/support/bodies.h"
#include "tests/unit/support/memory_faults.h"
#include "tests/unit/support/socket_pair.h"
#include "tests/unit/support/transcript.h"

#include <criterion/criterion.h>

TestSuite(exchange, .timeout = 60);

Test(exchange, is_whole_or_nothing) {
    size_t failures = 0;
    for (bool failed = true; failed; failures++) {
        memory_fail_after(failures);
        struct exchange *exchange = exchange_create(&default_limits);
        failed = memory_stop_failing();
        cr_expect_eq(exchange == NULL, failed, "allocation %zu", failures);
        exchange_destroy(exchange);
        cr_expect_eq(memory_live_count(), 0, "allocation %zu", failures);
    }
    cr_expect(failures > 1);
    exchange_destroy(NULL);
}

Test(exchange, serves_another_connection_once_it_is_reset) {
    struct socket_pair pair;
    struct exchange *exchange = exchange_create(&default_limits);
    struct response_form form = {.date = "Sun, 06 Nov 1994 08:49:37 GMT"};
    cr_assert(exchange != NULL);
    for (int i = 0; i < 2; i++) {
        socket_pair_open(&pair);
        socket_pair_send_text(&pair, "GET /a HTTP/1.0\r\n\r\nmore");
        cr_assert_eq(request_reader_read(exchange->reader, pair.ours, &exchange->request), READ_REQUEST);
        cr_expect(view_equals(exchange->request.target, "/a"));
        response_begin(&exchange->response, &form, HTTP_NOT_FOUND);
        finish_with_text(&exchange->response, "x", NULL);
        cr_expect_eq(response_send(&exchange->response, pair.ours), SEND_DONE);
        exchange->begin_ns = 1;

        exchange_reset(exchange);
        cr_expect_not(request_reader_has_bytes(exchange->reader));
        cr_expect_eq(response_unsent_bytes(&exchange->response), 0);
        cr_expect_eq(response_sent_body_bytes(&exchange->response), 0);
        cr_expect_eq(exchange->begin_ns, 0);
        socket_pair_close(&pair);
    }
    exchange_destroy(exchange);
    cr_expect_eq(memory_live_count(), 0);
}
