/* SPDX-License-Identifier: MIT */
#include "http/pages/page.h"
#include "tests/support/folder.h"
#include "tests/unit/support/html_page.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct folder workplace;
static struct text page;

static void set_up(void) {
    folder_create(&workplace);
}

static void clean_up(void) {
    text_deinit(&page);
    folder_remove(&workplace);
}

TestSuite(page, .init = set_up, .fini = clean_up, .timeout = 20);

/* "'sha256-<base64>'" of a text, computed by sha256sum(1). */
static void digest_of(const char *text, char out[64]) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    folder_write_text(&workplace, "text", text);
    char command[FOLDER_PATH_BYTES + 16];
    (void)snprintf(command, sizeof command, "sha256sum %s", folder_path(&workplace, "text").text);
    FILE *output = popen(command, "r"); /* NOLINT(cert-env33-c): the command is the test's own */
    char hex[64 + 4 + 1] = "";
    cr_assert_not_null(output);
    cr_assert_eq(fread(hex, 1, 64, output), 64);
    while (fread(command, 1, sizeof command, output) > 0) {
    } /* what it says of the file */
    cr_assert_eq(pclose(output), 0);
    (void)strcat(hex, "0000");
    char *at = out + sprintf(out, "'sha256-");
    for (size_t i = 0; i < 66; i += 3) { /* three hexadecimal digits are two letters */
        char three[4] = {hex[i], hex[i + 1], hex[i + 2]};
        unsigned long bits = strtoul(three, NULL, 16);
        *at++ = letters[bits >> 6];
        *at++ = letters[bits & 63];
    }
    memcpy(at - 1, "='", 3); /* 43 letters tell 256 bits */
}

static const char *write_listing(void) {
    page_open(&page);
    page_begin_listing(&page);
    page_end_listing(&page, NULL);
    text_append_bytes(&page, "", 1);
    cr_assert_not(page.failed);
    return page.bytes;
}

static const char *write_error(void) {
    page_open(&page);
    page_begin_error(&page);
    page_end_error(&page, NULL);
    text_append_bytes(&page, "", 1);
    cr_assert_not(page.failed);
    return page.bytes;
}

/* CSP level 3, section 8.4: the digest is that of what stands between the tags, to the byte. */
Test(page, allows_its_own_style_and_script_by_their_digests) {
    char digest[64];
    const char *text = write_listing();
    digest_of(html_page_between(text, "<style>", "</style>"), digest);
    cr_expect_str_eq(html_page_between(page_security_policy_listing, "style-src ", ";"), digest);
    digest_of(html_page_between(text, "<script>", "</script>"), digest);
    cr_expect_str_eq(html_page_between(page_security_policy_listing, "script-src ", ";"), digest);
    text_clear(&page, SIZE_MAX);
    digest_of(html_page_between(write_error(), "<style>", "</style>"), digest);
    cr_expect_str_eq(html_page_between(page_security_policy_error, "style-src ", ";"), digest);
    text_clear(&page, SIZE_MAX);
    html_page_clean_up();
}

Test(page, forbids_everything_else) {
    static const char *const parts[] = {"default-src 'none'", "base-uri 'none'"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        cr_expect_eq(html_page_count(page_security_policy_listing, parts[i]), 1, "%s", parts[i]);
        cr_expect_eq(html_page_count(page_security_policy_error, parts[i]), 1, "%s", parts[i]);
    }
    cr_expect_eq(html_page_count(page_security_policy_listing, "img-src 'self' data:;"), 1);
    cr_expect_eq(html_page_count(page_security_policy_error, "img-src data:;"), 1);
    cr_expect_eq(html_page_count(page_security_policy_listing, "form-action 'self'"), 1);
    cr_expect_eq(html_page_count(page_security_policy_error, "form-action 'none'"), 1);
    cr_expect_eq(html_page_count(page_security_policy_error, "script-src"), 0);
    cr_expect_eq(html_page_count(page_security_policy_listing, "unsafe"), 0);
    cr_expect_eq(html_page_count(page_security_policy_error, "unsafe"), 0);
}

Test(page, is_whole_in_one_answer_and_carries_no_comments) {
    static const char *const parts[] = {"url(h", "@import", "src=", "href=\"h", "href=\"/",
                                        "/*",    "<!--",    "\n ",  "SPDX"};
    const char *text = write_listing();
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        cr_expect_eq(html_page_count(text, parts[i]), 0, "%s", parts[i]);
    }
    cr_expect_eq(strncmp(text, "<!doctype html>\n<html lang=\"en\">\n", 33), 0);
    cr_expect_eq(html_page_count(text, "<link "), 1);
    cr_expect_eq(html_page_count(text, "<link rel=\"icon\" href=\"data:"), 1);
    cr_expect_eq(html_page_count(text, "<style>"), 1);
    cr_expect_eq(html_page_count(text, "</html>"), 1);
}

Test(page, shows_the_servers_name_only_where_one_is_given) {
    cr_expect_eq(html_page_count(write_listing(), "<footer>"), 0);
    text_clear(&page, SIZE_MAX);
    cr_expect_eq(html_page_count(write_error(), "<footer>"), 0);
    text_clear(&page, SIZE_MAX);
    page_end_listing(&page, "Lido <1>");
    page_end_error(&page, "Lido <1>");
    text_append_bytes(&page, "", 1);
    cr_expect_eq(html_page_count(page.bytes, "<footer>Lido &lt;1&gt;</footer>"), 2);
}

/* Each icon that is written can be found in the page; "#i-" stands nowhere else. */
Test(page, has_every_icon) {
    static const char *const names[] = {"folder", "image", "video", "audio", "archive", "document",
                                        "code",   "text",  "data",  "up",    "find",    "list",
                                        "grid",   "save",  "next",  "lido"};
    const char *text = write_listing();
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "<symbol id=\"i-%s\"", names[i]);
        cr_expect_eq(html_page_count(text, id), 1, "%s", id);
    }
    cr_expect_eq(html_page_count(text, "<symbol "), sizeof names / sizeof names[0]);
    text_clear(&page, SIZE_MAX);
    page_write_icon(&page, "up");
    text_append_bytes(&page, "", 1);
    cr_expect_str_eq(page.bytes, "<svg role=none><use href=\"#i-up\"/></svg>");
}
