/* SPDX-License-Identifier: MIT */
#include "conf/values/option_value.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <string.h>

static struct option_value value;
static char error[CONFIG_ERROR_BYTES];
static const struct complaint here = {"here", error};

static bool parse(enum config_option_id id, const char *text) {
    value = (struct option_value){.number = 4711, .text = "untouched"};
    return option_value_parse(&option_table[id], text, &value, here);
}

Test(option_value, takes_each_number_from_its_least_to_its_most) {
    static const struct {
        enum config_option_id id;
        const char *below, *least, *most, *above;
        uint64_t least_value, most_value;
    } rows[] = {
        {OPTION_THREADS, "0", "1", "1024", "1025", 1, 1024},
        {OPTION_QUEUE, "0", "1", "1048576", "1048577", 1, 1048576},
        {OPTION_MAX_CONNECTIONS, "0", "1", "1048576", "1048577", 1, 1048576},
        {OPTION_BACKLOG, "0", "1", "65535", "65536", 1, 65535},
        {OPTION_FILE_CACHE_MEMORY, "1023k", "1M", "64G", "68719476737", 1048576, 68719476736},
        {OPTION_FILE_CACHE_MAX_FILE, "-1", "0", "2G", "2147483649", 0, 2147483648},
        {OPTION_FILE_CACHE_DESCRIPTORS, "-1", "0", "65536", "65537", 0, 65536},
        {OPTION_FILE_CACHE_CHECK, "-1ms", "0s", "1h", "3600001ms", 0, 3600000},
        {OPTION_HEADER_TIMEOUT, "0", "1ms", "1h", "3600001ms", 1, 3600000},
        {OPTION_KEEPALIVE_TIMEOUT, "0ms", "1ms", "60m", "3601s", 1, 3600000},
        {OPTION_SEND_TIMEOUT, "0s", "1ms", "3600s", "61m", 1, 3600000},
        {OPTION_LINGER_TIMEOUT, "0m", "1ms", "1h", "2h", 1, 3600000},
        {OPTION_SHUTDOWN_TIMEOUT, "-1s", "0", "1h", "1d", 0, 3600000},
        {OPTION_MAX_REQUEST_LINE, "63", "64", "1M", "1048577", 64, 1048576},
        {OPTION_MAX_HEAD, "255", "256", "1024k", "1025k", 256, 1048576},
        {OPTION_MAX_FIELDS, "0", "1", "1000", "1001", 1, 1000},
        {OPTION_MAX_BODY, "-1", "0", "1G", "1073741825", 0, 1073741824},
        {OPTION_COMPRESS_MIN, "-1", "0", "1M", "1048577", 0, 1048576},
        {OPTION_COMPRESS_MAX, "1023", "1k", "64M", "67108865", 1024, 67108864},
        {OPTION_COMPRESS_CACHE, "65535", "64k", "1G", "1073741825", 65536, 1073741824},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *name = option_table[rows[i].id].name;
        cr_assert_not(parse(rows[i].id, rows[i].below), "%s: %s", name, rows[i].below);
        cr_assert(strstr(error, "is out of range"), "%s: %s", name, error);
        cr_assert_not(parse(rows[i].id, rows[i].above), "%s: %s", name, rows[i].above);
        cr_assert(strstr(error, "is out of range"), "%s: %s", name, error);
        cr_assert(parse(rows[i].id, rows[i].least), "%s: %s", name, error);
        cr_assert_eq(value.number, rows[i].least_value, "%s: %" PRIu64, name, value.number);
        cr_assert(parse(rows[i].id, rows[i].most), "%s: %s", name, error);
        cr_assert_eq(value.number, rows[i].most_value, "%s: %" PRIu64, name, value.number);
    }
}

Test(option_value, takes_auto_only_where_it_means_something) {
    cr_assert(parse(OPTION_THREADS, "auto") && value.number == 0);
    cr_assert(parse(OPTION_MAX_CONNECTIONS, "AUTO") && value.number == 0);
    cr_assert_not(parse(OPTION_QUEUE, "auto"));
    cr_assert_not(parse(OPTION_BACKLOG, "auto"));
}

Test(option_value, brings_text_into_its_canonical_form) {
    static const struct {
        enum config_option_id id;
        const char *text, *canonical;
    } rows[] = {
        {OPTION_LISTEN, "localhost", "localhost:8080"},
        {OPTION_LISTEN, ":http", "*:http"},
        {OPTION_LISTEN, "[::1]", "[::1]:8080"},
        {OPTION_LISTEN, "a:0080", "a:80"},
        {OPTION_LISTEN, "unix:/x", "unix:/x"},
        {OPTION_ROOT, "off", "off"},
        {OPTION_ROOT, " a ", " a "},
        {OPTION_ACCESS_LOG, "No", "off"},
        {OPTION_ACCESS_LOG, "./no", "./no"},
        {OPTION_ACCESS_LOG, "-", "-"},
        {OPTION_MEDIA_TYPES, "FALSE", "off"},
        {OPTION_CHARSET, "OFF", "off"},
        {OPTION_CHARSET, "UTF-8", "UTF-8"},
        {OPTION_INDEX, "index.html", "index.html"},
        {OPTION_DEFAULT_TYPE, "No", "off"},
        {OPTION_DEFAULT_TYPE, "A/B", "a/b"},
        {OPTION_FALLBACK, "OFF", "off"},
        {OPTION_FALLBACK, "/off", "/off"},
        {OPTION_PRECOMPRESSED, "GZIP", "gzip"},
        {OPTION_COMPRESS_TYPES, "TEXT/*", "text/*"},
        {OPTION_CORS, "HTTP://A", "http://a"},
        {OPTION_INDEX, "...", "..."},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(parse(rows[i].id, rows[i].text), "'%s': %s", rows[i].text, error);
        cr_assert_str_eq(value.text, rows[i].canonical, "'%s': %s", rows[i].text, value.text);
    }
}

Test(option_value, begins_a_complaint_with_its_subject) {
    cr_assert_not(parse(OPTION_WHEN_FULL, "panic"));
    cr_assert_str_eq(error, "here: 'panic' is not known; expected wait or reject");
    cr_assert(parse(OPTION_WHEN_FULL, "reject") && value.number == WHEN_FULL_REJECT);
    cr_assert_not(parse(OPTION_CHARSET, ""));
    cr_assert_str_eq(error, "here: '' is not the name of a charset; expected a name such as utf-8, or off");
}
