/* SPDX-License-Identifier: MIT */
#include "server/sandbox/filter/rules.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41 /* linux/prctl.h, which an older musl does not go with */
#endif

/* --- what is allowed, whatever its arguments ------------------------------------------------------------ */

/* Clients: accept, receive, send, end. */
static const int of_clients[] = {
    SCMP_SYS(accept),       SCMP_SYS(accept4),     SCMP_SYS(recv),         SCMP_SYS(recvfrom),
    SCMP_SYS(recvmsg),      SCMP_SYS(send),        SCMP_SYS(sendfile),     SCMP_SYS(sendfile64),
    SCMP_SYS(shutdown),     SCMP_SYS(getsockname), SCMP_SYS(getpeername),  SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),   SCMP_SYS(epoll_ctl),   SCMP_SYS(epoll_wait),   SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_pwait2), SCMP_SYS(poll),        SCMP_SYS(ppoll),        SCMP_SYS(select),
    SCMP_SYS(_newselect),   SCMP_SYS(pselect6),    SCMP_SYS(epoll_create), SCMP_SYS(epoll_create1),
    SCMP_SYS(eventfd2)};

/* Files and folders: open, look, read; and logs: append. What may be opened, and for what, is Landlock's. */
static const int of_files[] = {
    SCMP_SYS(open),        SCMP_SYS(openat),       SCMP_SYS(openat2),   SCMP_SYS(close),
    SCMP_SYS(read),        SCMP_SYS(readv),        SCMP_SYS(pread64),   SCMP_SYS(preadv),
    SCMP_SYS(preadv2),     SCMP_SYS(write),        SCMP_SYS(writev),    SCMP_SYS(pwrite64),
    SCMP_SYS(lseek),       SCMP_SYS(_llseek),      SCMP_SYS(stat),      SCMP_SYS(stat64),
    SCMP_SYS(lstat),       SCMP_SYS(lstat64),      SCMP_SYS(fstat),     SCMP_SYS(fstat64),
    SCMP_SYS(newfstatat),  SCMP_SYS(fstatat64),    SCMP_SYS(statx),     SCMP_SYS(statfs),
    SCMP_SYS(statfs64),    SCMP_SYS(fstatfs),      SCMP_SYS(fstatfs64), SCMP_SYS(access),
    SCMP_SYS(faccessat),   SCMP_SYS(faccessat2),   SCMP_SYS(readlink),  SCMP_SYS(readlinkat),
    SCMP_SYS(getdents),    SCMP_SYS(getdents64),   SCMP_SYS(getcwd),    SCMP_SYS(flock),
    SCMP_SYS(fadvise64),   SCMP_SYS(fadvise64_64), SCMP_SYS(readahead), SCMP_SYS(ftruncate),
    SCMP_SYS(ftruncate64), SCMP_SYS(unlink),       SCMP_SYS(unlinkat),  SCMP_SYS(dup),
    SCMP_SYS(fsync),       SCMP_SYS(fdatasync)};

/* Memory, time, threads (a reload may start some), signals, and what the C library asks for these. */
static const int of_process[] = {
    SCMP_SYS(brk),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(madvise),
    SCMP_SYS(mincore),
    SCMP_SYS(futex),
    SCMP_SYS(futex_time64),
    SCMP_SYS(clone3), /* refused by the other filter (calls.c), which does not log it */
    SCMP_SYS(set_robust_list),
    SCMP_SYS(get_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(set_tid_address),
    SCMP_SYS(membarrier),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(sched_getparam),
    SCMP_SYS(sched_getscheduler),
    SCMP_SYS(getcpu),
    SCMP_SYS(sysinfo),
    SCMP_SYS(uname),
    SCMP_SYS(getrandom),
    SCMP_SYS(getrlimit),
    SCMP_SYS(ugetrlimit),
    SCMP_SYS(setrlimit),
    SCMP_SYS(getrusage),
    SCMP_SYS(times),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(clock_gettime64),
    SCMP_SYS(clock_getres),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(clock_nanosleep_time64),
    SCMP_SYS(nanosleep),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(time),
    SCMP_SYS(getpid),
    SCMP_SYS(getppid),
    SCMP_SYS(gettid),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(sigreturn),
    SCMP_SYS(rt_sigtimedwait),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group)};

/* A reload that listens somewhere else. */
static const int of_listening[] = {SCMP_SYS(bind), SCMP_SYS(listen)};

/* --- what ends the process ------------------------------------------------------------------------------ */

static const int of_nobody_here[] = {SCMP_SYS(execve),
                                     SCMP_SYS(execveat),
                                     SCMP_SYS(fork),
                                     SCMP_SYS(vfork),
                                     SCMP_SYS(ptrace),
                                     SCMP_SYS(process_vm_readv),
                                     SCMP_SYS(process_vm_writev),
                                     SCMP_SYS(kcmp),
                                     SCMP_SYS(pidfd_getfd),
                                     SCMP_SYS(mount),
                                     SCMP_SYS(umount2),
                                     SCMP_SYS(pivot_root),
                                     SCMP_SYS(chroot),
                                     SCMP_SYS(setns),
                                     SCMP_SYS(unshare),
                                     SCMP_SYS(open_by_handle_at),
                                     SCMP_SYS(init_module),
                                     SCMP_SYS(finit_module),
                                     SCMP_SYS(delete_module),
                                     SCMP_SYS(kexec_load),
                                     SCMP_SYS(kexec_file_load),
                                     SCMP_SYS(bpf),
                                     SCMP_SYS(perf_event_open),
                                     SCMP_SYS(userfaultfd),
                                     SCMP_SYS(add_key),
                                     SCMP_SYS(keyctl),
                                     SCMP_SYS(request_key),
                                     SCMP_SYS(io_uring_setup),
                                     SCMP_SYS(personality),
                                     SCMP_SYS(reboot),
                                     SCMP_SYS(swapon),
                                     SCMP_SYS(swapoff)};

static const struct {
    uint32_t action;
    const int *calls;
    size_t count;
} groups[] = {
    {SCMP_ACT_ALLOW, of_clients, sizeof of_clients / sizeof of_clients[0]},
    {SCMP_ACT_ALLOW, of_files, sizeof of_files / sizeof of_files[0]},
    {SCMP_ACT_ALLOW, of_process, sizeof of_process / sizeof of_process[0]},
    {SCMP_ACT_ALLOW, of_listening, sizeof of_listening / sizeof of_listening[0]},
    {SCMP_ACT_KILL_PROCESS, of_nobody_here, sizeof of_nobody_here / sizeof of_nobody_here[0]},
};

static int add_groups(scmp_filter_ctx filter) {
    int result = 0;
    for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
        for (size_t k = 0; k < groups[i].count && result == 0; k++) {
            result = seccomp_rule_add(filter, groups[i].action, groups[i].calls[k], 0);
        }
    }
    return result;
}

/* --- what is allowed with some arguments ---------------------------------------------------------------- */

/* That an argument has this value. */
static struct scmp_arg_cmp is(unsigned argument, scmp_datum_t value) {
    return (struct scmp_arg_cmp){.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value};
}

/* That of these bits of an argument it has those of `value`, and no others. */
static struct scmp_arg_cmp has(unsigned argument, scmp_datum_t bits, scmp_datum_t value) {
    return (struct scmp_arg_cmp){
        .arg = argument, .op = SCMP_CMP_MASKED_EQ, .datum_a = bits, .datum_b = value};
}

/* Memory that is not for code. */
static int add_memory(scmp_filter_ctx filter) {
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2), SCMP_SYS(mprotect)};
    struct scmp_arg_cmp no_code = has(2, PROT_EXEC, 0);
    int result = 0;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0] && result == 0; i++) {
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, calls[i], 1, &no_code);
    }
    return result;
}

/* Threads, and no process, as fork(2): that would be for another program, or have a namespace of its own and all capabilities
 * in it. */
static int add_threads(scmp_filter_ctx filter) {
    enum {
        NAMESPACES = CLONE_NEWCGROUP | CLONE_NEWIPC | CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID |
                     CLONE_NEWUSER | CLONE_NEWUTS,
#ifdef __s390__
        FLAGS_ARGUMENT = 1
#else
        FLAGS_ARGUMENT = 0
#endif
    };
    struct scmp_arg_cmp thread = has(FLAGS_ARGUMENT, CLONE_THREAD | NAMESPACES, CLONE_THREAD);
    struct scmp_arg_cmp process = has(FLAGS_ARGUMENT, CLONE_THREAD, 0);
    int result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1, &thread);
    return result == 0 ? seccomp_rule_add_array(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(clone), 1, &process)
                       : result;
}

/* To send, but not to connect by it, as TCP Fast Open does: Landlock does not see that one. */
static int add_sending(scmp_filter_ctx filter) {
    static const struct {
        int call;
        unsigned flags_argument;
    } rows[] = {{SCMP_SYS(sendto), 3}, {SCMP_SYS(sendmsg), 2}, {SCMP_SYS(sendmmsg), 3}};
    int result = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && result == 0; i++) {
        struct scmp_arg_cmp connected = has(rows[i].flags_argument, MSG_FASTOPEN, 0);
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rows[i].call, 1, &connected);
    }
    return result;
}

/* Of descriptors: copies and flags. With an owner and a signal (F_SETOWN, F_SETSIG) they would signal others. */
static int add_descriptors(scmp_filter_ctx filter) {
    static const int calls[] = {SCMP_SYS(fcntl), SCMP_SYS(fcntl64)};
    static const int commands[] = {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL};
    int result = 0;
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        for (size_t k = 0; k < sizeof commands / sizeof commands[0] && result == 0; k++) {
            struct scmp_arg_cmp command = is(1, (scmp_datum_t)commands[k]);
            result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, calls[i], 1, &command);
        }
    }
    return result;
}

/* To listen at, by TCP, and the list of this machine's addresses (getifaddrs(3)). Without add_connections() nothing connects
 * them, as connect(2) is missing. */
static int add_sockets(scmp_filter_ctx filter) {
    enum { TYPE_MASK = 0xF }; /* beside it are SOCK_CLOEXEC and SOCK_NONBLOCK */
    static const int families[] = {AF_INET, AF_INET6, AF_UNIX};
    int result = 0;
    for (size_t i = 0; i < sizeof families / sizeof families[0] && result == 0; i++) {
        struct scmp_arg_cmp stream[] = {is(0, (scmp_datum_t)families[i]), has(1, TYPE_MASK, SOCK_STREAM),
                                        is(2, 0)};
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 3, stream);
    }
    struct scmp_arg_cmp routes[] = {is(0, AF_NETLINK), is(2, NETLINK_ROUTE)};
    return result == 0 ? seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, routes) : result;
}

/* Name servers, over UDP and TCP, and log services, which have UNIX sockets. */
static int add_connections(scmp_filter_ctx filter) {
    enum { TYPE_MASK = 0xF };
    static const int families[] = {AF_INET, AF_INET6, AF_UNIX};
    int result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(connect), 0);
    for (size_t i = 0; i < sizeof families / sizeof families[0] && result == 0; i++) {
        struct scmp_arg_cmp datagrams[] = {is(0, (scmp_datum_t)families[i]), has(1, TYPE_MASK, SOCK_DGRAM)};
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, SCMP_SYS(socket), 2, datagrams);
    }
    return result;
}

/* A call by the first argument that it may have, or the second; the others may be anything. */
struct allowed {
    int call;
    unsigned argument;
    scmp_datum_t value;
};

/* Limits and signals are the process's own, as abort(3) needs them; names are of threads and of memory (glibc's malloc,
 * from Linux 5.17 on); of sockets and terminals only questions are asked. */
static int add_arguments(scmp_filter_ctx filter) {
    const struct allowed rows[] = {
        {SCMP_SYS(prlimit64), 0, 0},       {SCMP_SYS(tgkill), 0, RULES_OWN_PID},
        {SCMP_SYS(prctl), 0, PR_SET_NAME}, {SCMP_SYS(prctl), 0, PR_SET_VMA},
        {SCMP_SYS(ioctl), 1, SIOCOUTQ},    {SCMP_SYS(ioctl), 1, FIONREAD},
        {SCMP_SYS(ioctl), 1, TIOCGWINSZ},  {SCMP_SYS(ioctl), 1, TCGETS},
    };
    int result = 0;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && result == 0; i++) {
        struct scmp_arg_cmp argument = is(rows[i].argument, rows[i].value);
        result = seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, rows[i].call, 1, &argument);
    }
    return result;
}

/* --- all of it ------------------------------------------------------------------------------------------- */

/* Other architectures' calls, which have other numbers, end the process, too. That is for kernels as old as Linux 4.14:
 * the library need not ask the one that it is built on. A tree: what comes late in a list costs no more. */
static int set_attributes(scmp_filter_ctx filter) {
    int result = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    return result == 0 ? seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2) : result;
}

int rules_add(scmp_filter_ctx filter, bool connects) {
    static int (*const parts[])(scmp_filter_ctx) = {set_attributes, add_groups,   add_memory,
                                                    add_threads,    add_sending,  add_descriptors,
                                                    add_sockets,    add_arguments};
    int result = 0;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0] && result == 0; i++) {
        result = parts[i](filter);
    }
    return result == 0 && connects ? add_connections(filter) : result;
}
