/* SPDX-License-Identifier: MIT */
#include "conf/values/value.h"

#include <criterion/criterion.h>
#include <inttypes.h>

enum { UNTOUCHED = 4711 };

struct row {
    const char *text;
    enum value_outcome outcome;
    uint64_t value;
};

static void check(const struct row rows[], size_t count,
                  enum value_outcome (*parse)(const char *, uint64_t *)) {
    for (size_t i = 0; i < count; i++) {
        uint64_t value = UNTOUCHED;
        enum value_outcome outcome = parse(rows[i].text, &value);
        uint64_t expected = rows[i].outcome == VALUE_OK ? rows[i].value : UNTOUCHED;
        cr_assert_eq(outcome, rows[i].outcome, "'%s': outcome %d", rows[i].text, (int)outcome);
        cr_assert_eq(value, expected, "'%s': %" PRIu64, rows[i].text, value);
    }
}

Test(value, reads_numbers) {
    static const struct row rows[] = {
        {"0", VALUE_OK, 0},
        {"8", VALUE_OK, 8},
        {"0008", VALUE_OK, 8},
        {"18446744073709551615", VALUE_OK, UINT64_MAX},
        {"18446744073709551616", VALUE_OUT_OF_RANGE, 0},
        {"99999999999999999999999999", VALUE_OUT_OF_RANGE, 0},
        {"-1", VALUE_OUT_OF_RANGE, 0},
        {"", VALUE_MALFORMED, 0},
        {"-", VALUE_MALFORMED, 0},
        {"+1", VALUE_MALFORMED, 0},
        {" 1", VALUE_MALFORMED, 0},
        {"1 ", VALUE_MALFORMED, 0},
        {"1.5", VALUE_MALFORMED, 0},
        {"0x10", VALUE_MALFORMED, 0},
        {"1e3", VALUE_MALFORMED, 0},
        {"8k", VALUE_MALFORMED, 0},
        {"99999999999999999999999999x", VALUE_MALFORMED, 0},
        {"many", VALUE_MALFORMED, 0},
    };
    check(rows, sizeof rows / sizeof *rows, value_parse_number);
}

Test(value, reads_sizes) {
    static const struct row rows[] = {
        {"0", VALUE_OK, 0},
        {"100", VALUE_OK, 100},
        {"100B", VALUE_OK, 100},
        {"16k", VALUE_OK, 16384},
        {"16K", VALUE_OK, 16384},
        {"16kB", VALUE_OK, 16384},
        {"16KiB", VALUE_OK, 16384},
        {"8M", VALUE_OK, 8388608},
        {"8mb", VALUE_OK, 8388608},
        {"1G", VALUE_OK, 1073741824},
        {"1gib", VALUE_OK, 1073741824},
        {"17179869183G", VALUE_OK, UINT64_C(17179869183) << 30},
        {"17179869184G", VALUE_OUT_OF_RANGE, 0},
        {"18446744073709551616k", VALUE_OUT_OF_RANGE, 0},
        {"-8k", VALUE_OUT_OF_RANGE, 0},
        {"k", VALUE_MALFORMED, 0},
        {"", VALUE_MALFORMED, 0},
        {"8 k", VALUE_MALFORMED, 0},
        {"8kk", VALUE_MALFORMED, 0},
        {"8ki", VALUE_MALFORMED, 0},
        {"8s", VALUE_MALFORMED, 0},
        {"1.5k", VALUE_MALFORMED, 0},
    };
    check(rows, sizeof rows / sizeof *rows, value_parse_size);
}

Test(value, reads_durations) {
    static const struct row rows[] = {
        {"0", VALUE_OK, 0},
        {"00", VALUE_OK, 0},
        {"0s", VALUE_OK, 0},
        {"500ms", VALUE_OK, 500},
        {"500MS", VALUE_OK, 500},
        {"15s", VALUE_OK, 15000},
        {"2m", VALUE_OK, 120000},
        {"1h", VALUE_OK, 3600000},
        {"1d", VALUE_OK, 86400000},
        {"1w", VALUE_OK, 604800000},
        {"1Y", VALUE_OK, UINT64_C(31536000000)},
        {"584942418y", VALUE_OUT_OF_RANGE, 0},
        {"15", VALUE_UNIT_MISSING, 0},
        {"-15", VALUE_OUT_OF_RANGE, 0},
        {"99999999999999999999", VALUE_UNIT_MISSING, 0},
        {"-15s", VALUE_OUT_OF_RANGE, 0},
        {"18446744073709551615s", VALUE_OUT_OF_RANGE, 0},
        {"15 s", VALUE_MALFORMED, 0},
        {"1.5s", VALUE_MALFORMED, 0},
        {"15sec", VALUE_MALFORMED, 0},
        {"1m30s", VALUE_MALFORMED, 0},
        {"s", VALUE_MALFORMED, 0},
        {"", VALUE_MALFORMED, 0},
        {"soon", VALUE_MALFORMED, 0},
    };
    check(rows, sizeof rows / sizeof *rows, value_parse_duration);
}

Test(value, reads_yes_and_no_in_every_wording) {
    static const struct {
        const char *text;
        bool known, value;
    } rows[] = {
        {"on", true, true},      {"yes", true, true}, {"true", true, true},   {"ON", true, true},
        {"off", true, false},    {"no", true, false}, {"false", true, false}, {"False", true, false},
        {"1", false, false},     {"0", false, false}, {"", false, false},     {"onn", false, false},
        {"maybe", false, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool value = !rows[i].value;
        bool known = value_parse_boolean(rows[i].text, &value);
        cr_assert_eq(known, rows[i].known, "'%s': known", rows[i].text);
        cr_assert_eq(value, known ? rows[i].value : !rows[i].value, "'%s': value", rows[i].text);
    }
}

Test(value, finds_a_word_in_either_case) {
    static const char *const words[] = {"wait", "reject", NULL};
    cr_assert_eq(value_parse_word("wait", words), 0);
    cr_assert_eq(value_parse_word("Reject", words), 1);
    cr_assert_eq(value_parse_word("rejec", words), -1);
    cr_assert_eq(value_parse_word("", words), -1);
}

Test(value, writes_sizes_that_read_back) {
    static const struct {
        uint64_t value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1"},
        {1023, "1023"},
        {1024, "1k"},
        {16384, "16k"},
        {1536, "1536"},
        {8388608, "8M"},
        {1073741824, "1G"},
        {1048577, "1048577"},
        {UINT64_MAX, "18446744073709551615"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[VALUE_TEXT_BYTES];
        uint64_t value = UNTOUCHED;
        value_format_size(rows[i].value, text);
        cr_assert_str_eq(text, rows[i].text);
        cr_assert(value_parse_size(text, &value) == VALUE_OK && value == rows[i].value, "%s", text);
    }
}

Test(value, writes_durations_that_read_back) {
    static const struct {
        uint64_t value;
        const char *text;
    } rows[] = {
        {0, "0"},
        {1, "1ms"},
        {999, "999ms"},
        {1000, "1s"},
        {15000, "15s"},
        {1500, "1500ms"},
        {60000, "1m"},
        {90000, "90s"},
        {3600000, "1h"},
        {86400000, "1d"},
        {691200000, "8d"},
        {1209600000, "2w"},
        {UINT64_C(31536000000), "1y"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[VALUE_TEXT_BYTES];
        uint64_t value = UNTOUCHED;
        value_format_duration(rows[i].value, text);
        cr_assert_str_eq(text, rows[i].text);
        cr_assert(value_parse_duration(text, &value) == VALUE_OK && value == rows[i].value, "%s", text);
    }
}
