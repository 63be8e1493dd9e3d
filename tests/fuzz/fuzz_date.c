/* SPDX-License-Identifier: MIT */
/* Dates: what is read is written as the same date, and what is written is read. */
#include "http/semantics/date.h"
#include "tests/fuzz/fuzz.h"

static const time_t now_end = 200000000000; /* a year of four digits, and a century before the last one */

static void check_written(time_t seconds, time_t now) {
    char text[DATE_HTTP_BYTES];
    char rfc3339[DATE_RFC3339_BYTES];
    time_t again = -1;
    date_format_http(seconds, text);
    fuzz_check(strlen(text) == DATE_HTTP_LENGTH);
    fuzz_check(date_parse_http(view_of(text), now, &again));
    bool is_exact = date_format_rfc3339(seconds, rfc3339);
    fuzz_check(!is_exact || (again == seconds && strlen(rfc3339) == DATE_RFC3339_LENGTH));
    (void)date_pack_fat(seconds);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    time_t now = (time_t)(fuzz_number(&input) >> 24) % now_end;
    time_t other = (time_t)fuzz_number(&input);
    struct view text = fuzz_rest(&input);
    time_t seconds = 4711;
    if (date_parse_http(text, now, &seconds)) {
        check_written(seconds, now);
        char written[DATE_HTTP_BYTES];
        time_t again = 0;
        date_format_http(seconds, written);
        fuzz_check(date_parse_http(view_of(written), now, &again) && again == seconds);
    } else {
        fuzz_check(seconds == 4711);
    }
    check_written(other, now);
    fuzz_end(&input);
    return 0;
}
