/* SPDX-License-Identifier: MIT */
/*
 * What is known of each client, and the lines that wait for it. Knows neither lock nor thread: names.c has both.
 */
#ifndef LIDO_SERVER_LOG_NAMES_KEPT_H
#define LIDO_SERVER_LOG_NAMES_KEPT_H

#include "server/log/names/names.h"

#include <uthash.h>

struct deferred_line;

/* One client. */
struct kept_name {
    struct client_address address; /* the key; without padding that differs */
    enum names_answer answer;
    int64_t since_ns; /* when it was asked for, or answered */
    char name[NAME_BYTES];
    struct deferred_line *lines; /* that wait for the answer, in their order */
    UT_hash_handle hh;           /* which also keeps them in the order in which they came */
};

/* A line that waits, in two lists: those of its client, and those of all in the order of their ends. */
struct deferred_line {
    struct kept_name *client;
    struct log_writer *writer; /* held */
    int64_t until_ns;
    struct log_slots slots;
    struct deferred_line *prev, *next;
    struct deferred_line *prev_of_all, *next_of_all;
    size_t length;
    char bytes[];
};

struct kept_names {
    struct kept_name *table;
    struct deferred_line *lines; /* of all */
    size_t line_count;
};

/* The client's entry, or NULL. One that holds no more counts as none, and goes. */
struct kept_name *kept_names_find(struct kept_names *kept, const struct client_address *address,
                                  int64_t now_ns);

/* Add an entry of a client that is asked for, in place of the oldest one that nobody waits for if there are too many.
 * Returns NULL when there is no room or no memory. */
struct kept_name *kept_names_add(struct kept_names *kept, const struct client_address *address,
                                 int64_t now_ns);

/* Let a copy of the line wait. Returns whether there was room. */
bool kept_names_defer(struct kept_names *kept, struct kept_name *client, struct log_writer *writer,
                      const char *line, size_t length, const struct log_slots *slots, int64_t until_ns);

/* Take a line out of both lists. It is the caller's for deferred_line_write(). */
void kept_names_take(struct kept_names *kept, struct deferred_line *line);

/* Free all. No line waits any more. */
void kept_names_deinit(struct kept_names *kept);

/* Write the line, with the name if it is not NULL, and free it. */
void deferred_line_write(struct deferred_line *line, const char *name);

#endif
