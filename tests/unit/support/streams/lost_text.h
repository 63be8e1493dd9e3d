/* SPDX-License-Identifier: MIT */
/*
 * Streams into memory (open_memstream(3)) whose last allocation fails, as glibc tells it: they are closed well, and there is
 * no text.
 *
 * Link with --wrap for open_memstream and fclose. For one stream at a time.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_STREAMS_LOST_TEXT_H
#define LIDO_TESTS_UNIT_SUPPORT_STREAMS_LOST_TEXT_H

#include <stdbool.h>

/* From now on; false: call it off. */
void lost_text_begin(bool is_lost);

#endif
