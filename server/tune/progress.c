/* SPDX-License-Identifier: MIT */
#include "server/tune/progress.h"

#include "server/terminal/terminal.h"

enum { BAR_CELLS = 24, MARGIN = 14 };

void progress_show(const struct progress *progress, double share, const char *doing) {
    if (progress->out == NULL || !progress->is_terminal) {
        return;
    }
    share = share < 1 ? share : 1;
    size_t full = (size_t)(share * BAR_CELLS + 0.5);
    size_t width = terminal_columns(fileno(progress->out), TERMINAL_COLUMNS);
    size_t room = width > BAR_CELLS + MARGIN ? width - BAR_CELLS - MARGIN : 0;
    (void)fputs("\r  ", progress->out);
    for (size_t i = 0; i < BAR_CELLS; i++) {
        const char *cell = progress->has_utf8 ? "░" : "-";
        if (i < full) {
            cell = progress->has_utf8 ? "█" : "#";
        }
        (void)fputs(cell, progress->out);
    }
    (void)fprintf(progress->out, " %3.0f %%  %.*s\033[K", share * 100, (int)room, doing);
    (void)fflush(progress->out);
}

void progress_tell(const struct progress *progress, const char *done) {
    if (progress->out != NULL && !progress->is_terminal) {
        (void)fprintf(progress->out, "lido: %s\n", done);
        (void)fflush(progress->out);
    }
}

void progress_clear(const struct progress *progress) {
    if (progress->out != NULL && progress->is_terminal) {
        (void)fputs("\r\033[K", progress->out);
        (void)fflush(progress->out);
    }
}
