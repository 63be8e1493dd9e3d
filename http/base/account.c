/* SPDX-License-Identifier: MIT */
#include "http/base/account.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

void account_write(const struct account *account, const char *format, ...) {
    char line[ACCOUNT_STEP_BYTES];
    int error = errno;
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    account->step(account->context, line);
    errno = error;
}
