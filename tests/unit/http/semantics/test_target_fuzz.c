/* SPDX-License-Identifier: MIT */
/* Targets made at random, the same ones in each run: what is let through is a sound path below the root. */
#include "http/base/escape.h"
#include "http/semantics/target.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

TestSuite(target_fuzz, .timeout = 60);

enum { ROUNDS = 200000, PIECES_MAX = 24, TEXT_BYTES = 2 * TARGET_PATH_BYTES };

static uint64_t random_state;

/* xorshift64: the C library's generators differ from one to the next. Returns a number below `limit`. */
static size_t random_below(size_t limit) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % limit);
}

#define VIEW(literal) \
    { (literal), sizeof(literal) - 1 }

static const struct view pieces[] = {
    VIEW("/"),        VIEW("/"),      VIEW("/"),        VIEW("."),           VIEW(".."),    VIEW("/.."),
    VIEW("/../"),     VIEW("/./"),    VIEW("//"),       VIEW("a"),           VIEW("b.txt"), VIEW("dir"),
    VIEW("%2e"),      VIEW("%2E"),    VIEW(".%2e"),     VIEW("%2e%2e"),      VIEW("%2F"),   VIEW("%5c"),
    VIEW("%41"),      VIEW("%00"),    VIEW("%"),        VIEW("%2"),          VIEW("%zz"),   VIEW("?"),
    VIEW("#"),        VIEW("..;"),    VIEW("\\"),       VIEW("%25"),         VIEW("%252e"), VIEW(":"),
    VIEW("\xC3\xBC"), VIEW("%C3%BC"), VIEW("*"),        VIEW("@"),           VIEW(" "),     VIEW("~"),
    VIEW("..."),      VIEW("%FF"),    VIEW("http://h"), VIEW("HTTPS://h:1"),
};

static size_t make_text(char *text) {
    size_t length = 0;
    if (random_below(16) != 0) {
        text[length++] = '/';
    }
    for (size_t count = random_below(PIECES_MAX); count > 0; count--) {
        struct view piece = pieces[random_below(sizeof pieces / sizeof pieces[0])];
        memcpy(text + length, piece.bytes, piece.length);
        length += piece.length;
    }
    if (random_below(8) == 0 && length > 0) {
        text[random_below(length)] = (char)random_below(256);
    }
    if (random_below(64) == 0) { /* long, up to and past the limit */
        size_t letters = TARGET_PATH_BYTES - 40 + random_below(60);
        size_t at = length > 0 ? 1 : 0;
        memmove(text + at + letters, text + at, length - at);
        memset(text + at, 'x', letters);
        length += letters;
    }
    return length;
}

static const char *show(struct view text) {
    static char shown[4 * TEXT_BYTES + 1];
    size_t at = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        at += (size_t)snprintf(shown + at, sizeof shown - at, c > ' ' && c < 0x7F ? "%c" : "\\x%02X", c);
    }
    shown[at] = '\0';
    return shown;
}

static bool is_dot_segment(const char *segment, size_t length) {
    return (length == 1 && segment[0] == '.') || (length == 2 && memcmp(segment, "..", 2) == 0);
}

static void expect_sound_path(const struct target *target, struct view text) {
    cr_assert(target->length < TARGET_PATH_BYTES, "%s", show(text));
    cr_assert(strlen(target->path) == target->length, "NUL at %zu: %s", strlen(target->path), show(text));
    cr_assert(target->path[0] != '/', "%s", show(text));
    for (const char *at = target->path; *at != '\0';) {
        size_t length = strcspn(at, "/");
        cr_assert(length > 0, "an empty segment: %s", show(text));
        cr_assert(!is_dot_segment(at, length), "a dot segment: %s", show(text));
        at += length;
        at += *at == '/' ? 1 : 0;
    }
}

static bool lies_within(struct view inner, struct view outer) {
    return inner.bytes == NULL ||
           (inner.bytes >= outer.bytes && inner.bytes + inner.length <= outer.bytes + outer.length);
}

/* Encoded again, a path is a target that means the same path: nothing in it has been lost, or has a meaning
 * left. */
static void expect_same_path_again(const struct target *target, struct view text) {
    struct text encoded = {0};
    struct target again;
    text_append(&encoded, "/");
    escape_url_path(&encoded, (struct view){target->path, target->length});
    cr_assert_not(encoded.failed);
    cr_assert(target_parse((struct view){encoded.bytes, encoded.length}, &again) == HTTP_OK, "%s",
              show(text));
    cr_assert(strcmp(again.path, target->path) == 0, "'%s' instead of '%s': %s", again.path, target->path,
              show(text));
    cr_assert(again.query.bytes == NULL && again.authority.bytes == NULL, "%s", show(text));
    text_deinit(&encoded);
}

/* Parse the text in memory of just its size: a look behind its end is seen by AddressSanitizer. */
static enum http_status check(struct view text) {
    struct target target;
    char *copy = malloc(text.length > 0 ? text.length : 1);
    cr_assert_not_null(copy);
    memcpy(copy, text.bytes, text.length);
    struct view input = {copy, text.length};
    enum http_status status = target_parse(input, &target);
    cr_assert(status == HTTP_OK || status == HTTP_BAD_REQUEST || status == HTTP_NOT_FOUND, "%d: %s",
              (int)status, show(text));
    if (status == HTTP_OK && !target.asterisk) {
        cr_assert(lies_within(target.query, input) && lies_within(target.authority, input), "%s", show(text));
        expect_sound_path(&target, text);
        expect_same_path_again(&target, text);
    }
    free(copy);
    return status;
}

Test(target_fuzz, never_lets_an_unsound_path_through) {
    static char text[TEXT_BYTES];
    size_t ok = 0;
    size_t not_found = 0;
    size_t bad = 0;
    random_state = 0x4C69646F;
    for (size_t round = 0; round < ROUNDS; round++) {
        enum http_status status = check((struct view){text, make_text(text)});
        ok += status == HTTP_OK ? 1 : 0;
        not_found += status == HTTP_NOT_FOUND ? 1 : 0;
        bad += status == HTTP_BAD_REQUEST ? 1 : 0;
    }
    cr_expect(ok > 1000 && not_found > 1000 && bad > 1000, "%zu %zu %zu", ok, not_found, bad);
}

/* All texts of up to six characters that path policy cares for. */
Test(target_fuzz, never_lets_an_unsound_short_path_through) {
    static const char alphabet[] = "/.a%2e";
    enum { LENGTH = 6, LETTERS = sizeof alphabet - 1 };
    size_t total = 1;
    for (size_t length = 1; length <= LENGTH; length++) {
        total *= LETTERS;
        for (size_t number = 0; number < total; number++) {
            char text[LENGTH + 1] = "/";
            size_t rest = number;
            for (size_t i = 1; i <= length; i++) {
                text[i] = alphabet[rest % LETTERS];
                rest /= LETTERS;
            }
            (void)check((struct view){text, length + 1});
        }
    }
}
