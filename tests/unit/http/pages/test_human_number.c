/* SPDX-License-Identifier: MIT */
#include "http/pages/human_number.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

TestSuite(human_number, .timeout = 20);

static struct text written;

static const char *end_text(void) {
    text_append_bytes(&written, "", 1);
    cr_assert_not(written.failed);
    return written.bytes;
}

static const char *size_of(uint64_t bytes) {
    text_clear(&written, SIZE_MAX);
    human_number_append_size(&written, bytes);
    return end_text();
}

Test(human_number, has_commas_between_groups_of_three) {
    static const struct {
        uint64_t number;
        const char *text;
    } rows[] = {
        {0, "0"},
        {7, "7"},
        {999, "999"},
        {1000, "1,000"},
        {10203, "10,203"},
        {999999, "999,999"},
        {1000000, "1,000,000"},
        {UINT64_MAX, "18,446,744,073,709,551,615"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        text_clear(&written, SIZE_MAX);
        human_number_append(&written, rows[i].number);
        cr_expect_str_eq(end_text(), rows[i].text, "'%s' instead of '%s'", written.bytes, rows[i].text);
    }
    text_deinit(&written);
}

Test(human_number, counts_in_the_singular_and_the_plural) {
    static const struct {
        uint64_t number;
        const char *text;
    } rows[] = {{0, "0 files"}, {1, "1 file"}, {2, "2 files"}, {1001, "1,001 files"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        text_clear(&written, SIZE_MAX);
        human_number_append_count(&written, rows[i].number, "file");
        cr_expect_str_eq(end_text(), rows[i].text, "'%s' instead of '%s'", written.bytes, rows[i].text);
    }
    text_deinit(&written);
}

Test(human_number, gives_sizes_two_digits_or_whole_units) {
    static const struct {
        uint64_t bytes;
        const char *text;
    } rows[] = {
        {0, "0 B"},
        {1, "1 B"},
        {1023, "1023 B"},
        {1024, "1.0 KiB"},
        {1075, "1.0 KiB"}, /* 1.0498 */
        {1076, "1.1 KiB"}, /* 1.0508 */
        {1536, "1.5 KiB"},
        {10188, "9.9 KiB"}, /* 9.949 */
        {10189, "10 KiB"},  /* 9.950 */
        {10752, "11 KiB"},  /* 10.5 */
        {1048063, "1023 KiB"},
        {1048064, "1.0 MiB"}, /* 1023.5 KiB: never "1024 KiB" */
        {4718592, "4.5 MiB"},
        {UINT64_C(1) << 30, "1.0 GiB"},
        {UINT64_C(120) << 30, "120 GiB"},
        {UINT64_C(1) << 40, "1.0 TiB"},
        {UINT64_C(1) << 50, "1.0 PiB"},
        {INT64_MAX, "8.0 EiB"},
        {UINT64_MAX, "16 EiB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_expect_str_eq(size_of(rows[i].bytes), rows[i].text, "'%s' instead of '%s'", written.bytes,
                         rows[i].text);
    }
    text_deinit(&written);
}

/* Floating point has room to spare below 2^40, so that it is exact there. */
Test(human_number, rounds_sizes_as_floating_point_does) {
    static const char *const units[] = {"KiB", "MiB", "GiB"};
    uint64_t seed = 1;
    for (int i = 0; i < 100000; i++) {
        seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        uint64_t bytes = (seed >> 25) >> (seed % 28);
        double scaled = (double)bytes / 1024;
        size_t unit = 0;
        for (; scaled >= 1023.5 && unit < 2; unit++) {
            scaled /= 1024;
        }
        double tenths = (double)(uint64_t)(scaled * 10 + 0.5);
        char expected[32];
        if (bytes < 1024) {
            (void)snprintf(expected, sizeof expected, "%d B", (int)bytes);
        } else if (tenths < 100) {
            (void)snprintf(expected, sizeof expected, "%.1f %s", tenths / 10, units[unit]);
        } else {
            (void)snprintf(expected, sizeof expected, "%d %s", (int)(scaled + 0.5), units[unit]);
        }
        cr_assert_str_eq(size_of(bytes), expected, "%ju: '%s' instead of '%s'", (uintmax_t)bytes,
                         written.bytes, expected);
    }
    text_deinit(&written);
}
