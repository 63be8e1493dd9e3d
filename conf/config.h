/* SPDX-License-Identifier: MIT */
/*
 * The settings of the program: defaults, config file (libConfuse), environment, command line.
 *
 * Each setting remembers where its value came from, so that every complaint can name the place. Precedence
 * rises from default to file to environment (LIDO_*, PORT) to command line; a source never overrides a higher
 * one, in whatever order the functions are called. Nothing here opens a socket, a folder or a log, prints, or
 * exits: a mistake comes back as one line of text. A struct config belongs to one thread; once set up, any
 * number may read it.
 */
#ifndef LIDO_CONF_CONFIG_H
#define LIDO_CONF_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CONFIG_ERROR_BYTES = 512 };

enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT, CONFIG_COMMAND_LINE };

enum when_full { WHEN_FULL_WAIT, WHEN_FULL_REJECT };

enum log_format { LOG_FORMAT_COMMON, LOG_FORMAT_COMBINED };

struct config_strings {
    char **items;
    size_t count;
};

/* Every value is checked against its range before it gets here. Strings and lists belong to the struct. */
struct config {
    struct config_strings listen; /* at least one; each parses as a listen address and has its port, see
                                     listen_address.h */
    char *root;                   /* path of the folder that is served */
    struct config_strings index;  /* file names, tried in order; may be empty */
    bool listing;                 /* list folders that have no index file */
    char *charset;                /* parameter added to text media types; "off" for none */
    char *media_types;            /* path of a mime.types file; "off" for the built-in table alone */

    size_t threads; /* 0: auto, see config_thread_count() */
    size_t queue;   /* connections that may wait for a worker */
    enum when_full when_full;
    size_t max_connections; /* 0: auto, from RLIMIT_NOFILE */
    int backlog;            /* of listen(2) */

    int64_t header_timeout_ms;
    int64_t keepalive_timeout_ms;
    int64_t send_timeout_ms;
    int64_t linger_timeout_ms;
    int64_t shutdown_timeout_ms;

    size_t max_request_line_bytes;
    size_t max_head_bytes;
    size_t max_fields;
    size_t max_body_bytes;

    char *access_log; /* "-" for standard output, "off", or a path */
    enum log_format log_format;

    struct config_origins *origins; /* where each value came from; private to conf/ */
};

/* Set every option to its default. Returns 0, or -ENOMEM. Release with config_deinit(). */
int config_init(struct config *config) __attribute__((warn_unused_result));

/* Release what the config owns. Once is enough; twice does no harm. */
void config_deinit(struct config *config);

/* Apply the file at `path`. Returns true, or false with one line in `error`: "<path>:<line>: what is wrong;
 * what would be right" (several mistakes: the first one in the file). After false the settings may be half
 * applied: do not run with them. Blocks while it reads (a FIFO: until its writer is done). The scanner of
 * libConfuse is global to the process and ${VARIABLES} are read with getenv(3): one thread at a time may load a
 * file, while none changes the environment. */
bool config_load_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Apply LIDO_<OPTION> for each option, and PORT, which acts as config_set_port(); `environ` as execve(2) has
 * it. An empty variable counts as unset, a list has commas between its entries. An unknown LIDO_ name is an
 * error too, but for LIDO_CONFIG, which the command line reads, and for what Kubernetes and Docker set beside a
 * service that is called lido (LIDO_SERVICE_HOST, LIDO_PORT=tcp://...). Returns true, or false with one line in
 * `error`: "LIDO_THREADS: ...". */
bool config_load_environment(struct config *config, char *const environ[], char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Apply one option from the command line, by its name in the config file, e.g. ("threads", "8"). `where` names
 * it in complaints and in config_print(), e.g. "--threads". A list may have several entries with commas
 * between; the first call replaces the lower sources' value, further ones add. Returns true, or false with one
 * line in `error`: "--threads: ..." and the settings as they were. */
bool config_set(struct config *config, const char *name, const char *value, const char *where,
                char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Give every TCP entry of `listen` that does not come from a higher source this port ("8081" or a service
 * name), also those that are set later. `source` is the environment (PORT) or the command line (--port).
 * Returns true, or false with one line in `error`: "--port: ..." and the settings as they were. */
bool config_set_port(struct config *config, const char *port, enum config_source source, const char *where,
                     char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Check what no single option can tell: listen addresses that collide after --port, a --port that no address
 * takes, a request line that does not fit into the head. Call it last. Returns true, or false with one line in
 * `error`. */
bool config_check(const struct config *config, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* The number of threads to start: the setting, or for auto 2 x the processors that this process may run on
 * (fewer than the machine has in a container or under taskset), at least 4. */
size_t config_thread_count(const struct config *config);

/* Where option `name`'s value (for a list: its entry `index`) came from: "lido.conf:12", "LIDO_THREADS",
 * "--threads" or "default"; of a listen address whose port was replaced, "lido.conf:12, port from --port".
 * Lives until the config's next change. NULL only for an option that does not exist. */
const char *config_origin(const struct config *config, const char *name, size_t index);

/* Write every effective setting in config-file syntax, each with where it came from as a comment, into *text
 * (malloc'ed, the caller's). The output is itself a valid config file that loads to the same settings. Returns
 * 0 or -ENOMEM. */
int config_print(const struct config *config, char **text) __attribute__((warn_unused_result));

#endif
