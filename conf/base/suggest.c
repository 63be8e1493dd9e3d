/* SPDX-License-Identifier: MIT */
#include "conf/base/suggest.h"

#include "http/base/ascii.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { WORD_MAX = 64 };

static int folded(char character) {
    return character == '-' ? '_' : ascii_lower(character);
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* Fills row i (the first i characters of `a` against each beginning of `b`) from the two rows above it: the
 * optimal string alignment distance. */
static void fill_row(size_t rows[3][WORD_MAX + 1], size_t i, const char *a, const char *b, size_t b_length) {
    size_t *row = rows[i % 3];
    const size_t *above = rows[(i + 2) % 3];
    const size_t *two_above = rows[(i + 1) % 3];

    row[0] = i;
    for (size_t j = 1; j <= b_length; j++) {
        bool same = folded(a[i - 1]) == folded(b[j - 1]);
        row[j] = smaller(above[j - 1] + (same ? 0 : 1), smaller(above[j], row[j - 1]) + 1);
        if (i > 1 && j > 1 && folded(a[i - 1]) == folded(b[j - 2]) && folded(a[i - 2]) == folded(b[j - 1])) {
            row[j] = smaller(row[j], two_above[j - 2] + 1);
        }
    }
}

size_t suggest_distance(const char *a, const char *b) {
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    if (a_length > WORD_MAX || b_length > WORD_MAX) {
        return SIZE_MAX;
    }

    size_t rows[3][WORD_MAX + 1] = {{0}};
    for (size_t j = 0; j <= b_length; j++) {
        rows[0][j] = j;
    }
    for (size_t i = 1; i <= a_length; i++) {
        fill_row(rows, i, a, b, b_length);
    }
    return rows[a_length % 3][b_length];
}

size_t suggest_tolerance(size_t word_length) {
    return word_length <= 4 ? 1 : word_length <= 8 ? 2 : 3;
}

static bool is_among(const char *list, const char *name) {
    static const char separator[] = " ";
    const char *word = list != NULL ? list : "";
    while (*word != '\0') {
        size_t length = strcspn(word, separator);
        if (strlen(name) == length && strncasecmp(word, name, length) == 0) {
            return true;
        }
        word += length;
        word += strspn(word, separator);
    }
    return false;
}

void suggest_consider(struct suggestion *nearest, const char *word, const char *name, const char *foreign) {
    size_t distance = is_among(foreign, word) ? 0 : suggest_distance(word, name);
    bool is_nearer =
        nearest->name != NULL ? distance < nearest->distance : distance <= suggest_tolerance(strlen(word));
    if (is_nearer) {
        *nearest = (struct suggestion){.name = name, .distance = distance};
    }
}
