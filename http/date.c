/* SPDX-License-Identifier: MIT */
#include "http/date.h"

#include <stdio.h>

static const char *const day_names[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
static const char *const month_names[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const time_t year_0_begins = -62167219200;
static const time_t year_9999_ends = 253402300799;

static void write_digits(char *at, int value, int digits) {
    for (int i = digits - 1; i >= 0; i--) {
        at[i] = (char)('0' + value % 10);
        value /= 10;
    }
}

void date_format_http(time_t seconds, char out[DATE_HTTP_BYTES]) {
    seconds = seconds < year_0_begins ? year_0_begins : seconds;
    seconds = seconds > year_9999_ends ? year_9999_ends : seconds;
    struct tm tm = {0};
    (void)gmtime_r(&seconds, &tm);
    memcpy(out, "Day, 00 Mon 0000 00:00:00 GMT", DATE_HTTP_BYTES);
    memcpy(out, day_names[tm.tm_wday], 3);
    write_digits(out + 5, tm.tm_mday, 2);
    memcpy(out + 8, month_names[tm.tm_mon], 3);
    write_digits(out + 12, tm.tm_year + 1900, 4);
    write_digits(out + 17, tm.tm_hour, 2);
    write_digits(out + 20, tm.tm_min, 2);
    write_digits(out + 23, tm.tm_sec, 2);
}

/* A reader that walks along the text; once something does not fit it stays failed. */
struct cursor {
    const char *at;
    const char *end;
    bool failed;
};

static void expect(struct cursor *cursor, const char *literal) {
    size_t length = strlen(literal);
    if (cursor->failed || (size_t)(cursor->end - cursor->at) < length ||
        memcmp(cursor->at, literal, length) != 0) {
        cursor->failed = true;
        return;
    }
    cursor->at += length;
}

static int read_digits(struct cursor *cursor, int digits) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
        if (cursor->failed || cursor->at == cursor->end || *cursor->at < '0' || *cursor->at > '9') {
            cursor->failed = true;
            return 0;
        }
        value = value * 10 + (*cursor->at++ - '0');
    }
    return value;
}

/* asctime() pads the day of the month with a space. */
static int read_padded_day(struct cursor *cursor) {
    if (!cursor->failed && cursor->at < cursor->end && *cursor->at == ' ') {
        cursor->at++;
        return read_digits(cursor, 1);
    }
    return read_digits(cursor, 2);
}

static int read_month(struct cursor *cursor) {
    for (int month = 0; month < 12; month++) {
        if (!cursor->failed && cursor->end - cursor->at >= 3 &&
            memcmp(cursor->at, month_names[month], 3) == 0) {
            cursor->at += 3;
            return month;
        }
    }
    cursor->failed = true;
    return 0;
}

static void read_time_of_day(struct cursor *cursor, struct tm *tm) {
    tm->tm_hour = read_digits(cursor, 2);
    expect(cursor, ":");
    tm->tm_min = read_digits(cursor, 2);
    expect(cursor, ":");
    tm->tm_sec = read_digits(cursor, 2);
}

/* Complete a date whose year has two digits: it is the last one that lies at most 50 years ahead. */
static void choose_century(struct tm *tm, int two_digits, time_t now) {
    struct tm latest = {0};
    (void)gmtime_r(&now, &latest);
    latest.tm_year += 50;
    tm->tm_year = latest.tm_year - latest.tm_year % 100 + two_digits;
    struct tm copy = *tm; /* timegm() changes what it is given */
    if (timegm(&copy) > timegm(&latest)) {
        tm->tm_year -= 100;
    }
}

/* "06 Nov 1994 08:49:37 GMT" (IMF-fixdate) or "06-Nov-94 08:49:37 GMT" (RFC 850), after the day's name. */
static void read_day_first(struct cursor *cursor, struct tm *tm, time_t now) {
    tm->tm_mday = read_digits(cursor, 2);
    bool rfc850 = !cursor->failed && cursor->at < cursor->end && *cursor->at == '-';
    expect(cursor, rfc850 ? "-" : " ");
    tm->tm_mon = read_month(cursor);
    expect(cursor, rfc850 ? "-" : " ");
    int year = read_digits(cursor, rfc850 ? 2 : 4);
    expect(cursor, " ");
    read_time_of_day(cursor, tm);
    expect(cursor, " GMT");
    if (rfc850) {
        choose_century(tm, year, now);
    } else {
        tm->tm_year = year - 1900;
    }
}

/* "Nov  6 08:49:37 1994", after the day's name. */
static void read_asctime(struct cursor *cursor, struct tm *tm) {
    tm->tm_mon = read_month(cursor);
    expect(cursor, " ");
    tm->tm_mday = read_padded_day(cursor);
    expect(cursor, " ");
    read_time_of_day(cursor, tm);
    expect(cursor, " ");
    tm->tm_year = read_digits(cursor, 4) - 1900;
}

static size_t name_length(struct view text) {
    size_t length = 0;
    while (length < text.length && ascii_lower(text.bytes[length]) >= 'a' &&
           ascii_lower(text.bytes[length]) <= 'z') {
        length++;
    }
    return length;
}

/* The day's name must be one of the week, short or long, but need not be the right one: no server has a use for that. */
static bool is_day_name(struct view name) {
    for (size_t day = 0; day < 7; day++) {
        if ((name.length == 3 && memcmp(name.bytes, day_names[day], 3) == 0) ||
            view_equals(name, day_names[day])) {
            return true;
        }
    }
    return false;
}

bool date_parse_http(struct view text, time_t now, time_t *seconds) {
    struct tm tm = {0};
    size_t day_length = name_length(text);
    if (!is_day_name((struct view){text.bytes, day_length})) {
        return false;
    }
    struct cursor cursor = {.at = text.bytes + day_length, .end = text.bytes + text.length};
    if (cursor.at < cursor.end && *cursor.at == ',') {
        expect(&cursor, ", ");
        read_day_first(&cursor, &tm, now);
    } else {
        expect(&cursor, " ");
        read_asctime(&cursor, &tm);
    }
    if (cursor.failed || cursor.at != cursor.end || tm.tm_sec > 60) {
        return false;
    }
    int leap_second = tm.tm_sec == 60 ? 1 : 0;
    tm.tm_sec -= leap_second;
    struct tm normal = tm; /* timegm() turns 31 April into 1 May: a date that it changes is not real */
    time_t result = timegm(&normal);
    if (normal.tm_mday != tm.tm_mday || normal.tm_mon != tm.tm_mon || normal.tm_hour != tm.tm_hour ||
        normal.tm_min != tm.tm_min) {
        return false;
    }
    *seconds = result + leap_second;
    return true;
}

const char *date_clock_read(struct date_clock *clock) {
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME_COARSE, &now);
    if (now.tv_sec != clock->seconds || clock->text[0] == '\0') {
        clock->seconds = now.tv_sec;
        date_format_http(now.tv_sec, clock->text);
    }
    return clock->text;
}
