/* SPDX-License-Identifier: MIT */
/*
 * A web server as one writes it on a first afternoon: accept a client, read its request, send a file, close, accept the
 * next. It is right as far as it goes, and one client that stands still stops it: read() waits for that client, and
 * everybody else waits for read(). More threads only raise the number of clients that it takes: THREADS of them.
 *
 *     naive_server PORT FOLDER [THREADS]
 *
 * It listens on 127.0.0.1 only, knows GET and HTTP/1.0, and serves plain files. See lecture.html and exercises.html.
 */
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD_BYTES = 4096, COPY_BYTES = 16 * 1024, BACKLOG = 128, THREADS_MAX = 64 };

static int listener_fd = -1;
static int folder_fd = -1;

static void die(const char *what) {
    (void)fprintf(stderr, "naive_server: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* From a name and a port to a socket that listens: getaddrinfo, socket, bind, listen. */
static int open_listener(const char *port) {
    struct addrinfo hints = {.ai_family = AF_INET, .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE};
    struct addrinfo *list = NULL;
    int error = getaddrinfo("127.0.0.1", port, &hints, &list);
    if (error != 0) {
        (void)fprintf(stderr, "naive_server: port %s: %s\n", port, gai_strerror(error));
        exit(1);
    }
    int on = 1;
    int fd = socket(list->ai_family, list->ai_socktype | SOCK_CLOEXEC, list->ai_protocol);
    if (fd == -1 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == -1 ||
        bind(fd, list->ai_addr, list->ai_addrlen) == -1 || listen(fd, BACKLOG) == -1) {
        die("cannot listen");
    }
    freeaddrinfo(list);
    return fd;
}

/* send() may take less than it is given. Without MSG_NOSIGNAL a client that has left would end the program (SIGPIPE). */
static int send_all(int fd, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL); /* waits as long as the client does not read */
        if (n == -1 && errno != EINTR) {
            return -1;
        }
        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
        }
    }
    return 0;
}

/* A request comes in as many pieces as it likes: read until there is an empty line. Returns 0, or -1 if none came. */
static int read_head(int fd, char head[HEAD_BYTES]) {
    size_t length = 0;
    while (length < HEAD_BYTES - 1) {
        ssize_t n =
            recv(fd, head + length, HEAD_BYTES - 1 - length, 0); /* waits as long as the client is silent */
        if (n == -1 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return -1;
        }
        length += (size_t)n;
        head[length] = '\0';
        if (strstr(head, "\r\n\r\n") != NULL || strstr(head, "\n\n") != NULL) {
            return 0;
        }
    }
    return -1;
}

static void send_error(int fd, const char *status) {
    char text[256];
    int length =
        snprintf(text, sizeof text, "HTTP/1.0 %s\r\nContent-Type: text/plain\r\n\r\n%s\n", status, status);
    (void)send_all(fd, text, (size_t)length);
}

static void send_file(int fd, int file_fd, off_t size) {
    char buffer[COPY_BYTES];
    int length =
        snprintf(buffer, sizeof buffer, "HTTP/1.0 200 OK\r\nContent-Length: %lld\r\n\r\n", (long long)size);
    ssize_t n = length;
    while (n > 0 && send_all(fd, buffer, (size_t)n) == 0) {
        n = read(file_fd, buffer, sizeof buffer);
    }
}

/* "GET /path HTTP/1.0": the path without its first slash, or NULL. No "..": it would lead out of the folder. */
static const char *path_of(char *head) {
    if (strncmp(head, "GET /", 5) != 0) {
        return NULL;
    }
    char *path = head + 5;
    path[strcspn(path, " ?\r\n")] = '\0';
    return path[0] == '/' || strstr(path, "..") != NULL ? NULL : path[0] != '\0' ? path : "index.html";
}

static void serve(int fd) {
    char head[HEAD_BYTES];
    if (read_head(fd, head) == -1) {
        return;
    }
    const char *path = path_of(head);
    int file_fd = path != NULL ? openat(folder_fd, path, O_RDONLY | O_CLOEXEC) : -1;
    struct stat status;
    if (path == NULL) {
        send_error(fd, "400 Bad Request");
    } else if (file_fd == -1 || fstat(file_fd, &status) == -1 || !S_ISREG(status.st_mode)) {
        send_error(fd, "404 Not Found");
    } else {
        send_file(fd, file_fd, status.st_size);
    }
    if (file_fd != -1) {
        (void)close(file_fd);
    }
}

/* The whole server: one client after the other. */
static void *accept_and_serve(void *unused) {
    for (;;) {
        int fd = accept(listener_fd, NULL, NULL);
        if (fd != -1) {
            serve(fd);
            (void)close(fd);
        } else if (errno != EINTR && errno != ECONNABORTED) {
            die("cannot accept");
        }
    }
    return unused;
}

int main(int argc, char *argv[]) {
    if (argc < 3) {
        (void)fputs("Usage: naive_server PORT FOLDER [THREADS]\n", stderr);
        return 2;
    }
    long threads = argc > 3 ? strtol(argv[3], NULL, 10) : 1;
    folder_fd = open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder_fd == -1) {
        die(argv[2]);
    }
    listener_fd = open_listener(argv[1]);
    struct sockaddr_in address = {0};
    socklen_t length = sizeof address;
    if (getsockname(listener_fd, (struct sockaddr *)&address, &length) == -1) {
        die("getsockname");
    }
    (void)printf("listening on http://127.0.0.1:%u/\n",
                 (unsigned)ntohs(address.sin_port)); /* a port is big-endian */
    (void)fflush(stdout);
    for (long i = 1; i < threads && i < THREADS_MAX; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, accept_and_serve, NULL) != 0) {
            die("cannot start a thread");
        }
    }
    (void)accept_and_serve(NULL);
    return 0;
}
