/* SPDX-License-Identifier: MIT */
/*
 * "Did you mean ...?": the name nearest to a misspelt word, when one is near enough to be meant. Pure; knows
 * no options.
 */
#ifndef LIDO_CONF_BASE_SUGGEST_H
#define LIDO_CONF_BASE_SUGGEST_H

#include <stddef.h>

/* The number of single-character insertions, removals, replacements and swaps of neighbours between two
 * words; letter case does not count, nor does '-' against '_'. Words longer than 64 characters: SIZE_MAX.
 * Thread-safe. */
size_t suggest_distance(const char *a, const char *b);

/* How many such changes a word of this length may be away from what was meant. */
size_t suggest_tolerance(size_t word_length);

/* The name that a word is nearest to, so far. All-zero: none is near enough. */
struct suggestion {
    const char *name;
    size_t distance;
};

/* Take `name` if `word` is nearer to it than to what is there: at no distance if `word` is, letter case
 * aside, one of the space-separated words of `foreign`, what others call it; that may be NULL. */
void suggest_consider(struct suggestion *nearest, const char *word, const char *name, const char *foreign);

#endif
