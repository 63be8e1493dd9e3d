/* SPDX-License-Identifier: MIT */
/*
 * The program under test as a process: start it, read what it prints, look at it, stop it.
 *
 * Its path is the environment variable LIDO_PROGRAM, else the macro of that name that the build defines.
 * Nothing outlives the test: the kernel kills the process when the test ends in any way. Of the test's
 * environment the program gets all but PORT, NO_COLOR and LIDO_*; under root it is told to stay root
 * (LIDO_USER), unless the test wants something else. Two variables are for a whole run of tests: with
 * TESTS_WITHOUT_OPENAT2 the kernel seems not to have openat2(2), and what TESTS_SETTINGS holds, such as
 * "LIDO_THREADS=1 LIDO_QUEUE=8", wins over the test's environment. Its two outputs are pipes that are read only
 * while a function here waits, so a test that does not look is a reader that does not read.
 */
#ifndef LIDO_TESTS_SUPPORT_PROGRAM_H
#define LIDO_TESTS_SUPPORT_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum { PROGRAM_OUTPUT_BYTES = 512 * 1024, PROGRAM_LINE_BYTES = 8 * 1024, PROGRAM_TERMINAL_ROWS = 40 };

/* A list of strings for arguments and environment, e.g. LIST("-t", "2"). */
#define LIST(...) ((const char *const[]){__VA_ARGS__, NULL})

struct program_output {
    int fd; /* -1 once its end was read */
    size_t length;
    char text[PROGRAM_OUTPUT_BYTES + 1]; /* with a NUL; what comes after it is full is read and dropped */
};

struct program {
    pid_t pid;          /* 0 when none runs */
    uint16_t port;      /* of 127.0.0.1, 0 when it does not listen there */
    uint16_t port_ipv6; /* of [::1] */
    struct program_output out;
    struct program_output err;
};

struct program_options {
    const char *const *arguments;   /* LIST(...) after the program's name; NULL for none */
    const char *const *environment; /* LIST("NAME=value") on top of the test's; NULL for none */
    const char *directory;          /* to start in; NULL for the test's */
    size_t descriptor_limit;        /* RLIMIT_NOFILE, soft and hard; 0 for the test's */
    bool without_streams;           /* close descriptors 0 to 2 first: nothing can be read, then */
    bool unprivileged;              /* take root's right to open what modes forbid */
    const long *unknown_calls;      /* system calls that the kernel shall not know, ended by -1; NULL: none */
    const int *sockets;             /* handed over as sd_listen_fds(3) has it; they stay the test's, too */
    size_t socket_count;            /* of them */
    const char *socket_names;       /* with colons in between; NULL for none */
    size_t
        terminal_columns; /* its streams are a terminal so wide: all that it prints is in `out`, and what is
                                written to out.fd it has as keys. 0: they are pipes */
    size_t out_bytes;     /* capacity of the pipe for standard output; 0 for the kernel's default */
};

/* Where it is, for a test that starts it by other means. */
const char *program_path(void);

/* Start the program and wait until it says that it listens; fail the test, with what it printed, if it does
 * not. */
void program_start(struct program *program, const struct program_options *options);

/* Start it without waiting for anything. */
void program_launch(struct program *program, const struct program_options *options);

/* Run a command to its end. Returns its exit status as program_wait() does. */
int program_run(struct program *program, const struct program_options *options);

/* Wait until the output holds a whole line with `needle` in it and copy the first such line, without its end,
 * into line[0 .. PROGRAM_LINE_BYTES). Fails the test when the output ends or patience does. `line` may be
 * NULL. */
void program_await_line(struct program *program, struct program_output *output, const char *needle,
                        char *line);

/* Wait for a piece of a line. */
void program_await_text(struct program *program, struct program_output *output, const char *text);

/* The number of lines that the output holds so far. */
size_t program_count_lines(const struct program_output *output);

void program_signal(const struct program *program, int signal_number);

/* Wait until both outputs have ended and the process has. Returns its exit status, or 128 + the signal that
 * killed it. Fails the test, and kills the process, when it takes longer than patience allows. */
int program_wait(struct program *program);

/* Ask it to stop (SIGTERM) and wait. Fails the test unless it exits with 0 and no sanitizer has complained.
 * Does nothing when none runs. */
void program_stop(struct program *program);

/* Kill it, read what it has printed so far and collect it. Does nothing when none runs. */
void program_kill(struct program *program);

/* How many descriptors it has open. */
size_t program_descriptor_count(const struct program *program);

/* Processor time used so far, user and system. */
int64_t program_processor_ms(const struct program *program);

/* Resident memory, in KiB. */
size_t program_resident_kib(const struct program *program);

/* All its threads; after its end those that the kernel cannot end. */
size_t program_thread_count(const struct program *program);

/* Its number of workers: threads of that name. A thread gives itself its name a moment after it was started: so this looks
 * until it sees the same twice in a row. */
size_t program_worker_count(const struct program *program);

/* Allow it no descriptors numbered `count` or above from now on. */
void program_limit_descriptors(const struct program *program, size_t count);

#endif
