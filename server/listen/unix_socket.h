/* SPDX-License-Identifier: MIT */
/*
 * Listening at a path: a UNIX socket and the file that stands for it, see unix(7).
 *
 * The file outlives a program that crashes. One that nobody answers at is replaced; a socket that somebody
 * answers at, and anything that is not a socket, is left alone. On close the file goes, but only while it is
 * the one made here. (Two programs that find the same leftover in the same instant can still take it from
 * each other.)
 */
#ifndef LIDO_SERVER_LISTEN_UNIX_SOCKET_H
#define LIDO_SERVER_LISTEN_UNIX_SOCKET_H

#include <sys/socket.h>
#include <sys/types.h>

/* Any local user may connect, as at a TCP port of localhost: a reverse proxy runs as a user of its own. Who
 * wants it narrower puts the socket into a folder that only some may enter. */
enum { UNIX_SOCKET_MODE = 0666 };

/* What was made, to recognise it again. */
struct unix_file {
    dev_t device;
    ino_t inode;
};

/* Bind `fd`, a UNIX stream socket, to `address` and set the file's mode, whatever the umask. Does not block,
 * not even at a server that never accepts. Returns 0 and sets *file, or a negative errno without leaving a
 * file behind: -EADDRINUSE if somebody answers there, -EEXIST if it is something other than a socket. Not
 * while another thread changes the path. */
int unix_socket_bind(int fd, const struct sockaddr_storage *address, struct unix_file *file)
    __attribute__((warn_unused_result));

/* Remove the file of `address` if it still is *file. Blocks for the file system only. */
void unix_socket_remove(const struct sockaddr_storage *address, const struct unix_file *file);

#endif
