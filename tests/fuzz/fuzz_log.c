/* SPDX-License-Identifier: MIT */
/* Lines of the log: one line of printable characters, or one JSON document, whatever a client has sent. */
#include "server/log/line.h"
#include "tests/fuzz/fuzz.h"

#include <jansson.h>

static char line[LOG_LINE_BYTES];

static void check_text(size_t length) {
    for (size_t i = 0; i + 1 < length; i++) {
        fuzz_check(line[i] >= ' ' && line[i] <= 0x7E);
    }
}

static void check_json(size_t length) {
    json_t *document = json_loadb(line, length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    fuzz_check(json_is_object(document));
    json_decref(document);
    fuzz_check(memchr(line, '\n', length - 1) == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    static const enum log_format formats[] = {LOG_FORMAT_COMBINED, LOG_FORMAT_COMMON,
                                              LOG_FORMAT_VHOST_COMBINED, LOG_FORMAT_TIMED, LOG_FORMAT_JSON};
    struct fuzz_input input = fuzz_begin(bytes, length);
    struct client_address client = {.family = fuzz_byte(&input) % 2 == 0 ? AF_INET : AF_INET6};
    for (size_t i = 0; i < sizeof client.bytes; i++) {
        client.bytes[i] = fuzz_byte(&input);
    }
    struct answer_record record = {
        .client = &client,
        .status = HTTP_OK,
        .body_bytes = fuzz_number(&input) >> 1, /* what a reader of JSON takes */
        .duration_ns = (int64_t)(fuzz_number(&input) >> 1),
        .complete = true,
        .request_line = fuzz_field(&input),
        .host = fuzz_field(&input),
        .referer = fuzz_field(&input),
        .user_agent = fuzz_field(&input),
    };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        struct log_clock clock = {0};
        size_t written = log_line_format(line, &(struct log_subject){.record = &record},
                                         &(struct log_shape){.kind = formats[i]}, &clock);
        fuzz_check(written > 0 && written <= sizeof line && line[written - 1] == '\n');
        formats[i] == LOG_FORMAT_JSON ? check_json(written) : check_text(written);
    }
    fuzz_end(&input);
    return 0;
}
