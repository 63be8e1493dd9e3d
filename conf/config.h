/* SPDX-License-Identifier: MIT */
/*
 * The settings of the program: defaults, config file, environment, command line.
 *
 * Each setting remembers where its value came from, so that every complaint can name the place. Precedence
 * rises from default to file to environment (LIDO_*, PORT) to command line; a source never overrides a higher
 * one, in whatever order the functions are called. Nothing here opens a socket, a folder or a log, prints, or
 * exits: a mistake comes back as one line of text, and all that a source has stand in config->mistakes. A
 * struct config belongs to one thread; once set up, any number may read it. What a host takes over from what
 * stands outside of it is told at config_inherit().
 */
#ifndef LIDO_CONF_CONFIG_H
#define LIDO_CONF_CONFIG_H

#include "conf/settings.h"

/* Set every option to its default; there are no hosts and no sections. Returns 0, or -ENOMEM. Release with
 * config_deinit(). */
int config_init(struct config *config) __attribute__((warn_unused_result));

/* Release what the config owns. Once is enough; twice does no harm. */
void config_deinit(struct config *config);

/* Apply the file at `path`. Returns true, or false with one line in `error`: "<path>:<line>: what is wrong;
 * what would be right"; several mistakes all stand in config->mistakes, and the first one of the file in
 * `error`. After false the settings may be half applied: do not run with them. Hosts and sections of a file
 * loaded before go. Blocks while it reads (a FIFO: until its writer is done). ${VARIABLES} are read with
 * getenv(3): no other thread may change the environment meanwhile. */
bool config_load_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Apply LIDO_<OPTION> for each option outside of hosts, and PORT, which acts as config_set_port(); `environ`
 * as execve(2) has it. An empty variable counts as unset, a list has commas between its entries. An unknown
 * LIDO_ name adds a line to config->warnings, but for LIDO_CONFIG, which the command line reads, and for what
 * Kubernetes and Docker set beside a service whose name begins with lido (LIDO_WEB_SERVICE_HOST). Returns
 * true, or false with one line in `error`: "LIDO_THREADS: ...". */
bool config_load_environment(struct config *config, char *const environ[], char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Apply one option outside of hosts from the command line, by its name in the config file, e.g. ("threads",
 * "8"). `where` names it in complaints and in config_print(), e.g. "--threads". A list may have several
 * entries with commas between; the first call replaces the lower sources' value, further ones add. Returns
 * true, or false with one line in `error`: "--threads: ..." and the settings as they were. */
bool config_set(struct config *config, const char *name, const char *value, const char *where,
                char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Give every TCP entry of `listen` that does not come from a higher source this port ("8081" or a service
 * name) in config_inherit(). `source` is the environment (PORT) or the command line (--port). Returns true,
 * or false with one line in `error`: "--port: ..." and the settings as they were. */
bool config_set_port(struct config *config, const char *port, enum config_source source, const char *where,
                     char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* Give each host what its section leaves open. Of options: the value that holds outside of hosts after all
 * sources; a list set in a host replaces the whole list. Of sections: all that stand outside hold for every
 * host, and the host's own come on top and win. So caches and headers are those from outside, then the host's
 * own; redirects, error_pages and types are the host's own, then those from outside, without error pages and
 * types of a status or an extension that the host has. Call it once, after all sources and before
 * config_check(). Returns true, or false with one line in `error`. */
bool config_inherit(struct config *config, char error[CONFIG_ERROR_BYTES])
    __attribute__((warn_unused_result));

/* Check what no single option can tell: listen addresses that collide after --port, a --port that no address
 * takes, a request line that does not fit into the head, a compress_min above compress_max, a threads_min
 * above threads_max, a file_cache_max_file too large for file_cache_memory, names of clients whose addresses
 * are cut, an address for status pages that are off. Call it last. Returns true, or false with one line in
 * `error`. */
bool config_check(struct config *config, char error[CONFIG_ERROR_BYTES]) __attribute__((warn_unused_result));

/* The number of threads to start: the setting, or for auto 2 x the processors that this process may run on
 * (fewer than the machine has in a container or under taskset), at least 4, within config_thread_limits(). */
size_t config_thread_count(const struct config *config);

/* How many threads there may be while it runs. */
struct config_thread_limits {
    size_t min;
    size_t max;
};

/* Of threads = auto: threads_min, or what it starts with otherwise, and threads_max, or 16 x the processors, at least
 * 64. Of a number: that number, both. */
struct config_thread_limits config_thread_limits(const struct config *config);

/* How many threads may stand in for stuck ones of `thread_count`: the setting, or for auto as many, at least 8, as a
 * few threads are soon stuck, and stand-ins are only there while they are needed; none if nobody is ever stuck. */
size_t config_spare_count(const struct config *config, size_t thread_count);

/* The name of an option outside of sections, by its number from 0; NULL beyond the last one. Thread-safe. */
const char *config_option_name(size_t index);

/* The option outside of sections that a word is or probably means ("header-timeout", "thread"), or NULL.
 * *exact: it is that one, but for '-' and letter case. Thread-safe. */
const char *config_suggest(const char *word, bool *exact);

/* Where option `name`'s value (for a list: its entry `index`) came from: "lido.conf:12", "LIDO_THREADS",
 * "--threads" or "default"; of a listen address whose port was replaced, "lido.conf:12, port from --port".
 * Lives until the config's next change. NULL only for an option that does not exist. */
const char *config_origin(const struct config *config, const char *name, size_t index);

/* The same of a site's option: `site` is config->site or that of a host in config->hosts. Of a host's option
 * that is taken over from outside, the origin there. NULL for an option that is not of sites, and for one
 * that the host leaves open before config_inherit(). */
const char *config_site_origin(const struct config *config, const struct config_site *site, const char *name,
                               size_t index);

/* Write every effective setting in config-file syntax, each with where it came from as a comment, into *text
 * (malloc'ed, the caller's). Of hosts, only what they do not take over. The output is itself a valid config
 * file that loads to the same settings. Returns 0 or -ENOMEM. */
int config_print(const struct config *config, char **text) __attribute__((warn_unused_result));

#endif
