/* SPDX-License-Identifier: MIT */
#include "server/log/plan.h"

#include "http/base/clock.h"
#include "server/log/names/names.h"
#include "server/log/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct log_output_form access_log_form = {.stream = STDOUT_FILENO};

/* A writer to this destination, held once more, or NULL. */
static struct log_writer *share(const struct log_plan *plan, const char *destination) {
    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        if (strcmp(log_writer_destination(plan->entries[i].writer), destination) == 0) {
            return log_writer_hold(plan->entries[i].writer);
        }
    }
    return NULL;
}

static int open_writer(struct log_writer **out, const struct log_plan *plan, const struct log_plan *beside,
                       const char *destination) {
    struct log_writer *shared = share(plan, destination);
    shared = shared != NULL ? shared : share(beside, destination);
    *out = shared;
    return shared != NULL ? 0 : log_writer_open(out, destination, access_log_form);
}

static int add_entry(struct log_plan *plan, const struct log_plan *beside, const char *destination,
                     const char *format, const struct config_log *settings) {
    struct log_entry *entry = &plan->entries[plan->count];
    int result = log_shape_init(&entry->shape, format);
    result = result == 0 ? log_filter_init(&entry->filter, settings) : result;
    result = result == 0 ? open_writer(&entry->writer, plan, beside, destination) : result;
    if (result != 0) {
        log_shape_deinit(&entry->shape);
        log_filter_deinit(&entry->filter);
        return result;
    }
    plan->count++;
    return 0;
}

static int find_names(struct log_plan *plan, const struct log_plan *beside) {
    if (beside != NULL && beside->names != NULL) {
        plan->names = names_hold(beside->names);
        return 0;
    }
    return names_create(&plan->names);
}

int log_plan_create(struct log_plan **out, const struct log_plan *beside, const struct config *config,
                    const struct config_rule **failed) {
    const struct config_site *site = &config->site;
    struct log_plan *plan = calloc(1, sizeof *plan + (site->rule_count + 1) * sizeof *plan->entries);
    *failed = NULL;
    if (plan == NULL) {
        return -ENOMEM;
    }
    plan->holds = 1;
    plan->anonymizes = config->log_anonymize;
    plan->name_timeout_ns = config->hostname_timeout_ms * CLOCK_NS_PER_MS;
    int result = config->log_hostnames ? find_names(plan, beside) : 0;
    if (result == 0 && strcmp(config->access_log, "off") != 0) {
        result = add_entry(plan, beside, config->access_log, config->log_format, &(struct config_log){0});
    }
    for (size_t i = 0; result == 0 && i < site->rule_count; i++) {
        const struct config_rule *rule = &site->rules[i];
        if (rule->kind == SECTION_ACCESS_LOG && strcmp(rule->title, "off") != 0) {
            const char *format = rule->log.format != NULL ? rule->log.format : config->log_format;
            *failed = rule;
            result = add_entry(plan, beside, rule->title, format, &rule->log);
        }
    }
    if (result != 0) {
        log_plan_release(plan);
        return result;
    }
    *out = plan;
    return 0;
}

struct log_plan *log_plan_hold(struct log_plan *plan) {
    plan->holds++;
    return plan;
}

bool log_plan_has(const struct log_plan *plan, const struct log_writer *writer) {
    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        if (plan->entries[i].writer == writer) {
            return true;
        }
    }
    return false;
}

bool log_plans_have(const struct log_plan *plan, const struct log_plan *list,
                    const struct log_writer *writer) {
    bool have = log_plan_has(plan, writer);
    for (; list != NULL && !have; list = list->next) {
        have = log_plan_has(list, writer);
    }
    return have;
}

void log_plan_release(struct log_plan *plan) {
    if (plan == NULL || --plan->holds > 0) {
        return;
    }
    names_release(plan->names);
    for (size_t i = 0; i < plan->count; i++) {
        log_writer_release(plan->entries[i].writer);
        log_shape_deinit(&plan->entries[i].shape);
        log_filter_deinit(&plan->entries[i].filter);
    }
    free(plan);
}
