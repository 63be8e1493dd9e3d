/* SPDX-License-Identifier: MIT */
#define FUSE_USE_VERSION 34

#include "tests/support/slow_files/process.h"

#include "tests/support/filling.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse_lowlevel.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HELD_MAX = 64, FIRST_FILE = FUSE_ROOT_ID + 1, FILE_COUNT = 10 };

static const struct {
    const char *name;
    off_t size;
} contents[FILE_COUNT] = {
    {SLOW_FILES_SMALL, SLOW_FILES_SMALL_BYTES}, {SLOW_FILES_LARGE, SLOW_FILES_LARGE_BYTES},
    {"0.bin", SLOW_FILES_SMALL_BYTES},          {"1.bin", SLOW_FILES_SMALL_BYTES},
    {"2.bin", SLOW_FILES_SMALL_BYTES},          {"3.bin", SLOW_FILES_SMALL_BYTES},
    {"4.bin", SLOW_FILES_SMALL_BYTES},          {"5.bin", SLOW_FILES_SMALL_BYTES},
    {"6.bin", SLOW_FILES_SMALL_BYTES},          {"7.bin", SLOW_FILES_SMALL_BYTES},
};

/* What the kernel asks of a file. */
struct call {
    fuse_req_t request;
    enum slow_call kind;
    fuse_ino_t inode;
    off_t offset; /* of SLOW_READ, as the rest */
    size_t size;
    struct fuse_file_info opened; /* of SLOW_OPEN and SLOW_LIST */
};

struct file_system {
    int control;
    struct slow_order order;
    unsigned orders; /* obeyed */
    struct call held[HELD_MAX];
    size_t held_count;
};

/* --- answers -------------------------------------------------------------------------------------------- */

static struct stat status_of(fuse_ino_t inode) {
    if (inode == FUSE_ROOT_ID) {
        return (struct stat){.st_ino = inode, .st_mode = S_IFDIR | 0755, .st_nlink = 2};
    }
    return (struct stat){
        .st_ino = inode,
        .st_mode = S_IFREG | 0644,
        .st_nlink = 1,
        .st_size = contents[inode - FIRST_FILE].size,
        .st_mtim.tv_sec = 1000000000,
        .st_ctim.tv_sec = 1000000000,
    };
}

/* The kernel may keep neither name nor status: no time is given for either. */
static void answer_lookup(const struct call *call) {
    struct fuse_entry_param entry = {.ino = call->inode, .attr = status_of(call->inode)};
    (void)fuse_reply_entry(call->request, &entry);
}

static void answer_getattr(const struct call *call) {
    struct stat status = status_of(call->inode);
    (void)fuse_reply_attr(call->request, &status, 0);
}

static void answer_read(const struct call *call) {
    off_t end = contents[call->inode - FIRST_FILE].size;
    off_t left = call->offset < end ? end - call->offset : 0;
    size_t size = (size_t)left < call->size ? (size_t)left : call->size;
    char *bytes = malloc(size + 1);
    if (bytes == NULL) {
        (void)fuse_reply_err(call->request, ENOMEM);
        return;
    }
    filling_write(bytes, call->offset, size);
    (void)fuse_reply_buf(call->request, bytes, size);
    free(bytes);
}

/* A reply fails when the one who asked has gone meanwhile: no matter. */
static void answer(const struct call *call) {
    switch (call->kind) {
    case SLOW_NOTHING:
        break;
    case SLOW_LOOKUP:
        answer_lookup(call);
        break;
    case SLOW_GETATTR:
        answer_getattr(call);
        break;
    case SLOW_CLOSE:
        (void)fuse_reply_err(call->request, 0);
        break;
    case SLOW_OPEN:
    case SLOW_LIST:
        (void)fuse_reply_open(call->request, &call->opened);
        break;
    case SLOW_READ:
        answer_read(call);
        break;
    }
}

/* --- holding back --------------------------------------------------------------------------------------- */

static void report(const struct file_system *fs) {
    struct slow_report message = {.orders = fs->orders, .held = fs->held_count};
    (void)send(fs->control, &message, sizeof message, MSG_NOSIGNAL); /* its end is met elsewhere */
}

static bool is_meant(const struct file_system *fs, const struct call *call) {
    bool is_of_file = call->inode != FUSE_ROOT_ID;
    return is_of_file == (call->kind != SLOW_LIST) && fs->order.kind == call->kind &&
           (call->kind != SLOW_READ || call->offset + (off_t)call->size > fs->order.from);
}

static void meet(struct call call) {
    struct file_system *fs = fuse_req_userdata(call.request);
    if (!is_meant(fs, &call)) {
        answer(&call);
    } else if (fs->order.error != 0 || fs->held_count == HELD_MAX) {
        (void)fuse_reply_err(call.request, fs->order.error != 0 ? fs->order.error : EBUSY);
    } else {
        fs->held[fs->held_count++] = call;
        report(fs);
    }
}

static void let_go(struct file_system *fs, int error) {
    for (size_t i = 0; i < fs->held_count; i++) {
        if (error != 0) {
            (void)fuse_reply_err(fs->held[i].request, error);
        } else {
            answer(&fs->held[i]);
        }
    }
    fs->held_count = 0;
}

/* --- what the kernel asks ------------------------------------------------------------------------------- */

/* A page is asked for when somebody wants it, not before. */
static void on_init(void *context, struct fuse_conn_info *connection) {
    (void)context;
    connection->max_readahead = 0;
}

static void on_lookup(fuse_req_t request, fuse_ino_t parent, const char *name) {
    for (fuse_ino_t i = 0; parent == FUSE_ROOT_ID && i < FILE_COUNT; i++) {
        if (strcmp(name, contents[i].name) == 0) {
            meet((struct call){.request = request, .kind = SLOW_LOOKUP, .inode = FIRST_FILE + i});
            return;
        }
    }
    (void)fuse_reply_err(request, ENOENT);
}

static void on_getattr(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *opened) {
    (void)opened;
    meet((struct call){.request = request, .kind = SLOW_GETATTR, .inode = inode});
}

static void on_open(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *opened) {
    meet((struct call){.request = request, .kind = SLOW_OPEN, .inode = inode, .opened = *opened});
}

/* close(2) waits for this one. */
static void on_flush(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *opened) {
    (void)opened;
    meet((struct call){.request = request, .kind = SLOW_CLOSE, .inode = inode});
}

static void on_opendir(fuse_req_t request, fuse_ino_t inode, struct fuse_file_info *opened) {
    meet((struct call){.request = request, .kind = SLOW_LIST, .inode = inode, .opened = *opened});
}

/* It lists nothing. */
static void on_readdir(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset,
                       struct fuse_file_info *opened) {
    (void)inode;
    (void)size;
    (void)offset;
    (void)opened;
    (void)fuse_reply_buf(request, NULL, 0);
}

static void on_read(fuse_req_t request, fuse_ino_t inode, size_t size, off_t offset,
                    struct fuse_file_info *opened) {
    (void)opened;
    meet(
        (struct call){.request = request, .kind = SLOW_READ, .inode = inode, .offset = offset, .size = size});
}

static const struct fuse_lowlevel_ops operations = {
    .init = on_init,
    .lookup = on_lookup,
    .getattr = on_getattr,
    .open = on_open,
    .read = on_read,
    .flush = on_flush,
    .opendir = on_opendir,
    .readdir = on_readdir,
};

/* --- the process ---------------------------------------------------------------------------------------- */

/* Returns false when the test has gone. */
static bool obey(struct file_system *fs) {
    if (recv(fs->control, &fs->order, sizeof fs->order, 0) != (ssize_t)sizeof fs->order) {
        return false;
    }
    if (fs->order.kind == SLOW_NOTHING || fs->order.error != 0) {
        let_go(fs, fs->order.error);
    }
    fs->orders++;
    report(fs);
    return true;
}

/* Returns false when the file system has been unmounted by somebody else. */
static bool take_call(struct fuse_session *session, struct fuse_buf *buffer) {
    int size = fuse_session_receive_buf(session, buffer);
    if (size > 0) {
        fuse_session_process_buf(session, buffer);
    }
    return size > 0 || size == -EAGAIN || size == -EINTR;
}

/* The device must not block: a call that poll has announced may be gone, with the one who made it, before it
 * is read. */
static void serve(struct file_system *fs, struct fuse_session *session) {
    struct fuse_buf buffer = {.mem = NULL};
    struct pollfd fds[2] = {{.fd = fs->control, .events = POLLIN},
                            {.fd = fuse_session_fd(session), .events = POLLIN}};
    bool goes_on = fcntl(fds[1].fd, F_SETFL, O_NONBLOCK) == 0;
    if (goes_on) {
        report(fs);
    }
    while (goes_on) {
        if (poll(fds, 2, -1) == -1 && errno != EINTR) {
            break;
        }
        if (fds[0].revents != 0) {
            goes_on = obey(fs);
        }
        if (goes_on && fds[1].revents != 0) {
            goes_on = take_call(session, &buffer);
        }
    }
    let_go(fs, 0);
    free(buffer.mem);
}

void slow_files_run(int control, const char *path) {
    char name[] = "slow_files";
    char option[] = "-oauto_unmount,fsname=slow_files,allow_other"; /* the last one is a right of root's */
    char *arguments[] = {name, option, NULL};
    option[geteuid() == 0 ? sizeof option - 1 : strlen(option) - strlen(",allow_other")] = '\0';
    struct fuse_args args = FUSE_ARGS_INIT(2, arguments);
    struct file_system fs = {.control = control};
    struct fuse_session *session = fuse_session_new(&args, &operations, sizeof operations, &fs);
    if (session != NULL && fuse_session_mount(session, path) == 0) {
        serve(&fs, session);
        fuse_session_unmount(session);
    }
    if (session != NULL) {
        fuse_session_destroy(session);
    }
    fuse_opt_free_args(&args);
}
