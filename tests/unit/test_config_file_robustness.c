/* SPDX-License-Identifier: MIT */
#include "tests/unit/support_config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(config_file_robustness, .init = config_test_begin, .fini = config_test_end, .timeout = 120);

static char *read_lido_conf(void) {
    char *text = calloc(1, 65536);
    FILE *file = fopen(LIDO_SOURCE_DIR "/conf/lido.conf", "r");
    cr_assert(text && file);
    cr_assert_gt(fread(text, 1, 65535, file), 1000);
    (void)fclose(file);
    return text;
}

/* The settings as text, without where they came from. */
static char *print_settings(void) {
    char *text = NULL;
    cr_assert_eq(config_print(&config, &text), 0);
    char *out = text;
    for (char *line = text; *line != '\0';) {
        char *end = line + strcspn(line, "\n");
        bool last = *end == '\0';
        *end = '\0';
        char *comment = strstr(line, "  # ");
        size_t length = comment ? (size_t)(comment - line) : (size_t)(end - line);
        memmove(out, line, length);
        out += length;
        *out++ = '\n';
        line = last ? end : end + 1;
    }
    *out = '\0';
    return text;
}

Test(config_file_robustness, lido_conf_sets_every_option_to_its_default) {
    char *defaults = print_settings();
    char *text = read_lido_conf();

    cr_assert(load(text), "%s", error);
    char *settings = print_settings();
    cr_assert_str_eq(settings, defaults);

    char *with_origins = NULL;
    cr_assert_eq(config_print(&config, &with_origins), 0);
    cr_assert_null(strstr(with_origins, "# default"), "an option is missing in lido.conf:\n%s", with_origins);
    free(with_origins);
    free(settings);
    free(text);
    free(defaults);
}

/* Whatever the text: settings that print and load again to the same, or one line that names the file. */
static void check_survives(const char *text, size_t size, const char *what, size_t number) {
    start_again();
    folder_write(&folder, "lido.conf", text, size);
    memset(error, 'x', sizeof error);
    if (!config_load_file(&config, "lido.conf", error)) {
        cr_assert_not_null(memchr(error, '\0', sizeof error), "%s %zu: no end", what, number);
        cr_assert(strncmp(error, "lido.conf:", 10) == 0, "%s %zu: %s", what, number, error);
        cr_assert_null(strchr(error, '\n'), "%s %zu: %s", what, number, error);
        cr_assert_null(strstr(error, "cannot be read"), "%s %zu: libConfuse refuses what was found right: %s",
                       what, number, error);
        return;
    }
    char *settings = print_settings();
    start_again();
    cr_assert(load(settings), "%s %zu: %s in\n%s", what, number, error, settings);
    char *again = print_settings();
    cr_assert_str_eq(again, settings, "%s %zu", what, number);
    free(again);
    free(settings);
}

Test(config_file_robustness, survives_every_truncation_of_lido_conf) {
    char *text = read_lido_conf();
    size_t length = strlen(text);
    for (size_t size = 0; size <= length; size++) {
        check_survives(text, size, "truncated to", size);
    }
    free(text);
}

static unsigned next_random(unsigned *state) { /* xorshift, for the same run everywhere */
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Replaces, removes, repeats or inserts at a random place. Returns the new size. */
static size_t mutate(char *text, size_t size, unsigned *random) {
    static const char nasty[] = "\"'\\{}=,#+*()/$;:|\n\r\t \0\x7f\xff"
                                "0a_-*/";
    size_t at = size == 0 ? 0 : next_random(random) % size;
    size_t span = 1 + next_random(random) % 12;
    char byte = nasty[next_random(random) % (sizeof nasty - 1)];
    span = at + span > size ? size - at : span;

    switch (next_random(random) % 4) {
    case 0:
        text[at] = byte;
        return size == 0 ? 1 : size;
    case 1:
        memmove(text + at, text + at + span, size - at - span);
        return size - span;
    case 2:
        memmove(text + at + span, text + at, size - at);
        return size + span;
    default:
        memmove(text + at + 1, text + at, size - at);
        text[at] = byte;
        return size + 1;
    }
}

Test(config_file_robustness, survives_thousands_of_mutations) {
    enum { ROUNDS = 3000, ROOM = 4096 };
    static const char seed[] =
        "# c\nlisten = { \"localhost:8080\", '[::1]:80', # d\n a:1 }\nroot = \"${HOME:-/srv}/a\\\"b\"\n"
        "index = { a, 'b' }\nthreads = auto /* e */\nheader_timeout = 15s // f\nmax_head = 16k\n";
    unsigned random = 20240229;
    for (size_t round = 0; round < ROUNDS; round++) {
        char text[ROOM];
        size_t size = sizeof seed - 1;
        memcpy(text, seed, size);
        for (unsigned count = 1 + next_random(&random) % 6; count > 0; count--) {
            size = mutate(text, size, &random);
        }
        check_survives(text, size, "mutation", round);
    }
}
