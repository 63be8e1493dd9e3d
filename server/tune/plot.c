/* SPDX-License-Identifier: MIT */
#include "server/tune/plot.h"

#include "server/terminal/units.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { MARGIN = 6, COLUMNS_PER_POINT = 9, COLUMNS_MIN = 20, LINE_BYTES = 256 };

/* What a cell shows; a later one covers an earlier one. */
enum glyph { GLYPH_NONE, GLYPH_LINE, GLYPH_MEMORY, GLYPH_DISK, GLYPH_BOTH, GLYPH_COUNT };

struct plot {
    const struct sweep *sweep;
    const struct sweep_advice *advice;
    const char *const *glyphs;
    size_t columns;
    unsigned char cells[PLOT_ROWS][PLOT_COLUMNS_MAX];
};

static const char *const ascii_glyphs[GLYPH_COUNT] = {" ", ".", "o", "x", "8"};
static const char *const utf8_glyphs[GLYPH_COUNT] = {" ", "·", "●", "○", "◉"};

static size_t column_of(const struct plot *plot, size_t index) {
    return plot->sweep->count < 2 ? 0 : index * (plot->columns - 1) / (plot->sweep->count - 1);
}

/* Counted from above. */
static size_t row_of(double share) {
    double row = (1 - share) * (PLOT_ROWS - 1) + 0.5;
    return row < 0 ? 0 : (size_t)row;
}

static double share_of(const struct plot *plot, size_t index, size_t mode) {
    double best = tune_figures_rate(&plot->advice->best[mode]->of[mode]);
    return best > 0 ? tune_figures_rate(&plot->sweep->points[index].of[mode]) / best : 0;
}

static void set(struct plot *plot, size_t row, size_t column, enum glyph glyph) {
    unsigned char *cell = &plot->cells[row][column];
    if (glyph >= GLYPH_MEMORY && *cell >= GLYPH_MEMORY && *cell != glyph) {
        glyph = GLYPH_BOTH;
    }
    *cell = glyph > *cell ? (unsigned char)glyph : *cell;
}

static void draw_line(struct plot *plot, size_t first, size_t last, size_t mode) {
    size_t begin = column_of(plot, first);
    size_t end = column_of(plot, last);
    double from = share_of(plot, first, mode);
    double to = share_of(plot, last, mode);
    for (size_t column = begin + 1; column < end; column++) {
        double way = (double)(column - begin) / (double)(end - begin);
        set(plot, row_of(from + (to - from) * way), column, GLYPH_LINE);
    }
}

/* Of a sweep that was stopped a size may have been measured in no mode, or in one. */
static void draw_mode(struct plot *plot, size_t mode) {
    size_t last = SIZE_MAX;
    for (size_t i = 0; i < plot->sweep->count; i++) {
        if (plot->sweep->points[i].of[mode].elapsed_ns == 0) {
            continue;
        }
        if (last != SIZE_MAX) {
            draw_line(plot, last, i, mode);
        }
        set(plot, row_of(share_of(plot, i, mode)), column_of(plot, i),
            mode == TUNE_MEMORY ? GLYPH_MEMORY : GLYPH_DISK);
        last = i;
    }
}

static void draw(struct plot *plot) {
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        if (plot->advice->best[mode] != NULL) {
            draw_mode(plot, mode);
        }
    }
}

static void append_rows(struct text *out, const struct plot *plot) {
    for (size_t row = 0; row < PLOT_ROWS; row++) {
        char label[MARGIN + 1];
        size_t percent = 100 - row * 100 / (PLOT_ROWS - 1);
        (void)snprintf(label, sizeof label, percent % 20 == 0 ? "%3zu |" : "    |", percent);
        text_append(out, label);
        size_t length = plot->columns;
        while (length > 0 && plot->cells[row][length - 1] == GLYPH_NONE) {
            length--;
        }
        text_append(out, length > 0 ? " " : "");
        for (size_t column = 0; column < length; column++) {
            text_append(out, plot->glyphs[plot->cells[row][column]]);
        }
        text_append(out, "\n");
    }
}

/* The sizes below their points, as far as they do not touch; and which one is advised. */
static void append_axis(struct text *out, const struct plot *plot) {
    char line[LINE_BYTES];
    size_t end = MARGIN;
    size_t advised = MARGIN;
    memset(line, ' ', sizeof line);
    for (size_t i = 0; i < plot->sweep->count; i++) {
        char number[UNITS_BYTES];
        int length = snprintf(number, sizeof number, "%zu", plot->sweep->points[i].threads);
        size_t column = MARGIN + column_of(plot, i);
        if (&plot->sweep->points[i] == plot->advice->point) {
            advised = column;
        }
        if (i == 0 || column > end) {
            memcpy(line + column, number, (size_t)length);
            end = column + (size_t)length;
        }
    }
    line[end] = '\0';
    text_append(out, line);
    text_append(out, "  threads\n");
    (void)snprintf(line, sizeof line, "%*s^ advised\n", (int)advised, "");
    text_append(out, line);
}

static void append_legend(struct text *out, const struct plot *plot) {
    static const char *const names[TUNE_MODES] = {"from memory", "from disk"};
    text_append(out, "   ");
    for (size_t mode = 0; mode < TUNE_MODES; mode++) {
        if (plot->advice->best[mode] == NULL) {
            continue;
        }
        char rate[UNITS_BYTES];
        char line[LINE_BYTES];
        units_format_number(tune_figures_rate(&plot->advice->best[mode]->of[mode]), rate);
        (void)snprintf(line, sizeof line, "   %s %s, 100 %% = %s/s",
                       plot->glyphs[mode == TUNE_MEMORY ? GLYPH_MEMORY : GLYPH_DISK], names[mode], rate);
        text_append(out, line);
    }
    text_append(out, "\n\n");
}

void plot_append(struct text *out, const struct sweep *sweep, const struct sweep_advice *advice,
                 const struct plot_style *style) {
    if (sweep->count < 2) {
        return;
    }
    struct plot plot = {
        .sweep = sweep,
        .advice = advice,
        .glyphs = style->has_utf8 ? utf8_glyphs : ascii_glyphs,
        .columns = sweep->count * COLUMNS_PER_POINT,
    };
    size_t room = style->width > MARGIN + COLUMNS_MIN + 12 ? style->width - MARGIN - 12 : COLUMNS_MIN;
    plot.columns = plot.columns > room ? room : plot.columns;
    plot.columns = plot.columns > PLOT_COLUMNS_MAX ? PLOT_COLUMNS_MAX : plot.columns;
    draw(&plot);
    text_append(out, "  %   of the most requests/s\n");
    append_rows(out, &plot);
    append_axis(out, &plot);
    append_legend(out, &plot);
}
