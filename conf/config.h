/* SPDX-License-Identifier: MIT */
/*
 * The settings of the program: defaults, config file (libConfuse), environment, command line.
 *
 * Each setting remembers where its value came from, so that every complaint can name the place. Precedence
 * rises from default to file to environment (LIDO_*, PORT) to command line; a source never overrides a higher
 * one, in whatever order the functions are called. Nothing here opens a socket, a folder or a log, prints, or
 * exits: a mistake comes back as one line of text. A struct config belongs to one thread; once set up, any
 * number may read it. What a host takes over from what stands outside of it is told at config_complete().
 */
#ifndef LIDO_CONF_CONFIG_H
#define LIDO_CONF_CONFIG_H

#include "http/base/string_list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFIG_ERROR_BYTES = 512,
    CONFIG_HEADER_FIELDS_MAX = 64, /* that all header sections of a host together may name */
};

enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT, CONFIG_COMMAND_LINE };

enum when_full { WHEN_FULL_WAIT, WHEN_FULL_REJECT };

enum log_format { LOG_FORMAT_COMMON, LOG_FORMAT_COMBINED };

/* ---- sections: each is for what its pattern matches, see the man page; strings belong to the struct ---- */

struct config_cache {
    char *pattern;
    char *where; /* "lido.conf:12", of the section; so in all of them */
    bool has_max_age;
    int64_t max_age_ms;
    int64_t stale_while_revalidate_ms; /* 0: not said */
    bool immutable;
    bool is_private;
    bool no_store;
    bool must_revalidate;
};

struct config_header {
    char *pattern;
    char *where;
    struct string_list add;    /* "Name: value", checked */
    struct string_list remove; /* names */
    bool errors;               /* for error answers, too */
};

struct config_redirect {
    char *pattern; /* of paths only */
    char *where;
    char *to;   /* "/new/$1", "https://example.org/$1" */
    int status; /* 301, 302, 303, 307 or 308 */
};

struct config_error_page {
    int status; /* 400..599 */
    char *where;
    char *path; /* from the root, with its first slash */
};

struct config_type {
    char *extension; /* without its dot */
    char *where;
    char *media_type;
};

/* What one host is served with. Every value is checked against its range before it gets here. Sections stand
 * in the order in which they count: of caches and headers later ones win, of the others the first one does.
 * */
struct config_site {
    char *root;               /* path of the folder that is served */
    struct string_list index; /* file names, tried in order; may be empty */
    bool listing;             /* list folders that have no index file */
    bool folder_download;     /* a folder that is listed can be had as an archive */
    char *charset;            /* parameter added to text media types; "off" for none */
    char *media_types;        /* path of a mime.types file; "off" for the built-in table alone */
    char *default_type;       /* of a file whose type is not known; "off" for none */
    struct string_list
        precompressed; /* "br", "zstd", "gzip": siblings looked for, in this order; may be empty */
    bool compress;     /* with gzip, on the fly */
    struct string_list compress_types; /* media types, with stars: "text/" and a star */
    size_t compress_min_bytes;         /* smaller files are sent as they are */
    size_t compress_max_bytes;         /* larger ones, too */
    struct string_list cors; /* origins, e.g. "https://example.org"; "*" alone for all (on); empty: off */
    bool security_headers;
    bool cross_origin_isolation;
    bool server_header; /* tell the version of the program */
    bool clean_urls;
    char *fallback; /* path from the root, with its first slash; "off" for none */

    struct config_cache *caches;
    size_t cache_count;
    struct config_header *headers;
    size_t header_count;
    struct config_redirect *redirects;
    size_t redirect_count;
    struct config_error_page *error_pages;
    size_t error_page_count;
    struct config_type *types;
    size_t type_count;
};

struct config_host {
    struct string_list names; /* "example.org", "*.example.org"; lower case */
    char *where;
    struct config_site
        site; /* complete after config_complete(): what is not set in the section comes from above */
};

/* Strings and lists belong to the struct. */
struct config {
    struct string_list listen; /* at least one; each parses as a listen address and has its port, see
                                     listen_address.h */
    struct config_site site;   /* what stands outside of host sections; of the host that no section names */
    struct config_host *hosts;
    size_t host_count;
    size_t compress_cache_bytes; /* for all hosts together */
    size_t folder_memory_bytes;  /* for all listings and archives that are being made or sent */

    size_t threads; /* 0: auto, see config_thread_count() */
    size_t queue;   /* connections that may wait for a worker */
    enum when_full when_full;
    size_t max_connections; /* 0: auto, from RLIMIT_NOFILE */
    int backlog;            /* of listen(2) */

    bool file_cache;                  /* for all hosts together; so is what follows */
    size_t file_cache_memory_bytes;   /* for contents and ready-made heads */
    size_t file_cache_max_file_bytes; /* up to this size contents are kept; of larger files, descriptors */
    size_t file_cache_descriptors;    /* how many of these; 0: none */
    int64_t file_cache_check_ms;      /* how long a file may be sent unchecked; 0: checked each time */

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

/* Set every option to its default; there are no hosts and no sections. Returns 0, or -ENOMEM. Release with
 * config_deinit(). */
int config_init(struct config *config) __attribute__((warn_unused_result));

/* Release what the config owns. Once is enough; twice does no harm. */
void config_deinit(struct config *config);

/* Apply the file at `path`. Returns true, or false with one line in `error`: "<path>:<line>: what is wrong;
 * what would be right" (several mistakes: the first one in the file). After false the settings may be half
 * applied: do not run with them. Hosts and sections of a file loaded before go. Blocks while it reads (a
 * FIFO: until its writer is done). The scanner of libConfuse is global to the process and ${VARIABLES} are
 * read with getenv(3): one thread at a time may load a file, while none changes the environment. */
bool config_load_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Apply LIDO_<OPTION> for each option outside of hosts, and PORT, which acts as config_set_port(); `environ`
 * as execve(2) has it. An empty variable counts as unset, a list has commas between its entries. An unknown
 * LIDO_ name is an error too, but for LIDO_CONFIG, which the command line reads, and for what Kubernetes and
 * Docker set beside a service that is called lido (LIDO_SERVICE_HOST, LIDO_PORT=tcp://...). Returns true, or
 * false with one line in `error`: "LIDO_THREADS: ...". */
bool config_load_environment(struct config *config, char *const environ[], char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Apply one option outside of hosts from the command line, by its name in the config file, e.g. ("threads",
 * "8"). `where` names it in complaints and in config_print(), e.g. "--threads". A list may have several
 * entries with commas between; the first call replaces the lower sources' value, further ones add. Returns
 * true, or false with one line in `error`: "--threads: ..." and the settings as they were. */
bool config_set(struct config *config, const char *name, const char *value, const char *where,
                char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Give every TCP entry of `listen` that does not come from a higher source this port ("8081" or a service
 * name), also those that are set later. `source` is the environment (PORT) or the command line (--port).
 * Returns true, or false with one line in `error`: "--port: ..." and the settings as they were. */
bool config_set_port(struct config *config, const char *port, enum config_source source, const char *where,
                     char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Give each host what its section leaves open. Of options: the value that holds outside of hosts after all
 * sources; a list set in a host replaces the whole list. Of sections: all that stand outside hold for every
 * host, and the host's own come on top and win. So caches and headers are those from outside, then the host's
 * own; redirects, error_pages and types are the host's own, then those from outside, without error pages and
 * types of a status or an extension that the host has. Call it once, after all sources and before
 * config_check(). Returns true, or false with one line in `error`. */
bool config_complete(struct config *config, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Check what no single option can tell: listen addresses that collide after --port, a --port that no address
 * takes, a request line that does not fit into the head, a compress_min above compress_max, a
 * file_cache_max_file too large for file_cache_memory. Call it last. Returns true, or false with one line in
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

/* The same of a site's option: `site` is config->site or that of a host in config->hosts. Of a host's option
 * that is taken over from outside, the origin there. NULL for an option that is not of sites, and for one
 * that the host leaves open before config_complete(). */
const char *config_site_origin(const struct config *config, const struct config_site *site, const char *name,
                               size_t index);

/* Write every effective setting in config-file syntax, each with where it came from as a comment, into *text
 * (malloc'ed, the caller's). Of hosts, only what they do not take over. The output is
 * itself a valid config file that loads to the same settings. Returns 0 or -ENOMEM. */
int config_print(const struct config *config, char **text) __attribute__((warn_unused_result));

#endif
