/* SPDX-License-Identifier: MIT */
/*
 * What the kernel knows of the time of a thread: how long it has run, and how long it could have run but waited for a
 * processor. Read from the schedstat file of the thread (proc(5)), by whoever wants to know: the thread itself does
 * nothing for it.
 *
 * Of a thread that neither rests, nor runs, nor waits for a processor, all that is left of its time it waits for a file
 * system (or, rarely, for a lock or for a page of memory). Reading takes three system calls
 * (tests/bench/NOTES.md), a kernel that has CONFIG_SCHED_INFO, and access to /proc.
 */
#ifndef LIDO_THREADPOOL_PROCESSOR_TIME_H
#define LIDO_THREADPOOL_PROCESSOR_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct processor_time {
    int64_t running_ns; /* on a processor, in the kernel included */
    int64_t waiting_ns; /* for a processor */
};

/* Read both, since the thread of this process with that id began. Returns false, and leaves *time alone, when there is
 * no such thread, or the kernel does not tell. Thread-safe. */
bool processor_time_read(int thread_id, struct processor_time *time) __attribute__((warn_unused_result));

#endif
