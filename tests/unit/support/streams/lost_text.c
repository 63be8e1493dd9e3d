/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/streams/lost_text.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

static char **text_of_stream;
static bool loses_text;

FILE *__real_open_memstream(char **text, size_t *length);
FILE *__wrap_open_memstream(char **text, size_t *length);
int __real_fclose(FILE *file);
int __wrap_fclose(FILE *file);

FILE *__wrap_open_memstream(char **text, size_t *length) {
    text_of_stream = text;
    return __real_open_memstream(text, length);
}

int __wrap_fclose(FILE *file) {
    int result = __real_fclose(file);
    if (loses_text && text_of_stream != NULL) {
        free(*text_of_stream);
        *text_of_stream = NULL;
        text_of_stream = NULL;
    }
    return result;
}

void lost_text_begin(bool is_lost) {
    loses_text = is_lost;
}
