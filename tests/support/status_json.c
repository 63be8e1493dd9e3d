/* SPDX-License-Identifier: MIT */
#include "tests/support/status_json.h"

#include "tests/support/deadline.h"
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

json_t *status_json_read(void) {
    json_error_t error;
    cr_assert_eq(get("/.lido/status.json"), 200);
    json_t *all = json_loads(answer.body, 0, &error);
    cr_assert_not_null(all, "%s", error.text);
    return all;
}

double status_json_number(const json_t *all, const char *path) {
    char name[64];
    const json_t *at = all;
    for (const char *rest = path; *rest != '\0';) {
        size_t length = strcspn(rest, ".");
        (void)snprintf(name, sizeof name, "%.*s", (int)length, rest);
        at = json_object_get(at, name);
        rest += length + (rest[length] == '.' ? 1 : 0);
    }
    cr_assert(json_is_number(at), "%s is no number", path);
    return json_number_value(at);
}

json_t *status_json_read_of(double requests, double open) {
    for (int64_t deadline = deadline_in(PATIENCE_MS);;) {
        json_t *all = status_json_read();
        double others = status_json_number(all, "counts.status_requests");
        if (status_json_number(all, "counts.requests") - others == requests &&
            status_json_number(all, "windows.5m.wait.count") == requests &&
            status_json_number(all, "connections.open") == open + 1) {
            return all;
        }
        cr_assert_lt(clock_now_ms(), deadline, "%s", answer.body);
        json_decref(all);
    }
}
