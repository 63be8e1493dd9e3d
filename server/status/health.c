/* SPDX-License-Identifier: MIT */
#include "server/status/health.h"

#include "threadpool/threadpool.h"

static void add(struct health *health, enum health_state state, const char *reason) {
    health->state = state;
    health->reasons[health->reason_count++] = reason;
}

void health_read(struct health *health, const struct threadpool *pool, bool closing) {
    *health = (struct health){.state = HEALTH_OK};
    if (threadpool_is_degraded(pool)) {
        add(health, HEALTH_DEGRADED, "a worker is stuck in a file system that does not answer");
    }
    if (closing) {
        add(health, HEALTH_DRAINING, "the server is about to stop and finishes what it has begun");
    }
}

const char *health_name(enum health_state state) {
    static const char *const names[] = {
        [HEALTH_OK] = "ok", [HEALTH_DEGRADED] = "degraded", [HEALTH_DRAINING] = "draining"};
    return names[state];
}

void health_write_text(const struct health *health, struct text *out) {
    text_append(out, health_name(health->state));
    for (size_t i = 0; i < health->reason_count; i++) {
        text_append(out, i == 0 ? ": " : "; ");
        text_append(out, health->reasons[i]);
    }
    text_append(out, "\n");
}

json_t *health_object(const struct health *health) {
    json_t *reasons = json_array();
    for (size_t i = 0; i < health->reason_count; i++) {
        json_writer_add(&reasons, json_string(health->reasons[i]));
    }
    json_t *object = json_object();
    json_writer_set(&object, "status", json_string(health_name(health->state)));
    json_writer_set(&object, "reasons", reasons);
    return object;
}

void health_write_json(const struct health *health, struct text *out) {
    json_writer_append(out, health_object(health), 0);
    text_append(out, "\n");
}
