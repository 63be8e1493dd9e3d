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

static bool wants_json(const struct own_request *request) {
    return negotiation_prefers(request->accept, "application/json");
}

static void answer_health(const struct status_sources *sources, const struct own_request *request,
                          struct own_answer *answer) {
    struct health health;
    health_read(&health, sources->pool, request->closing);
    answer->status = health.state == HEALTH_OK ? HTTP_OK : HTTP_SERVICE_UNAVAILABLE;
    if (wants_json(request)) {
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
    answer_with(sources, request, answer, has_series(request->query), json_write);
}

static void answer_metrics(const struct status_sources *sources, const struct own_request *request,
                           struct own_answer *answer) {
    answer_with(sources, request, answer, false, metrics_write);
}

static void answer_picture(const struct status_sources *sources, const struct own_request *request,
                           struct own_answer *answer) {
    answer_with(sources, request, answer, true, picture_write);
}

static const struct page {
    const char *name;
    const char *content_type;
    const char *json_type;       /* for whoever prefers JSON; NULL: the same */
    const char *security_policy; /* NULL: nothing is allowed */
    void (*write)(const struct status_sources *sources, const struct own_request *request,
                  struct own_answer *answer);
} pages[] = {
    {"health", "text/plain; charset=utf-8", "application/json", NULL, answer_health},
    {"status.json", "application/json", NULL, NULL, answer_json},
    {"metrics", METRICS_MEDIA_TYPE, NULL, NULL, answer_metrics},
    {"", "text/html; charset=utf-8", NULL, page_security_policy_status, answer_picture},
};

/* Returns NULL when there is none of that name. */
static const struct page *describe(const struct own_request *request, struct own_answer *answer) {
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        const struct page *page = &pages[i];
        if (view_equals(request->name, page->name)) {
            bool is_json = page->json_type != NULL && wants_json(request);
            answer->content_type = is_json ? page->json_type : page->content_type;
            answer->security_policy = page->security_policy;
            return page;
        }
    }
    return NULL;
}

bool status_describe(const struct own_request *request, struct own_answer *answer) {
    return describe(request, answer) != NULL;
}

bool status_answer(void *context, const struct own_request *request, struct own_answer *answer) {
    const struct page *page = describe(request, answer);
    if (page != NULL) {
        page->write(context, request, answer);
    }
    return page != NULL;
}
