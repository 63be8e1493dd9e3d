/* SPDX-License-Identifier: MIT */
#include "conf/config.h"

#include "conf/base/complain.h"
#include "conf/base/text_check.h"
#include "conf/schema/section_table.h"
#include "conf/store/assignment.h"
#include "conf/store/listen_port.h"
#include "conf/store/option_field.h"
#include "conf/store/origins.h"
#include "conf/store/rules.h"
#include "conf/values/listen_address.h"
#include "http/base/processors.h"
#include "http/base/string_list.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int config_init(struct config *config) {
    char error[CONFIG_ERROR_BYTES] = "";
    *config = (struct config){.origins = calloc(1, sizeof *config->origins)};
    if (config->origins == NULL) {
        return -ENOMEM;
    }
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        if (!assignment_apply_text(config, &option_table[i], CONFIG_DEFAULT, option_table[i].standard,
                                   "default", error)) {
            config_deinit(config);
            return -ENOMEM; /* a default that its own table refuses is found by the tests */
        }
    }
    return 0;
}

void config_deinit(struct config *config) {
    if (config->origins == NULL) {
        return;
    }
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        option_field_deinit(&option_table[i], option_owner(&option_table[i], config));
    }
    rules_deinit(&config->site);
    config_hosts_deinit(config);
    string_list_deinit(&config->warnings);
    string_list_deinit(&config->files);
    string_list_deinit(&config->mistakes.lines);
    origins_destroy(config->origins);
    config->origins = NULL;
}

bool config_set(struct config *config, const char *name, const char *value, const char *where,
                char error[CONFIG_ERROR_BYTES]) {
    const struct config_option *option = option_find(name);
    if (option != NULL) {
        return assignment_apply_text(config, option, CONFIG_COMMAND_LINE, value, where, error);
    }
    const struct config_section *section = section_find(name);
    if (section != NULL) {
        return complain((struct complaint){where, error},
                        "%s is a section, not an option; it stands in the config file: %s", name,
                        section->example);
    }
    const struct config_option *meant = option_suggest(name);
    if (meant != NULL) {
        return complain((struct complaint){where, error}, "unknown option '%s'; did you mean '%s'?",
                        show(name).text, meant->name);
    }
    return complain((struct complaint){where, error},
                    "unknown option '%s'; 'lido --check-config' prints all options", show(name).text);
}

const char *config_suggest(const char *word, bool *exact) {
    const struct config_option *option = option_suggest(word);
    *exact = option != NULL && suggest_distance(word, option->name) == 0;
    return option != NULL ? option->name : NULL;
}

bool config_set_port(struct config *config, const char *port, enum config_source source, const char *where,
                     char error[CONFIG_ERROR_BYTES]) {
    const struct config_origins *origins = config->origins;
    struct listen_address probe = {.kind = LISTEN_TCP};
    const char *complaint = listen_address_set_port(&probe, port);
    if (complaint != NULL) {
        return complain((struct complaint){where, error}, "'%s': %s", show(port).text, complaint);
    }
    bool outranked = origins->port != NULL && origins->port_source > source;
    return outranked || listen_port_set(config, port, source, where) == 0 ||
           complain((struct complaint){where, error}, "out of memory");
}

static void inherit_options(struct config_host *host, const struct config_site *outside) {
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        if (option_table[id].scope == OPTION_OF_SITE && host->origins[id].where.count == 0) {
            option_field_share(&option_table[id], &host->site, outside);
        }
    }
}

bool config_inherit(struct config *config, char error[CONFIG_ERROR_BYTES]) {
    assert(!config->origins->is_complete);
    config->origins->is_complete = true;
    int outcome = listen_port_apply(config);
    for (size_t i = 0; i < config->host_count && outcome == 0; i++) {
        inherit_options(&config->hosts[i], &config->site);
        outcome = rules_inherit(&config->hosts[i].site, &config->site);
    }
    return outcome == 0 || complain((struct complaint){"hosts", error}, "out of memory");
}

const char *config_option_name(size_t index) {
    return index < OPTION_COUNT ? option_table[index].name : NULL;
}

const char *config_origin(const struct config *config, const char *name, size_t index) {
    const struct config_option *option = option_find(name);
    if (option == NULL) {
        return NULL;
    }
    return origin_entry(&config->origins->options[option - option_table].where, index);
}

const char *config_site_origin(const struct config *config, const struct config_site *site, const char *name,
                               size_t index) {
    const struct config_option *option = option_find(name);
    if (option == NULL || option->scope != OPTION_OF_SITE) {
        return NULL;
    }
    for (size_t i = 0; i < config->host_count; i++) {
        const struct string_list *where = &config->hosts[i].origins[option - option_table].where;
        if (site == &config->hosts[i].site && (where->count > 0 || !config->origins->is_complete)) {
            return origin_entry(where, index);
        }
    }
    return config_origin(config, name, index);
}

/* A --port that changes nothing would leave its giver looking at the wrong port. PORT from the environment
 * often stands there unasked, and may. */
static bool check_port_is_used(const struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const struct config_origins *origins = config->origins;
    if (origins->port == NULL || origins->port_source != CONFIG_COMMAND_LINE) {
        return true;
    }
    for (size_t i = 0; i < config->listen.count; i++) {
        if (!text_begins(config->listen.items[i], "unix:")) {
            return true;
        }
    }
    return complain((struct complaint){origins->port_where, error},
                    "no address takes this port: listen has only '%s' (%s); add one such as localhost:8080",
                    show(config->listen.items[0]).text, show(config_origin(config, "listen", 0)).text);
}

/* Of two options that do not fit together: where what the higher source set stands, or else the second. */
static const char *blamed_origin(const struct config *config, enum config_option_id first,
                                 enum config_option_id second) {
    const struct config_origin *origins = config->origins->options;
    bool blame_first = origins[first].source > origins[second].source;
    return config_origin(config, option_table[blame_first ? first : second].name, 0);
}

struct described {
    char text[VALUE_TEXT_BYTES + SHOWN_BYTES + 64];
};

/* "max_head (16k, lido.conf:3)"; of an option of sites, that of `site`. */
static struct described describe(const struct config *config, const struct config_site *site,
                                 enum config_option_id id) {
    const struct config_option *option = &option_table[id];
    bool is_of_site = option->scope == OPTION_OF_SITE;
    const char *origin = is_of_site ? config_site_origin(config, site, option->name, 0)
                                    : config_origin(config, option->name, 0);
    char value[OPTION_LITERAL_BYTES];
    struct described described;
    option_field_format(option, is_of_site ? (const void *)site : config, 0, value);
    (void)snprintf(described.text, sizeof described.text, "%s (%.*s, %s)", option->name, VALUE_TEXT_BYTES,
                   value, show(origin).text);
    return described;
}

static bool check_head_has_room(const struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const char *blamed = blamed_origin(config, OPTION_MAX_REQUEST_LINE, OPTION_MAX_HEAD);
    return config->max_head_bytes >= config->max_request_line_bytes ||
           complain((struct complaint){blamed, error},
                    "%s does not fit into %s; raise one or lower the other",
                    describe(config, NULL, OPTION_MAX_REQUEST_LINE).text,
                    describe(config, NULL, OPTION_MAX_HEAD).text);
}

static bool check_file_cache_sizes(const struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const char *blamed = blamed_origin(config, OPTION_FILE_CACHE_MEMORY, OPTION_FILE_CACHE_MAX_FILE);
    uint64_t file = config->file_cache_max_file_bytes;
    uint64_t memory = config->file_cache_memory_bytes;
    if (file <= memory / FILE_CACHE_FILES_MIN) {
        return true;
    }
    char lower_file[VALUE_TEXT_BYTES];
    char higher_memory[VALUE_TEXT_BYTES];
    value_format_size(memory / FILE_CACHE_FILES_MIN, lower_file);
    value_format_size(file * FILE_CACHE_FILES_MIN, higher_memory);
    return complain((struct complaint){blamed, error},
                    "%s is above 1/%d of %s; lower the one to %s or raise the other to %s",
                    describe(config, NULL, OPTION_FILE_CACHE_MAX_FILE).text, FILE_CACHE_FILES_MIN,
                    describe(config, NULL, OPTION_FILE_CACHE_MEMORY).text, lower_file, higher_memory);
}

static bool check_thread_limits(const struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const char *blamed = blamed_origin(config, OPTION_THREADS_MIN, OPTION_THREADS_MAX);
    return config->threads_max == 0 || config->threads_min <= config->threads_max ||
           complain((struct complaint){blamed, error}, "%s is above %s; raise one or lower the other",
                    describe(config, NULL, OPTION_THREADS_MIN).text,
                    describe(config, NULL, OPTION_THREADS_MAX).text);
}

/* A name would tell more of a client than the address that is cut. */
static bool check_log_names(const struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const char *blamed = blamed_origin(config, OPTION_LOG_HOSTNAMES, OPTION_LOG_ANONYMIZE);
    return !config->log_hostnames || !config->log_anonymize ||
           complain((struct complaint){blamed, error}, "%s and %s exclude each other; turn one of them off",
                    describe(config, NULL, OPTION_LOG_HOSTNAMES).text,
                    describe(config, NULL, OPTION_LOG_ANONYMIZE).text);
}

/* An address at which there would be nothing. */
static bool check_status_pages(const struct config *config, char error[CONFIG_ERROR_BYTES]) {
    const char *blamed = blamed_origin(config, OPTION_ADMIN, OPTION_STATUS);
    bool is_apart = strcmp(config->admin, "off") != 0;
    return !is_apart || strcmp(config->status, "off") != 0 ||
           complain((struct complaint){blamed, error},
                    "%s would have the pages that %s takes away; leave one of them out",
                    describe(config, NULL, OPTION_ADMIN).text, describe(config, NULL, OPTION_STATUS).text);
}

static bool check_compress_sizes(const struct config *config, const struct config_site *site,
                                 char error[CONFIG_ERROR_BYTES]) {
    const char *blamed = config_site_origin(config, site, "compress_min", 0);
    return site->compress_min_bytes <= site->compress_max_bytes ||
           complain((struct complaint){blamed, error}, "%s is above %s; raise one or lower the other",
                    describe(config, site, OPTION_COMPRESS_MIN).text,
                    describe(config, site, OPTION_COMPRESS_MAX).text);
}

/* All of them may match one answer, and what is beyond the bound would be missing in it without a word. */
static bool check_header_fields(const struct config_site *site, char error[CONFIG_ERROR_BYTES]) {
    size_t count = 0;
    for (size_t i = 0; i < site->rule_count; i++) {
        const struct config_rule *rule = &site->rules[i];
        count += rule->kind == SECTION_HEADER ? rule->header.add.count + rule->header.remove.count : 0;
        if (count > CONFIG_HEADER_FIELDS_MAX) {
            return complain(
                (struct complaint){rule->where, error},
                "header: this section and those before it name %zu fields; expected at most %d for "
                "a host, remove some",
                count, CONFIG_HEADER_FIELDS_MAX);
        }
    }
    return true;
}

static bool check_listen(const struct config *config, char error[CONFIG_ERROR_BYTES]) {
    return listen_check_collisions(&config->listen, &config->origins->options[OPTION_LISTEN].where, error);
}

static void check_site(const struct config *config, const struct config_site *site,
                       struct complaints *complaints) {
    complaints_note(complaints, check_compress_sizes(config, site, complaints->error));
    complaints_note(complaints, check_header_fields(site, complaints->error));
}

bool config_check(struct config *config, char error[CONFIG_ERROR_BYTES]) {
    static bool (*const checks[])(const struct config *, char *) = {
        check_listen,        check_port_is_used, check_head_has_room, check_file_cache_sizes,
        check_thread_limits, check_log_names,    check_status_pages};
    struct complaints complaints = {.mistakes = &config->mistakes, .error = error};
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        complaints_note(&complaints, checks[i](config, error));
    }
    check_site(config, &config->site, &complaints);
    for (size_t i = 0; i < config->host_count; i++) {
        check_site(config, &config->hosts[i].site, &complaints);
    }
    return complaints_end(&complaints);
}

static size_t larger(size_t a, size_t b) {
    return a > b ? a : b;
}

static size_t smaller(size_t a, size_t b) {
    return a < b ? a : b;
}

/* What threads = auto begins with, if the limits let it. */
static size_t usual_thread_count(void) {
    return larger(2 * processors_count(), 4);
}

struct config_thread_limits config_thread_limits(const struct config *config) {
    if (config->threads != 0) {
        return (struct config_thread_limits){config->threads, config->threads};
    }
    size_t most = smaller(larger(16 * processors_count(), 64), (size_t)option_table[OPTION_THREADS].maximum);
    size_t max = config->threads_max != 0 ? config->threads_max : larger(most, config->threads_min);
    size_t min = config->threads_min != 0 ? config->threads_min : smaller(usual_thread_count(), max);
    return (struct config_thread_limits){min, max};
}

size_t config_thread_count(const struct config *config) {
    struct config_thread_limits limits = config_thread_limits(config);
    return larger(smaller(usual_thread_count(), limits.max), limits.min);
}

enum { AUTO_SPARES_MIN = 8 };

size_t config_spare_count(const struct config *config, size_t thread_count) {
    size_t count = config->threads_spare != 0 ? config->threads_spare : larger(thread_count, AUTO_SPARES_MIN);
    return config->stuck_after_ms > 0 ? count : 0;
}
