/* SPDX-License-Identifier: MIT */
/*
 * Somebody who has taken over a thread of the server: goes into the sandbox as the server does, and then does in a thread
 * what it is told. A program of its own, and never built with sanitizers, so that all of the sandbox holds.
 *
 *   confinement_probe ACTION FOLDER    FOLDER is what is served; beside it lie a file `outside`, a socket `socket`, and
 *                                      in `port` the number of one on 127.0.0.1
 *
 * Prints "done", or why not: the name of the error. Exit status 0; or 3 when there is no such sandbox here.
 */
#include "server/sandbox/calls.h"
#include "server/sandbox/capabilities.h"
#include "server/sandbox/grants.h"
#include "server/sandbox/landlock.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

enum { STATUS_NO_SANDBOX = 3, PATH_BYTES = 1024 };

static char inside[PATH_BYTES];
static char outside[PATH_BYTES];
static struct sockaddr_in far = {.sin_family = AF_INET};
static struct sockaddr_un near = {.sun_family = AF_UNIX};

static int open_for(const char *path, int flags) {
    int fd = open(path, flags | O_CLOEXEC, 0600);
    return fd == -1 ? -errno : close(fd);
}

static int read_inside(void) {
    return open_for(inside, O_RDONLY);
}

static int read_shadow(void) {
    return open_for("/etc/shadow", O_RDONLY);
}

static int read_outside(void) {
    return open_for(outside, O_RDONLY);
}

static int write_inside(void) {
    return open_for(inside, O_WRONLY);
}

static int remove_inside(void) {
    return unlink(inside) == -1 ? -errno : 0;
}

static int run_program(void) {
    char *const arguments[] = {(char[]){"/bin/true"}, NULL};
    return execve(arguments[0], arguments, NULL) == -1 ? -errno : 0;
}

static int connect_to(const void *address, socklen_t length, int family) {
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -errno;
    }
    int result = connect(fd, address, length) == -1 ? -errno : 0;
    (void)close(fd);
    return result;
}

static int connect_tcp(void) {
    return connect_to(&far, sizeof far, AF_INET);
}

static int connect_unix(void) {
    return connect_to(&near, sizeof near, AF_UNIX);
}

/* sendto(2) connects, too, where it is told to. */
static int connect_by_sending(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -errno;
    }
    bool is_sent = sendto(fd, "x", 1, MSG_FASTOPEN, (struct sockaddr *)&far, sizeof far) == 1;
    int result = is_sent ? 0 : -errno;
    (void)close(fd);
    return result;
}

static int connect_by_message(void) {
    struct iovec byte = {.iov_base = (char[]){"x"}, .iov_len = 1};
    struct msghdr message = {.msg_name = &far, .msg_namelen = sizeof far, .msg_iov = &byte, .msg_iovlen = 1};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return -errno;
    }
    int result = sendmsg(fd, &message, MSG_FASTOPEN) == 1 ? 0 : -errno;
    (void)close(fd);
    return result;
}

/* Not of TCP, so that nothing of what is said about TCP holds. */
static int use_another_protocol(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, IPPROTO_SCTP);
    return fd == -1 ? -errno : close(fd);
}

static int send_datagram(void) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    return fd == -1 ? -errno : close(fd);
}

static int trace_parent(void) {
    return ptrace(PTRACE_ATTACH, getppid(), NULL, NULL) == -1 ? -errno : 0;
}

static int signal_parent(void) {
    return kill(getppid(), 0) == -1 ? -errno : 0;
}

/* When there is something to read, the kernel signals whoever is told to be the owner. */
static int signal_by_descriptor(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result = fd == -1 || fcntl(fd, F_SETOWN, getppid()) == -1 ? -errno : 0;
    (void)close(fd);
    return result;
}

static int choose_signal(void) {
    return fcntl(STDOUT_FILENO, F_SETSIG, SIGKILL) == -1 ? -errno : 0;
}

/* In a user namespace of its own, a process has all capabilities. */
static int make_namespace(void) {
    long pid = syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, NULL, NULL, NULL, NULL);
    if (pid == 0) {
        _exit(0);
    }
    return pid == -1 ? -errno : 0;
}

static int make_namespace_anew(void) {
    uint64_t arguments[8] = {CLONE_NEWUSER, 0, 0, 0, SIGCHLD};
    long pid = syscall(SYS_clone3, arguments, sizeof arguments);
    if (pid == 0) {
        _exit(0);
    }
    return pid == -1 ? -errno : 0;
}

static int make_process(void) {
    pid_t pid = fork();
    if (pid == 0) {
        _exit(0);
    }
    return pid == -1 ? -errno : 0;
}

static int run_own_code(void) {
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return code == MAP_FAILED ? -errno : munmap(code, 4096);
}

static int mount_something(void) {
    return mount("none", "/mnt", "tmpfs", 0, NULL) == -1 ? -errno : 0;
}

static int become_root(void) {
    return setresuid(0, 0, 0) == -1 ? -errno : 0;
}

static int listen_anew(void) {
    struct sockaddr_in any = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int result =
        fd == -1 || bind(fd, (struct sockaddr *)&any, sizeof any) == -1 || listen(fd, 1) == -1 ? -errno : 0;
    (void)close(fd);
    return result;
}

static const struct {
    const char *name;
    int (*act)(void);
} actions[] = {
    {"read_inside", read_inside},
    {"read_shadow", read_shadow},
    {"read_outside", read_outside},
    {"write_inside", write_inside},
    {"remove_inside", remove_inside},
    {"exec", run_program},
    {"connect_tcp", connect_tcp},
    {"connect_unix", connect_unix},
    {"send_datagram", send_datagram},
    {"ptrace", trace_parent},
    {"signal_parent", signal_parent},
    {"run_own_code", run_own_code},
    {"mount", mount_something},
    {"become_root", become_root},
    {"listen", listen_anew},
    {"connect_by_sending", connect_by_sending},
    {"connect_by_message", connect_by_message},
    {"use_another_protocol", use_another_protocol},
    {"signal_by_descriptor", signal_by_descriptor},
    {"choose_signal", choose_signal},
    {"make_namespace", make_namespace},
    {"make_namespace_anew", make_namespace_anew},
    {"make_process", make_process},
};

static void *act(void *argument) {
    const char *wanted = argument;
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++) {
        if (strcmp(actions[i].name, wanted) == 0) {
            int result = actions[i].act();
            (void)printf("%s\n", result == 0 ? "done" : strerrorname_np(-result));
        }
    }
    return NULL;
}

static uint16_t read_port(const char *path) {
    char text[16] = "";
    FILE *file = fopen(path, "r");
    bool is_read = file != NULL && fgets(text, sizeof text, file) != NULL;
    if (file != NULL) {
        (void)fclose(file);
    }
    return is_read ? (uint16_t)strtoul(text, NULL, 10) : 0;
}

static void read_stage(const char *folder) {
    char path[PATH_BYTES];
    (void)snprintf(inside, sizeof inside, "%s/inside", folder);
    (void)snprintf(outside, sizeof outside, "%s/../outside", folder);
    (void)snprintf(path, sizeof path, "%s/../socket", folder);
    memcpy(near.sun_path, path, strnlen(path, sizeof near.sun_path - 1));
    (void)snprintf(path, sizeof path, "%s/../port", folder);
    far.sin_port = htons(read_port(path));
    far.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
}

int main(int argc, char *argv[]) {
    struct grants grants = {.items = NULL};
    const char *failed = NULL;
    pthread_t thread;
    if (argc != 3) {
        return 2;
    }
    read_stage(argv[2]);
    bool is_inside = grants_add(&grants, argv[2], GRANT_READ) == 0 && capabilities_give_up() == 0 &&
                     capabilities_allow_no_new() == 0 && landlock_enter(&grants, &failed) > 0 &&
                     calls_enter(false) == 0;
    grants_deinit(&grants);
    if (!is_inside) {
        return STATUS_NO_SANDBOX;
    }
    if (pthread_create(&thread, NULL, act, argv[1]) != 0) {
        return 1;
    }
    (void)pthread_join(thread, NULL);
    return 0;
}
