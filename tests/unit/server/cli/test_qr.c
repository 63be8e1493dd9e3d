/* SPDX-License-Identifier: MIT */
/* The drawing is read back into modules. */
#include "server/cli/qr.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { DRAWN_BYTES = 64 * 1024, SIDE_MAX = 100, MARGIN = 2 };

static char drawn[DRAWN_BYTES];
static FILE *out;

/* Modules with the margin around them; true is dark. */
static bool modules[SIDE_MAX][SIDE_MAX];
static int width;
static int height;

static void set_up(void) {
    if (qr_library() == NULL) {
        cr_skip_test("built without libqrencode");
    }
    out = fmemopen(drawn, sizeof drawn, "w");
    cr_assert_not_null(out);
}

static void tear_down(void) {
    if (out != NULL) {
        (void)fclose(out);
    }
}

TestSuite(qr, .init = set_up, .fini = tear_down, .timeout = 60);

/* Whether the text goes on so; then it is behind that. */
static bool take(const char **text, const char *expected) {
    size_t length = strlen(expected);
    bool is_there = strncmp(*text, expected, length) == 0;
    *text += is_there ? length : 0;
    return is_there;
}

/* Read one character; `is_light_drawn` says what the blocks stand for. */
static void read_block(const char **text, bool is_light_drawn, int x) {
    static const char *const blocks[] = {" ", "▄", "▀", "█"};
    for (int i = 0; i < 4; i++) {
        if (take(text, blocks[i])) {
            modules[height][x] = ((i & 2) != 0) != is_light_drawn;
            modules[height + 1][x] = ((i & 1) != 0) != is_light_drawn;
            return;
        }
    }
    cr_assert_fail("no block: '%.20s'", *text);
}

static void read_drawing(bool in_colour) {
    const char *text = drawn;
    (void)fflush(out);
    height = 0;
    while (*text != '\0') {
        int x = 0;
        cr_assert(take(&text, in_colour ? "  \033[38;5;16;48;5;231m" : "  "), "'%.30s'", text);
        while (!take(&text, in_colour ? "\033[0m\n" : "\n")) {
            read_block(&text, !in_colour, x++);
        }
        cr_assert(width == 0 || width == x);
        width = x;
        height += 2;
    }
}

static void draw(const char *text, bool in_colour) {
    cr_assert(qr_print(out, text, SIDE_MAX, in_colour));
    read_drawing(in_colour);
}

/* The three squares in the corners: 7 modules wide, dark, light, and 3 x 3 dark. */
static void expect_finder(int left, int top) {
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            int ring = x < 6 - x ? x : 6 - x;
            ring = y < ring ? y : ring;
            ring = 6 - y < ring ? 6 - y : ring;
            cr_expect_eq(modules[top + y][left + x], ring != 1, "%d, %d of the one at %d, %d", x, y, left,
                         top);
        }
    }
}

static void expect_code(void) {
    int side = width - 2 * MARGIN;
    cr_assert(side >= 21 && side % 4 == 1, "%d modules", side);
    cr_expect_geq(height, width);
    expect_finder(MARGIN, MARGIN);
    expect_finder(MARGIN + side - 7, MARGIN);
    expect_finder(MARGIN, MARGIN + side - 7);
    for (int i = 0; i < width; i++) {
        bool is_light = !modules[0][i] && !modules[1][i] && !modules[i][0] && !modules[i][1] &&
                        !modules[i][width - 1] && !modules[width - 1][i];
        cr_expect(is_light, "the margin at %d", i);
    }
}

Test(qr, is_black_on_white_in_colour) {
    draw("http://192.168.1.5:8080/", true);
    expect_code();
}

/* Whether both are drawn with the same modules, in colour or not. */
static bool are_same(const char *a, bool a_in_colour, const char *b, bool b_in_colour) {
    static bool first[SIDE_MAX][SIDE_MAX];
    draw(a, a_in_colour);
    memcpy(first, modules, sizeof modules);
    memset(drawn, 0, sizeof drawn);
    rewind(out);
    draw(b, b_in_colour);
    return memcmp(first, modules, sizeof modules) == 0;
}

Test(qr, is_the_same_drawn_by_its_light_parts_without_colour) {
    cr_expect(are_same("http://192.168.1.5:8080/", true, "http://192.168.1.5:8080/", false));
    expect_code();
}

Test(qr, differs_with_the_text_and_keeps_letter_case) {
    cr_expect_not(are_same("http://192.168.1.5:8080/a", true, "http://192.168.1.5:8080/A", true));
}

Test(qr, is_not_drawn_where_it_does_not_fit) {
    static char long_text[4000];
    memset(long_text, 'a', sizeof long_text - 1);
    cr_expect_not(qr_print(out, "http://192.168.1.5:8080/", 30, true));
    cr_expect_not(qr_print(out, long_text, 10000, true));
    (void)fflush(out);
    cr_expect_eq(drawn[0], '\0');
    draw("http://192.168.1.5:8080/", true);
    rewind(out);
    cr_expect(qr_print(out, "http://192.168.1.5:8080/", width + 2, true));
    cr_expect_not(qr_print(out, "http://192.168.1.5:8080/", width + 1, true));
}
