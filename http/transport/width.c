/* SPDX-License-Identifier: MIT */
#include "http/transport/width.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

/* Something else than a TCP socket has bounds of its own. */
static bool make_wide(int fd) {
    int bytes = WIDTH_WIDE_BYTES;
    return setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof bytes) == 0;
}

void width_fit(struct width *width, int fd, struct memory_budget *budget, uint64_t bytes) {
    bool has_share = width->budget == NULL && bytes > WIDTH_NARROW_BYTES && budget != NULL &&
                     memory_budget_take(budget, WIDTH_WIDE_BYTES);
    if (has_share && make_wide(fd)) {
        width->budget = budget;
    } else if (has_share) {
        memory_budget_give(budget, WIDTH_WIDE_BYTES);
    }
}

void width_give_back(struct width *width) {
    if (width->budget != NULL) {
        memory_budget_give(width->budget, WIDTH_WIDE_BYTES);
        width->budget = NULL;
    }
}
