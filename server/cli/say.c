/* SPDX-License-Identifier: MIT */
#include "server/cli/say.h"

#include <stdbool.h>
#include <stdio.h>

int say(const char *line, int exit_status) {
    (void)fputs("lido: ", stderr);
    for (const char *c = line; *c != '\0'; c++) {
        bool is_control = (unsigned char)*c < ' ' || *c == 0x7F;
        (void)fputc(is_control ? '?' : *c, stderr);
    }
    (void)fputc('\n', stderr);
    return exit_status;
}
