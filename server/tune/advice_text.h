/* SPDX-License-Identifier: MIT */
/* What comes of a sweep in words: the line for the config file, and why. */
#ifndef LIDO_SERVER_TUNE_ADVICE_TEXT_H
#define LIDO_SERVER_TUNE_ADVICE_TEXT_H

#include "http/base/text.h"
#include "server/tune/sweep.h"

#include <stdbool.h>

/* Append it. `is_partial`: the sweep was not finished. */
void advice_text_append(struct text *out, const struct sweep *sweep, const struct sweep_advice *advice,
                        bool is_partial);

#endif
