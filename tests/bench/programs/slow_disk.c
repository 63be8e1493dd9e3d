/* SPDX-License-Identifier: MIT */
/*
 * A file system of one file that lets each open(2) wait for the same time, as many at once as there are, for
 * ./dev bench advice. What is read comes from memory. One thread does it all, as an open that waits is no more than an
 * entry in a ring. Says "mounted"; ends, and unmounts, when the standard input ends.
 */
#define FUSE_USE_VERSION 34

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FILE_NAME "1k"

enum { FILE_BYTES = 1024, FILE_INODE = FUSE_ROOT_ID + 1, KEPT_S = 3600, WAITING_MAX = 4096 };

struct waiting {
    fuse_req_t request;
    struct fuse_file_info opened;
    int64_t due_ns;
};

/* All wait for the same time, so that whoever came first is due first. */
struct disk {
    int64_t wait_ns;
    struct waiting ring[WAITING_MAX];
    size_t first;
    size_t count;
};

static int64_t now_ns(void) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static struct stat status_of(fuse_ino_t inode) {
    if (inode == FUSE_ROOT_ID) {
        return (struct stat){.st_ino = inode, .st_mode = S_IFDIR | 0755, .st_nlink = 2};
    }
    return (struct stat){
        .st_ino = inode,
        .st_mode = S_IFREG | 0644,
        .st_nlink = 1,
        .st_size = FILE_BYTES,
        .st_mtim = {.tv_sec = 1000000000, .tv_nsec = 1},
        .st_ctim = {.tv_sec = 1000000000, .tv_nsec = 1},
    };
}

/* --- what the kernel asks, and keeps for an hour --------------------------------------------------------- */

static void on_lookup(fuse_req_t request, fuse_ino_t parent, const char *name) {
    if (parent != FUSE_ROOT_ID || strcmp(name, FILE_NAME) != 0) {
        (void)fuse_reply_err(request, ENOENT);
        return;
    }
    struct fuse_entry_param entry = {
        .ino = FILE_INODE, .attr = status_of(FILE_INODE), .attr_timeout = KEPT_S, .entry_timeout = KEPT_S};
    (void)fuse_reply_entry(request, &entry);
}

static void on_getattr(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *opened) {
    (void)opened;
    struct stat status = status_of(inode);
    (void)fuse_reply_attr(request, &status, KEPT_S);
}

static void on_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *opened) {
    (void)inode;
    struct disk *disk = fuse_req_userdata(request);
    if (disk->count == WAITING_MAX) {
        (void)fuse_reply_err(request, EBUSY);
        return;
    }
    opened->keep_cache = 1;
    disk->ring[(disk->first + disk->count++) % WAITING_MAX] =
        (struct waiting){.request = request, .opened = *opened, .due_ns = now_ns() + disk->wait_ns};
}

static void on_read(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset,
                    struct fuse_file_info *opened) {
    (void)inode;
    (void)opened;
    static const char bytes[FILE_BYTES];
    size_t from = offset < FILE_BYTES ? (size_t)offset : FILE_BYTES;
    size_t left = FILE_BYTES - from;
    (void)fuse_reply_buf(request, bytes + from, size < left ? size : left);
}

static const struct fuse_lowlevel_ops operations = {
    .lookup = on_lookup,
    .getattr = on_getattr,
    .open = on_open,
    .read = on_read,
};

/* --- the process ---------------------------------------------------------------------------------------- */

/* Answer those that are due. Returns how long the next one waits, -1 if there is none. */
static int64_t answer_due(struct disk *disk) {
    while (disk->count > 0) {
        struct waiting *next = &disk->ring[disk->first];
        int64_t left_ns = next->due_ns - now_ns();
        if (left_ns > 0) {
            return left_ns;
        }
        (void)fuse_reply_open(next->request, &next->opened);
        disk->first = (disk->first + 1) % WAITING_MAX;
        disk->count--;
    }
    return -1;
}

/* Returns false when somebody else has unmounted it. */
static bool take_calls(struct fuse_session *session, struct fuse_buf *buffer) {
    int size = 1;
    while (size > 0) {
        size = fuse_session_receive_buf(session, buffer);
        if (size > 0) {
            fuse_session_process_buf(session, buffer);
        }
    }
    return size == -EAGAIN || size == -EINTR;
}

static void serve(struct disk *disk, struct fuse_session *session) {
    struct fuse_buf buffer = {.mem = NULL};
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN},
                            {.fd = fuse_session_fd(session), .events = POLLIN}};
    bool goes_on = fcntl(fds[1].fd, F_SETFL, O_NONBLOCK) == 0;
    while (goes_on) {
        int64_t left_ns = answer_due(disk);
        struct timespec left = {.tv_sec = left_ns / 1000000000, .tv_nsec = left_ns % 1000000000};
        int ready = ppoll(fds, 2, left_ns < 0 ? NULL : &left, NULL);
        goes_on = (ready != -1 || errno == EINTR) && fds[0].revents == 0 &&
                  (fds[1].revents == 0 || take_calls(session, &buffer));
    }
    free(buffer.mem);
}

int main(int argc, char **argv) {
    char *end = NULL;
    long wait_us = argc == 3 ? strtol(argv[2], &end, 10) : -1;
    if (wait_us < 0 || wait_us > 10000000 || *end != '\0') {
        (void)fputs("Usage: slow_disk FOLDER MICROSECONDS\n", stderr);
        return 2;
    }
    char name[] = "slow_disk";
    char option[] = "-oauto_unmount,fsname=slow_disk";
    char *arguments[] = {name, option, NULL};
    struct fuse_args args = FUSE_ARGS_INIT(2, arguments);
    static struct disk disk;
    disk.wait_ns = wait_us * 1000;
    struct fuse_session *session = fuse_session_new(&args, &operations, sizeof operations, &disk);
    bool is_mounted = session != NULL && fuse_session_mount(session, argv[1]) == 0;
    if (is_mounted) {
        (void)puts("mounted");
        (void)fflush(stdout);
        serve(&disk, session);
        fuse_session_unmount(session);
    }
    if (session != NULL) {
        fuse_session_destroy(session);
    }
    fuse_opt_free_args(&args);
    return is_mounted ? EXIT_SUCCESS : EXIT_FAILURE;
}
