/* SPDX-License-Identifier: MIT */
#include "server/reactor/client_turn.h"

#include <criterion/criterion.h>
#include <sys/epoll.h>

TestSuite(client_turn, .timeout = 20);

static struct client client;

static struct client_event event_now(uint32_t events) {
    return client_turn_event(client_turn_token(&client), events);
}

Test(client_turn, has_a_token_that_is_no_pointer_and_tells_number_and_generation) {
    static const uint32_t numbers[] = {0, 1, 1000, INT32_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        client = (struct client){.number = numbers[i]};
        for (uint32_t generation = 0; generation < 3; generation++) {
            uint64_t token = client_turn_token(&client);
            struct client_event event = client_turn_event(token, EPOLLIN);
            cr_expect(client_turn_is_token(token));
            cr_expect_eq(event.number, numbers[i]);
            cr_expect_eq(event.generation, generation);
            client_turn_renew(&client);
        }
    }
    cr_expect_not(client_turn_is_token((uint64_t)(uintptr_t)&client));
    cr_expect_not(client_turn_is_token(0));
}

Test(client_turn, gives_who_waits_to_the_first_event_only) {
    struct client_event event = event_now(EPOLLIN);
    cr_assert(client_turn_give(&client));
    cr_expect_eq(client_turn_of(&client), TURN_WAITING);
    cr_expect(client_turn_take(&client, &event));
    cr_expect_not(client_turn_take(&client, &event));
    cr_expect_eq(client_turn_of(&client), TURN_CALLED);
    cr_expect_not(client_turn_give(&client), "it has to look first");
    cr_expect_eq(client_turn_of(&client), TURN_TAKEN);
    cr_expect(client_turn_give(&client));
}

Test(client_turn, keeps_what_events_told_of_until_it_is_renewed) {
    struct client_event event = event_now(EPOLLIN | EPOLLRDHUP | EPOLLPRI);
    cr_expect_not(client_turn_take(&client, &event));
    cr_expect_eq(client_turn_seen(&client), SEEN_END | SEEN_URGENT);
    client_turn_forget_urgent(&client);
    cr_expect_eq(client_turn_seen(&client), SEEN_END);
    cr_expect_not(client_turn_give(&client));
    cr_expect_eq(client_turn_seen(&client), SEEN_END);
    client_turn_renew(&client);
    cr_expect_eq(client_turn_seen(&client), 0);
}

/* The fault of a harvester that is late by a client's life. */
Test(client_turn, heeds_no_event_of_a_generation_that_is_over) {
    struct client_event late = event_now(EPOLLIN | EPOLLRDHUP);
    client_turn_renew(&client);
    cr_expect_not(client_turn_take(&client, &late));
    cr_expect_eq(client_turn_of(&client), TURN_TAKEN, "not called");
    cr_assert(client_turn_give(&client));
    cr_expect_not(client_turn_take(&client, &late));
    cr_expect_eq(client_turn_of(&client), TURN_WAITING, "not handed over");
    cr_expect_eq(client_turn_seen(&client), 0);
}

Test(client_turn, tells_apart_more_generations_than_16_bits_hold) {
    struct client_event late = event_now(EPOLLIN);
    for (uint32_t i = 0; i < 1U << 16; i++) {
        client_turn_renew(&client);
    }
    cr_assert(client_turn_give(&client));
    cr_expect_not(client_turn_take(&client, &late));
}
