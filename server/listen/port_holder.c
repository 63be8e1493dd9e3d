/* SPDX-License-Identifier: MIT */
#include "server/listen/port_holder.h"

#include "server/net/socket_address.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The kernel pads each row to 150 or 180 characters. */
enum { ROW_BYTES = 256, STATE_LISTEN = 0x0A };

/* The columns that matter, counted from 0. */
enum { COLUMN_LOCAL = 1, COLUMN_STATE = 3, COLUMN_UID = 7, COLUMN_INODE = 9 };

static const char *column(const char *line, int number) {
    line += strspn(line, " ");
    for (; number > 0; number--) {
        line += strcspn(line, " \n");
        line += strspn(line, " ");
    }
    return line;
}

/* The kernel prints an address as 32-bit words of this machine's byte order that hold bytes in network
 * order. */
static bool parse_words(const char *hex, size_t count, void *bytes) {
    for (size_t i = 0; i < count; i++) {
        char digits[9] = "";
        memcpy(digits, hex + 8 * i, 8);
        if (strspn(digits, "0123456789ABCDEFabcdef") != 8) {
            return false;
        }
        uint32_t word = (uint32_t)strtoul(digits, NULL, 16);
        memcpy((char *)bytes + 4 * i, &word, 4);
    }
    return true;
}

static bool parse_local(const char *text, struct sockaddr_storage *local) {
    struct sockaddr_in in = {.sin_family = AF_INET};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};
    *local = (struct sockaddr_storage){0};

    size_t digits = strcspn(text, ": \n");
    if (text[digits] != ':' || !isxdigit((unsigned char)text[digits + 1])) {
        return false;
    }
    bool is_in6 = digits == 32 && parse_words(text, 4, &in6.sin6_addr);
    bool is_mapped = is_in6 && IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr); /* an IPv4 socket, as Java opens them */
    if (is_mapped) {
        memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof in.sin_addr);
    }

    if (is_mapped || (digits == 8 && parse_words(text, 1, &in.sin_addr))) {
        memcpy(local, &in, sizeof in);
    } else if (is_in6) {
        memcpy(local, &in6, sizeof in6);
    } else {
        return false;
    }
    socket_address_set_port(local, (uint16_t)strtoul(text + digits + 1, NULL, 16));
    return true;
}

bool port_holder_parse_row(const char *line, struct tcp_row *row) {
    struct sockaddr_storage local;
    const char *inode = column(line, COLUMN_INODE);
    if (!isdigit((unsigned char)*inode) || !parse_local(column(line, COLUMN_LOCAL), &local)) {
        return false;
    }
    *row = (struct tcp_row){
        .local = local,
        .is_listening = strtoul(column(line, COLUMN_STATE), NULL, 16) == STATE_LISTEN,
        .uid = (uid_t)strtoul(column(line, COLUMN_UID), NULL, 10),
        .inode = (ino_t)strtoull(inode, NULL, 10),
    };
    return true;
}

/* An IPv6 socket at :: takes the port of IPv4 as well, unless it is IPV6_V6ONLY, which /proc does not
 * tell. */
static bool is_dual_stack_over(const struct sockaddr_storage *local, const struct sockaddr_storage *wanted) {
    return wanted->ss_family == AF_INET && local->ss_family == AF_INET6 &&
           socket_address_is_wildcard(local) && socket_address_port(local) == socket_address_port(wanted);
}

static bool find_row(const char *table, const struct sockaddr_storage *wanted, struct tcp_row *found) {
    FILE *file = fopen(table, "re");
    if (file == NULL) {
        return false;
    }
    bool is_found = false;
    char line[ROW_BYTES];
    while (!is_found && fgets(line, sizeof line, file) != NULL) {
        struct tcp_row row;
        if (!port_holder_parse_row(line, &row) || !row.is_listening) {
            continue;
        }
        is_found = socket_address_overlaps(&row.local, wanted) || is_dual_stack_over(&row.local, wanted);
        if (is_found) {
            *found = row;
        }
    }
    (void)fclose(file);
    return is_found;
}

/* The directory /proc/<pid>/<name>, or NULL, e.g. for another user's process. */
static DIR *open_folder(int proc_fd, const char *pid, const char *name) {
    char path[64];
    (void)snprintf(path, sizeof path, "%.20s/%s", pid, name);
    int fd = openat(proc_fd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd == -1) {
        return NULL;
    }
    DIR *folder = fdopendir(fd);
    if (folder == NULL) {
        (void)close(fd);
    }
    return folder;
}

static bool has_open(int proc_fd, const char *pid, ino_t inode) {
    DIR *folder = open_folder(proc_fd, pid, "fd");
    if (folder == NULL) {
        return false;
    }
    char wanted[64];
    int length = snprintf(wanted, sizeof wanted, "socket:[%ju]", (uintmax_t)inode);
    bool is_found = false;
    const struct dirent *entry;
    while (!is_found && (entry = readdir(folder)) != NULL) {
        char target[64];
        ssize_t size = readlinkat(dirfd(folder), entry->d_name, target, sizeof target);
        is_found = size == length && memcmp(target, wanted, (size_t)length) == 0;
    }
    (void)closedir(folder);
    return is_found;
}

/* A process chooses its own name: anything but printable ASCII could steer the terminal that shows it. */
static void read_program(int proc_fd, const char *pid, char program[64]) {
    char path[64];
    (void)snprintf(path, sizeof path, "%.20s/comm", pid);
    (void)snprintf(program, 64, "another program");
    int fd = openat(proc_fd, path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) {
        return;
    }
    ssize_t length = read(fd, program, 63);
    (void)close(fd);
    if (length <= 0) {
        return;
    }
    program[length] = '\0';
    program[strcspn(program, "\n")] = '\0';
    for (char *c = program; *c != '\0'; c++) {
        *c = isascii(*c) && isprint((unsigned char)*c) ? *c : '?';
    }
}

static void find_process(ino_t inode, struct port_holder *holder) {
    DIR *proc = opendir("/proc");
    if (proc == NULL) {
        return;
    }
    const struct dirent *entry;
    while (holder->pid == 0 && (entry = readdir(proc)) != NULL) {
        if (!isdigit((unsigned char)entry->d_name[0]) || !has_open(dirfd(proc), entry->d_name, inode)) {
            continue;
        }
        holder->pid = (pid_t)strtol(entry->d_name, NULL, 10);
        read_program(dirfd(proc), entry->d_name, holder->program);
    }
    (void)closedir(proc);
}

/* /proc does not tell the interface of a link-local address. */
static struct sockaddr_storage without_zone(const struct sockaddr_storage *address) {
    if (address->ss_family != AF_INET6) {
        return *address;
    }
    struct sockaddr_storage copy = *address;
    struct sockaddr_in6 in6;
    memcpy(&in6, address, sizeof in6);
    in6.sin6_scope_id = 0;
    memcpy(&copy, &in6, sizeof in6);
    return copy;
}

bool port_holder_find(const struct sockaddr_storage *address, struct port_holder *holder) {
    struct sockaddr_storage wanted = without_zone(address);
    struct tcp_row row;
    if (!find_row("/proc/net/tcp", &wanted, &row) && !find_row("/proc/net/tcp6", &wanted, &row)) {
        return false;
    }
    *holder = (struct port_holder){.uid = row.uid};
    find_process(row.inode, holder);
    return true;
}

bool port_holder_find_unix(const struct sockaddr_storage *address, struct port_holder *holder) {
    struct ucred peer;
    socklen_t length = sizeof peer;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool is_found = fd != -1 &&
                    connect(fd, (const struct sockaddr *)address, socket_address_length(address)) == 0 &&
                    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0;
    if (is_found) {
        char path[32];
        *holder = (struct port_holder){.pid = peer.pid, .uid = peer.uid};
        (void)snprintf(path, sizeof path, "/proc/%d", (int)peer.pid);
        read_program(AT_FDCWD, path, holder->program);
    }
    if (fd != -1) {
        (void)close(fd);
    }
    return is_found;
}

bool port_holder_exists(const struct sockaddr_storage *address) {
    int fd = socket(address->ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd == -1) {
        return false;
    }
    int on = 1;
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (address->ss_family == AF_INET6) {
        (void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    }
    bool is_taken = bind(fd, (const struct sockaddr *)address, socket_address_length(address)) == -1 &&
                    errno == EADDRINUSE;
    (void)close(fd);
    return is_taken;
}
