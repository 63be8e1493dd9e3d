/* SPDX-License-Identifier: MIT */
/* listener_check(): what two addresses share is found without opening either. */
#include "server/listen/listener.h"
#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(listener_check, .timeout = 60);

Test(listener_check, finds_addresses_that_overlap_as_opening_does) {
    static const struct {
        const char *first;
        const char *second;
        enum listener_result result;
    } rows[] = {
        {"localhost:28080", "127.0.0.1:28080", LISTENER_MISTAKE},
        {"*:28080", "localhost:28080", LISTENER_MISTAKE},
        {"127.0.0.1:80", "127.0.0.1:http", LISTENER_MISTAKE},
        {"unix:/tmp/lido.sock", "unix:/tmp/lido.sock", LISTENER_MISTAKE},
        {"127.0.0.1:28080", "127.0.0.2:28080", LISTENER_OK},
        {"127.0.0.1:28080", "127.0.0.1:28081", LISTENER_OK},
        {"127.0.0.1:0", "127.0.0.1:0", LISTENER_OK},
        {"127.0.0.1:auto", "127.0.0.1:auto", LISTENER_OK},
        {"unix:/tmp/lido.sock", "unix:/tmp/other.sock", LISTENER_OK},
    };
    int before = count_descriptors();
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct listener_set set = {0};
        char error[LISTENER_ERROR_BYTES] = "";
        cr_expect_eq(listener_check(&set, rows[i].first, error), LISTENER_OK, "%s: %s", rows[i].first, error);
        cr_expect_eq(listener_check(&set, rows[i].second, error), rows[i].result, "%s: %s", rows[i].second,
                     error);
        cr_expect_eq(strstr(error, " overlaps ") != NULL, rows[i].result == LISTENER_MISTAKE, "%s", error);
        listener_set_close(&set);
    }
    cr_expect_eq(count_descriptors(), before);
}
