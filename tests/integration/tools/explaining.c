/* SPDX-License-Identifier: MIT */
#include "tests/integration/tools/explaining.h"

#include <stdio.h>
#include <string.h>

enum { ARGUMENTS_MAX = 16 };

int explain(const char *const *arguments) {
    const char *all[ARGUMENTS_MAX] = {"--config=lido.conf", "--explain"};
    size_t count = 2;
    for (; *arguments != NULL; arguments++) {
        all[count++] = *arguments;
    }
    return program_run(&lido, &(struct program_options){
                                  .arguments = all, .directory = workplace.path, .unprivileged = true});
}

void configure(const char *settings) {
    char text[2048];
    (void)snprintf(text, sizeof text, "root = \"%s\"\nmedia_types = off\n%s", site.path, settings);
    folder_write_text(&workplace, "lido.conf", text);
}

void expect_step(const char *step) {
    const char *found = strstr(lido.out.text, step);
    const char *head = strstr(lido.out.text, "\n\n");
    cr_expect(found != NULL && head != NULL && found < head && found >= lido.out.text + 4 &&
                  memcmp(found - 2, ". ", 2) == 0 && strchr("\n", found[strlen(step)]) != NULL,
              "no step '%s' in\n%s%s", step, lido.out.text, lido.err.text);
}

void expect_no(const char *text) {
    cr_expect_null(strstr(lido.out.text, text), "'%s' in\n%s", text, lido.out.text);
}

void expect_line(const char *line) {
    char wanted[256];
    (void)snprintf(wanted, sizeof wanted, "\n%s\n", line);
    cr_expect_not_null(strstr(lido.out.text, wanted), "no line '%s' in\n%s%s", line, lido.out.text,
                       lido.err.text);
}

void expect_all_steps(const char *const *steps) {
    for (; *steps != NULL; steps++) {
        expect_step(*steps);
    }
}
