/* SPDX-License-Identifier: MIT */
#include "http/semantics/date.h"

#include "http/base/clock.h"

#include <stdint.h>

static const char *const day_names[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
static const char *const month_names[12] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static const time_t year_0_begins = -62167219200;
static const time_t year_1980_begins = 315532800;
static const time_t year_2107_ends = 4354819199;
static const time_t year_9999_ends = 253402300799;

enum {
    SECONDS_PER_DAY = 24 * 60 * 60,
    DAYS_PER_400_YEARS = 400 * 365 + 97, /* after which the calendar repeats, the days of the week too */
    DAYS_PER_100_YEARS = 100 * 365 + 24,
    DAYS_PER_4_YEARS = 4 * 365 + 1,
    MARCH_0000_TO_1970_DAYS = 719468, /* from 1 March of the year 0 */
    DAYS_PER_5_MONTHS = 153,          /* from March on: 31 30 31 30 31, and the same again */
};

struct calendar_day {
    unsigned year;
    unsigned month; /* 0: January */
    unsigned day;
};

/* The Gregorian calendar, with years that begin in March: then the leap day is the last one and shifts no
 * month. (As gmtime_r(3) does it, which takes a lock that all threads share, to look at the time zone.) */
static struct calendar_day calendar_day_of(unsigned days_since_march_0000) {
    unsigned era = days_since_march_0000 / DAYS_PER_400_YEARS;
    unsigned day_of_era = days_since_march_0000 % DAYS_PER_400_YEARS;
    /* Take the leap days away, so that all years have 365 days. */
    unsigned leap_days = day_of_era / (DAYS_PER_4_YEARS - 1) - day_of_era / DAYS_PER_100_YEARS +
                         day_of_era / (DAYS_PER_400_YEARS - 1);
    unsigned year_of_era = (day_of_era - leap_days) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned month_from_march = (5 * day_of_year + 2) / DAYS_PER_5_MONTHS;
    bool next_year = month_from_march >= 10;
    return (struct calendar_day){
        .year = 400 * era + year_of_era + (next_year ? 1 : 0),
        .month = next_year ? month_from_march - 10 : month_from_march + 2,
        .day = day_of_year - (DAYS_PER_5_MONTHS * month_from_march + 2) / 5 + 1,
    };
}

static void write_two_digits(char *at, unsigned value) {
    at[0] = (char)('0' + value / 10);
    at[1] = (char)('0' + value % 10);
}

/* A moment within the years 0 to 9999 as people write it, in UTC. */
struct moment {
    struct calendar_day day;
    unsigned weekday; /* 0: Sunday */
    unsigned second_of_day;
};

static struct moment moment_of(time_t seconds) {
    /* From 1 March 400 years before the year 0, which was a Wednesday, so that nothing is negative. */
    uint64_t since =
        (uint64_t)(seconds + ((int64_t)MARCH_0000_TO_1970_DAYS + DAYS_PER_400_YEARS) * SECONDS_PER_DAY);
    unsigned days = (unsigned)(since / SECONDS_PER_DAY);
    struct moment moment = {
        .day = calendar_day_of(days),
        .weekday = (days + 3) % 7,
        .second_of_day = (unsigned)(since % SECONDS_PER_DAY),
    };
    moment.day.year -= 400;
    return moment;
}

static void write_year(char *at, unsigned year) {
    write_two_digits(at, year / 100);
    write_two_digits(at + 2, year % 100);
}

/* "HH:MM:SS" */
static void write_time_of_day(char *at, unsigned second_of_day) {
    write_two_digits(at, second_of_day / 3600);
    write_two_digits(at + 3, second_of_day / 60 % 60);
    write_two_digits(at + 6, second_of_day % 60);
}

void date_format_http(time_t seconds, char out[DATE_HTTP_BYTES]) {
    seconds = seconds < year_0_begins ? year_0_begins : seconds;
    seconds = seconds > year_9999_ends ? year_9999_ends : seconds;
    struct moment moment = moment_of(seconds);
    memcpy(out, "Day, 00 Mon 0000 00:00:00 GMT", DATE_HTTP_BYTES);
    memcpy(out, day_names[moment.weekday], 3);
    write_two_digits(out + 5, moment.day.day);
    memcpy(out + 8, month_names[moment.day.month], 3);
    write_year(out + 12, moment.day.year);
    write_time_of_day(out + 17, moment.second_of_day);
}

bool date_format_rfc3339(time_t seconds, char out[DATE_RFC3339_BYTES]) {
    if (seconds < year_0_begins || seconds > year_9999_ends) {
        return false;
    }
    struct moment moment = moment_of(seconds);
    memcpy(out, "0000-00-00T00:00:00Z", DATE_RFC3339_BYTES);
    write_year(out, moment.day.year);
    write_two_digits(out + 5, moment.day.month + 1);
    write_two_digits(out + 8, moment.day.day);
    write_time_of_day(out + 11, moment.second_of_day);
    return true;
}

uint32_t date_pack_fat(time_t seconds) {
    seconds = seconds < year_1980_begins ? year_1980_begins : seconds;
    seconds = seconds > year_2107_ends ? year_2107_ends : seconds;
    struct moment moment = moment_of(seconds);
    unsigned second = moment.second_of_day;
    uint32_t date = (moment.day.year - 1980) << 9 | (moment.day.month + 1) << 5 | moment.day.day;
    return date << 16 | second / 3600 << 11 | second / 60 % 60 << 5 | second % 60 / 2;
}

/* Where a text is read, and whether something in it was not as expected. */
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
        if (cursor->failed || cursor->at == cursor->end || !ascii_is_digit(*cursor->at)) {
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
    while (length < text.length && ascii_is_letter(text.bytes[length])) {
        length++;
    }
    return length;
}

/* The day's name must be one of the week, short or long, but need not be the right one: the date says it. */
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
    result += leap_second;
    if (result > year_9999_ends) {
        return false; /* a leap second at the very end: it could not be written again */
    }
    *seconds = result;
    return true;
}

const char *date_clock_read(struct date_clock *clock) {
    time_t formatted = clock->now.tv_sec;
    clock->now = clock_wall_coarse();
    if (clock->now.tv_sec != formatted || clock->text[0] == '\0') {
        date_format_http(clock->now.tv_sec, clock->text);
    }
    return clock->text;
}
