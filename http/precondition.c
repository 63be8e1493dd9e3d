/* SPDX-License-Identifier: MIT */
#include "http/precondition.h"

#include "http/date.h"

bool precondition_is_unmodified(struct view if_modified_since, time_t modified, time_t now) {
    time_t since = 0;
    return if_modified_since.bytes != NULL && date_parse_http(if_modified_since, now, &since) &&
           since <= now && modified <= since;
}
