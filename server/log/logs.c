/* SPDX-License-Identifier: MIT */
#include "server/log/logs.h"

#include "http/base/clock.h"
#include "server/log/anonymous.h"
#include "server/log/names/names.h"
#include "server/log/writer.h"

#include <utlist.h>

void logs_init(struct logs *logs) {
    *logs = (struct logs){.users = NULL};
    (void)pthread_mutex_init(&logs->lock, NULL); /* cannot fail without attributes */
    log_losses_init(&logs->losses);
}

void logs_join(struct logs *logs, struct log_user *user) {
    (void)pthread_mutex_lock(&logs->lock);
    DL_APPEND(logs->users, user);
    (void)pthread_mutex_unlock(&logs->lock);
}

void logs_leave(struct logs *logs, struct log_user *user) {
    (void)pthread_mutex_lock(&logs->lock);
    DL_DELETE(logs->users, user);
    (void)pthread_mutex_unlock(&logs->lock);
}

/* --- the workers' ----------------------------------------------------------------------------------------- */

/* See the note on uses. */
static const struct log_plan *begin_use(struct logs *logs, struct log_user *user) {
    const struct log_plan *plan = atomic_load_explicit(&logs->current, memory_order_acquire);
    while (plan != NULL) {
        atomic_store(&user->uses, plan);
        const struct log_plan *now = atomic_load(&logs->current);
        if (now == plan) {
            break;
        }
        plan = now;
    }
    return plan;
}

static void end_use(struct log_user *user) {
    atomic_store_explicit(&user->uses, NULL, memory_order_release);
}

static void write_lines(const struct log_plan *plan, struct log_user *user,
                        const struct answer_record *record) {
    char line[LOG_LINE_BYTES];
    char name[NAME_BYTES];
    struct log_slots slots; /* a line fills in what it has */
    struct log_subject subject = {.record = record};
    if (plan->names != NULL) {
        enum names_answer answer = names_find(plan->names, record->client, plan->name_timeout_ns, name);
        subject.name = answer == NAMES_KNOWN ? view_of(name) : (struct view){0};
        subject.slots = answer == NAMES_ASKED ? &slots : NULL;
    }
    for (size_t i = 0; i < plan->count; i++) {
        const struct log_entry *entry = &plan->entries[i];
        if (log_filter_takes(&entry->filter, record)) {
            slots.count = 0;
            size_t length = log_line_format(line, &subject, &entry->shape, &user->clock);
            bool waits = slots.count > 0 && names_defer(plan->names, record->client, plan->name_timeout_ns,
                                                        entry->writer, line, length, &slots);
            if (!waits) {
                log_writer_write(entry->writer, line, length);
            }
        }
    }
}

void logs_write(struct logs *logs, struct log_user *user, const struct answer_record *record) {
    const struct log_plan *plan = begin_use(logs, user);
    if (plan != NULL && plan->anonymizes) {
        struct client_address client = anonymous_address(record->client);
        struct answer_record anonymous = *record;
        anonymous.client = &client;
        write_lines(plan, user, &anonymous);
    } else if (plan != NULL) {
        write_lines(plan, user, record);
    }
    end_use(user);
}

/* --- the main thread's ------------------------------------------------------------------------------------ */

static struct log_plan *current_of(const struct logs *logs) {
    return atomic_load_explicit(&logs->current, memory_order_relaxed);
}

static bool is_used(const struct logs *logs, const struct log_plan *plan) {
    const struct log_user *user = NULL;
    DL_FOREACH(logs->users, user) {
        if (atomic_load(&user->uses) == plan) {
            return true;
        }
    }
    return false;
}

/* Whether somebody may write to it still. */
static bool is_wanted(const struct logs *logs, const struct log_writer *writer) {
    bool wanted = log_plan_has(current_of(logs), writer);
    for (const struct log_plan *plan = logs->former; plan != NULL && !wanted; plan = plan->next) {
        wanted = log_plan_has(plan, writer) && is_used(logs, plan);
    }
    return wanted;
}

/* Let the logs that nobody wants any more write what is left. Returns whether they have. */
static bool finish(const struct logs *logs, const struct log_plan *plan) {
    bool have_ended = true;
    for (size_t i = 0; i < plan->count; i++) {
        struct log_writer *writer = plan->entries[i].writer;
        have_ended = (is_wanted(logs, writer) || log_writer_finish(writer)) && have_ended;
    }
    return have_ended;
}

/* With the lock, so that no user comes or goes meanwhile. */
static void release_unused(struct logs *logs) {
    struct log_plan **link = &logs->former;
    while (*link != NULL) {
        struct log_plan *plan = *link;
        bool is_unused = !is_used(logs, plan);
        if (is_unused && plan->names != NULL) {
            names_flush(plan->names); /* of lines for logs that end */
        }
        if (!is_unused || !finish(logs, plan)) {
            link = &plan->next;
            continue;
        }
        *link = plan->next;
        log_plan_release(plan);
    }
}

void logs_turn_to(struct logs *logs, struct log_plan *plan) {
    struct log_plan *before = current_of(logs);
    if (plan == before) {
        return;
    }
    log_losses_watch(&logs->losses, plan);
    (void)pthread_mutex_lock(&logs->lock);
    atomic_store(&logs->current, log_plan_hold(plan));
    if (before != NULL) {
        before->next = logs->former;
        logs->former = before;
    }
    (void)pthread_mutex_unlock(&logs->lock);
    for (size_t i = 0; i < plan->count; i++) {
        if (log_plan_has(before, plan->entries[i].writer)) {
            log_writer_reopen(plan->entries[i].writer);
        }
    }
}

void logs_reopen(struct logs *logs) {
    struct log_plan *plan = current_of(logs);
    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        log_writer_reopen(plan->entries[i].writer);
    }
}

uint64_t logs_dropped(struct logs *logs) {
    return log_losses_count(&logs->losses);
}

bool logs_look(struct logs *logs, void (*tell)(void *context, const char *line), void *context) {
    (void)pthread_mutex_lock(&logs->lock);
    release_unused(logs);
    (void)pthread_mutex_unlock(&logs->lock);
    bool is_losing = log_losses_look(&logs->losses, current_of(logs), logs->former, tell, context);
    return is_losing || logs->former != NULL;
}

/* All of them begin to end before one is waited for. */
static void begin_to_end(const struct log_plan *plan) {
    if (plan != NULL && plan->names != NULL) {
        names_flush(plan->names);
    }
    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        (void)log_writer_finish(plan->entries[i].writer);
    }
}

static void await_end(const struct log_plan *plan, int64_t until_ns) {
    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        (void)log_writer_end(plan->entries[i].writer, until_ns);
    }
}

void logs_end(struct logs *logs) {
    int64_t until_ns = clock_steady_ns() + LOG_WRITER_PATIENCE_NS;
    (void)pthread_mutex_lock(&logs->lock); /* of plans that are being waited for none goes */
    begin_to_end(current_of(logs));
    for (const struct log_plan *plan = logs->former; plan != NULL; plan = plan->next) {
        begin_to_end(plan);
    }
    await_end(current_of(logs), until_ns);
    for (const struct log_plan *plan = logs->former; plan != NULL; plan = plan->next) {
        await_end(plan, until_ns);
    }
    (void)pthread_mutex_unlock(&logs->lock);
}

void logs_deinit(struct logs *logs) {
    logs_end(logs);
    while (logs->former != NULL) {
        struct log_plan *plan = logs->former;
        logs->former = plan->next;
        log_plan_release(plan);
    }
    log_plan_release(current_of(logs));
    atomic_store(&logs->current, NULL);
    log_losses_deinit(&logs->losses);
    (void)pthread_mutex_destroy(&logs->lock);
}
