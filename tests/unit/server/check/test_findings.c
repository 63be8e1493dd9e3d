/* SPDX-License-Identifier: MIT */
#include "server/check/findings.h"

#include <criterion/criterion.h>
#include <string.h>

static struct findings findings;
static struct text text;

static void set_up(void) {
    findings = (struct findings){0};
    text = (struct text){0};
}

static void tear_down(void) {
    findings_deinit(&findings);
    text_deinit(&text);
}

TestSuite(findings, .init = set_up, .fini = tear_down);

static void expect_text(const char *expected) {
    text_append_bytes(&text, "", 1);
    cr_expect_str_eq(text.bytes, expected);
}

Test(findings, of_nothing_is_nothing) {
    cr_expect_eq(findings_level(&findings), FINDING_NONE);
    cr_expect_eq(findings_write(&findings, &text), 0);
    expect_text("");
}

Test(findings, of_one_kind_share_a_line_with_the_first_three) {
    static const char *const paths[] = {"www/a~", "www/b~", "www/c~", "www/d~", "www/e~"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        findings_note(&findings, FINDING_BACKUP, paths[i]);
    }
    cr_expect_eq(findings_level(&findings), FINDING_ADVICE);
    cr_expect_eq(findings_write(&findings, &text), 1);
    expect_text("advice: 5 backups or leftovers of editors are served: www/a~, www/b~, www/c~ and 2 more; "
                "delete it, or move it out of the root\n");
}

Test(findings, are_told_by_weight) {
    findings_note(&findings, FINDING_TIME_ZERO, "zero");
    findings_say(&findings, FINDING_ADVICE, "backlog = %d is long", 9);
    findings_note(&findings, FINDING_SECRET, ".env");
    findings_say(&findings, FINDING_MISTAKE, "the port is taken");
    cr_expect_eq(findings_level(&findings), FINDING_MISTAKE);
    cr_expect_eq(findings_write(&findings, &text), 4);
    expect_text(
        "mistake: the port is taken\n"
        "mistake: 1 file with secrets is served: .env; hide it (dotfiles = hide) or move it out of the "
        "root\n"
        "advice: backlog = 9 is long\n"
        "advice: 1 file has no real time (1970): caches cannot go by it: zero; touch it\n");
}

Test(findings, cannot_write_to_a_terminal_what_they_like) {
    findings_note(&findings, FINDING_NAME_CONTROL, "a\033[2J\nb\xFF");
    findings_note(&findings, FINDING_NAME_CONTROL,
                  "\xC2\x9B"
                  "1mgr\xC3\xBCn\xE2\x80\xAE");
    cr_expect_eq(findings_write(&findings, &text), 1);
    expect_text(
        "advice: 2 names have control characters or a backslash in it: a?[2J?b\xEF\xBF\xBD, ?1mgr\xC3\xBCn?; rename it\n");
}
