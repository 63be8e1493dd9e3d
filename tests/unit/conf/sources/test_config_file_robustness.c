/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

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

/* Takes out blanks and line ends, so that a list reads alike on one line and on several. */
static char *squeeze(char *text) {
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        bool is_last_comma = *in == ',' && in[strspn(in + 1, " \n") + 1] == '}';
        if (*in != ' ' && *in != '\n' && !is_last_comma) {
            *out++ = *in;
        }
    }
    *out = '\0';
    return text;
}

Test(config_file_robustness, lido_conf_sets_every_option_to_its_default) {
    char *defaults = print_settings();
    char *text = read_lido_conf();

    cr_assert(load(text), "%s", error);
    char *settings = print_settings();
    cr_assert_str_eq(squeeze(settings), squeeze(defaults));

    char *with_origins = NULL;
    cr_assert_eq(config_print(&config, &with_origins), 0);
    cr_assert_null(strstr(with_origins, "# default"), "an option is missing in lido.conf:\n%s", with_origins);
    free(with_origins);
    free(settings);
    free(text);
    free(defaults);
}

/* Behind the '#' of an example there is no blank, or the four of an indented line. */
Test(config_file_robustness, lido_conf_has_examples_that_work_once_their_hashes_are_gone) {
    char *text = read_lido_conf();
    char *out = text;
    for (const char *in = text; *in != '\0'; in++) {
        bool is_first = *in == '#' && (in == text || in[-1] == '\n');
        bool is_mark = is_first && ((in[1] != ' ' && in[1] != '\n') || strncmp(in + 1, "    ", 4) == 0);
        if (!is_mark) {
            *out++ = *in;
        }
    }
    *out = '\0';

    cr_assert(load(text), "%s", error);
    cr_assert(config_inherit(&config, error) && config_check(&config, error), "%s", error);
    const struct config_site *site = &config.site;
    cr_assert_eq(count_rules(site, SECTION_TYPES), 3);
    cr_assert_eq(count_rules(site, SECTION_REDIRECT), 1);
    cr_assert_eq(count_rules(site, SECTION_ERROR_PAGE), 1);
    cr_assert_eq(count_rules(site, SECTION_CACHE), 1);
    cr_assert_eq(count_rules(site, SECTION_HEADER), 1);
    cr_assert_eq(count_rules(site, SECTION_ACCESS_LOG), 1);
    cr_assert_eq(config.host_count, 1);
    cr_assert_eq(count_rules(&config.hosts[0].site, SECTION_CACHE), 2);
    free(text);
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
        return;
    }
    char *settings = print_settings();
    cr_assert(config_inherit(&config, error), "%s %zu: %s", what, number, error);
    char *completed = print_settings();
    cr_assert_str_eq(completed, settings, "%s %zu: what hosts take over is not theirs", what, number);
    free(completed);
    start_again();
    cr_assert(load(settings), "%s %zu: %s in\n%s", what, number, error, settings);
    char *again = print_settings();
    cr_assert_str_eq(again, settings, "%s %zu", what, number);
    free(again);
    free(settings);
}

/* A file with all sections, some of them on one line. */
static const char all_sections[] =
    "root = a\ncors = { \"https://a.example\", \"http://b:1\" }\n"
    "cache \"/assets/*\" { max_age = 1y immutable = true }\n"
    "cache 'image/*' {\n private = on # c\n stale_while_revalidate = 1d\n must_revalidate = on }\n"
    "cache /n { no_store = on }\n"
    "header \"*.html\" { add = { \"A: b\", 'C: \"d\"' } remove = { Server } errors = off }\n"
    "redirect \"/o/*\" { to = \"/n/$1?a=$$\" status = 308 }\n"
    "error_page 404 = /404.html\nerror_page 500 = \"/5 0.html\"\n"
    "types { md = \"text/markdown\" 'c++' = text/x-c\n}\n"
    "host a.example \"*.a.example\" [::1] {\n root = \"${LIDO_TEST_NOT_SET:-x}\" precompressed = off\n"
    "index = { a, b }\n cache \"/assets/*\" { max_age = 0 }\n types { md = a/b }\n error_page 404 = /a\n"
    " redirect /x { to = \"https://a.example/\" } /* e */ header /y { add = { \"A: c\" } } }\n"
    "host b { cors = on }\nthreads = 2\n";

Test(config_file_robustness, survives_every_truncation_of_a_file_with_all_sections) {
    for (size_t size = 0; size <= strlen(all_sections); size++) {
        check_survives(all_sections, size, "truncated to", size);
    }
    start_again();
    cr_assert(load(all_sections), "%s", error);
}

/* Without its first bytes, most of it is out of place. */
Test(config_file_robustness, survives_every_beheading_of_a_file_with_all_sections) {
    for (size_t from = 0; from < strlen(all_sections); from++) {
        check_survives(all_sections + from, strlen(all_sections) - from, "cut before", from);
    }
}

Test(config_file_robustness, survives_every_truncation_of_lido_conf) {
    char *text = read_lido_conf();
    size_t length = strlen(text);
    bool in_comment = false;
    for (size_t size = 0; size <= length; size++) {
        in_comment = size > 0 && text[size - 1] == '\n' ? text[size] == '#' : in_comment;
        if (!in_comment || size % 16 == 0) { /* one place in a comment is much like the next */
            check_survives(text, size, "truncated to", size);
        }
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
    enum { ROUNDS = 6000, ROOM = 4096 };
    static const char plain[] =
        "# c\nlisten = { \"localhost:8080\", '[::1]:80', # d\n a:1 }\nroot = \"${HOME:-/srv}/a\\\"b\"\n"
        "index = { a, 'b' }\nthreads = auto /* e */\nheader_timeout = 15s // f\nmax_head = 16k\n";
    unsigned random = 20240229;
    for (size_t round = 0; round < ROUNDS; round++) {
        char text[ROOM];
        const char *seed = round % 2 == 0 ? plain : all_sections;
        size_t size = strlen(seed);
        (void)snprintf(text, sizeof text, "%s", seed);
        for (unsigned count = 1 + next_random(&random) % 6; count > 0; count--) {
            size = mutate(text, size, &random);
        }
        check_survives(text, size, "mutation", round);
    }
}
