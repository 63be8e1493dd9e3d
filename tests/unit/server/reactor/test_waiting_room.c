/* SPDX-License-Identifier: MIT */
/* Who waits for how long; time is what the tests say it is. Guests are static, since the room refers to them
 * until .fini. */
#include "http/transport/transport.h"
#include "server/reactor/client_turn.h"
#include "server/reactor/waiting_room.h"
#include "tests/unit/server/reactor/guest.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/socket.h>

TestSuite(waiting_room, .init = open_room, .fini = clear_room, .timeout = 60);

Test(waiting_room, expires_each_at_its_deadline_whatever_the_order_of_entry) {
    static struct guest guests[CROWD];
    int64_t longest_ms = 2 * (int64_t)HORIZON_MS + 5 * TICK_MS;
    srandom(1);
    for (size_t i = 0; i < CROWD; i++) {
        arrive(&guests[i], i % 2 == 0 ? CONNECTION_READING : CONNECTION_SENDING,
               NOW_MS + random() % longest_ms);
    }
    size_t expired = 0;
    for (int64_t now_ms = NOW_MS; now_ms <= NOW_MS + longest_ms + TICK_MS; now_ms += 37) {
        expired += waiting_room_sweep(&room, now_ms);
        for (size_t i = 0; i < CROWD; i++) {
            const struct connection *connection = &guests[i].client.connection;
            cr_assert(!connection->expired || connection->deadline_ms <= now_ms, "%zu early", i);
            cr_assert(connection->expired || connection->deadline_ms + TICK_MS > now_ms, "%zu late", i);
        }
    }
    cr_expect_eq(expired, CROWD);
    for (size_t i = 0; i < CROWD; i++) {
        cr_expect(has_expired(&guests[i]));
    }
}

Test(waiting_room, meets_a_deadline_beyond_the_wheel_in_a_later_round) {
    static struct guest near;
    static struct guest far;
    arrive(&far, CONNECTION_SENDING, NOW_MS + 3 * (int64_t)HORIZON_MS + TICK_MS);
    arrive(&near, CONNECTION_SENDING, NOW_MS + TICK_MS);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), 1);
    cr_expect(has_expired(&near));
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + HORIZON_MS + TICK_MS), 0);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + 3 * (int64_t)HORIZON_MS), 0);
    cr_expect(!has_expired(&far));
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + 3 * (int64_t)HORIZON_MS + TICK_MS), 1);
    cr_expect(has_expired(&far));
}

Test(waiting_room, expires_at_the_next_tick_whose_deadline_has_passed_already) {
    static const int64_t deadlines[] = {0, NOW_MS - HORIZON_MS, NOW_MS - TICK_MS, NOW_MS - 1, NOW_MS};
    static struct guest guests[sizeof deadlines / sizeof deadlines[0]];
    for (size_t i = 0; i < sizeof deadlines / sizeof deadlines[0]; i++) {
        arrive(&guests[i], CONNECTION_READING, deadlines[i]);
    }
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), sizeof deadlines / sizeof deadlines[0]);
    for (size_t i = 0; i < sizeof deadlines / sizeof deadlines[0]; i++) {
        cr_expect(has_expired(&guests[i]), "%zu", i);
    }
}

Test(waiting_room, misses_nobody_after_a_long_pause) {
    static struct guest guests[CROWD];
    for (size_t i = 0; i < CROWD; i++) {
        arrive(&guests[i], i % 4 == 0 ? CONNECTION_IDLE : CONNECTION_READING, NOW_MS + (int64_t)i * 411);
    }
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + 20 * (int64_t)HORIZON_MS), CROWD);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + 21 * (int64_t)HORIZON_MS), 0, "nobody expires twice");
}

Test(waiting_room, expires_idle_ones_at_their_deadline) {
    static struct guest first;
    static struct guest second;
    arrive(&first, CONNECTION_IDLE, NOW_MS + 1000);
    arrive(&second, CONNECTION_IDLE, NOW_MS + 1500);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + 999), 0);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + 1000), 1);
    cr_expect(has_expired(&first) && !has_expired(&second));
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + 1500), 1);
    cr_expect(has_expired(&second));
}

Test(waiting_room, expires_nobody_who_has_left) {
    static struct guest gone;
    static struct guest idle_gone;
    static struct guest here;
    arrive(&gone, CONNECTION_READING, NOW_MS + TICK_MS);
    arrive(&here, CONNECTION_READING, NOW_MS + TICK_MS);
    arrive(&idle_gone, CONNECTION_IDLE, NOW_MS + TICK_MS);
    leave(&gone);
    leave(&idle_gone);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), 1);
    cr_expect(!has_expired(&gone) && !has_expired(&idle_gone) && has_expired(&here));
    cr_expect_null(gone.client.list);
}

Test(waiting_room, dismisses_the_one_that_has_been_idle_for_longest) {
    static struct guest guests[4];
    static struct guest busy;
    arrive(&busy, CONNECTION_SENDING, NOW_MS + TICK_MS);
    for (size_t i = 0; i < 4; i++) {
        arrive(&guests[i], CONNECTION_IDLE, NOW_MS + 15000);
    }
    leave(&guests[1]);
    cr_expect(waiting_room_dismiss_longest_idle(&room));
    cr_expect(has_expired(&guests[0]) && !has_expired(&guests[2]) && !has_expired(&guests[3]));
    cr_expect(waiting_room_dismiss_longest_idle(&room));
    cr_expect(has_expired(&guests[2]) && !has_expired(&guests[3]));
    cr_expect(waiting_room_dismiss_longest_idle(&room));
    cr_expect(has_expired(&guests[3]));
    cr_expect(!waiting_room_dismiss_longest_idle(&room), "nobody is idle any more");
    cr_expect(!has_expired(&guests[1]) && !has_expired(&busy));
}

Test(waiting_room, puts_who_was_busy_in_between_at_the_end_of_the_idle) {
    static struct guest first;
    static struct guest second;
    arrive(&first, CONNECTION_IDLE, NOW_MS + 15000);
    arrive(&second, CONNECTION_IDLE, NOW_MS + 15000);
    leave(&first);
    enter(&first, CONNECTION_IDLE, NOW_MS + 16000);
    cr_expect(waiting_room_dismiss_longest_idle(&room));
    cr_expect(has_expired(&second) && !has_expired(&first));
}

Test(waiting_room, when_closed_lets_only_those_stay_who_are_in_a_request) {
    static const struct {
        const char *name;
        enum connection_phase phase;
        bool may_stay;
    } rows[] = {
        {"new", CONNECTION_NEW, false},
        {"idle", CONNECTION_IDLE, false},
        {"reading", CONNECTION_READING, true},
        {"sending", CONNECTION_SENDING, true},
        {"lingering", CONNECTION_LINGERING, true},
    };
    enum { ROWS = sizeof rows / sizeof rows[0] };
    static struct guest before[ROWS];
    static struct guest after[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        arrive(&before[i], rows[i].phase, NOW_MS + 15000 + (int64_t)i * HORIZON_MS);
    }
    waiting_room_close(&room);
    for (size_t i = 0; i < ROWS; i++) {
        arrive(&after[i], rows[i].phase, NOW_MS + 15000);
        cr_expect_eq(has_expired(&before[i]), !rows[i].may_stay, "%s, before the close", rows[i].name);
        cr_expect_eq(has_expired(&after[i]), !rows[i].may_stay, "%s, after the close", rows[i].name);
    }
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + 15000), 3, "deadlines hold after the close, too");
}

/* The fault: a request that came at the same moment as the stop was thrown away, and the connection reset. */
Test(waiting_room, closes_without_those_who_have_just_spoken) {
    static struct guest
        guests[3]; /* the first one waits already, the second comes later, the third has said nothing */
    for (size_t i = 0; i < 3; i++) {
        connect_guest(&guests[i], AF_UNIX);
        cr_assert(i == 2 || send(guests[i].peer, "x", 1, MSG_NOSIGNAL) == 1);
    }
    enter(&guests[0], CONNECTION_IDLE, NOW_MS + 15000);
    enter(&guests[2], CONNECTION_IDLE, NOW_MS + 15000);
    waiting_room_close(&room);
    enter(&guests[1], CONNECTION_IDLE, NOW_MS + 15000);
    cr_expect_not(has_expired(&guests[0]));
    cr_expect_not(has_expired(&guests[1]));
    cr_expect(has_expired(&guests[2]));
}

Test(waiting_room, lets_the_expired_leave) {
    static struct guest guests[3];
    struct client *clients[3];
    arrive(&guests[0], CONNECTION_READING, NOW_MS + TICK_MS);
    arrive(&guests[1], CONNECTION_IDLE, NOW_MS + TICK_MS);
    arrive(&guests[2], CONNECTION_READING, NOW_MS + 15000);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), 2);
    for (size_t i = 0; i < 3; i++) {
        clients[i] = &guests[i].client;
    }
    waiting_room_leave(&room, clients, 3);
    cr_expect_eq(room.count, 0);
    cr_expect_null(waiting_room_take_any(&room));
    enter(&guests[2], CONNECTION_IDLE, NOW_MS + 15000);
    cr_expect_eq(room.count, 1, "who has left may come again");
}

/* A download over a slow line: what is left of it would be lost with the connection. */
Test(waiting_room, gives_more_time_while_the_answer_is_taken) {
    static const struct {
        enum connection_phase phase;
        bool waits_for_room;
        int64_t more_ms;
    } rows[] = {
        {CONNECTION_SENDING, true, 30000},
        {CONNECTION_LINGERING, false, 2000},
    };
    static char bytes[64 * 1024];
    room.limits = (struct waiting_limits){.send = {.timeout_ms = 30000}, .linger_timeout_ms = 2000};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct guest guest;
        int64_t now_ms = NOW_MS + ((int64_t)i * 10 + 1) * 10000;
        connect_guest(&guest, AF_INET);
        struct connection *connection = &guest.client.connection;
        ssize_t sent = 0;
        while ((sent = send(connection->fd, bytes, sizeof bytes, MSG_DONTWAIT | MSG_NOSIGNAL)) > 0) {
            connection->pace.sent_bytes += (uint64_t)sent;
        }
        (void)pace_look(&connection->pace, &room.limits.send, connection->fd, now_ms - 30000);
        connection->queued_bytes = transport_queued_bytes(connection->fd);
        guest.client.waits_for_room = rows[i].waits_for_room;
        enter(&guest, rows[i].phase, now_ms);
        while (transport_queued_bytes(connection->fd) == connection->queued_bytes) {
            cr_assert_gt(recv(guest.peer, bytes, sizeof bytes, 0), 0);
        }
        cr_expect_eq(waiting_room_sweep(&room, now_ms + TICK_MS), 0, "row %zu", i);
        cr_expect_eq(connection->deadline_ms, now_ms + TICK_MS + rows[i].more_ms, "row %zu", i);
        cr_expect_not(has_expired(&guest), "row %zu", i);
        cr_expect_eq(waiting_room_sweep(&room, connection->deadline_ms + TICK_MS), 1, "it took nothing more");
        leave(&guest);
        disconnect_guest(&guest);
    }
}

/* A queue without room is no reason to lose patience with them. */
Test(waiting_room, keeps_those_who_were_handed_back_in_their_order_and_out_of_all_else) {
    static struct guest guests[3];
    for (size_t i = 0; i < 3; i++) {
        connect_guest(&guests[i], AF_UNIX);
        guests[i].client.connection.phase = i == 0 ? CONNECTION_IDLE : CONNECTION_NEW;
        guests[i].client.connection.deadline_ms = NOW_MS;
        waiting_room_hand_back(&room, &guests[i].client);
    }
    cr_expect_eq(room.count, 3);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + HORIZON_MS), 0);
    cr_expect_not(waiting_room_dismiss_longest_idle(&room));
    waiting_room_close(&room);
    struct client *client = waiting_room_take_back(&room);
    for (size_t i = 0; i < 3; i++, client = client->next) {
        cr_assert_eq(client, &guests[i].client, "guest %zu", i);
        cr_expect_null(client->list);
        cr_expect_not(has_expired(&guests[i]));
    }
    cr_expect_null(client);
    cr_expect_eq(room.count, 0);
    cr_expect_null(waiting_room_take_back(&room), "nobody comes twice");
}

Test(waiting_room, hands_back_again_who_was_taken_back) {
    static struct guest guests[2];
    for (size_t i = 0; i < 2; i++) {
        connect_guest(&guests[i], AF_UNIX);
        waiting_room_hand_back(&room, &guests[i].client);
    }
    cr_assert_eq(waiting_room_take_back(&room), &guests[0].client);
    waiting_room_hand_back(&room, &guests[1].client);
    cr_expect_eq(room.count, 1);
    cr_expect_eq(waiting_room_take_back(&room), &guests[1].client);
    enter(&guests[0], CONNECTION_IDLE, NOW_MS + TICK_MS);
    cr_expect_eq(waiting_room_sweep(&room, NOW_MS + TICK_MS), 1, "and then it may wait as anybody");
}

Test(waiting_room, gives_out_everybody_in_the_end) {
    static const enum connection_phase phases[] = {CONNECTION_NEW, CONNECTION_IDLE, CONNECTION_READING,
                                                   CONNECTION_SENDING, CONNECTION_LINGERING};
    static struct guest guests[20];
    bool seen[20] = {false};
    for (size_t i = 0; i < 20; i++) {
        arrive(&guests[i], phases[i % 5], NOW_MS + (int64_t)i * HORIZON_MS / 16);
        cr_assert(client_turn_give(&guests[i].client));
    }
    cr_expect_gt(waiting_room_sweep(&room, NOW_MS + HORIZON_MS / 2), 0, "some are expiring");
    leave(&guests[19]);
    waiting_room_hand_back(&room, &guests[19].client);
    for (size_t i = 0; i < 20; i++) {
        struct client *client = waiting_room_take_any(&room);
        cr_assert_not_null(client);
        size_t index = (size_t)((struct guest *)(void *)client - guests);
        cr_assert(index < 20 && !seen[index], "once each");
        seen[index] = true;
    }
    cr_expect_null(waiting_room_take_any(&room));
}

Test(waiting_room, counts_who_waits_for_what_and_whose_time_is_over) {
    static const struct {
        enum connection_phase phase;
        enum parked kind;
    } rows[] = {
        {CONNECTION_NEW, PARKED_READING},         {CONNECTION_IDLE, PARKED_IDLE},
        {CONNECTION_READING, PARKED_READING},     {CONNECTION_SENDING, PARKED_WRITING},
        {CONNECTION_LINGERING, PARKED_LINGERING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        static struct guest guests[sizeof rows / sizeof rows[0]];
        uint64_t expired_before = waiting_room_expired(&room, rows[i].kind);
        int64_t end_ms = NOW_MS + (int64_t)(i + 1) * TICK_MS;
        arrive(&guests[i], rows[i].phase, end_ms);
        for (enum parked kind = PARKED_IDLE; kind < PARKED_KINDS; kind++) {
            cr_expect_eq(waiting_room_parked(&room, kind), kind == rows[i].kind ? 1 : 0);
        }
        cr_expect_eq(waiting_room_sweep(&room, end_ms), 1);
        cr_expect_eq(waiting_room_expired(&room, rows[i].kind), expired_before + 1);
        leave(&guests[i]);
        cr_expect_eq(waiting_room_parked(&room, rows[i].kind), 0);
    }
}

Test(waiting_room, does_not_count_who_could_go_on) {
    static struct guest guest;
    guest.client.connection.phase = CONNECTION_IDLE;
    waiting_room_hand_back(&room, &guest.client);
    cr_expect_eq(waiting_room_parked(&room, PARKED_IDLE), 0);
    cr_expect_eq(waiting_room_take_any(&room), &guest.client);
    cr_expect_eq(waiting_room_parked(&room, PARKED_IDLE), 0);
}
