/* SPDX-License-Identifier: MIT */
/*
 * Reloads a server hundreds of times while clients that stay load it; meant for ThreadSanitizer, with which Criterion
 * does not go.
 *
 * The server runs in this process. Each reload brings another size of the pool and of the queue, other listeners,
 * rules, limits, caches and logs. 64 clients ask again and again over connections that they keep for a while. Not one
 * request may fail, and descriptors and memory must stay flat.
 *
 * Usage: stress_reload [RELOADS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "conf/config.h"
#include "server/net/socket_address.h"
#include "server/server.h"
#include "tests/stress/check.h"
#include "tests/stress/talk.h"
#include "tests/stress/workplace.h"

#include <inttypes.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    RELOADS_DEFAULT = 240,
    CLIENTS = 64,
    KEPT_REQUESTS = 40, /* over one connection */
    SMALL_BYTES = 200,
    TEXT_BYTES = 4096,
    CYCLE = 24,                     /* after so many reloads all is as it was */
    GROWTH_MAX_BYTES = 24 << 20,    /* of resident memory, behind the first quarter */
    DESCRIPTORS_SLACK = CLIENTS + 8 /* connections that the server has not seen end */
};

/* See stress_server.c. */
const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void) {
    return "race_top:epoll_ctl\n";
}

static char folder[WORKPLACE_BYTES];
static char config_path[2 * WORKPLACE_BYTES];
static struct sockaddr_storage address; /* that is always listened at */
static sem_t reloaded;
static atomic_bool is_over;
static atomic_uint_fast64_t answered;

/* Sanitizers keep what was freed for a while, and books; one of them finds by itself what is lost. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { MEMORY_IS_MEASURED = 0 };
#else
enum { MEMORY_IS_MEASURED = 1 };
#endif

static size_t resident_bytes(void) {
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!check(file != NULL, "no /proc/self/statm")) {
        return 0;
    }
    (void)check(fscanf(file, "%*u %lu", &pages) == 1, "no numbers in /proc/self/statm");
    (void)fclose(file);
    return MEMORY_IS_MEASURED ? pages * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

/* --- the settings ---------------------------------------------------------------------------------------- */

/* Where it listens: always at the address, which is written in three ways, and at others by turns. */
static void write_listen(FILE *file, unsigned number) {
    unsigned port = socket_address_port(&address);
    static const char *const hosts[] = {"127.0.0.1", "0.0.0.0", "localhost"};
    (void)fprintf(file, "listen = { \"%s:%u\"", port == 0 ? hosts[0] : hosts[number % 3], port);
    if (number % 2 == 1) {
        (void)fprintf(file, ", \"unix:%s/socket\"", folder);
    }
    if (number % 4 >= 2) {
        (void)fprintf(file, ", \"127.0.0.2:0\"");
    }
    (void)fprintf(file, " }\n");
}

static void write_rules(FILE *file, unsigned number) {
    for (unsigned i = 0; i < number % 6; i++) {
        (void)fprintf(file, "cache \"/%u/*\" { max_age = %uh }\n", i, number % 3 + 1);
        (void)fprintf(file, "header \"/%u/*\" { add = { \"X-Is: %u\" } }\n", i, number);
        (void)fprintf(file, "redirect \"/old%u\" { to = \"/new%u\" }\n", i, number);
    }
    if (number % 3 == 1) {
        (void)fprintf(file, "host \"a.test\" { root = \"%s\" }\n", folder);
    }
}

static void write_config(unsigned number) {
    static const unsigned threads[] = {4, 1, 16, 2, 7, 32};
    static const char *const logs[] = {"off", "one.log", "two.log"};
    static const char *const formats[] = {"common", "json", "timed", "combined"};
    FILE *file = fopen(config_path, "w");
    if (!check(file != NULL, "the config cannot be written")) {
        return;
    }
    write_listen(file, number);
    (void)fprintf(file, "root = \"%s\"\nthreads = %u\nqueue = %u\n", folder, threads[number % 6],
                  number % 4 == 0 ? 16 : 200 * (number % 4));
    (void)fprintf(file, "max_connections = %u\nfile_cache = %s\nfile_cache_memory = %uM\n", 300 + number % 8,
                  number % 8 == 5 ? "off" : "on", 8 + number % 2);
    (void)fprintf(file, "max_fields = %u\nkeepalive_timeout = %us\nlog_format = %s\n", 20 + number % 8,
                  60 + number % 8, formats[number % 4]);
    const char *log = logs[number % 3];
    if (number % 3 == 0) {
        (void)fprintf(file, "access_log = off\n");
    } else {
        (void)fprintf(file, "access_log = \"%s/%s\"\n", folder, log);
    }
    write_rules(file, number);
    (void)fclose(file);
}

static bool read_config(void *context, struct config *config, char error[CONFIG_ERROR_BYTES]) {
    (void)context;
    return check(config_init(config) == 0, "no memory") &&
           check(config_load_file(config, config_path, error), error) &&
           check(config_inherit(config, error), error) && check(config_check(config, error), error);
}

static void note_reload(void *context, const struct config *former, const struct config *config) {
    (void)context;
    (void)former;
    (void)config;
    (void)sem_post(&reloaded);
}

/* Where a disk is too slow for the log, that is no fault of a reload. */
static bool is_of_slow_log(const char *line) {
    return strstr(line, "its output is too slow") != NULL ||
           strstr(line, "its output was too slow") != NULL ||
           strncmp(line, "no log loses lines any more", strlen("no log loses lines any more")) == 0;
}

/* What goes wrong is told, too, and then there is no reload to wait for. */
static void hear(void *context, const char *line) {
    (void)context;
    if (is_of_slow_log(line)) {
        return;
    }
    if (strncmp(line, "reload: ", strlen("reload: ")) != 0) {
        count_failure(line);
    } else if (strcmp(line, "reload: all stays as it was") == 0) {
        (void)sem_post(&reloaded);
    }
}

/* --- the clients ----------------------------------------------------------------------------------------- */

static void *ask_again_and_again(void *unused) {
    struct talk talk = {.fd = -1};
    (void)unused;
    while (!atomic_load(&is_over)) {
        static const char request[] = "GET /small.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n";
        if (!check(talk_begin(&talk, &address, request), "cannot connect")) {
            return NULL;
        }
        for (int i = 0; i < KEPT_REQUESTS; i++) {
            if (!check(talk_read_answer(&talk) == 200, "a request failed")) {
                break;
            }
            atomic_fetch_add(&answered, 1);
            if (atomic_load(&is_over) || i + 1 == KEPT_REQUESTS) {
                break;
            }
            if (!check(write(talk.fd, request, sizeof request - 1) == (ssize_t)sizeof request - 1,
                       "a connection was closed")) {
                break;
            }
        }
        talk_end(&talk);
    }
    return NULL;
}

/* --- who reloads ----------------------------------------------------------------------------------------- */

struct director {
    unsigned reloads;
    size_t growth_bytes;
    size_t descriptors_first;
    size_t descriptors_last;
};

static void reload(unsigned number) {
    write_config(number);
    (void)check(kill(getpid(), SIGHUP) == 0, "no signal");
    while (sem_wait(&reloaded) != 0) {
    }
}

static void *direct(void *context) {
    struct director *director = context;
    pthread_t clients[CLIENTS];
    for (int i = 0; i < CLIENTS; i++) {
        start_thread(&clients[i], ask_again_and_again, NULL);
    }
    size_t early_bytes = 0;
    for (unsigned i = 1; i <= director->reloads; i++) {
        reload(i);
        if (i == director->reloads / 4 / CYCLE * CYCLE) {
            early_bytes = resident_bytes();
            director->descriptors_first = count_descriptors();
        }
    }
    size_t late_bytes = resident_bytes();
    director->descriptors_last = count_descriptors();
    director->growth_bytes = late_bytes > early_bytes ? late_bytes - early_bytes : 0;
    atomic_store(&is_over, true);
    for (int i = 0; i < CLIENTS; i++) {
        (void)pthread_join(clients[i], NULL);
    }
    (void)kill(getpid(), SIGTERM);
    return NULL;
}

static void run(struct director *director) {
    struct config config = {0};
    struct server *server = NULL;
    struct server_totals totals;
    char error[SERVER_ERROR_BYTES] = "";
    size_t before = count_descriptors();
    write_config(0);
    if (!read_config(NULL, &config, error) ||
        !check(server_create(&server, &config, error) == SERVER_OK, error) ||
        !check(server_start(server, error) == SERVER_OK, error)) {
        return;
    }
    address = server_listeners(server)->items[0].address;
    server_on_news(server, hear, NULL);
    server_on_reload(server, read_config, note_reload, NULL);
    pthread_t thread;
    start_thread(&thread, direct, director);
    (void)check(server_run(server, error) == SERVER_OK, error);
    (void)pthread_join(thread, NULL);
    server_read_totals(server, &totals);
    server_destroy(server);
    config_deinit(&config);
    (void)check(count_descriptors() == before, "descriptors are left open");
    (void)check(totals.requests == atomic_load(&answered), "answers were not counted");
    (void)check(totals.reactor.cut == 0 && totals.reactor.rejected == 0, "somebody was turned away");
}

int main(int argc, char *argv[]) {
    struct director director = {.reloads = RELOADS_DEFAULT};
    if (argc > 1) {
        director.reloads = (unsigned)strtoul(argv[1], NULL, 10);
    }
    if (director.reloads < 4 * CYCLE || director.reloads % CYCLE != 0) {
        (void)fprintf(stderr, "usage: stress_reload [RELOADS], a multiple of %d from %d on\n", CYCLE,
                      4 * CYCLE);
        return 1;
    }
    for (size_t i = 0; i < LARGE_BYTES; i++) {
        large[i] = (char)(i % 251);
    }
    if (!workplace_create(folder)) {
        return 1;
    }
    (void)snprintf(config_path, sizeof config_path, "%s/lido.conf", folder);
    workplace_write(folder, "small.txt", large, SMALL_BYTES);
    (void)sem_init(&reloaded, 0, 0);
    run(&director);
    (void)check(director.growth_bytes <= GROWTH_MAX_BYTES, "memory grows with each reload");
    (void)check(director.descriptors_last <= director.descriptors_first + DESCRIPTORS_SLACK,
                "descriptors grow with each reload");
    workplace_remove(folder);
    (void)printf("%u reloads, %" PRIuFAST64 " requests, %zu KiB more, %zu and %zu descriptors, %u failures\n",
                 director.reloads, atomic_load(&answered), director.growth_bytes / 1024,
                 director.descriptors_first, director.descriptors_last, count_failures());
    return count_failures() == 0 ? 0 : 1;
}
