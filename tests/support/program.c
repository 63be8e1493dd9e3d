/* SPDX-License-Identifier: MIT */
#include "tests/support/program.h"

#include "tests/support/deadline.h"
#include "tests/support/program_descriptors.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef LIDO_PROGRAM
#define LIDO_PROGRAM "lido"
#endif

enum { STRINGS_MAX = 1024, EXIT_NOT_STARTED = 126, QUOTE_BYTES = 1000, SETTINGS_BYTES = 256 };

/* What execve(2) is given; pieces together all that must not be done between fork and exec. */
struct image {
    char path[PATH_MAX]; /* absolute, as the program may be started in another folder */
    const char *arguments[STRINGS_MAX];
    const char *environment[STRINGS_MAX];
    char settings_of_run[SETTINGS_BYTES];
    struct program_sockets sockets;
};

static size_t append(const char **strings, size_t count, const char *string) {
    cr_assert(count + 1 < STRINGS_MAX, "too many strings for the program");
    strings[count] = string;
    return count + 1;
}

/* Whether the list has a variable of this name. */
static bool is_given(const char *const *variables, size_t count, const char *variable) {
    size_t length = strcspn(variable, "=") + 1;
    for (size_t i = 0; i < count; i++) {
        if (strncmp(variables[i], variable, length) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_inherited(const char *variable) {
    return strncmp(variable, "LIDO_", 5) != 0 && strncmp(variable, "PORT=", 5) != 0 &&
           strncmp(variable, "NO_COLOR=", 9) != 0;
}

/* Of two variables of one name Lido takes the second. */
static size_t append_settings_of_run(struct image *image, size_t count) {
    const char *settings = getenv("TESTS_SETTINGS");
    char *rest = image->settings_of_run;
    int length = snprintf(image->settings_of_run, sizeof image->settings_of_run, "%s",
                          settings != NULL ? settings : "");
    cr_assert((size_t)length < sizeof image->settings_of_run, "TESTS_SETTINGS is too long");
    for (const char *setting; (setting = strtok_r(rest, " ", &rest)) != NULL;) {
        count = append(image->environment, count, setting);
    }
    return count;
}

const char *program_path(void) {
    const char *chosen = getenv("LIDO_PROGRAM");
    return chosen != NULL ? chosen : LIDO_PROGRAM;
}

static void compose(struct image *image, const struct program_options *options) {
    const char *chosen = program_path();
    memset(image, 0, sizeof *image);
    cr_assert(realpath(chosen, image->path) != NULL, "LIDO_PROGRAM %s: %s", chosen, strerror(errno));
    size_t count = append(image->arguments, 0, image->path);
    for (const char *const *argument = options->arguments; argument != NULL && *argument != NULL;
         argument++) {
        count = append(image->arguments, count, *argument);
    }
    bool names_user = geteuid() != 0;
    count = 0;
    for (const char *const *variable = options->environment; variable != NULL && *variable != NULL;
         variable++) {
        names_user = names_user || strncmp(*variable, "LIDO_USER=", 10) == 0;
        count = append(image->environment, count, *variable);
    }
    count = append_settings_of_run(image, count);
    if (!names_user) {
        count = append(image->environment, count, "LIDO_USER=root");
    }
    program_sockets_describe(&image->sockets, options);
    for (size_t i = 0; options->socket_count > 0 && i < PROGRAM_SOCKET_VARIABLES; i++) {
        count = append(image->environment, count, image->sockets.variables[i]);
    }
    for (char **variable = environ; *variable != NULL; variable++) {
        if (is_inherited(*variable) && !is_given(image->environment, count, *variable)) {
            count = append(image->environment, count, *variable);
        }
    }
}

/* Have the kernel say ENOSYS to these calls, as an old one does (seccomp(2)). The numbers are this machine's. */
static bool forget_calls(const long *calls) {
    for (; calls != NULL && *calls != -1; calls++) {
        struct sock_filter code[] = {
            BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
            BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)*calls, 0, 1),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
            BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        };
        struct sock_fprog filter = {.len = sizeof code / sizeof code[0], .filter = code};
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 ||
            prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0) {
            return false;
        }
    }
    return true;
}

/* Runs between fork and exec: system calls only. */
static bool prepare_child(struct image *image, const struct program_options *options, pid_t parent,
                          const struct program_streams *streams) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent) {
        return false;
    }
    if (dup2(streams->in, STDIN_FILENO) == -1 || dup2(streams->out, STDOUT_FILENO) == -1 ||
        dup2(streams->err, STDERR_FILENO) == -1) {
        return false;
    }
    if (!program_sockets_place(&image->sockets, options)) {
        return false;
    }
    unsigned first_closed = PROGRAM_FIRST_SOCKET + (unsigned)options->socket_count;
    (void)syscall(SYS_close_range, options->without_streams ? 0U : first_closed, ~0U, 0U);
    if (options->directory != NULL && chdir(options->directory) != 0) {
        return false;
    }
    if (options->unprivileged) { /* fails for those who never had them: all the better */
        (void)prctl(PR_CAPBSET_DROP, CAP_DAC_OVERRIDE);
        (void)prctl(PR_CAPBSET_DROP, CAP_DAC_READ_SEARCH);
    }
    static const long openat2[] = {SYS_openat2, -1};
    if (!forget_calls(options->unknown_calls) ||
        !forget_calls(getenv("TESTS_WITHOUT_OPENAT2") != NULL ? openat2 : NULL)) {
        return false;
    }
    struct rlimit limit = {options->descriptor_limit, options->descriptor_limit};
    return options->descriptor_limit == 0 || setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

/* execve() takes both lists as non-const for history's sake and changes neither. */
static char *const *unconst(const char *const *strings) {
    union {
        const char *const *in;
        char *const *out;
    } both = {.in = strings};
    return both.out;
}

void program_launch(struct program *program, const struct program_options *options) {
    struct image image;
    compose(&image, options);
    struct program_streams streams;
    program_streams_open(&streams, program, options);
    program->port = program->port_ipv6 = 0;
    pid_t parent = getpid();
    program->pid = fork();
    cr_assert(program->pid != -1, "fork: %s", strerror(errno));
    if (program->pid == 0) {
        if (prepare_child(&image, options, parent, &streams)) {
            (void)execve(image.path, unconst(image.arguments), unconst(image.environment));
        }
        _exit(EXIT_NOT_STARTED);
    }
    program_streams_close(&streams);
}

static uint16_t port_after(const char *text, const char *prefix) {
    const char *at = strstr(text, prefix);
    return at != NULL ? (uint16_t)strtoul(at + strlen(prefix), NULL, 10) : 0;
}

void program_start(struct program *program, const struct program_options *options) {
    static char line[PROGRAM_LINE_BYTES];
    program_launch(program, options);
    program_await_line(program, &program->err, "lido: listening on ", line);
    program->port = port_after(line, "http://127.0.0.1:");
    program->port_ipv6 = port_after(line, "http://[::1]:");
}

int program_run(struct program *program, const struct program_options *options) {
    program_launch(program, options);
    return program_wait(program);
}

/* Read what is there; bytes beyond the capacity are dropped, so that the writer never waits for this reason.
 * */
static void read_output(struct program_output *output) {
    char spill[4096];
    bool fits = output->length < PROGRAM_OUTPUT_BYTES;
    ssize_t count =
        fits ? read(output->fd, output->text + output->length, PROGRAM_OUTPUT_BYTES - output->length)
             : read(output->fd, spill, sizeof spill);
    if (count > 0 && fits) {
        output->length += (size_t)count;
        output->text[output->length] = '\0';
    } else if (count == 0 || (count == -1 && errno != EINTR)) {
        (void)close(output->fd);
        output->fd = -1;
    }
}

/* Wait for bytes or the end of either output. Returns false when the deadline has passed. */
static bool read_outputs(struct program *program, int64_t deadline) {
    struct pollfd fds[2] = {{.fd = program->out.fd, .events = POLLIN},
                            {.fd = program->err.fd, .events = POLLIN}};
    int64_t left_ms = deadline - clock_now_ms();
    if (poll(fds, 2, left_ms > 0 ? (int)left_ms : 0) <= 0) {
        return false;
    }
    if (fds[0].revents != 0) {
        read_output(&program->out);
    }
    if (fds[1].revents != 0) {
        read_output(&program->err);
    }
    return true;
}

/* The first whole line with `needle` in it, or NULL; its length goes to *length. */
static const char *find_line(const struct program_output *output, const char *needle, size_t *length) {
    const char *end;
    for (const char *line = output->text; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *length = (size_t)(end - line);
        if (memmem(line, *length, needle, strlen(needle)) != NULL) {
            return line;
        }
    }
    return NULL;
}

/* The end of what was printed, as much as a message of a failed test should quote. */
static const char *tail(const struct program_output *output) {
    return output->text + (output->length > QUOTE_BYTES ? output->length - QUOTE_BYTES : 0);
}

void program_await_line(struct program *program, struct program_output *output, const char *needle,
                        char *line) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    const char *found;
    size_t length;
    while ((found = find_line(output, needle, &length)) == NULL) {
        cr_assert(output->fd != -1 && read_outputs(program, deadline),
                  "no line with '%s'; out: '%s' err: '%s'", needle, tail(&program->out), tail(&program->err));
    }
    if (line == NULL) {
        return;
    }
    cr_assert(length < PROGRAM_LINE_BYTES, "a line of %zu bytes", length);
    memcpy(line, found, length);
    line[length] = '\0';
}

void program_await_text(struct program *program, struct program_output *output, const char *text) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (strstr(output->text, text) == NULL) {
        cr_assert(output->fd != -1 && read_outputs(program, deadline), "no '%s'; out: '%s' err: '%s'", text,
                  tail(&program->out), tail(&program->err));
    }
}

size_t program_count_lines(const struct program_output *output) {
    size_t count = 0;
    for (const char *at = output->text; (at = strchr(at, '\n')) != NULL; at++) {
        count++;
    }
    return count;
}

void program_signal(const struct program *program, int signal_number) {
    cr_assert(program->pid > 0 && kill(program->pid, signal_number) == 0, "kill: %s", strerror(errno));
}

/* Collect a process that has ended, or is about to. */
static int collect(struct program *program) {
    int status = 0;
    pid_t ended;
    do {
        ended = waitpid(program->pid, &status, 0);
    } while (ended == -1 && errno == EINTR);
    program->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int program_wait(struct program *program) {
    int64_t deadline = deadline_in(PATIENCE_MS);
    bool in_time = true;
    while (in_time && (program->out.fd != -1 || program->err.fd != -1)) {
        in_time = read_outputs(program, deadline);
    }
    if (!in_time) {
        (void)kill(program->pid, SIGKILL);
    }
    int status = collect(program);
    cr_assert(in_time, "the program does not end; out: '%s' err: '%s'", tail(&program->out),
              tail(&program->err));
    return status;
}

void program_stop(struct program *program) {
    if (program->pid == 0) {
        return;
    }
    program_signal(program, SIGTERM);
    int status = program_wait(program);
    cr_assert(status == 0, "exit status %d; err: '%s'", status, program->err.text);
    cr_assert(strstr(program->err.text, "Sanitizer") == NULL &&
                  strstr(program->err.text, "runtime error") == NULL,
              "%s", program->err.text);
}

void program_kill(struct program *program) {
    if (program->pid == 0) {
        return;
    }
    (void)kill(program->pid, SIGKILL);
    while (program->out.fd != -1 || program->err.fd != -1) {
        (void)read_outputs(program, deadline_in(PATIENCE_MS));
    }
    (void)collect(program);
}
