/* SPDX-License-Identifier: MIT */
/* Patterns: they match what a table of all prefixes says, and the captures put the text together again. */
#include "http/rules/pattern.h"
#include "tests/fuzz/fuzz.h"

enum { LENGTH_MAX = 200 };

/* row[i]: the pattern up to here matches the first i bytes. */
static bool matches_by_table(const char *pattern, struct view text) {
    bool row[LENGTH_MAX + 1] = {true};
    for (; *pattern != '\0'; pattern++) {
        bool next[LENGTH_MAX + 1] = {*pattern == '*' && row[0]};
        for (size_t i = 1; i <= text.length; i++) {
            next[i] = *pattern == '*' ? row[i] || next[i - 1] : row[i - 1] && text.bytes[i - 1] == *pattern;
        }
        memcpy(row, next, sizeof row);
    }
    return row[text.length];
}

/* Of patterns whose stars are all captured. */
static void check_captures(const char *pattern, struct view text, const struct pattern_captures *captures) {
    char whole[2 * LENGTH_MAX];
    char *end = whole;
    size_t capture = 0;
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '*') {
            *end++ = *pattern;
        } else if (captures->parts[capture].length > 0) {
            end = mempcpy(end, captures->parts[capture].bytes, captures->parts[capture].length);
        }
        capture += *pattern == '*';
    }
    fuzz_check(capture == captures->count);
    fuzz_check((size_t)(end - whole) == text.length && memcmp(whole, text.bytes, text.length) == 0);
}

static size_t count_stars(const char *pattern) {
    size_t count = 0;
    for (; *pattern != '\0'; pattern++) {
        count += *pattern == '*';
    }
    return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    const char *pattern = fuzz_string(&input);
    struct view text = fuzz_line(&input);
    struct view media_type = fuzz_field(&input);
    if (strlen(pattern) <= LENGTH_MAX && text.length <= LENGTH_MAX) {
        struct pattern_captures captures = {0};
        bool matches = pattern_matches(pattern, text, &captures);
        fuzz_check(matches == matches_by_table(pattern, text));
        fuzz_check(matches == pattern_matches(pattern, text, NULL));
        if (matches && count_stars(pattern) <= PATTERN_CAPTURES_MAX) {
            check_captures(pattern, text, &captures);
        }
        struct pattern_subject subject = {.path = text, .media_type = media_type};
        bool applies = pattern_applies(pattern, &subject);
        fuzz_check(pattern_is_media_type(pattern) || applies == matches);
    }
    fuzz_end(&input);
    return 0;
}
