/* SPDX-License-Identifier: MIT */
#include "server/log/datagrams.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

static const char identifier[] = "lido";

int log_datagrams_connect(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        return -ENAMETOOLONG;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd != -1 && connect(fd, (const struct sockaddr *)&address, sizeof address) == -1) {
        int error = errno;
        (void)close(fd);
        return -error;
    }
    return fd != -1 ? fd : -errno;
}

/* "<30>Oct 10 13:55:36 lido[123]: " */
static size_t put_syslog_head(char *head, size_t size, int priority) {
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"}; /* in any locale */
    time_t now = time(NULL);
    struct tm calendar = {0};
    (void)localtime_r(&now, &calendar);
    return (size_t)snprintf(head, size, "<%d>%s %2d %02d:%02d:%02d %s[%ld]: ", priority,
                            months[calendar.tm_mon % 12], calendar.tm_mday, calendar.tm_hour, calendar.tm_min,
                            calendar.tm_sec, identifier, (long)getpid());
}

static size_t put_journal_head(char *head, size_t size, int level) {
    return (size_t)snprintf(head, size, "SYSLOG_IDENTIFIER=%s\nPRIORITY=%d\nMESSAGE=", identifier, level);
}

/* Send one line, which has no line feed. Returns 0 or a negative errno. */
static int send_line(const struct log_datagrams *datagrams, int fd, const char *line, size_t length) {
    int level = LOG_INFO;
    if (datagrams->has_levels && length >= 3 && line[0] == '<' && line[2] == '>') {
        level = line[1] - '0';
        line += 3;
        length -= 3;
    }
    char head[128];
    bool is_journal = datagrams->kind == LOG_TO_JOURNAL;
    size_t head_length = is_journal ? put_journal_head(head, sizeof head, level)
                                    : put_syslog_head(head, sizeof head, datagrams->facility | level);
    struct iovec parts[] = {
        {head, head_length}, {(void *)(uintptr_t)line, length}, {(void *)(uintptr_t) "\n", 1}};
    ssize_t sent = -1;
    do {
        sent = writev(fd, parts, is_journal ? 3 : 2); /* one datagram */
    } while (sent == -1 && errno == EINTR);
    return sent == -1 ? -errno : 0;
}

/* The same, over a new connection if the old one leads nowhere. */
static bool deliver(struct log_datagrams *datagrams, int *fd, const char *path, const char *line,
                    size_t length) {
    int error = *fd != -1 ? send_line(datagrams, *fd, line, length) : -ENOTCONN;
    if (error == -ECONNREFUSED || error == -ENOTCONN || error == -ECONNRESET) {
        if (*fd != -1) {
            (void)close(*fd);
        }
        *fd = log_datagrams_connect(path);
        error = *fd >= 0 ? send_line(datagrams, *fd, line, length) : *fd;
        *fd = *fd >= 0 ? *fd : -1;
    }
    datagrams->error = error != 0 ? -error : datagrams->error;
    return error == 0;
}

uint64_t log_datagrams_send(struct log_datagrams *datagrams, int *fd, const char *path, const char *lines,
                            size_t length) {
    const char *end = lines + length;
    uint64_t lost = 0;
    while (lines < end) {
        const char *line_end = memchr(lines, '\n', (size_t)(end - lines));
        line_end = line_end != NULL ? line_end : end;
        lost += deliver(datagrams, fd, path, lines, (size_t)(line_end - lines)) ? 0 : 1;
        lines = line_end + (line_end < end ? 1 : 0);
    }
    return lost;
}
