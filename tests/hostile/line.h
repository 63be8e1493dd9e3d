/* SPDX-License-Identifier: MIT */
/*
 * A bad line: two networks of our own, namespaces, and between them a process that hands packets on, late, at a limited
 * rate, and not all of them. It does what tc-netem(8) does, for kernels that come without that, by two TUN devices
 * (tuntap.rst of the kernel), and needs no other program. This process is at the near end, where the loopback device works,
 * too; which packets get lost is the same each time.
 */
#ifndef LIDO_TESTS_HOSTILE_LINE_H
#define LIDO_TESTS_HOSTILE_LINE_H

#include "tests/support/client.h"

#include <stdbool.h>
#include <stdint.h>

#define LINE_NEAR_ADDRESS "10.77.0.1"

struct line_quality {
    unsigned delay_ms;     /* one way */
    unsigned rate_kbit;    /* a second, each way; 0: no limit */
    unsigned loss_percent; /* each way */
    unsigned mtu;          /* 0: 1500 */
};

struct line {
    int far_network;
    volatile bool *is_down; /* shared with the process between the ends */
};

/* Go over into the near network, with a line to the far one. Returns NULL, or why that cannot be done here; this process
 * may have left its network then. */
const char *line_open(struct line *line, const struct line_quality *quality);

/* A client at the far end, connected to a port of LINE_NEAR_ADDRESS. */
void line_connect(const struct line *line, struct client *client, uint16_t port);

/* Pull the plug: whatever is sent from now on, or is on its way, is lost, and nobody is told. Put it back. */
void line_cut(struct line *line);
void line_mend(struct line *line);

#endif
