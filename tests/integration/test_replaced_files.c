/* SPDX-License-Identifier: MIT */
/* Files that are replaced all the time, as they are read: each answer has one version, with a head that
 * belongs to it. */
#include "tests/support/stage.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    KIB = 1024,
    SMALL = 2 * KIB,
    LARGE = 100 * KIB, /* beyond what is kept in memory */
    READERS = 4,
    READING_MS = 3000,
    BUSY_ROUNDS = 20, /* so many times a new version comes while the one before is being read; */
    QUIET_MS = 60,    /* then the last one lives long enough to be kept */
    WORD_BYTES = 8,
    SIZES = 64, /* so many versions in a row differ in size */
    KNOWN_MAX = 20 * 1000,
};

static struct client readers[READERS];

static void set_up(void) {
    stage_set_up();
    for (size_t i = 0; i < READERS; i++) {
        readers[i].fd = -1;
    }
}

static void tear_down(void) {
    for (size_t i = 0; i < READERS; i++) {
        client_close(&readers[i]);
    }
    stage_tear_down();
}

TestSuite(replaced_files, .init = set_up, .fini = tear_down, .timeout = STAGE_TIMEOUT_S);

static size_t make_version(char *text, unsigned version, size_t base) {
    char word[WORD_BYTES + 1];
    size_t size = (base / WORD_BYTES + version % SIZES) * WORD_BYTES;
    (void)snprintf(word, sizeof word, "%07u\n", version % 10000000);
    for (size_t i = 0; i < size; i += WORD_BYTES) {
        memcpy(text + i, word, WORD_BYTES);
    }
    return size;
}

static bool replace_file(const char *name, unsigned version, size_t base) {
    static char text[LARGE + SIZES * WORD_BYTES];
    struct folder_path path = folder_path(&site, name);
    struct folder_path new_path = folder_path(&workplace, "new");
    size_t size = make_version(text, version, base);
    int fd = open(new_path.text, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    return fd != -1 && write(fd, text, size) == (ssize_t)size && close(fd) == 0 &&
           rename(new_path.text, path.text) == 0;
}

struct replacer {
    pid_t pid;
    int orders; /* one byte: replace both files once more */
};

/* In a process of its own, so that it happens at any moment of an answer. */
static struct replacer start_replacer(void) {
    int ends[2];
    char order;
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    cr_assert_neq(child, -1);
    if (child != 0) {
        (void)close(ends[0]);
        return (struct replacer){child, ends[1]};
    }
    (void)close(ends[1]);
    for (unsigned version = 1; read(ends[0], &order, 1) == 1; version++) {
        if (!replace_file("small.txt", version, SMALL) || !replace_file("large.txt", version, LARGE)) {
            _exit(1);
        }
    }
    _exit(0);
}

static void order(const struct replacer *replacer) {
    cr_assert_eq(write(replacer->orders, "", 1), 1);
}

static void stop_replacer(struct replacer *replacer) {
    int status = -1;
    (void)close(replacer->orders);
    cr_assert_eq(waitpid(replacer->pid, &status, 0), replacer->pid);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a file could not be replaced");
}

static struct known {
    unsigned version;
    char tag[40];
} known[2][KNOWN_MAX];
static size_t known_count[2];

/* A strong tag stands for one version only. */
static void check_tag(size_t file, unsigned version, const char *tag) {
    for (size_t i = known_count[file]; tag[0] == '"' && i > 0; i--) {
        const struct known *one = &known[file][i - 1];
        if (one->version == version || strcmp(one->tag, tag) == 0) {
            cr_assert(one->version == version && strcmp(one->tag, tag) == 0, "%s: version %u, and %s: %u",
                      one->tag, one->version, tag, version);
            return;
        }
    }
    if (tag[0] == '"' && known_count[file] < sizeof known[0] / sizeof *known[0]) {
        struct known *one = &known[file][known_count[file]++];
        one->version = version;
        (void)snprintf(one->tag, sizeof one->tag, "%s", tag);
    }
}

/* Returns the version. */
static unsigned check_body(size_t base) {
    static char expected[LARGE + SIZES * WORD_BYTES];
    unsigned version = (unsigned)strtoul(answer.body, NULL, 10);
    size_t size = make_version(expected, version, base);
    cr_assert(answer.body_size == size, "version %u: %zu bytes instead of %zu", version, answer.body_size,
              size);
    cr_assert(memcmp(answer.body, expected, size) == 0, "more than one version beside %u", version);
    return version;
}

static const struct {
    const char *request;
    size_t base;
} files[] = {{"GET /small.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", SMALL},
             {"GET /large.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", LARGE}};

/* All ask for the same file at the same time. Returns the newest version that came. */
static unsigned read_round(size_t file, unsigned newest_before) {
    unsigned newest = newest_before;
    for (size_t i = 0; i < READERS; i++) {
        client_send(&readers[i], files[file].request);
    }
    for (size_t i = 0; i < READERS; i++) {
        client_read_answer(&readers[i], "GET", &answer);
        cr_assert(answer.status == 200, "status %d", answer.status);
        unsigned version = check_body(files[file].base);
        check_tag(file, version, answer_field(&answer, "ETag"));
        cr_assert(version >= newest_before, "%u after %u", version, newest_before);
        newest = version > newest ? version : newest;
    }
    return newest;
}

/* However busy the machine is; the time of the test ends it. */
static bool has_seen_enough(const unsigned newest[2]) {
    return newest[0] > 20 && newest[1] > 20 && known_count[0] > 5 && known_count[1] > 5;
}

StageTest(replaced_files, never_come_as_a_mixture) {
    unsigned newest[2] = {0, 0};
    cr_assert(replace_file("small.txt", 0, SMALL) && replace_file("large.txt", 0, LARGE));
    serve(NULL);
    for (size_t i = 0; i < READERS; i++) {
        client_connect(&readers[i], lido.port);
    }
    struct replacer replacer = start_replacer();
    int64_t deadline = deadline_in(READING_MS);
    int64_t quiet_until = 0;
    for (size_t round = 0; clock_now_ms() < deadline || !has_seen_enough(newest); round++) {
        if (round % BUSY_ROUNDS == 0) {
            while (newest[round % 2] < round) { /* the replacer may be behind its orders */
                newest[round % 2] = read_round(round % 2, newest[round % 2]);
            }
            quiet_until = deadline_in(QUIET_MS);
        }
        do {
            newest[round % 2] = read_round(round % 2, newest[round % 2]);
        } while (clock_now_ms() < quiet_until);
        order(&replacer);
    }
    stop_replacer(&replacer);
}
