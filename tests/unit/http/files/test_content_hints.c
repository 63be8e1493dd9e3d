/* SPDX-License-Identifier: MIT */
#include "http/files/content_hints.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(content_hints, .timeout = 10);

static bool is_text(const char *bytes, size_t length) {
    unsigned hints = content_hints_of(bytes, length);
    cr_assert((hints & CONTENT_WAS_LOOKED_AT) != 0);
    return (hints & CONTENT_IS_TEXT) != 0;
}

Test(content_hints, tell_text_from_other_bytes) {
    static const struct {
        const char *name;
        const char *bytes;
        bool is_text;
    } rows[] = {
        {"nothing", "", true},
        {"words", "all: build\n\tcc -o a a.c\r\n\f", true},
        {"a byte order mark", "\xef\xbb\xbftext", true},
        {"beyond ASCII", "caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x8f\x8a", true},
        {"markup is text as well", "<html><script>x</script>", true},
        {"escape", "a\x1b[1m", false},
        {"bell", "a\a", false},
        {"delete", "a\x7f", false},
        {"an ELF file",
         "\x7f"
         "ELF\x02\x01",
         false},
        {"Latin-1", "caf\xe9 au lait", false},
        {"UTF-16",
         "\xff\xfe"
         "a",
         false},
        {"a surrogate", "\xed\xa0\x80", false},
        {"a longer form than there must be", "\xc0\xaf", false},
        {"cut off by the end of the file", "caf\xc3", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(is_text(rows[i].bytes, strlen(rows[i].bytes)), rows[i].is_text, "%s", rows[i].name);
    }
    cr_expect_not(is_text("a\0b", 3), "NUL");
}

Test(content_hints, look_no_further_than_they_say) {
    char bytes[CONTENT_HINTS_BYTES + 1];
    memset(bytes, 'a', sizeof bytes);
    bytes[CONTENT_HINTS_BYTES] = '\0';
    cr_expect(is_text(bytes, sizeof bytes));
    bytes[CONTENT_HINTS_BYTES - 1] = '\0';
    cr_expect_not(is_text(bytes, sizeof bytes));
}

Test(content_hints, allow_for_a_character_that_the_first_part_cuts_off) {
    static const char *const characters[] = {"\xc3\xa9",     "\xe2\x82\xac",     "\xe0\xa4\x85",
                                             "\xed\x9f\xbf", "\xf0\x9f\x8f\x8a", "\xf4\x8f\xbf\xbf"};
    char bytes[CONTENT_HINTS_BYTES + 4];
    for (size_t i = 0; i < sizeof characters / sizeof *characters; i++) {
        for (size_t kept = 1; kept <= strlen(characters[i]); kept++) {
            memset(bytes, 'a', sizeof bytes);
            memcpy(bytes + CONTENT_HINTS_BYTES - kept, characters[i], strlen(characters[i]));
            cr_expect(is_text(bytes, sizeof bytes), "%zu bytes of number %zu", kept, i);
            cr_expect_not(kept < strlen(characters[i]) && is_text(bytes + 1, CONTENT_HINTS_BYTES - 1),
                          "%zu bytes of number %zu at the end of the file", kept, i);
        }
    }
    static const char *const wrong[] = {"\x80", "\xff", "\xc0", "\xe0\x80", "\xed\xa0", "\xf4\x90", "\xf8"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        memset(bytes, 'a', sizeof bytes);
        memcpy(bytes + CONTENT_HINTS_BYTES - strlen(wrong[i]), wrong[i], strlen(wrong[i]));
        cr_expect_not(is_text(bytes, sizeof bytes), "number %zu", i);
    }
}
