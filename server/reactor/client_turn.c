/* SPDX-License-Identifier: MIT */
#include "server/reactor/client_turn.h"

#include <sys/epoll.h>

/* The word: bits 0 and 1 whose turn, bits 2 and 3 what was seen, bits 32 to 63 the generation. */
enum { TURN_MASK = 3, SEEN_SHIFT = 2, SEEN_MASK = SEEN_END | SEEN_URGENT, GENERATION_SHIFT = 32 };

static uint32_t generation_of(uint64_t word) {
    return (uint32_t)(word >> GENERATION_SHIFT);
}

static enum client_turn turn_of(uint64_t word) {
    return (enum client_turn)(word & TURN_MASK);
}

static uint64_t with_turn(uint64_t word, enum client_turn turn) {
    return (word & ~(uint64_t)TURN_MASK) | (uint64_t)turn;
}

uint64_t client_turn_token(const struct client *client) {
    uint64_t word = atomic_load_explicit(&client->turn, memory_order_relaxed);
    return (uint64_t)generation_of(word) << GENERATION_SHIFT | (uint64_t)client->number << 1 | 1;
}

struct client_event client_turn_event(uint64_t token, uint32_t events) {
    unsigned end = (events & EPOLLRDHUP) != 0 ? SEEN_END : 0;
    unsigned urgent = (events & EPOLLPRI) != 0 ? SEEN_URGENT : 0;
    return (struct client_event){
        .number = (uint32_t)token >> 1, .generation = generation_of(token), .seen = end | urgent};
}

bool client_turn_give(struct client *client) {
    uint64_t word = atomic_load(&client->turn);
    for (;;) {
        bool was_called = turn_of(word) == TURN_CALLED;
        if (atomic_compare_exchange_weak(&client->turn, &word,
                                         with_turn(word, was_called ? TURN_TAKEN : TURN_WAITING))) {
            return !was_called;
        }
    }
}

/* CALLED to CALLED is a change, too: a mere look would not be in order with what the owner does next. */
bool client_turn_take(struct client *client, const struct client_event *event) {
    uint64_t word = atomic_load(&client->turn);
    while (generation_of(word) == event->generation) {
        bool waits = turn_of(word) == TURN_WAITING;
        uint64_t next = with_turn(word, waits ? TURN_TAKEN : TURN_CALLED) | (uint64_t)event->seen
                                                                                << SEEN_SHIFT;
        if (atomic_compare_exchange_weak(&client->turn, &word, next)) {
            return waits;
        }
    }
    return false;
}

bool client_turn_claim(struct client *client) {
    uint64_t word = atomic_load(&client->turn);
    while (turn_of(word) == TURN_WAITING) {
        if (atomic_compare_exchange_weak(&client->turn, &word, with_turn(word, TURN_TAKEN))) {
            return true;
        }
    }
    return false;
}

void client_turn_renew(struct client *client) {
    uint64_t word = atomic_load(&client->turn);
    uint32_t generation = generation_of(word) + 1; /* round again in the end */
    atomic_store(&client->turn, (uint64_t)generation << GENERATION_SHIFT | TURN_TAKEN);
}

unsigned client_turn_seen(const struct client *client) {
    return (unsigned)(atomic_load(&client->turn) >> SEEN_SHIFT) & SEEN_MASK;
}

void client_turn_forget_urgent(struct client *client) {
    atomic_fetch_and(&client->turn, ~((uint64_t)SEEN_URGENT << SEEN_SHIFT));
}

enum client_turn client_turn_of(const struct client *client) {
    return turn_of(atomic_load(&client->turn));
}
