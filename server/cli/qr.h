/* SPDX-License-Identifier: MIT */
/*
 * A QR code (ISO/IEC 18004) of a URL in a terminal, for the camera of a phone. Two modules to a character, by
 * half blocks. The code is made by libqrencode; built without it, this draws nothing.
 */
#ifndef LIDO_SERVER_CLI_QR_H
#define LIDO_SERVER_CLI_QR_H

#include <stdbool.h>
#include <stdio.h>

/* Name and version of the library; NULL when built without one. */
const char *qr_library(void);

/* Draw the code of `text`, if it is at most `columns` wide with its margin. With `in_colour` it is black
 * on white; without, its light parts are drawn, as on a terminal that is dark. Returns whether it was
 * drawn. Not thread-safe. */
bool qr_print(FILE *out, const char *text, int columns, bool in_colour) __attribute__((warn_unused_result));

#endif
