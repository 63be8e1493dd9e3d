/* SPDX-License-Identifier: MIT */
#include "tests/support/slow_files/stage.h"

#include <errno.h>
#include <stdio.h>

enum { REQUEST_BYTES = 128, SMALL_TRIPS = 8 };

struct slow_files disk;
struct client stuck[SLOW_FILES_STUCK_MAX];
struct client kept[SLOW_FILES_KEPT];

void slow_files_set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    folder_write_text(&site, "fast.txt", "fast");
    folder_mkdir(&site, "slow");
    for (int i = 0; i < SLOW_FILES_STUCK_MAX; i++) {
        stuck[i].fd = -1;
    }
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        kept[i].fd = -1;
    }
}

/* First the disk: a program that waits for it cannot even be killed. */
void slow_files_tear_down(void) {
    slow_files_unmount(&disk);
    for (int i = 0; i < SLOW_FILES_STUCK_MAX; i++) {
        client_close(&stuck[i]);
    }
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_close(&kept[i]);
    }
    stage_tear_down();
}

void slow_files_begin(const char *const *settings) {
    serve(settings);
    for (int i = 0; i < SLOW_FILES_KEPT; i++) {
        client_connect(&kept[i], lido.port);
        round_trip(&kept[i]);
    }
}

static void send_get(struct client *client, const char *name) {
    char request[REQUEST_BYTES];
    (void)snprintf(request, sizeof request, "GET /slow/%s HTTP/1.0\r\n\r\n", name);
    client_connect(client, lido.port);
    client_send(client, request);
}

/* Have a client ask for a file whose disk does not answer calls of this kind. */
void get_stuck(struct client *client, const char *name, enum slow_call call, off_t from) {
    slow_files_hold(&disk, call, from);
    size_t held = disk.held;
    send_get(client, name);
    slow_files_await_held(&disk, held + 1);
}

void expect_others_are_served(void) {
    for (int trip = 0; trip < SMALL_TRIPS; trip++) {
        for (int i = 0; i < SLOW_FILES_KEPT; i++) {
            round_trip(&kept[i]);
        }
        cr_assert(get("/fast.txt") == 200, "status %d", answer.status);
        cr_assert_str_eq(answer.body, "fast");
    }
}

void expect_silence(const struct client *client) {
    char byte;
    cr_assert(recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 && errno == EAGAIN,
              "it was answered: nothing was stuck");
}

void expect_whole(struct client *client, off_t size) {
    client_read_head(client, &answer);
    cr_assert(answer.status == 200, "status %d", answer.status);
    cr_assert(answer.content_length == size, "Content-Length %lld", (long long)answer.content_length);
    cr_assert(client_read_pattern(client, 0, size) == size, "the body is not whole");
    client_expect_end(client);
}
