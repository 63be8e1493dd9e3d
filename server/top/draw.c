/* SPDX-License-Identifier: MIT */
#include "server/top/draw.h"

#include <stdarg.h>
#include <stdio.h>

enum { PIECE_BYTES = 1024 };

static bool has_room(const struct drawing *drawing) {
    return drawing->row < drawing->rows && drawing->column < drawing->columns;
}

static void put_style(struct drawing *drawing, enum draw_style style) {
    char byte = (char)style;
    text_append_bytes(drawing->out, &byte, 1);
}

/* One column; a glyph may have several bytes. */
static void put(struct drawing *drawing, const char *glyph) {
    if (has_room(drawing)) {
        text_append(drawing->out, glyph);
        drawing->column++;
    }
}

void draw(struct drawing *drawing, enum draw_style style, const char *format, ...) {
    char piece[PIECE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(piece, sizeof piece, format, arguments);
    va_end(arguments);
    if (!has_room(drawing)) {
        return;
    }
    put_style(drawing, style);
    for (const char *c = piece; *c != '\0'; c++) {
        char glyph[2] = {*c, '\0'};
        if (*c < ' ' || *c > '~') {
            glyph[0] = '?';
        }
        put(drawing, glyph);
    }
    put_style(drawing, DRAW_PLAIN);
}

void draw_to(struct drawing *drawing, size_t column) {
    while (drawing->column < column && has_room(drawing)) {
        put(drawing, " ");
    }
}

void draw_bar(struct drawing *drawing, enum draw_style style, double share, size_t columns) {
    double full = (share < 1 ? share : 1) * (double)columns;
    size_t cells = (size_t)(full + 0.5);
    cells = cells == 0 && share > 0 ? 1 : cells;
    if (!has_room(drawing)) {
        return;
    }
    put_style(drawing, style);
    for (size_t i = 0; i < columns; i++) {
        if (i == cells) {
            put_style(drawing, DRAW_DIM);
        }
        if (drawing->has_utf8) {
            put(drawing, i < cells ? "█" : "░");
        } else {
            put(drawing, i < cells ? "#" : "-");
        }
    }
    put_style(drawing, DRAW_PLAIN);
}

void draw_end(struct drawing *drawing) {
    if (drawing->row < drawing->rows) {
        text_append(drawing->out, "\n");
        drawing->row++;
    }
    drawing->column = 0;
}

size_t draw_rows_left(const struct drawing *drawing) {
    return drawing->rows - drawing->row;
}
