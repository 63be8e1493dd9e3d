/* SPDX-License-Identifier: MIT */
/*
 * An account of why an answer becomes what it is: whoever decides something tells each step, in a sentence for people.
 *
 * Handed in by whoever wants to know, and NULL in a server that answers: what decides is the same code either way, and
 * must not depend on whether somebody listens. Keeps nothing and prints nothing. For one thread at a time.
 *
 * Functions that only tell are marked cold, so that compilers keep them out of the way of answers.
 */
#ifndef LIDO_HTTP_BASE_ACCOUNT_H
#define LIDO_HTTP_BASE_ACCOUNT_H

#include <stddef.h>

enum { ACCOUNT_STEP_BYTES = 1024 };

struct account {
    /* One step: one line without its end, with what strangers and file names have put into it; lives during the call. */
    void (*step)(void *context, const char *line);
    void *context;
};

/* Tell a step, as printf(3) does; what is beyond ACCOUNT_STEP_BYTES is cut off. Leaves errno as it is. */
void account_write(const struct account *account, const char *format, ...)
    __attribute__((cold, format(printf, 2, 3)));

/* The same, and nothing with NULL: a macro, so that a server pays for a comparison, and for no argument. */
#define account_tell(account, ...) ((account) != NULL ? account_write((account), __VA_ARGS__) : (void)0)

#endif
