/* SPDX-License-Identifier: MIT */
#include "server/status/status.h"

#include "http/pages/page.h"
#include "http/semantics/negotiation.h"
#include "server/status/health.h"
#include "server/status/json.h"
#include "server/status/metrics.h"
#include "server/status/picture.h"
#include "server/status/reading.h"

#include <string.h>

/* --- the pages ------------------------------------------------------------------------------------------ */

static void answer_health(const struct status_sources *sources, const struct own_request *request,
                          struct own_answer *answer) {
    struct health health;
    bool as_json = negotiation_prefers(request->accept, "application/json");
    health_read(&health, sources->pool, request->closing);
    answer->status = health.state == HEALTH_OK ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
    answer->content_type = as_json ? "application/json" : "text/plain; charset=utf-8";
    if (as_json) {
        health_write_json(&health, answer->body);
    } else {
        health_write_text(&health, answer->body);
    }
}

static bool has_series(struct view query) {
    static const char series[] = "series=1";
    return query.length == sizeof series - 1 && memcmp(query.bytes, series, query.length) == 0;
}

/* A page that is made of everything. */
static void answer_with(const struct status_sources *sources, const struct own_request *request,
                        struct own_answer *answer, bool with_series,
                        void (*write)(const struct reading *reading, struct text *out)) {
    struct reading *reading = reading_take(sources, request->closing, with_series);
    if (reading == NULL) {
        answer->body->failed = true;
        return;
    }
    write(reading, answer->body);
    reading_release(reading);
}

static void answer_json(const struct status_sources *sources, const struct own_request *request,
                        struct own_answer *answer) {
    answer->content_type = "application/json";
    answer_with(sources, request, answer, has_series(request->query), json_write);
}

static void answer_metrics(const struct status_sources *sources, const struct own_request *request,
                           struct own_answer *answer) {
    answer->content_type = METRICS_MEDIA_TYPE;
    answer_with(sources, request, answer, false, metrics_write);
}

static void answer_picture(const struct status_sources *sources, const struct own_request *request,
                           struct own_answer *answer) {
    answer->content_type = "text/html; charset=utf-8";
    answer->security_policy = page_security_policy_status;
    answer_with(sources, request, answer, true, picture_write);
}

bool status_answer(void *context, const struct own_request *request, struct own_answer *answer) {
    static const struct {
        const char *name;
        void (*write)(const struct status_sources *sources, const struct own_request *request,
                      struct own_answer *answer);
    } pages[] = {{"health", answer_health},
                 {"status.json", answer_json},
                 {"metrics", answer_metrics},
                 {"", answer_picture}};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (view_equals(request->name, pages[i].name)) {
            pages[i].write(context, request, answer);
            return true;
        }
    }
    return false;
}
