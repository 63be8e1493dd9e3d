/* SPDX-License-Identifier: MIT */
#include "tests/semantics/report.h"

#include <stdarg.h>
#include <stdio.h>

void report_add(struct report *report, const char *format, ...) {
    size_t room = sizeof report->text - report->length;
    int written = snprintf(report->text + report->length, room, "%s", report->length > 0 ? "; " : "");
    report->length += (size_t)written < room ? (size_t)written : room - 1;
    room = sizeof report->text - report->length;
    va_list arguments;
    va_start(arguments, format);
    written = vsnprintf(report->text + report->length, room, format, arguments);
    va_end(arguments);
    report->length += (size_t)written < room ? (size_t)written : room - 1;
}
