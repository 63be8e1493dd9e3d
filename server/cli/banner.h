/* SPDX-License-Identifier: MIT */
/*
 * What the program says when it starts and when it stops, and its version. Writes to the stream that it is
 * given; knows the config and the totals, and asks nobody else. The main thread only.
 */
#ifndef LIDO_SERVER_CLI_BANNER_H
#define LIDO_SERVER_CLI_BANNER_H

#include "conf/settings.h"
#include "server/listen/urls.h"
#include "server/server.h"

#include <stdbool.h>
#include <stdio.h>

/* Say where the server can be reached: for people on a terminal several lines, in colour unless NO_COLOR is
 * set (no-color.org); otherwise one plain line. `sandbox` is what holds of it, in words; empty: there is none. */
void banner_print_start(FILE *out, const struct config *config, const struct listen_urls *urls,
                        const char *sandbox, bool on_terminal);

/* Show a URL as a QR code with its text below, on a terminal in colour unless NO_COLOR is set. Returns
 * false, with nothing shown, when the terminal is too narrow or Lido was built without libqrencode. */
bool banner_print_qr(FILE *out, const char *url, bool on_terminal) __attribute__((warn_unused_result));

/* One line: requests, bytes, the busiest moment of the pool, and what was turned away, cut or dropped. */
void banner_print_stop(FILE *out, const struct server_totals *totals);

/* Three lines: version, libraries, optional parts. */
void banner_print_version(FILE *out);

#endif
