/* SPDX-License-Identifier: MIT */
/*
 * The floor of the bench: what a request costs when nothing is done for it. One epoll for each worker, a
 * listener of its own (SO_REUSEPORT), read until the blank line, send the same bytes as ever. It reads no
 * method and no path, opens no file, keeps no deadline and never refuses anything: not a server to use, a
 * server to subtract.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    BACKLOG = 4096,
    EVENTS_MAX = 256,
    HEAD_BYTES = 256,
    READ_BYTES = 4096,
    COPIED_BYTES_MAX =
        64 * 1024, /* larger answers are sent by sendfile, smaller ones cost less when copied */
    WORKERS_MAX = 1024,
};

struct options {
    const char *body_path;
    unsigned long port;
    unsigned long workers;
    bool closes;
};

/* Head and body in one piece: the bytes, and an anonymous file that holds the same. */
struct answer {
    const char *bytes;
    size_t size;
    int fd;
    bool closes;
};

struct worker {
    const struct answer *answer;
    int epoll_fd;
    int listener_fd;
};

struct guest {
    int fd;
    unsigned matched; /* bytes of the blank line seen so far */
    size_t owed;      /* answers that are due */
    size_t sent;      /* bytes of the present one */
    bool registered;
};

enum progress { WAITS, ENDED };

static _Noreturn void die(const char *what) {
    perror(what);
    exit(1);
}

/* --- one client ----------------------------------------------------------------------------------------- */

/* The bytes after "\r\n\r\n" begin the next request. */
static void count_heads(struct guest *guest, const char *bytes, size_t size) {
    static const char blank_line[] = "\r\n\r\n";
    for (size_t i = 0; i < size; i++) {
        if (bytes[i] == blank_line[guest->matched]) {
            guest->matched++;
        } else {
            guest->matched = bytes[i] == '\r' ? 1 : 0;
        }
        if (guest->matched == sizeof blank_line - 1) {
            guest->matched = 0;
            guest->owed++;
        }
    }
}

static enum progress send_owed(struct guest *guest, const struct answer *answer) {
    while (guest->owed > 0) {
        size_t left = answer->size - guest->sent;
        off_t offset = (off_t)guest->sent;
        ssize_t count = answer->size <= COPIED_BYTES_MAX
                            ? send(guest->fd, answer->bytes + guest->sent, left, MSG_NOSIGNAL)
                            : sendfile(guest->fd, answer->fd, &offset, left);
        if (count == -1) {
            return errno == EAGAIN ? WAITS : ENDED;
        }
        guest->sent += (size_t)count;
        if (guest->sent == answer->size) {
            guest->sent = 0;
            guest->owed--;
            if (answer->closes) {
                return ENDED;
            }
        }
    }
    return WAITS;
}

static enum progress serve(struct guest *guest, const struct answer *answer) {
    char bytes[READ_BYTES];
    enum progress progress = send_owed(guest, answer);
    while (progress == WAITS && guest->owed == 0) {
        ssize_t count = recv(guest->fd, bytes, sizeof bytes, 0);
        if (count == -1 && errno == EAGAIN) {
            return WAITS;
        }
        if (count <= 0) {
            return ENDED;
        }
        count_heads(guest, bytes, (size_t)count);
        progress = send_owed(guest, answer);
        if ((size_t)count < sizeof bytes) {
            return progress; /* the socket was empty; epoll tells when that changes */
        }
    }
    return progress;
}

/* Edge-triggered and for both directions, so that a client is registered once and never again. One that is
 * served and closed at once never is. */
static void attend(struct worker *worker, struct guest *guest) {
    enum progress progress = serve(guest, worker->answer);
    if (progress == WAITS && !guest->registered) {
        struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = guest};
        guest->registered = true;
        if (epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, guest->fd, &event) == -1) {
            progress = ENDED;
        }
    }
    if (progress == ENDED) {
        (void)close(guest->fd);
        free(guest);
    }
}

/* --- one worker ----------------------------------------------------------------------------------------- */

static void accept_all(struct worker *worker) {
    int yes = 1;
    int fd = -1;
    while ((fd = accept4(worker->listener_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) != -1) {
        struct guest *guest = malloc(sizeof *guest);
        if (guest == NULL) {
            die("null_server");
        }
        *guest = (struct guest){.fd = fd};
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        attend(worker, guest);
    }
    if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR) {
        die("null_server: accept");
    }
}

static void *work(void *argument) {
    struct worker *worker = argument;
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int count = epoll_wait(worker->epoll_fd, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.ptr == NULL) {
                accept_all(worker);
            } else {
                attend(worker, events[i].data.ptr);
            }
        }
    }
    return NULL;
}

static void open_worker(struct worker *worker, const struct answer *answer, unsigned long port) {
    int yes = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((uint16_t)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    worker->answer = answer;
    worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    worker->listener_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (worker->epoll_fd == -1 || worker->listener_fd == -1 ||
        setsockopt(worker->listener_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == -1 ||
        setsockopt(worker->listener_fd, SOL_SOCKET, SO_REUSEPORT, &yes, sizeof yes) == -1 ||
        setsockopt(worker->listener_fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, &yes, sizeof yes) == -1 ||
        bind(worker->listener_fd, (const struct sockaddr *)&address, sizeof address) == -1 ||
        listen(worker->listener_fd, BACKLOG) == -1 ||
        epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, worker->listener_fd, &event) == -1) {
        die("null_server: listen");
    }
}

/* --- the program ---------------------------------------------------------------------------------------- */

static void fill(int fd, const struct options *options) {
    char head[HEAD_BYTES];
    struct stat status;
    int body_fd = open(options->body_path, O_RDONLY | O_CLOEXEC);
    if (body_fd == -1 || fstat(body_fd, &status) == -1) {
        die(options->body_path);
    }
    int head_size = snprintf(head, sizeof head,
                             "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %jd\r\n%s\r\n",
                             (intmax_t)status.st_size, options->closes ? "Connection: close\r\n" : "");
    if (head_size < 0 || write(fd, head, (size_t)head_size) != head_size) {
        die("null_server: write");
    }
    for (off_t left = status.st_size; left > 0;) {
        ssize_t count = sendfile(fd, body_fd, NULL, (size_t)left);
        if (count <= 0) {
            die(options->body_path);
        }
        left -= count;
    }
    (void)close(body_fd);
}

static void prepare(struct answer *answer, const struct options *options) {
    struct stat status;
    answer->closes = options->closes;
    answer->fd = memfd_create("answer", MFD_CLOEXEC);
    if (answer->fd == -1) {
        die("null_server: memfd_create");
    }
    fill(answer->fd, options);
    if (fstat(answer->fd, &status) == -1) {
        die("null_server: fstat");
    }
    answer->size = (size_t)status.st_size;
    void *bytes = mmap(NULL, answer->size, PROT_READ, MAP_SHARED | MAP_POPULATE, answer->fd, 0);
    if (bytes == MAP_FAILED) {
        die("null_server: mmap");
    }
    answer->bytes = bytes;
}

static unsigned long read_number(const char *text, unsigned long maximum) {
    char *end = NULL;
    unsigned long number = strtoul(text, &end, 10);
    if (end == text || *end != '\0' || number == 0 || number > maximum) {
        (void)fprintf(stderr, "null_server: '%s' is not a number from 1 to %lu\n", text, maximum);
        exit(2);
    }
    return number;
}

static void read_options(struct options *options, int argc, char *argv[]) {
    int option = 0;
    while ((option = getopt(argc, argv, "b:cp:t:")) != -1) {
        switch (option) {
        case 'b':
            options->body_path = optarg;
            break;
        case 'c':
            options->closes = true;
            break;
        case 'p':
            options->port = read_number(optarg, UINT16_MAX);
            break;
        case 't':
            options->workers = read_number(optarg, WORKERS_MAX);
            break;
        default:
            exit(2);
        }
    }
    if (options->body_path == NULL || options->port == 0) {
        (void)fputs("Usage: null_server -b FILE -p PORT [-t WORKERS] [-c]\n"
                    "Answer every request with FILE; -c: close after each.\n",
                    stderr);
        exit(2);
    }
}

int main(int argc, char *argv[]) {
    struct options options = {.workers = 1};
    struct answer answer = {.fd = -1};
    read_options(&options, argc, argv);
    prepare(&answer, &options);
    (void)signal(SIGPIPE, SIG_IGN); /* sendfile knows no MSG_NOSIGNAL */
    struct worker *workers = calloc(options.workers, sizeof *workers);
    if (workers == NULL) {
        die("null_server");
    }
    for (unsigned long i = 0; i < options.workers; i++) {
        open_worker(&workers[i], &answer, options.port);
    }
    for (unsigned long i = 1; i < options.workers; i++) {
        pthread_t thread;
        errno = pthread_create(&thread, NULL, work, &workers[i]);
        if (errno != 0) {
            die("null_server: pthread_create");
        }
    }
    (void)work(&workers[0]);
    return 0;
}
