/* SPDX-License-Identifier: MIT */
#include "server/log/losses.h"

#include "server/log/writer.h"

#include <inttypes.h>
#include <stdio.h>
#include <utlist.h>

enum { NEWS_BYTES = 512 };

void log_losses_init(struct log_losses *losses) {
    *losses = (struct log_losses){.logs = NULL};
    (void)pthread_mutex_init(&losses->lock, NULL); /* cannot fail without attributes */
}

void log_losses_watch(struct log_losses *losses, const struct log_plan *plan) {
    (void)pthread_mutex_lock(&losses->lock);
    for (size_t i = 0; i < plan->count; i++) {
        struct log_watch *watch = log_writer_watch(plan->entries[i].writer);
        if (watch->writer == NULL) {
            *watch = (struct log_watch){.writer = log_writer_hold(plan->entries[i].writer)};
            DL_APPEND(losses->logs, watch);
        }
    }
    (void)pthread_mutex_unlock(&losses->lock);
}

/* With the hold the log may go, and the watch with it. */
static void forget(struct log_losses *losses, struct log_watch *watch) {
    struct log_writer *writer = watch->writer;
    (void)pthread_mutex_lock(&losses->lock);
    losses->before += log_writer_loss(writer).count;
    DL_DELETE(losses->logs, watch);
    watch->writer = NULL;
    (void)pthread_mutex_unlock(&losses->lock);
    log_writer_release(writer);
}

uint64_t log_losses_count(struct log_losses *losses) {
    const struct log_watch *watch = NULL;
    (void)pthread_mutex_lock(&losses->lock);
    uint64_t count = losses->before;
    DL_FOREACH(losses->logs, watch) {
        count += log_writer_loss(watch->writer).count;
    }
    (void)pthread_mutex_unlock(&losses->lock);
    return count;
}

/* Returns whether there is news, which is in `line` then. */
static bool find_news(struct log_watch *watch, bool is_closed, char line[NEWS_BYTES]) {
    char buffer[LOG_WRITER_REASON_BYTES];
    const char *destination = log_writer_destination(watch->writer);
    struct log_writer_loss loss = log_writer_loss(watch->writer);
    bool is_losing = loss.count > watch->seen || loss.goes_on;
    bool was_losing = watch->is_losing;
    uint64_t untold = loss.count - watch->told;
    watch->seen = loss.count;
    watch->is_losing = is_losing && !is_closed;
    const char *reason = log_writer_loss_reason(loss.error, false, buffer);
    if (is_closed && untold > 0) {
        (void)snprintf(line, NEWS_BYTES, "log '%s' is closed; lines lost: %" PRIu64 " (%s)", destination,
                       untold, reason);
    } else if (is_losing && !was_losing) {
        (void)snprintf(line, NEWS_BYTES, "log '%s' loses lines: %s", destination, reason);
    } else if (!is_losing && was_losing) {
        (void)snprintf(line, NEWS_BYTES, "log '%s' takes lines again; lines lost: %" PRIu64, destination,
                       untold);
        watch->told = loss.count;
    } else {
        return false;
    }
    return true;
}

bool log_losses_look(struct log_losses *losses, const struct log_plan *current, const struct log_plan *former,
                     void (*tell)(void *context, const char *line), void *context) {
    char line[NEWS_BYTES];
    bool goes_on = false;
    struct log_watch *watch = NULL;
    struct log_watch *next = NULL;
    DL_FOREACH_SAFE(losses->logs, watch, next) {
        bool is_closed = !log_plans_have(current, former, watch->writer);
        if (find_news(watch, is_closed, line)) {
            tell(context, line);
        }
        goes_on = goes_on || watch->is_losing;
        if (is_closed) {
            forget(losses, watch);
        }
    }
    return goes_on;
}

void log_losses_deinit(struct log_losses *losses) {
    while (losses->logs != NULL) {
        forget(losses, losses->logs);
    }
    (void)pthread_mutex_destroy(&losses->lock);
}
