/* SPDX-License-Identifier: MIT */
#include "conf/values/log_filter.h"

#include <string.h>

enum { STATUS_DIGITS = 3 };

bool log_filter_is_status(const char *word, size_t length) {
    return length == STATUS_DIGITS && *word >= '1' && *word <= '5' &&
           (strspn(word + 1, "0123456789") >= 2 || strncmp(word + 1, "xx", 2) == 0);
}

static bool names(const char *word, int status) {
    bool is_class = word[1] == 'x';
    int of_word = word[0] - '0';
    return is_class ? status / 100 == of_word
                    : status == of_word * 100 + (word[1] - '0') * 10 + (word[2] - '0');
}

bool log_filter_names(const char *statuses, int status) {
    for (const char *at = statuses; *at != '\0'; at += strspn(at, " ")) {
        if (names(at, status)) {
            return true;
        }
        at += strcspn(at, " ");
    }
    return false;
}
