/* SPDX-License-Identifier: MIT */
/* What was measured, a line for each size of the pool. Text in ASCII, below 80 columns. */
#ifndef LIDO_SERVER_TUNE_TABLE_H
#define LIDO_SERVER_TUNE_TABLE_H

#include "http/base/text.h"
#include "server/tune/sweep.h"

/* Append the table of one mode, with its head; a star marks the size in force. Nothing if nothing was measured. */
void table_append(struct text *out, const struct sweep *sweep, enum tune_mode mode);

#endif
