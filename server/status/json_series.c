/* SPDX-License-Identifier: MIT */
/* The points of the plots as status.json has them: a list for each quantity. */
#include "server/status/json.h"

#include <stddef.h>
#include <string.h>

enum column_kind { COLUMN_COUNT, COLUMN_FLOAT, COLUMN_DOUBLE };

/* A member of a point. */
struct column {
    const char *name;
    enum column_kind kind;
    size_t offset;
};

#define COUNT(name, member) \
    { name, COLUMN_COUNT, offsetof(struct measure_point, member) }
#define MEAN(member) \
    { #member, COLUMN_FLOAT, offsetof(struct measure_point, member) }

static const struct column columns[] = {
    {"span_s", COLUMN_DOUBLE, offsetof(struct measure_point, span_s)},
    COUNT("requests", requests),
    COUNT("body_bytes", body_bytes),
    COUNT("1xx", statuses[0]),
    COUNT("2xx", statuses[1]),
    COUNT("3xx", statuses[2]),
    COUNT("4xx", statuses[3]),
    COUNT("5xx", statuses[4]),
    COUNT("rejected", rejected),
    COUNT("timeouts", timeouts),
    COUNT("cache_hits", cache_hits),
    COUNT("cache_misses", cache_misses),
    MEAN(busy),
    MEAN(threads),
    MEAN(queue_depth),
    MEAN(connections),
    MEAN(wait_median_s),
    MEAN(wait_p99_s),
    MEAN(service_median_s),
    MEAN(service_p99_s),
};

static json_t *value(const struct column *column, const struct measure_point *point) {
    const char *at = (const char *)point + column->offset;
    uint64_t count = 0;
    float mean = 0;
    double number = 0;
    switch (column->kind) {
    case COLUMN_COUNT:
        memcpy(&count, at, sizeof count);
        return json_integer((json_int_t)count);
    case COLUMN_FLOAT:
        memcpy(&mean, at, sizeof mean);
        return json_real((double)mean);
    case COLUMN_DOUBLE:
        memcpy(&number, at, sizeof number);
        break;
    }
    return json_real(number);
}

static json_t *lists(const struct measure_point *points, size_t count, int step_s) {
    json_t *object = json_object();
    json_writer_set(&object, "step_s", json_integer(step_s));
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
        json_t *list = json_array();
        for (size_t k = 0; k < count; k++) {
            json_writer_add(&list, value(&columns[i], &points[k]));
        }
        json_writer_set(&object, columns[i].name, list);
    }
    return object;
}

json_t *json_series(const struct reading_series *series) {
    json_t *object = json_object();
    json_writer_set(&object, "seconds", lists(series->seconds, series->second_count, 1));
    json_writer_set(&object, "day", lists(series->days, series->day_count, MEASURE_DAY_POINT_S));
    return object;
}
