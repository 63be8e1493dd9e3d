/* SPDX-License-Identifier: MIT */
#include "server/top/screen.h"

#include <errno.h>

#if LIDO_HAVE_NCURSES

#include "http/base/clock.h"
#include "server/terminal/terminal.h"

#include <curses.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum { ESCAPE = 27, PERIOD_MS = 1000 };

const char *screen_library(void) {
    return "ncurses " NCURSES_VERSION;
}

/* The attributes of each style: colours where the terminal has them. */
static void set_up_styles(attr_t styles[DRAW_STYLE_END]) {
    bool has_colour = terminal_takes_colour() && has_colors();
    styles[DRAW_PLAIN] = A_NORMAL;
    styles[DRAW_BOLD] = A_BOLD;
    styles[DRAW_DIM] = A_DIM;
    styles[DRAW_GOOD] = A_NORMAL;
    styles[DRAW_WARN] = A_BOLD;
    styles[DRAW_BAD] = A_REVERSE;
    if (has_colour && start_color() == OK && use_default_colors() == OK) {
        (void)init_pair(1, COLOR_CYAN, -1);
        (void)init_pair(2, COLOR_YELLOW, -1);
        (void)init_pair(3, COLOR_RED, -1);
        styles[DRAW_GOOD] = COLOR_PAIR(1);
        styles[DRAW_WARN] = COLOR_PAIR(2);
        styles[DRAW_BAD] = COLOR_PAIR(3) | A_BOLD;
    }
}

/* Put lines on the screen; a byte below DRAW_STYLE_END is a style. */
static void put_lines(const struct text *text, const attr_t styles[DRAW_STYLE_END]) {
    int row = 0;
    (void)erase();
    (void)move(0, 0);
    for (size_t at = 0; at < text->length;) {
        unsigned char byte = (unsigned char)text->bytes[at];
        if (byte == '\n') {
            (void)move(++row, 0);
            at++;
        } else if (byte < DRAW_STYLE_END) {
            (void)attrset((int)styles[byte]);
            at++;
        } else {
            size_t length = 1;
            while (at + length < text->length && (unsigned char)text->bytes[at + length] >= ' ') {
                length++;
            }
            (void)addnstr(text->bytes + at, (int)length);
            at += length;
        }
    }
    (void)refresh();
}

static void paint_screen(void (*paint)(void *context, struct drawing *drawing), void *context,
                         const attr_t styles[DRAW_STYLE_END], bool has_utf8) {
    struct text text = {0};
    struct drawing drawing = {
        .out = &text, .columns = (size_t)COLS, .rows = (size_t)LINES, .has_utf8 = has_utf8};
    paint(context, &drawing);
    if (!text.failed) {
        put_lines(&text, styles);
    }
    text_deinit(&text);
}

/* Take the keys that were pressed. Returns whether one of them means the end. */
static bool take_keys(void) {
    for (int key = getch(); key != ERR; key = getch()) {
        if (key == 'q' || key == 'Q' || key == ESCAPE) {
            return true;
        }
    }
    return false;
}

static void run(int signal_fd, void (*look)(void *context),
                void (*paint)(void *context, struct drawing *drawing), void *context) {
    attr_t styles[DRAW_STYLE_END] = {0};
    bool has_utf8 = terminal_takes_utf8();
    int64_t next_ms = 0;
    set_up_styles(styles);
    for (;;) {
        int64_t now_ms = clock_steady_us() / 1000;
        if (now_ms >= next_ms) {
            look(context);
            next_ms = clock_steady_us() / 1000 + PERIOD_MS;
        }
        paint_screen(paint, context, styles, has_utf8);
        struct pollfd waiting[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                                   {.fd = signal_fd, .events = POLLIN}};
        now_ms = clock_steady_us() / 1000;
        (void)poll(waiting, 2, next_ms > now_ms ? (int)(next_ms - now_ms) : 0); /* SIGWINCH interrupts it */
        bool is_gone = (waiting[0].revents & (POLLHUP | POLLERR)) != 0;
        if (waiting[1].revents != 0 || is_gone || take_keys()) {
            return;
        }
    }
}

int screen_run(void (*look)(void *context), void (*paint)(void *context, struct drawing *drawing),
               void *context) {
    sigset_t ends;
    (void)sigemptyset(&ends);
    (void)sigaddset(&ends, SIGINT);
    (void)sigaddset(&ends, SIGTERM);
    (void)sigprocmask(SIG_BLOCK, &ends, NULL);
    int signal_fd = signalfd(-1, &ends, SFD_CLOEXEC);
    if (signal_fd == -1) {
        return -errno;
    }
    (void)setlocale(LC_CTYPE, "");
    SCREEN *screen = newterm(NULL, stdout, stdin);
    if (screen == NULL) {
        (void)close(signal_fd);
        return -ENOTTY;
    }
    (void)cbreak();
    (void)noecho();
    (void)nodelay(stdscr, true);
    (void)keypad(stdscr, true);
    (void)set_escdelay(25);
    (void)curs_set(0);
    run(signal_fd, look, paint, context);
    (void)endwin();
    delscreen(screen);
    (void)close(signal_fd);
    return 0;
}

#else

const char *screen_library(void) {
    return NULL;
}

int screen_run(void (*look)(void *context), void (*paint)(void *context, struct drawing *drawing),
               void *context) {
    (void)look;
    (void)paint;
    (void)context;
    return -ENOTSUP;
}

#endif
