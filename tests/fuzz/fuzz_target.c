/* SPDX-License-Identifier: MIT */
/* Targets: whatever is read as a path stays beneath the root, and is read again as it was written. */
#include "http/base/escape.h"
#include "http/semantics/authority.h"
#include "http/semantics/target.h"
#include "tests/fuzz/fuzz.h"

static struct target target;
static struct target again;

static void check_segments(const char *path) {
    fuzz_check(path[0] != '/');
    for (const char *segment = path; *segment != '\0';) {
        size_t length = strcspn(segment, "/");
        fuzz_check(length > 0);
        fuzz_check(!(length == 1 && segment[0] == '.'));
        fuzz_check(!(length == 2 && memcmp(segment, "..", 2) == 0));
        segment += segment[length] == '/' ? length + 1 : length;
    }
}

static void check_hidden(const char *path) {
    for (const char *hidden = target_find_hidden(path); hidden != NULL;
         hidden = target_find_hidden_behind(hidden)) {
        fuzz_check(hidden >= path && hidden < path + strlen(path));
        fuzz_check(target_is_dot_name(hidden));
    }
}

static void read_again(void) {
    struct text text = {0};
    text_append(&text, "/");
    escape_url_path(&text, (struct view){target.path, target.length});
    fuzz_check(target_parse((struct view){text.bytes, text.length}, &again) == HTTP_OK);
    fuzz_check(strcmp(again.path, target.path) == 0);
    text_deinit(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    struct view text = fuzz_rest(&input);
    struct view host;
    if (authority_split(text, &host)) {
        fuzz_check(host.length > 0 && host.bytes >= text.bytes);
        fuzz_check(host.bytes + host.length <= text.bytes + text.length);
    }
    enum http_status status = target_parse(text, &target);
    fuzz_check(status == HTTP_OK || status == HTTP_BAD_REQUEST || status == HTTP_NOT_FOUND);
    if (status == HTTP_OK && !target.asterisk) {
        fuzz_check(strlen(target.path) == target.length && target.length < TARGET_PATH_BYTES);
        check_segments(target.path);
        check_hidden(target.path);
        read_again();
    }
    fuzz_end(&input);
    return 0;
}
