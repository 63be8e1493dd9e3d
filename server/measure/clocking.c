/* SPDX-License-Identifier: MIT */
#include "server/measure/clocking.h"

#include "http/base/clock.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MARGIN_NS = 100 * 1000 }; /* of its time; a worker that has rested but for this was idle */

void clocking_deinit(struct clocking *clocking) {
    free(clocking->workers);
    free(clocking->reports);
    *clocking = (struct clocking){.capacity = 0};
}

static uint64_t not_negative(int64_t ns) {
    return ns > 0 ? (uint64_t)ns : 0;
}

static uint64_t at_most(uint64_t ns, uint64_t limit_ns) {
    return ns < limit_ns ? ns : limit_ns;
}

static int64_t resting_ns(const struct worker_report *report) {
    return report->spent_ns[WORKER_IDLE] + report->spent_ns[WORKER_LEADING];
}

static int64_t in_files_ns(const struct worker_report *report) {
    return report->spent_ns[WORKER_IN_FILE] + report->spent_ns[WORKER_IN_FOLDER] +
           report->spent_ns[WORKER_COMPRESSING];
}

/* A thread that neither rests nor runs nor waits for a processor waits for a file system, if it said that it is at
 * what may wait for one. */
void clocking_add(struct clocked_worker *before, const struct worker_report *report,
                  const struct processor_time *processor, int64_t now_ns, struct measure_times *times) {
    if (before->started_ns != report->started_ns) {
        *before = (struct clocked_worker){.started_ns = report->started_ns, .looked_ns = report->started_ns};
    }
    struct clocked_worker now = {
        .started_ns = report->started_ns,
        .looked_ns = now_ns,
        .resting_ns = resting_ns(report),
        .in_files_ns = in_files_ns(report),
        .processor = processor != NULL ? *processor : before->processor,
    };
    uint64_t passed = not_negative(now.looked_ns - before->looked_ns);
    uint64_t resting = at_most(not_negative(now.resting_ns - before->resting_ns), passed);
    uint64_t in_files = at_most(not_negative(now.in_files_ns - before->in_files_ns), passed - resting);
    uint64_t running = passed - resting - in_files;
    uint64_t waiting = 0;
    if (processor != NULL) {
        running =
            at_most(not_negative(now.processor.running_ns - before->processor.running_ns), passed - resting);
        waiting = at_most(not_negative(now.processor.waiting_ns - before->processor.waiting_ns),
                          passed - resting - running);
    }
    uint64_t files = at_most(in_files, passed - resting - running - waiting);
    times->computing_ns += running;
    times->processor_ns += waiting;
    times->files_ns += files;
    times->idle_ns += passed - running - waiting - files;
    *before = now;
}

static bool was_idle(const struct clocked_worker *before, const struct worker_report *report,
                     int64_t now_ns) {
    return before->started_ns == report->started_ns &&
           now_ns - before->looked_ns - (resting_ns(report) - before->resting_ns) < MARGIN_NS;
}

static void look_at(struct clocking *clocking, const struct worker_report *report, int64_t now_ns) {
    struct clocked_worker *before = &clocking->workers[report->index];
    struct processor_time processor = before->processor;
    bool is_known = was_idle(before, report, now_ns) || processor_time_read(report->thread_id, &processor);
    clocking_add(before, report, is_known ? &processor : NULL, now_ns, &clocking->times);
}

/* Returns whether there is room for so many. */
static bool provide(struct clocking *clocking, size_t count) {
    if (count <= clocking->capacity) {
        return true;
    }
    size_t capacity = 2 * count;
    struct clocked_worker *workers = realloc(clocking->workers, capacity * sizeof *workers);
    clocking->workers = workers != NULL ? workers : clocking->workers;
    struct worker_report *reports = realloc(clocking->reports, capacity * sizeof *reports);
    clocking->reports = reports != NULL ? reports : clocking->reports;
    if (workers == NULL || reports == NULL) {
        return false;
    }
    memset(workers + clocking->capacity, 0, (capacity - clocking->capacity) * sizeof *workers);
    clocking->capacity = capacity;
    return true;
}

/* The first line is of all processors, in hundredths of a second: user, nice, system, idle, iowait, irq, softirq,
 * steal; in the first two are guest and guest_nice, which follow. */
static void look_at_machine(struct measure_times *times) {
    struct timespec process = clock_read(CLOCK_PROCESS_CPUTIME_ID);
    times->process_ns = (uint64_t)process.tv_sec * (uint64_t)CLOCK_NS_PER_S + (uint64_t)process.tv_nsec;
    char text[256];
    int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd != -1 ? read(fd, text, sizeof text - 1) : -1;
    if (fd != -1) {
        (void)close(fd);
    }
    if (length <= 0) {
        return;
    }
    text[length] = '\0';
    uint64_t ticks[8] = {0};
    char *next = text + strcspn(text, " ");
    for (size_t i = 0; i < sizeof ticks / sizeof ticks[0]; i++) {
        ticks[i] = strtoull(next, &next, 10);
    }
    uint64_t tick_ns = (uint64_t)CLOCK_NS_PER_S / (uint64_t)sysconf(_SC_CLK_TCK);
    times->machine_idle_ns = (ticks[3] + ticks[4]) * tick_ns;
    times->machine_busy_ns = (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) * tick_ns;
}

void clocking_look(struct clocking *clocking, struct threadpool *pool, int64_t now_ns) {
    struct threadpool_load load;
    threadpool_read_load(pool, &load);
    look_at_machine(&clocking->times);
    if (!provide(clocking, load.thread_count + CLOCKING_SHARE)) {
        return;
    }
    size_t count = threadpool_read_workers(pool, clocking->reports, clocking->capacity);
    for (size_t i = 0; i < count && i < CLOCKING_SHARE; i++) {
        const struct worker_report *report = &clocking->reports[(clocking->next + i) % count];
        if (report->index < clocking->capacity) {
            look_at(clocking, report, now_ns);
        }
    }
    clocking->next = count > CLOCKING_SHARE ? (clocking->next + CLOCKING_SHARE) % count : 0;
}
