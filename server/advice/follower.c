/* SPDX-License-Identifier: MIT */
#include "server/advice/follower.h"

static const int64_t second_ns = 1000000000;

enum {
    INSIST_S = 20, /* more are to be asked for for so long: no window has what was before the last change */
    PATIENCE_S = 300,       /* fewer have to do for so long, at first: as long as the longest window */
    PATIENCE_MAX_S = 86400, /* and at most */
    REGRET_S = 3600,        /* who grows so soon after having shrunk should not have */
    LITTLE_PART = 10        /* of the threads: so few more are not worth it */
};

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

static bool has_lasted(int64_t since_ns, int64_t now_ns, int64_t length_ns) {
    return since_ns != 0 && now_ns - since_ns >= length_ns;
}

static int64_t patience_of(const struct follower *follower) {
    int64_t least_ns = PATIENCE_S * second_ns;
    return follower->patience_ns > least_ns ? follower->patience_ns : least_ns;
}

static void note_advice(struct follower *follower, const struct advice *advice, int64_t now_ns) {
    bool more = advice->verdict == ADVICE_MORE_THREADS;
    bool fewer = advice->verdict == ADVICE_FEWER_THREADS;
    if (!more) {
        follower->more_since_ns = 0;
    } else if (follower->more_since_ns == 0) {
        follower->more_since_ns = now_ns;
    }
    if (!fewer) {
        follower->fewer_since_ns = 0;
        follower->fewer_most = 0;
    } else {
        follower->fewer_since_ns = follower->fewer_since_ns == 0 ? now_ns : follower->fewer_since_ns;
        follower->fewer_most = larger(follower->fewer_most, advice->threads_advised);
    }
}

/* See "Note on swinging". */
static void learn(struct follower *follower, int64_t now_ns) {
    int64_t patience_ns = patience_of(follower);
    int64_t most_ns = PATIENCE_MAX_S * second_ns;
    if (follower->shrunk_ns == 0) {
        return;
    }
    if (now_ns - follower->shrunk_ns >= REGRET_S * second_ns) {
        follower->patience_ns = patience_ns / 2;
    } else {
        follower->patience_ns = 2 * patience_ns < most_ns ? 2 * patience_ns : most_ns;
    }
    follower->shrunk_ns = 0;
}

static size_t decide(const struct follower *follower, const struct advice *advice, int64_t now_ns) {
    if (has_lasted(follower->more_since_ns, now_ns, INSIST_S * second_ns)) {
        size_t wanted = smaller(advice->threads_advised, 2 * advice->threads);
        bool is_worth_it = wanted > advice->threads + advice->threads / LITTLE_PART;
        return is_worth_it ? wanted : advice->threads;
    }
    if (has_lasted(follower->fewer_since_ns, now_ns, patience_of(follower))) {
        return larger(follower->fewer_most, advice->threads / 2);
    }
    return advice->threads;
}

size_t follower_decide(struct follower *follower, const struct advice *advice, size_t min, size_t max,
                       int64_t now_ns) {
    note_advice(follower, advice, now_ns);
    size_t thread_count = larger(smaller(decide(follower, advice, now_ns), max), min);
    if (thread_count > advice->threads) {
        learn(follower, now_ns);
        follower->more_since_ns = 0;
    } else if (thread_count < advice->threads) {
        follower->shrunk_ns = now_ns;
        follower->fewer_since_ns = 0;
        follower->fewer_most = 0;
    }
    return thread_count;
}
