/* SPDX-License-Identifier: MIT */
/* Text of a config: taken or refused with a reason; what is taken is printed as a config that says the same. */
#include "conf/config.h"
#include "conf/sources/apply.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

/* Behind the text the reader needs two NULs. Returns whether it was taken, as a whole. */
static bool apply(struct config *config, struct view text, char error[CONFIG_ERROR_BYTES]) {
    char *copy = calloc(1, text.length + 2);
    fuzz_check(copy != NULL && config_init(config) == 0);
    memcpy(copy, text.bytes, text.length);
    error[0] = '\0';
    bool is_taken = config_apply(config, "fuzz.conf", copy, text.length, error) &&
                    config_inherit(config, error) && config_check(config, error);
    fuzz_check(is_taken || error[0] != '\0');
    free(copy);
    return is_taken;
}

/* Without the comments, which say where each setting comes from. */
static void drop_origins(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0'; from++) {
        from += *from == '#' ? strcspn(from, "\n") : 0;
        *to++ = *from;
    }
    *to = '\0';
}

static char *print(const struct config *config) {
    char *text = NULL;
    fuzz_check(config_print(config, &text) == 0);
    return text;
}

static void check_printed(const struct config *config) {
    struct config again;
    char error[CONFIG_ERROR_BYTES];
    char *first = print(config);
    fuzz_check(apply(&again, view_of(first), error));
    char *second = print(&again);
    drop_origins(first);
    drop_origins(second);
    fuzz_check(strcmp(first, second) == 0);
    free(first);
    free(second);
    config_deinit(&again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    struct view text = fuzz_rest(&input);
    /* It could name any file of the machine. */
    bool includes = text.length > 0 && memmem(text.bytes, text.length, "include", strlen("include")) != NULL;
    if (!includes) {
        struct config config;
        char error[CONFIG_ERROR_BYTES];
        if (apply(&config, text, error)) {
            check_printed(&config);
        }
        config_deinit(&config);
    }
    fuzz_end(&input);
    return 0;
}
