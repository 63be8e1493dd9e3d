/* SPDX-License-Identifier: MIT */
/*
 * A reading as a page: the pool at work, drawn, and explained to who sees it for the first time.
 *
 * It is whole without a script. Where one runs (http/pages/status.js), it asks for the page again once a second and
 * changes only what is different in it: nothing flickers, what is selected or focused stays so, and there is one place
 * that knows how things are drawn, this one. Thread-safe.
 */
#ifndef LIDO_SERVER_STATUS_PICTURE_H
#define LIDO_SERVER_STATUS_PICTURE_H

#include "http/base/text.h"
#include "server/status/reading.h"

/* Append the whole page. The reading has its series. */
void picture_write(const struct reading *reading, struct text *out);

/* Its parts in files of their own: the way of a client through the server; what each worker does; how it was; and which
 * requests were slow. */
void picture_write_way(const struct reading *reading, struct text *out);
void picture_write_workers(const struct reading *reading, struct text *out);
void picture_write_plots(const struct reading *reading, struct text *out);
void picture_write_slowest(const struct reading *reading, struct text *out);

/* Append a heading and, below it, what the part is, in one sentence. */
void picture_begin_part(struct text *out, const char *id, const char *title, const char *sentence);

/* Append a bar that is filled to a share, 0 to 1, in the colour of a class. */
void picture_write_bar(struct text *out, double share, const char *colour);

#endif
