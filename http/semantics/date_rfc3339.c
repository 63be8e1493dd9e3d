/* SPDX-License-Identifier: MIT */
#include "http/semantics/date_rfc3339.h"

#include "http/semantics/date.h"

#include <string.h>

static const time_t year_0_begins = -62167219200;
static const time_t year_9999_ends = 253402300799;

static unsigned month_number(const char name[3]) {
    static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    unsigned month = 0;
    while (memcmp(names + (size_t)3 * month, name, 3) != 0) {
        month++;
    }
    return month + 1;
}

/* The HTTP date has all the digits already: there is one calendar for both. */
bool date_format_rfc3339(time_t seconds, char out[DATE_RFC3339_BYTES]) {
    if (seconds < year_0_begins || seconds > year_9999_ends) {
        return false;
    }
    char http[DATE_HTTP_BYTES]; /* "Sun, 06 Nov 1994 08:49:37 GMT" */
    date_format_http(seconds, http);
    unsigned month = month_number(http + 8);
    memcpy(out, "YYYY-MM-DDTHH:MM:SSZ", DATE_RFC3339_BYTES);
    memcpy(out, http + 12, 4);
    out[5] = (char)('0' + month / 10);
    out[6] = (char)('0' + month % 10);
    memcpy(out + 8, http + 5, 2);
    memcpy(out + 11, http + 17, 8);
    return true;
}
