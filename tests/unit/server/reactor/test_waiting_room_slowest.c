/* SPDX-License-Identifier: MIT */
/* Who has to go when there is not enough for all; time is what the tests say it is. */
#include "http/transport/transport.h"
#include "server/reactor/waiting_room.h"
#include "tests/unit/server/reactor/guest.h"

#include <criterion/criterion.h>
#include <sys/socket.h>

TestSuite(waiting_room_slowest, .init = open_room, .fini = clear_room, .timeout = 60);

/* Of requests the one that has begun first; of answers the one that was taken from longest ago. */
Test(waiting_room_slowest, dismisses_who_gets_on_least) {
    static struct guest guests[4];
    room.limits = (struct waiting_limits){.header_timeout_ms = 15000, .send = {.timeout_ms = 30000}};
    arrive(&guests[0], CONNECTION_READING, NOW_MS + 14000);
    arrive(&guests[1], CONNECTION_READING, NOW_MS + 12000);
    arrive(&guests[2], CONNECTION_READING, NOW_MS + 13000);
    arrive(&guests[3], CONNECTION_NEW, NOW_MS + 10000);
    cr_expect_not(waiting_room_dismiss_slowest(&room, WAITING_FOR_REQUEST, 3001, NOW_MS), "none is so slow");
    cr_expect(waiting_room_dismiss_slowest(&room, WAITING_FOR_REQUEST, 3000, NOW_MS));
    cr_expect(has_expired(&guests[1]) && !has_expired(&guests[0]) && !has_expired(&guests[2]));
    cr_expect(waiting_room_dismiss_slowest(&room, WAITING_FOR_REQUEST, 0, NOW_MS));
    cr_expect(has_expired(&guests[2]) && !has_expired(&guests[0]));
    cr_expect_not(waiting_room_dismiss_slowest(&room, WAITING_FOR_TAKING, 0, NOW_MS), "there is none");
    cr_expect(waiting_room_dismiss_slowest(&room, WAITING_FOR_FIRST_BYTE, 5000, NOW_MS));
    cr_expect(has_expired(&guests[3]) && !has_expired(&guests[0]));
}

/* The fault: it counted as given back as soon as they were told to go. While nobody had the time to serve them, others took
 * it once more, over and over. */
Test(waiting_room_slowest, keeps_the_memory_of_those_who_were_told_to_go_until_they_are_taken_out) {
    static struct guest guests[2];
    room.limits.header_timeout_ms = 15000;
    struct memory_budget budget = {.limit_bytes = 1000};
    for (int i = 0; i < 2; i++) {
        arrive(&guests[i], CONNECTION_READING, NOW_MS + 12000 + i);
        cr_assert(memory_share_try(&guests[i].client.connection.waiting.memory, &budget, 400));
    }
    cr_expect(waiting_room_dismiss_slowest(&room, WAITING_FOR_REQUEST, 0, NOW_MS));
    cr_expect_eq(budget.used_bytes, 800);
    cr_expect_eq(waiting_room_leaving_bytes(&room), 400);
    cr_expect(waiting_room_dismiss_slowest(&room, WAITING_FOR_REQUEST, 0, NOW_MS));
    cr_expect_eq(waiting_room_leaving_bytes(&room), 800);
    leave(&guests[0]);
    cr_expect_eq(waiting_room_leaving_bytes(&room), 400);
}

/* The fault: whoever had sent much of its request was ahead of its time, and counted as nobody. */
Test(waiting_room_slowest, dismisses_one_that_has_earned_time_if_anybody_has_to_go) {
    static struct guest guest;
    room.limits.header_timeout_ms = 15000;
    arrive(&guest, CONNECTION_READING, NOW_MS + 27000);
    cr_expect_not(waiting_room_dismiss_slowest(&room, WAITING_FOR_REQUEST, 1, NOW_MS));
    cr_expect(waiting_room_dismiss_slowest(&room, WAITING_FOR_REQUEST, 0, NOW_MS));
}

Test(waiting_room_slowest, dismisses_one_beyond_the_wheel_if_there_is_no_other) {
    static struct guest far;
    room.limits.header_timeout_ms = 4 * HORIZON_MS;
    arrive(&far, CONNECTION_READING, NOW_MS + 3 * (int64_t)HORIZON_MS + TICK_MS);
    cr_expect(waiting_room_dismiss_slowest(&room, WAITING_FOR_REQUEST, TICK_MS, NOW_MS));
    cr_expect(has_expired(&far));
}

static void arrive_to_take(struct guest *guest, int64_t since_ms) {
    static char bytes[64 * 1024];
    connect_guest(guest, AF_INET);
    struct connection *connection = &guest->client.connection;
    ssize_t sent = 0;
    while ((sent = send(connection->fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0) {
        connection->pace.sent_bytes += (uint64_t)sent;
    }
    guest->client.waits_for_room = true;
    enter(guest, CONNECTION_SENDING,
          pace_look(&connection->pace, &room.limits.send, connection->fd, since_ms));
}

Test(waiting_room_slowest, dismisses_nobody_who_has_just_taken_some) {
    static char bytes[64 * 1024];
    static struct guest takes;
    static struct guest stands;
    room.limits.send.timeout_ms = 30000;
    arrive_to_take(&takes, NOW_MS - 9000);
    arrive_to_take(&stands, NOW_MS - 8000);
    int queued = transport_queued_bytes(takes.client.connection.fd);
    while (transport_queued_bytes(takes.client.connection.fd) == queued) {
        cr_assert_gt(recv(takes.peer, bytes, sizeof bytes, 0), 0);
    }
    cr_expect(waiting_room_dismiss_slowest(&room, WAITING_FOR_TAKING, 5000, NOW_MS));
    cr_expect(has_expired(&stands) && !has_expired(&takes));
    cr_expect_not(waiting_room_dismiss_slowest(&room, WAITING_FOR_TAKING, 5000, NOW_MS));
    leave(&takes);
    leave(&stands);
    disconnect_guest(&takes);
    disconnect_guest(&stands);
}
