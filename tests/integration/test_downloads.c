/* SPDX-License-Identifier: MIT */
/* Folders as archives: interrupted wherever it may be and resumed, they are the same bytes. That programs can
 * read them is seen by ./dev clients. */
#include "tests/support/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGE = 150 * 1000, TARGET_BYTES = 64, TAG_BYTES = 128, END_BYTES = 22 };

static const char *const forms[] = {"tar", "zip"};

static char *whole; /* of the archive that is asked for; with a NUL behind it */
static size_t whole_size;
static char tag[TAG_BYTES];

static void set_up(void) {
    stage_set_up();
    whole = NULL;
}

static void tear_down(void) {
    free(whole);
    stage_tear_down();
}

TestSuite(downloads, .init = set_up, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

static void plant(void) {
    folder_write_text(&site, "album/a.txt", "alpha");
    folder_write_text(&site, "album/empty", "");
    folder_write_pattern(&site, "album/b/large", 0, LARGE);
    folder_write_text(&site, "album/caf\xC3\xA9", "coffee");
    folder_write_text(&site, "album/d", "last");
    folder_touch(&site, "album/a.txt", 1000000000);
    serve(NULL);
    struct client client;
    client_connect(&client, lido.port);
    let_settle(&client); /* a strong tag */
    client_close(&client);
}

/* Take it whole. Returns whether there is this form. */
static bool take_whole(const char *form) {
    char target[TARGET_BYTES];
    (void)snprintf(target, sizeof target, "/album/?download=%s", form);
    int status = get(target);
    if (status == 400 && strcmp(form, "zip") == 0) {
        return false; /* without zlib */
    }
    cr_assert_eq(status, 200, "%s: %d", form, status);
    cr_assert_eq(answer.content_length, (off_t)answer.body_size);
    free(whole);
    whole_size = answer.body_size;
    whole = calloc(1, whole_size + 1);
    cr_assert_not_null(whole);
    memcpy(whole, answer.body, whole_size);
    (void)snprintf(tag, sizeof tag, "%s", answer_field(&answer, "ETag"));
    cr_assert_eq(tag[0], '"', "a strong tag, not %s", tag);
    return true;
}

static void ask_range(const char *method, const char *form, const char *range) {
    char request[512];
    (void)snprintf(request, sizeof request,
                   "%s /album/?download=%s HTTP/1.0\r\nRange: bytes=%s\r\nIf-Range: %s\r\n\r\n", method, form,
                   range, tag);
    ask(request);
}

static void expect_part(const char *form, const char *range, size_t begin) {
    ask_range("GET", form, range);
    cr_assert_eq(answer.status, 206, "%s %s: %d", form, range, answer.status);
    cr_assert(answer_field_is(&answer, "ETag", tag), "%s %s", form, range);
    cr_assert_eq(answer.body_size, whole_size - begin, "%s %s: %zu", form, range, answer.body_size);
    cr_assert_eq(memcmp(answer.body, whole + begin, answer.body_size), 0, "%s %s", form, range);
}

StageTest(downloads, are_resumed_to_the_same_bytes_wherever_they_were_interrupted) {
    plant();
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && take_whole(forms[i]); i++) {
        enum { PLACES = 40 };
        for (size_t place = 0; place < PLACES; place++) {
            char range[32];
            size_t begin = place < PLACES / 2 ? whole_size * place / PLACES * 2
                                              : whole_size - 1 - (place - PLACES / 2) * END_BYTES;
            (void)snprintf(range, sizeof range, "%zu-", begin);
            expect_part(forms[i], range, begin);
        }
    }
}

/* A program that wants one file of a zip asks for its directory first. */
StageTest(downloads, give_their_last_bytes_alone) {
    plant();
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && take_whole(forms[i]); i++) {
        static const size_t lengths[] = {1, END_BYTES, 300, 700};
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            char range[32];
            (void)snprintf(range, sizeof range, "-%zu", lengths[j]);
            expect_part(forms[i], range, whole_size - lengths[j]);
        }
    }
}

StageTest(downloads, begin_anew_when_the_folder_has_changed) {
    plant();
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && take_whole(forms[i]); i++) {
        folder_touch(&site, "album/d", 1000000000 + (time_t)i);
        ask_range("GET", forms[i], "100-");
        cr_assert_eq(answer.status, 200, "%s: %d", forms[i], answer.status);
        cr_assert_not(answer_field_is(&answer, "ETag", tag), "%s", forms[i]);
        struct client client;
        client_connect(&client, lido.port);
        let_settle(&client);
        client_close(&client);
    }
}
