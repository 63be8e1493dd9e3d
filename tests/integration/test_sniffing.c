/* SPDX-License-Identifier: MIT */
/* Files whose name says nothing: text is shown by the browser, and nothing becomes a page or a script. */
#include "tests/support/stage.h"

#include <string.h>

TestSuite(sniffing, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static const char text[] = "text/plain; charset=utf-8";
static const char data[] = "application/octet-stream";

static void expect_type(const char *name, const char *type) {
    char target[100] = "/";
    cr_assert_eq(get(strcat(target, name)), 200, "%s", name);
    const char *given = answer_field(&answer, "Content-Type");
    cr_expect(type == NULL ? given == NULL : given != NULL && strcmp(given, type) == 0, "%s: %s", name,
              given);
    bool is_guarded = answer_field_is(&answer, "X-Content-Type-Options", "nosniff");
    cr_expect_eq(is_guarded, given != NULL && strcmp(given, data) != 0, "%s", name);
}

static void write_files(void) {
    folder_write_text(&site, "README", "Read me: caf\xc3\xa9.\n");
    folder_write_text(&site, "SHA256SUMS", "e3b0c442  a\n");
    folder_write_text(&site, "page", "<!doctype html><script>alert(1)</script>");
    folder_write(&site, "program",
                 "\x7f"
                 "ELF\0\0",
                 6);
    folder_write_text(&site, "odd.no-such-extension", "text");
    folder_write_pattern(&site, "large", 0, 200 * 1024);
    folder_write_text(&site, "association", "{}");
    folder_mkdir(&site, "sub");
    folder_write_text(&site, "sub/Makefile", "all:\n");
}

static void expect_default(void) {
    for (int i = 0; i < 3; i++) {
        expect_type("README", text);
        expect_type("SHA256SUMS", text);
        expect_type("page", text);
        expect_type("program", data);
        expect_type("odd.no-such-extension", text);
        expect_type("large", data);
    }
}

StageTest(sniffing, tells_text_from_data) {
    write_files();
    serve(NULL);
    expect_default();
    folder_write_text(&site, "README", "no more \x01 text");
    expect_type("README", data);
}

StageTest(sniffing, does_so_without_the_cache) {
    write_files();
    serve(LIST("LIDO_FILE_CACHE=off"));
    expect_default();
}

StageTest(sniffing, is_the_owners_to_switch_off) {
    write_files();
    serve(LIST("LIDO_DEFAULT_TYPE=application/octet-stream"));
    expect_type("README", data);
    program_stop(&lido);
    serve(LIST("LIDO_DEFAULT_TYPE=off"));
    cr_assert_eq(get("/README"), 200);
    cr_expect_null(answer_field(&answer, "Content-Type"));
}
