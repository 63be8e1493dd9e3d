/* SPDX-License-Identifier: MIT */
/* Who is shut down, and taken by one who is in need before epoll has reported it. */
#include "server/reactor/client_turn.h"
#include "server/reactor/waiting_room.h"
#include "tests/unit/server/reactor/guest.h"

#include <criterion/criterion.h>
#include <sys/socket.h>

TestSuite(waiting_room_taking, .init = open_room, .fini = clear_room, .timeout = 60);

static void rest(struct guest *guest) {
    arrive(guest, CONNECTION_IDLE, NOW_MS + HORIZON_MS);
    cr_assert(client_turn_give(&guest->client));
}

Test(waiting_room_taking, is_taken_once_it_is_shut_down) {
    static struct guest first;
    static struct guest last;
    rest(&first);
    rest(&last);
    cr_expect_null(waiting_room_take_expiring(&room));
    cr_assert(waiting_room_dismiss_longest_idle(&room));
    cr_expect(waiting_room_take_expiring(&room) == &first.client);
    cr_expect(has_expired(&first));
    cr_expect_eq(client_turn_of(&first.client), TURN_TAKEN);
    cr_expect_null(first.client.list);
    cr_expect_eq(waiting_room_parked(&room, PARKED_IDLE), 1);
    cr_expect_null(waiting_room_take_expiring(&room), "only once");
}

Test(waiting_room_taking, is_nobody_whom_somebody_else_has) {
    static struct guest harvested;
    static struct guest entering;
    rest(&harvested);
    arrive(&entering, CONNECTION_IDLE, NOW_MS + HORIZON_MS);
    cr_assert(waiting_room_dismiss_longest_idle(&room) && waiting_room_dismiss_longest_idle(&room));
    struct client_event event = client_turn_event(client_turn_token(&harvested.client), 0);
    cr_assert(client_turn_take(&harvested.client, &event));
    cr_expect_null(waiting_room_take_expiring(&room));
    cr_expect_eq(client_turn_of(&harvested.client), TURN_TAKEN, "it was not called either");
    cr_expect_eq(client_turn_of(&entering.client), TURN_TAKEN, "who gives it to the room has it still");
}

/* Who is in need of a descriptor has no use for one that takes a page first, and would be in need again for that. */
Test(waiting_room_taking, is_nobody_who_gets_an_answer_first) {
    static struct guest reading;
    static struct guest idle;
    arrive(&reading, CONNECTION_READING, NOW_MS + TICK_MS);
    cr_assert(client_turn_give(&reading.client));
    rest(&idle);
    cr_assert_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), 1);
    cr_expect_null(waiting_room_take_expiring(&room));
    cr_expect_eq(client_turn_of(&reading.client), TURN_WAITING, "epoll reports it");
    cr_assert(waiting_room_dismiss_longest_idle(&room));
    cr_expect_eq(waiting_room_take_expiring(&room), &idle.client, "it keeps nobody from being taken");
}

/* One that hung in a file system may come back while the server ends. */
Test(waiting_room_taking, leaves_even_in_the_end_who_is_a_workers) {
    static struct guest entering;
    static struct guest harvested;
    static struct guest resting;
    static struct guest back;
    arrive(&entering, CONNECTION_SENDING, NOW_MS + TICK_MS);
    rest(&harvested);
    rest(&resting);
    connect_guest(&back, AF_UNIX);
    waiting_room_hand_back(&room, &back.client);
    struct client_event event = client_turn_event(client_turn_token(&harvested.client), 0);
    cr_assert(client_turn_take(&harvested.client, &event));
    cr_expect_eq(waiting_room_take_any(&room), &resting.client);
    cr_expect_eq(waiting_room_take_any(&room), &back.client);
    cr_expect_null(waiting_room_take_any(&room));
    cr_expect_eq(room.count, 2);
    cr_assert(client_turn_give(&entering.client));
    cr_expect_eq(waiting_room_take_any(&room), &entering.client, "now it is the room's");
}
