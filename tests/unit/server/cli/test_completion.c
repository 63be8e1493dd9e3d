/* SPDX-License-Identifier: MIT */
/* That shells take the scripts: tests/install. */
#include "conf/config.h"
#include "server/cli/completion.h"
#include "server/cli/help.h"
#include "server/cli/options.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(completion, .timeout = 60);

static char *print(const char *shell) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    cr_assert(completion_print(out, shell), "%s", shell);
    cr_assert_eq(fclose(out), 0);
    return text;
}

static void expect_inside(const char *shell, const char *text, const char *before, const char *name) {
    char wanted[128];
    (void)snprintf(wanted, sizeof wanted, "%s%s", before, name);
    cr_expect_not_null(strstr(text, wanted), "%s: no %s", shell, wanted);
}

Test(completion, has_every_option_of_the_command_line_and_of_the_file) {
    static const char *const shells[][2] = {{"bash", "--"}, {"zsh", "--"}, {"fish", "-l "}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++) {
        char *text = print(shells[i][0]);
        for (const struct option *option = options_long; option->name != NULL; option++) {
            expect_inside(shells[i][0], text, shells[i][1], option->name);
        }
        for (size_t id = 0; config_option_name(id) != NULL; id++) {
            expect_inside(shells[i][0], text, config_option_name(id), "=");
        }
        free(text);
    }
}

Test(completion, describes_options_as_the_help_does) {
    static const char *const rows[][2] = {
        {"threads", "1 to 1024 (default: auto, 2 a processor, at least 4)"},
        {"check", "look what is odd with folder, settings, machine"},
        {"check-config", "check and show all settings and their sources"},
        {"version", "version, libraries and what is built in"},
        {"vers", ""},
    };
    char description[COMPLETION_DESCRIPTION_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        completion_describe(rows[i][0], description);
        cr_expect_str_eq(description, rows[i][1], "%s", rows[i][0]);
    }
}

/* The fault: "source <(lido --complete=zsh)" called _arguments where nothing was completed. */
Test(completion, of_zsh_completes_nothing_until_it_is_asked) {
    char *text = print("zsh");
    const char *function = strstr(text, "\n_lido() {\n");
    const char *arguments = strstr(text, "_arguments");
    const char *end = strstr(text, "\n}\n");
    cr_assert(function != NULL && arguments != NULL && end != NULL);
    cr_expect(function < arguments && arguments < end);
    cr_expect_not_null(strstr(end, "compdef _lido lido"));
    free(text);
}

Test(completion, of_other_shells_there_is_none) {
    cr_expect_not(completion_print(stdout, "tcsh"));
}
