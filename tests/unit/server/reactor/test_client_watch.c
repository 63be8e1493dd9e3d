/* SPDX-License-Identifier: MIT */
/* Who gets a client when something comes for it; test_client_watch_end.c has the end of its input and of its
 * time. */
#include "server/reactor/client_watch.h"
#include "tests/unit/server/reactor/watch.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>

TestSuite(client_watch, .init = watch_set_up, .fini = watch_tear_down, .timeout = 60);

/* ---- Waiting ------------------------------------------------------------------------------------------- */

Test(client_watch, registers_who_waits_to_read_once_for_all) {
    for (int i = 0; i < 5; i++) {
        expect_waits_for(WATCH_FOR_BYTES);
        expect_no_event();
        say_something();
        expect_handed_over();
        cr_expect_eq(client_turn_of(&guest.client), TURN_TAKEN);
        hear_something();
    }
    cr_expect_eq(add_count, 1);
    cr_expect_eq(change_count, 0, "a system call for each request");
    cr_expect_eq(guest.client.watched, WATCHED_TO_READ);
    cr_expect_not(guest.client.waits_for_room);
}

/* Else the reactor would go round and round while a worker is at it. */
Test(client_watch, hears_once_of_what_comes) {
    expect_waits_for(WATCH_FOR_BYTES);
    say_something();
    expect_handed_over();
    expect_no_event();
    say_something();
    have_it_called();
    expect_no_event();
}

Test(client_watch, hears_of_what_came_before_it_was_registered) {
    say_something();
    expect_waits_for(WATCH_FOR_BYTES);
    expect_handed_over();
}

Test(client_watch, looks_again_at_who_may_have_left_something) {
    expect_waits_for(WATCH_FOR_BYTES);
    say_something();
    expect_handed_over();
    expect_waits_for(WATCH_FOR_BYTES_OR_LEFT);
    cr_expect_eq(change_count, 1);
    expect_handed_over();
    hear_something();
    expect_waits_for(WATCH_FOR_BYTES);
    cr_expect_eq(change_count, 1);
}

Test(client_watch, waits_for_room_anew_each_time) {
    static const int families[] = {AF_INET, AF_UNIX};
    for (size_t i = 0; i < 2; i++) {
        begin_anew(families[i]);
        for (size_t time = 0; time < 3; time++) {
            fill_up(guest.client.connection.fd);
            expect_waits_for(WATCH_FOR_ROOM);
            cr_expect(guest.client.waits_for_room);
            expect_no_event();
            empty(guest.peer);
            expect_handed_over();
            expect_no_event();
            say_something(); /* of no interest now, but must not be forgotten */
        }
        cr_expect_eq(add_count, 1);
        cr_expect_eq(change_count, 2);
        cr_expect_eq(guest.client.watched, WATCHED_TO_WRITE);
        expect_waits_for(WATCH_FOR_BYTES);
        expect_handed_over();
        cr_expect_not(guest.client.waits_for_room);
    }
}

Test(client_watch, leaves_the_client_with_its_owner_when_it_cannot_be_registered) {
    registration_error = ENOSPC; /* fs.epoll.max_user_watches */
    cr_expect_eq(wait_for(WATCH_FOR_BYTES), WATCH_FAILED);
    cr_expect_eq(guest.client.watched, WATCHED_NOT, "or it would be thought that epoll knows it");
    cr_expect_eq(client_turn_of(&guest.client), TURN_TAKEN);
    cr_expect_eq(room.count, 0);

    expect_waits_for(WATCH_FOR_BYTES);
    say_something();
    expect_handed_over();
    registration_error = ENOMEM;
    cr_expect_eq(wait_for(WATCH_FOR_ROOM), WATCH_FAILED);
    cr_expect_eq(guest.client.watched, WATCHED_TO_READ);
    cr_expect_eq(room.count, 0);
}

/* ---- Turns --------------------------------------------------------------------------------------------- */

Test(client_watch, hands_over_who_waits_and_calls_who_does_not) {
    static const struct {
        const char *name;
        enum client_turn before, after;
        uint32_t events;
        bool is_handed_over;
        unsigned seen;
    } rows[] = {
        {"waits", TURN_WAITING, TURN_TAKEN, EPOLLIN, true, 0},
        {"waits to write", TURN_WAITING, TURN_TAKEN, EPOLLOUT, true, 0},
        {"waits, the end", TURN_WAITING, TURN_TAKEN, EPOLLIN | EPOLLRDHUP, true, SEEN_END},
        {"belongs to a worker", TURN_TAKEN, TURN_CALLED, EPOLLIN, false, 0},
        {"belongs to a worker, the end", TURN_TAKEN, TURN_CALLED, EPOLLIN | EPOLLRDHUP, false, SEEN_END},
        {"was called before", TURN_CALLED, TURN_CALLED, EPOLLIN, false, 0},
        {"waits, urgent", TURN_WAITING, TURN_TAKEN, EPOLLIN | EPOLLPRI, true, SEEN_URGENT},
        {"belongs to a worker, urgent", TURN_TAKEN, TURN_CALLED, EPOLLIN | EPOLLPRI, false, SEEN_URGENT},
        {"waits, both", TURN_WAITING, TURN_TAKEN, EPOLLPRI | EPOLLRDHUP, true, SEEN_END | SEEN_URGENT},
        {"was called before, the end", TURN_CALLED, TURN_CALLED, EPOLLIN | EPOLLRDHUP, false, SEEN_END},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct client *claimed[1] = {NULL};
        struct epoll_event event = {.events = rows[i].events, .data.u64 = client_turn_token(&guest.client)};
        begin_anew(AF_UNIX);
        guest.client.turn = (uint64_t)rows[i].before;
        if (rows[i].before == TURN_WAITING) {
            enter(&guest, CONNECTION_READING, NOW_MS + TICK_MS);
        }
        size_t count = client_watch_claim(&table, &room, &event, 1, claimed);
        cr_expect_eq(count, rows[i].is_handed_over ? 1 : 0, "%s", rows[i].name);
        cr_expect_eq(claimed[0], rows[i].is_handed_over ? &guest.client : NULL, "%s", rows[i].name);
        cr_expect_eq(client_turn_of(&guest.client), rows[i].after, "%s", rows[i].name);
        cr_expect_eq(client_turn_seen(&guest.client), rows[i].seen, "%s", rows[i].name);
        cr_expect_eq(room.count, 0, "%s", rows[i].name);
    }
}

Test(client_watch, has_who_was_called_look_once_more) {
    static const enum watch_for all[] = {WATCH_FOR_BYTES, WATCH_FOR_BYTES_OR_LEFT, WATCH_FOR_ROOM};
    expect_waits_for(WATCH_FOR_BYTES);
    say_something();
    expect_handed_over();
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        guest.client.turn = TURN_CALLED;
        expect_called(all[i]);
    }
    empty(guest.client.connection.fd);
    fill_up(guest.client.connection.fd);
    expect_waits_for(WATCH_FOR_ROOM);
}

static void say_something_that_epoll_reports(void) {
    meanwhile = NULL;
    say_something();
    have_it_called();
}

/* The reactor may be quicker than the worker, at each point between the two. */
Test(client_watch, gives_nobody_away_whose_event_came_meanwhile) {
    static const struct {
        const char *name;
        bool is_registered;
        bool is_armed; /* when the event comes */
        enum watch_for what;
    } rows[] = {
        {"registered at this moment", false, true, WATCH_FOR_BYTES},
        {"in the room, and registered long since", true, false, WATCH_FOR_BYTES},
        {"in the room, about to be looked at", true, false, WATCH_FOR_BYTES_OR_LEFT},
        {"looked at again at this moment", true, true, WATCH_FOR_BYTES_OR_LEFT},
        {"in the room, about to wait to write", true, false, WATCH_FOR_ROOM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        begin_anew(AF_INET);
        if (rows[i].is_registered) {
            expect_waits_for(WATCH_FOR_BYTES);
            say_something();
            expect_handed_over();
            hear_something();
        }
        meanwhile = say_something_that_epoll_reports;
        is_meanwhile_when_armed = rows[i].is_armed;
        cr_expect_eq(wait_for(rows[i].what), WATCH_CALLED, "%s", rows[i].name);
        cr_assert_null(meanwhile, "%s: nothing happened", rows[i].name);
        cr_expect_eq(room.count, 0, "%s", rows[i].name);
        hear_something();
        expect_waits_for(WATCH_FOR_BYTES);
        say_something();
        size_t claimed_count = 0;
        cr_expect_eq(look_at_events(PATIENCE_MS, &claimed_count), 1, "%s: deaf", rows[i].name);
        cr_expect_eq(claimed_count, 1, "%s", rows[i].name);
    }
}

Test(client_watch, passes_over_what_is_no_client_and_who_is_not_there) {
    static enum event_source others[] = {SOURCE_LISTENER, SOURCE_SIGNALS, SOURCE_LANE};
    static struct guest guests[3];
    struct client *claimed[6] = {NULL};
    struct epoll_event events[6] = {{.events = EPOLLIN}};
    for (size_t i = 0; i < 3; i++) {
        arrive(&guests[i], CONNECTION_READING, NOW_MS + TICK_MS);
        seat(&guests[i].client, (unsigned)i);
        guests[i].client.turn = i == 1 ? TURN_TAKEN : TURN_WAITING; /* the second one is about to enter */
        events[2 * i] = (struct epoll_event){.events = EPOLLIN, .data.ptr = &others[i]};
        events[2 * i + 1] =
            (struct epoll_event){.events = EPOLLIN, .data.u64 = client_turn_token(&guests[i].client)};
    }
    cr_expect_eq(client_watch_claim(&table, &room, events, 6, claimed), 2);
    cr_expect(claimed[0] == &guests[0].client && claimed[1] == &guests[2].client,
              "in the order of the events");
    cr_expect_null(claimed[2]);
    cr_expect_eq(room.count, 1);
    cr_expect(guests[0].client.list == NULL && guests[1].client.list != NULL);
    cr_expect_eq(client_turn_of(&guests[1].client), TURN_CALLED);
    cr_expect_eq(client_watch_claim(&table, &room, events, 0, claimed), 0);
}

/* ---- Other sets ---------------------------------------------------------------------------------------- */

/* A worker may have harvested an event at the moment at which the client is moved. */
Test(client_watch, hears_nothing_more_from_a_set_that_it_has_left) {
    struct epoll_event late = {.events = EPOLLIN | EPOLLRDHUP};
    struct client *claimed[1] = {NULL};
    expect_waits_for(WATCH_FOR_BYTES);
    late.data.u64 = client_turn_token(&guest.client);
    say_something();
    expect_handed_over();
    client_watch_forget(watch_fd, &guest.client);
    cr_expect_eq(guest.client.watched, WATCHED_NOT);
    say_something();
    expect_no_event();
    cr_expect_eq(client_watch_claim(&table, &room, &late, 1, claimed), 0);
    cr_expect_eq(client_turn_of(&guest.client), TURN_TAKEN, "not called");
    cr_expect_eq(client_turn_seen(&guest.client), 0);
    expect_waits_for(WATCH_FOR_BYTES);
    cr_expect_eq(client_watch_claim(&table, &room, &late, 1, claimed), 0, "nor handed over");
    cr_expect_eq(add_count, 2);
    expect_handed_over();
}
