/* SPDX-License-Identifier: MIT */
/*
 * The picture of a server for a terminal: door, queue, threads, who waits, windows, advice, what each thread is at, the
 * slowest requests. The more rows there are, the more of it. Pure: a status in, lines out.
 */
#ifndef LIDO_SERVER_TOP_VIEW_H
#define LIDO_SERVER_TOP_VIEW_H

#include "server/top/draw.h"
#include "server/top/status.h"

/* Draw it from the top. `where` is the URL that was asked, `trouble` what is wrong with the last question, "" for
 * nothing: then what is shown is older. */
void view_draw(struct drawing *drawing, const struct top_status *status, const char *where,
               const char *trouble);

#endif
