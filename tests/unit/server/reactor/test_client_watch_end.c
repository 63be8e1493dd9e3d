/* SPDX-License-Identifier: MIT */
/* Clients that end: their input, or the time that they have. */
#include "server/reactor/client_watch.h"
#include "tests/unit/server/reactor/watch.h"

#include <criterion/criterion.h>
#include <sys/socket.h>

TestSuite(client_watch_end, .init = watch_set_up, .fini = watch_tear_down, .timeout = 60);

/* ---- The end ------------------------------------------------------------------------------------------- */

/* Bytes and the end behind them are one event when they come together, and who has read the bytes does not
 * know that there was more. */
Test(client_watch_end, forgets_no_end_that_came_together_with_bytes) {
    static const int families[] = {AF_INET, AF_UNIX};
    for (size_t i = 0; i < 2; i++) {
        begin_anew(families[i]);
        expect_waits_for(WATCH_FOR_BYTES);
        say_something();
        expect_handed_over();
        hear_something();

        expect_waits_for(WATCH_FOR_BYTES);
        cr_assert_eq(send(guest.peer, "x", 1, MSG_NOSIGNAL | MSG_MORE), 1);
        cr_assert_eq(shutdown(guest.peer, SHUT_WR), 0);
        expect_handed_over();
        hear_something();
        expect_no_event();
        expect_called(WATCH_FOR_BYTES);
        char byte = 0;
        cr_expect_eq(recv(guest.client.connection.fd, &byte, 1, 0), 0);
    }
}

/* Else a download of a client that has finished sending would keep a worker busy until it is read. */
Test(client_watch_end, lets_who_has_finished_sending_wait_for_room) {
    expect_waits_for(WATCH_FOR_BYTES);
    cr_assert_eq(shutdown(guest.peer, SHUT_WR), 0);
    expect_handed_over();
    cr_expect_eq(client_turn_seen(&guest.client), SEEN_END);
    fill_up(guest.client.connection.fd);
    expect_waits_for(WATCH_FOR_ROOM);
    expect_no_event();
    empty(guest.peer);
    expect_handed_over();
    expect_called(WATCH_FOR_BYTES);
}

/* ---- Urgent bytes -------------------------------------------------------------------------------------- */

/* recv(2) stops before the urgent byte, and no other event tells of what is behind. */
Test(client_watch_end, lets_who_was_sent_an_urgent_byte_look_once_more) {
    char bytes[8];
    int on = 1;
    begin_anew(AF_INET);
    int fd = guest.client.connection.fd;
    cr_assert_eq(setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on), 0);
    expect_waits_for(WATCH_FOR_BYTES);
    cr_assert_eq(send(guest.peer, "abc", 3, MSG_OOB), 3);
    cr_assert_eq(send(guest.peer, "de", 2, 0), 2);
    expect_handed_over();
    cr_expect_eq(recv(fd, bytes, sizeof bytes, 0), 2);
    expect_called(WATCH_FOR_BYTES);
    cr_expect_eq(recv(fd, bytes, sizeof bytes, 0), 3);
    expect_waits_for(WATCH_FOR_BYTES);
}

/* ---- Deadlines ----------------------------------------------------------------------------------------- */

static void let_time_pass(void) {
    meanwhile = NULL;
    cr_assert_eq(waiting_room_sweep(&room, NOW_MS + 2 * TICK_MS), 1);
    if (guest.client.watched != WATCHED_NOT) {
        have_it_called();
    }
}

Test(client_watch_end, hands_over_who_expires) {
    static const enum watch_for all[] = {WATCH_FOR_BYTES, WATCH_FOR_BYTES_OR_LEFT, WATCH_FOR_ROOM};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        begin_anew(AF_INET);
        room.swept_tick = NOW_MS / TICK_MS;
        fill_up(guest.client.connection.fd);
        expect_waits_for(all[i]);
        cr_assert_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), 1);
        expect_handed_over();
        cr_expect(guest.client.connection.expired);
    }
}

/* The sweep may come when the worker has not given the client away yet. */
Test(client_watch_end, lets_nobody_expire_behind_its_owners_back) {
    for (int registered = 0; registered < 2; registered++) {
        begin_anew(AF_INET);
        room.swept_tick = NOW_MS / TICK_MS;
        if (registered) {
            expect_waits_for(WATCH_FOR_BYTES);
            say_something();
            expect_handed_over();
            hear_something();
        }
        meanwhile = let_time_pass;
        is_meanwhile_when_armed = false;
        enum watch_result result = wait_for(WATCH_FOR_BYTES);
        cr_assert_null(meanwhile);
        cr_expect(guest.client.connection.expired);
        if (registered) {
            cr_expect_eq(result, WATCH_CALLED);
            cr_expect_eq(room.count, 0);
        } else { /* registering it tells of the shutdown */
            cr_expect_eq(result, WATCH_WAITS);
            expect_handed_over();
        }
    }
}
