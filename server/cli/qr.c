/* SPDX-License-Identifier: MIT */
#include "server/cli/qr.h"

#if LIDO_HAVE_QRENCODE

#include <qrencode.h>

/* Modules around the code: the standard asks for 4, readers do with 2 where lines are scarce. */
enum { MARGIN = 2 };

/* Of the 256 colours, which themes of terminals leave alone. */
static const char black_on_white[] = "\033[38;5;16;48;5;231m";
static const char plain[] = "\033[0m";

const char *qr_library(void) {
    return "libqrencode " LIDO_QRENCODE_VERSION;
}

/* Of what is around the code, nothing is dark. */
static bool is_dark(const QRcode *code, int x, int y) {
    return x >= 0 && y >= 0 && x < code->width && y < code->width &&
           (code->data[y * code->width + x] & 1) != 0;
}

/* Two lines of modules, y and the one below. */
static void print_line(FILE *out, const QRcode *code, int y, bool in_colour) {
    static const char *const blocks[] = {" ", "▄", "▀", "█"};
    (void)fprintf(out, "  %s", in_colour ? black_on_white : "");
    for (int x = -MARGIN; x < code->width + MARGIN; x++) {
        bool upper = is_dark(code, x, y) == in_colour;
        bool lower = is_dark(code, x, y + 1) == in_colour;
        (void)fputs(blocks[2 * upper + lower], out);
    }
    (void)fprintf(out, "%s\n", in_colour ? plain : "");
}

bool qr_print(FILE *out, const char *text, int columns, bool in_colour) {
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);
    bool fits = code != NULL && 2 + MARGIN + code->width + MARGIN <= columns;
    for (int y = -MARGIN; fits && y < code->width + MARGIN; y += 2) {
        print_line(out, code, y, in_colour);
    }
    QRcode_free(code);
    return fits;
}

#else

const char *qr_library(void) {
    return NULL;
}

bool qr_print(FILE *out, const char *text, int columns, bool in_colour) {
    (void)out;
    (void)text;
    (void)columns;
    (void)in_colour;
    return false;
}

#endif
