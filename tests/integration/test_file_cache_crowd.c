/* SPDX-License-Identifier: MIT */
/* Edits in the middle of a crowd: whoever asks after one gets the new file, however many asked just before.
 * */
#include "tests/support/stage.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CROWD = 32, EDITS = 20 };

#define REQUEST "GET /a.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"

static struct client crowd[CROWD];
static struct client client;

static void set_up(void) {
    stage_set_up();
    for (size_t i = 0; i < CROWD; i++) {
        crowd[i].fd = -1;
    }
    client.fd = -1;
}

static void tear_down(void) {
    for (size_t i = 0; i < CROWD; i++) {
        client_close(&crowd[i]);
    }
    client_close(&client);
    stage_tear_down();
}

TestSuite(file_cache_crowd, .init = set_up, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

/* Edit number `edit`: another file in the place of the one before. */
static void replace(int edit) {
    char text[20];
    (void)snprintf(text, sizeof text, "edit %d", edit);
    folder_write_text(&site, "new", text);
    cr_assert_eq(rename(folder_path(&site, "new").text, folder_path(&site, "a.txt").text), 0, "%s",
                 strerror(errno));
}

static void send_all(size_t begin, size_t end) {
    for (size_t i = begin; i < end; i++) {
        client_send(&crowd[i], REQUEST);
    }
}

static void expect_edits(size_t begin, size_t end, int oldest, int newest) {
    for (size_t i = begin; i < end; i++) {
        client_read_answer(&crowd[i], "GET", &answer);
        cr_assert(answer.status == 200 && strncmp(answer.body, "edit ", 5) == 0, "%d '%s'", answer.status,
                  answer.body);
        long edit = strtol(answer.body + 5, NULL, 10);
        cr_assert(edit >= oldest && edit <= newest, "client %zu: edit %ld, not %d to %d", i, edit, oldest,
                  newest);
    }
}

static void edit_before_a_crowd(const char *const *settings) {
    replace(0);
    serve(settings);
    client_connect(&client, lido.port);
    for (size_t i = 0; i < CROWD; i++) {
        client_connect(&crowd[i], lido.port);
    }
    for (int edit = 1; edit <= EDITS; edit++) {
        let_settle(&client);
        for (int i = 0; i < 3; i++) {
            send_all(0, CROWD);
            expect_edits(0, CROWD, edit - 1, edit - 1);
        }
        send_all(0, CROWD / 2);
        replace(edit);
        send_all(CROWD / 2, CROWD);
        expect_edits(CROWD / 2, CROWD, edit, edit);
        expect_edits(0, CROWD / 2, edit - 1, edit);
    }
}

StageTest(file_cache_crowd, sees_edits_at_once) {
    edit_before_a_crowd(LIST("LIDO_THREADS=2"));
}

StageTest(file_cache_crowd, sees_them_by_one_worker) {
    edit_before_a_crowd(LIST("LIDO_THREADS=1"));
}

StageTest(file_cache_crowd, sees_them_where_descriptors_are_kept) {
    edit_before_a_crowd(LIST("LIDO_THREADS=2", "LIDO_FILE_CACHE_MAX_FILE=0"));
}
