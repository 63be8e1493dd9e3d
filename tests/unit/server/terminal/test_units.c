/* SPDX-License-Identifier: MIT */
#include "server/terminal/units.h"

#include <criterion/criterion.h>

TestSuite(units, .timeout = 60);

struct row {
    double value;
    const char *text;
};

static void check(const struct row *rows, size_t count, void (*format)(double value, char *text)) {
    for (size_t i = 0; i < count; i++) {
        char text[UNITS_BYTES];
        format(rows[i].value, text);
        cr_expect_str_eq(text, rows[i].text, "%g: '%s'", rows[i].value, text);
    }
}

Test(units, durations_have_three_digits_that_count) {
    static const struct row rows[] = {
        {0, "0"},
        {1e-9, "0"},
        {3.214e-6, "3.21 us"},
        {12.34e-6, "12.3 us"},
        {850e-6, "850 us"},
        {0.9996e-3, "1.00 ms"},
        {1.25e-3, "1.25 ms"},
        {12.5e-3, "12.5 ms"},
        {0.9996, "1.00 s"},
        {1.5, "1.50 s"},
        {90, "90 s"},
        {120, "2 min"},
        {7199, "2 h"},
        {3 * 86400, "3 d"},
        {365 * 86400.0, "365 d"},
    };
    check(rows, sizeof rows / sizeof rows[0], units_format_duration);
}

Test(units, numbers_have_commas) {
    static const struct row rows[] = {
        {0, "0"},
        {0.423, "0.42"},
        {1, "1"},
        {9.72, "9.7"},
        {98.4, "98"},
        {999, "999"},
        {1000, "1,000"},
        {12345.6, "12,346"},
        {1234567, "1,234,567"},
        {1e15, "1,000,000,000,000,000"},
    };
    check(rows, sizeof rows / sizeof rows[0], units_format_number);
}

Test(units, sizes_go_by_thousands) {
    static const struct row rows[] = {
        {0, "0 B"},          {999, "999 B"},      {1500, "1.50 kB"},
        {999600, "1.00 MB"}, {12.5e6, "12.5 MB"}, {3e21, "3000 EB"},
    };
    check(rows, sizeof rows / sizeof rows[0], units_format_size);
}
