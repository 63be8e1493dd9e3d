/* SPDX-License-Identifier: MIT */
/*
 * Whether a client takes what is sent to it fast enough to be worth what it holds: it has to take something within each
 * timeout, and in each period as long as that a least number of bytes. The first period is for it to get going.
 *
 * What a client has taken is what was sent, but for what the kernel still holds. A stopwatch with a look at the socket:
 * it is told the time, and ends nobody. One owner at a time.
 */
#ifndef LIDO_HTTP_TRANSPORT_PACE_H
#define LIDO_HTTP_TRANSPORT_PACE_H

#include <stdint.h>

struct pace_limits {
    int64_t timeout_ms;
    uint64_t bytes_per_s; /* 0: any progress will do */
};

/* Of one client. All-zero: nothing was sent yet. */
struct pace {
    uint64_t sent_bytes;     /* given to the kernel, ever; the sender's to add to */
    uint64_t taken_bytes;    /* of these, when it was last looked at */
    int64_t still_until_ms;  /* unless it takes something before; 0: it need not take anything now */
    int64_t period_until_ms; /* the present one, and what had been taken before: */
    uint64_t period_from_bytes;
};

/* Look at a client that is to take something; the first look begins. Returns when to look again at the latest, or 0
 * when it is too slow. */
int64_t pace_look(struct pace *pace, const struct pace_limits *limits, int fd, int64_t now_ms);

/* An answer is sent, and the next one begins anew. */
void pace_rest(struct pace *pace);

#endif
