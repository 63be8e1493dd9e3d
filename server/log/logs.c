/* SPDX-License-Identifier: MIT */
#include "server/log/logs.h"

#include "http/base/clock.h"
#include "server/log/anonymous.h"
#include "server/log/names/names.h"
#include "server/log/writer.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <utlist.h>

enum { NEWS_BYTES = 512 };

void logs_init(struct logs *logs) {
    *logs = (struct logs){.users = NULL};
    (void)pthread_mutex_init(&logs->lock, NULL); /* cannot fail without attributes */
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

static bool has_writer(const struct log_plan *plan, const struct log_writer *writer) {
    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        if (plan->entries[i].writer == writer) {
            return true;
        }
    }
    return false;
}

/* Whether one of the plans, the first of a list up to but for `end`, has the writer. */
static bool have_writer(const struct log_plan *first, const struct log_plan *end,
                        const struct log_writer *writer) {
    for (; first != end; first = first->next) {
        if (has_writer(first, writer)) {
            return true;
        }
    }
    return false;
}

/* Whether an entry before this one has the same writer. */
static bool is_repeated(const struct log_plan *plan, size_t index) {
    size_t i = 0;
    while (plan->entries[i].writer != plan->entries[index].writer) {
        i++;
    }
    return i < index;
}

/* What the writers have dropped that stand first here. With the lock, as the next one. */
static uint64_t count_dropped(const struct logs *logs, const struct log_plan *plan) {
    const struct log_plan *current = current_of(logs);
    uint64_t dropped = 0;
    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        struct log_writer *writer = plan->entries[i].writer;
        bool is_counted =
            is_repeated(plan, i) ||
            (plan != current && (has_writer(current, writer) || have_writer(logs->former, plan, writer)));
        dropped += is_counted ? 0 : log_writer_loss(writer).count;
    }
    return dropped;
}

static uint64_t count_all_dropped(const struct logs *logs) {
    uint64_t dropped = logs->dropped_before + count_dropped(logs, current_of(logs));
    for (const struct log_plan *plan = logs->former; plan != NULL; plan = plan->next) {
        dropped += count_dropped(logs, plan);
    }
    return dropped;
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
    bool wanted = has_writer(current_of(logs), writer);
    for (const struct log_plan *plan = logs->former; plan != NULL && !wanted; plan = plan->next) {
        wanted = has_writer(plan, writer) && is_used(logs, plan);
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
        uint64_t dropped = count_all_dropped(logs);
        *link = plan->next;
        logs->dropped_before += dropped - count_all_dropped(logs);
        log_plan_release(plan);
    }
}

void logs_turn_to(struct logs *logs, struct log_plan *plan) {
    struct log_plan *before = current_of(logs);
    if (plan == before) {
        return;
    }
    (void)pthread_mutex_lock(&logs->lock);
    atomic_store(&logs->current, log_plan_hold(plan));
    if (before != NULL) {
        before->next = logs->former;
        logs->former = before;
    }
    (void)pthread_mutex_unlock(&logs->lock);
    for (size_t i = 0; i < plan->count; i++) {
        if (has_writer(before, plan->entries[i].writer)) {
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
    (void)pthread_mutex_lock(&logs->lock);
    uint64_t dropped = count_all_dropped(logs);
    (void)pthread_mutex_unlock(&logs->lock);
    return dropped;
}

struct worst {
    const struct log_writer *writer; /* NULL: none that is still there */
    struct log_writer_loss loss;
};

static bool is_worse(const struct log_writer_loss *loss, const struct log_writer_loss *other) {
    return loss->goes_on != other->goes_on ? loss->goes_on : loss->count > other->count;
}

static void look_for_worse(const struct log_plan *plan, struct worst *worst) {
    for (size_t i = 0; plan != NULL && i < plan->count; i++) {
        struct log_writer_loss loss = log_writer_loss(plan->entries[i].writer);
        if (is_worse(&loss, &worst->loss)) {
            *worst = (struct worst){plan->entries[i].writer, loss};
        }
    }
}

/* One that loses lines still, of these the one that has lost most. With the lock: it may be one that is not written to
 * any more. */
static struct worst find_worst(const struct logs *logs) {
    struct worst worst = {.writer = NULL};
    look_for_worse(current_of(logs), &worst);
    for (const struct log_plan *plan = logs->former; plan != NULL; plan = plan->next) {
        look_for_worse(plan, &worst);
    }
    return worst;
}

/* With the lock, see find_worst(). */
static void describe_loss(const struct worst *worst, char *line, size_t size) {
    if (worst->writer == NULL) {
        (void)snprintf(line, size, "a log that is closed now has lost lines: its output was too slow");
        return;
    }
    const char *destination = log_writer_destination(worst->writer);
    errno = worst->loss.error;
    if (worst->loss.error != 0) {
        (void)snprintf(line, size, "log '%s' loses lines: %m", destination);
    } else {
        (void)snprintf(line, size, "log '%s' loses lines: its output is too slow", destination);
    }
}

bool logs_look(struct logs *logs, void (*tell)(void *context, const char *line), void *context) {
    char line[NEWS_BYTES];
    (void)pthread_mutex_lock(&logs->lock);
    release_unused(logs);
    struct worst worst = find_worst(logs);
    uint64_t dropped = count_all_dropped(logs);
    describe_loss(&worst, line, sizeof line);
    (void)pthread_mutex_unlock(&logs->lock);
    bool is_losing = dropped > logs->dropped_seen || worst.loss.goes_on;
    logs->dropped_seen = dropped;
    if (is_losing && !logs->is_losing) {
        tell(context, line);
    } else if (!is_losing && logs->is_losing) {
        (void)snprintf(line, sizeof line, "no log loses lines any more; %" PRIu64 " were lost",
                       dropped - logs->dropped_told);
        logs->dropped_told = dropped;
        tell(context, line);
    }
    logs->is_losing = is_losing;
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
    (void)pthread_mutex_destroy(&logs->lock);
}
