/* SPDX-License-Identifier: MIT */
#include "server/log/filter.h"

#include "conf/values/log_filter.h"
#include "http/rules/pattern.h"
#include "http/semantics/target.h"
#include "server/log/line.h"

#include <errno.h>
#include <string.h>

int log_filter_init(struct log_filter *filter, const struct config_log *settings) {
    *filter = (struct log_filter){.has_statuses = settings->statuses.count > 0};
    for (size_t i = 0; i < settings->statuses.count; i++) {
        for (int status = 0; status <= FILTER_STATUS_MAX; status++) {
            filter->statuses[status] =
                filter->statuses[status] || log_filter_names(settings->statuses.items[i], status);
        }
    }
    return string_list_add_all(&filter->paths, &settings->paths) == 0 ? 0 : -ENOMEM;
}

void log_filter_deinit(struct log_filter *filter) {
    string_list_deinit(&filter->paths);
}

static bool takes_path(const struct log_filter *filter, struct view request_line) {
    struct view method;
    struct view target;
    struct view protocol;
    struct target parsed;
    log_line_split(request_line, &method, &target, &protocol);
    if (target.bytes == NULL || target_parse(target, &parsed) != HTTP_OK || parsed.asterisk) {
        return false;
    }
    char rooted[TARGET_PATH_BYTES + 1] = "/";
    memcpy(rooted + 1, parsed.path, parsed.length);
    for (size_t i = 0; i < filter->paths.count; i++) {
        if (pattern_matches(filter->paths.items[i], (struct view){rooted, parsed.length + 1}, NULL)) {
            return true;
        }
    }
    return false;
}

bool log_filter_takes(const struct log_filter *filter, const struct answer_record *record) {
    size_t status = (size_t)record->status;
    bool takes_status = !filter->has_statuses || (status <= FILTER_STATUS_MAX && filter->statuses[status]);
    return takes_status && (filter->paths.count == 0 || takes_path(filter, record->request_line));
}
