/* SPDX-License-Identifier: MIT */
/* Requests/s over the size of the pool, drawn with characters: of each mode as a share of its best. */
#ifndef LIDO_SERVER_TUNE_PLOT_H
#define LIDO_SERVER_TUNE_PLOT_H

#include "http/base/text.h"
#include "server/tune/sweep.h"

#include <stdbool.h>
#include <stddef.h>

enum { PLOT_ROWS = 11, PLOT_COLUMNS_MAX = 100 };

struct plot_style {
    size_t width;  /* of the terminal, in columns */
    bool has_utf8; /* else ASCII */
};

/* Append it. Nothing if less than two sizes were measured. */
void plot_append(struct text *out, const struct sweep *sweep, const struct sweep_advice *advice,
                 const struct plot_style *style);

#endif
