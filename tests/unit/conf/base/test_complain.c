/* SPDX-License-Identifier: MIT */
#include "conf/base/complain.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(complain, writes_one_line_and_is_always_false) {
    char error[CONFIG_ERROR_BYTES];
    cr_assert_not(
        complain((struct complaint){"lido.conf:3: threads", error}, "'%s' is not a number", "many"));
    cr_assert_str_eq(error, "lido.conf:3: threads: 'many' is not a number");
}

Test(complain, lets_no_control_character_through) {
    char error[CONFIG_ERROR_BYTES];
    (void)complain((struct complaint){"a\nb", error}, "%s", "c\x1b[31m\r\nd\x7f \xC2\x9B \xC3\xBC");
    cr_assert_str_eq(error, "a?b: c?[31m??d? ? \xC3\xBC");
}

Test(complain, tells_what_errno_says) {
    char error[CONFIG_ERROR_BYTES];
    errno = ENOENT;
    (void)complain((struct complaint){"lido.conf", error}, "%m");
    cr_assert_str_eq(error, "lido.conf: No such file or directory");
}

Test(complain, has_room_for_what_is_wrong_behind_an_endless_subject) {
    char subject[2000];
    char error[CONFIG_ERROR_BYTES];
    memset(subject, 'x', sizeof subject - 1);
    memcpy(subject + sizeof subject - 10, "lido.conf", 10);

    (void)complain((struct complaint){subject, error}, "is a folder");

    cr_assert(strncmp(error, "...x", 4) == 0, "%s", error);
    cr_assert_str_eq(strstr(error, "lido.conf"), "lido.conf: is a folder");
}

Test(complain, clips_a_value_between_characters) {
    char text[200];
    cr_assert_str_eq(show("short").text, "short");
    cr_assert_str_eq(show("").text, "");

    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cr_assert_eq(strlen(show(text).text), SHOWN_BYTES - 1);
    cr_assert_str_eq(show(text).text + SHOWN_BYTES - 4, "...");

    for (size_t shift = 0; shift < 3; shift++) { /* an e with an acute accent is two bytes */
        memset(text, 'a', shift);
        for (size_t i = shift; i + 2 < sizeof text; i += 2) {
            memcpy(text + i, "\xc3\xa9", 3);
        }
        struct shown shown = show(text);
        size_t kept = strlen(shown.text) - 3;
        cr_assert_eq((kept - shift) % 2, 0, "cut within a character at %zu", kept);
    }
}

Test(complain, shows_a_part_of_a_text) {
    cr_assert_str_eq(show_part("threads = 8", 7).text, "threads");
    cr_assert_str_eq(show_part("ab", 7).text, "ab");
}

Test(complain, names_the_option_where_the_place_alone_does_not) {
    cr_assert_str_eq(subject_at("lido.conf:3", "threads").text, "lido.conf:3: threads");
    cr_assert_str_eq(subject_at("--threads", NULL).text, "--threads");
}
