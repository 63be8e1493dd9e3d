/* SPDX-License-Identifier: MIT */
/*
 * Parts from all sockets, for a process that may not go when it exits.
 *
 * A thread that waits for a file system in a call that no signal ends (FUSE, some block devices) outlasts exit(2), and
 * with it all descriptors stay open: clients would wait for their answers, and connect to a port at which nobody accepts
 * and the next server cannot listen. So what others see of the process is ended before.
 */
#ifndef LIDO_SERVER_ENDING_SOCKETS_H
#define LIDO_SERVER_ENDING_SOCKETS_H

/* Close the sockets that listen, those that are inherited for this process alone, and shut down the connections that
 * are its own: no standard stream, and nothing that it has from who started it. For the end: whoever uses one of them
 * later gets an error. Touches no file and takes no lock. */
void ending_part_from_sockets(void);

#endif
