/* SPDX-License-Identifier: MIT */
#include "conf/sources/apply.h"

#include "conf/base/complain.h"
#include "conf/sources/include.h"
#include "conf/sources/rule_index.h"
#include "conf/sources/section_check.h"
#include "conf/store/assignment.h"
#include "conf/store/origins.h"
#include "conf/store/rules.h"
#include "conf/syntax/syntax.h"
#include "conf/values/site_value.h"
#include "http/base/string_list.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One file on its way into the config. */
struct applier {
    struct config *config;
    struct includes includes;
    const char *path;
    const struct config_statement *statement;
    bool in_host;            /* the last one of the config's */
    bool in_rule;            /* a cache, header or redirect is open */
    struct config_rule rule; /* what it holds so far */
    struct rule_index rules; /* of all sites, so far, and their names */
    bool is_wrong;           /* the rule, and it has been said */
    char *error;
};

static bool out_of_memory(const struct applier *applier) {
    return complain((struct complaint){applier->path, applier->error}, "out of memory");
}

/* "lido.conf:3: cache" */
static struct subject subject_of(const struct applier *applier) {
    return subject_at(applier->statement->where.text, applier->statement->section->name);
}

static struct config_site *site_of(const struct applier *applier) {
    struct config *config = applier->config;
    return applier->in_host ? &config->hosts[config->host_count - 1].site : &config->site;
}

/* ---- options ------------------------------------------------------------------------------------------- */

static bool assign(struct applier *applier, void *owner, struct config_origin *origin) {
    const struct config_statement *statement = applier->statement;
    struct assignment assignment = {.option = statement->option,
                                    .source = CONFIG_FILE,
                                    .texts = &statement->texts,
                                    .wheres = &statement->wheres,
                                    .owner = owner,
                                    .origin = origin};
    return assignment_apply(applier->config, &assignment, applier->error);
}

/* Only the section's own place is kept, not that of each of its options. */
static bool assign_in_section(struct applier *applier) {
    const struct config_statement *statement = applier->statement;
    struct config_origin origin = {.source = CONFIG_DEFAULT};
    struct subject subject = subject_at(statement->wheres.items[0], statement->option->name);
    bool assigned = assign(applier, &applier->rule, &origin);
    string_list_deinit(&origin.where);
    bool right = assigned && (applier->is_wrong ||
                              section_check_option(&applier->rule, statement->option,
                                                   (struct complaint){subject.text, applier->error}));
    applier->is_wrong = applier->is_wrong || !right;
    return right;
}

static bool apply_option(struct applier *applier) {
    struct config *config = applier->config;
    if (applier->in_rule) {
        return assign_in_section(applier);
    }
    if (!applier->in_host) {
        return assign(applier, NULL, NULL);
    }
    struct config_host *host = &config->hosts[config->host_count - 1];
    return assign(applier, &host->site, &host->origins[applier->statement->option - option_table]);
}

/* ---- hosts --------------------------------------------------------------------------------------------- */

/* Appends an empty host. Returns 0 or -ENOMEM. */
static int add_host(struct config *config, const char *where) {
    struct config_host host = {.where = strdup(where), .origins = calloc(OPTION_COUNT, sizeof *host.origins)};
    struct config_host *hosts = realloc(config->hosts, (config->host_count + 1) * sizeof *hosts);
    config->hosts = hosts != NULL ? hosts : config->hosts;
    if (host.where == NULL || host.origins == NULL || hosts == NULL) {
        free(host.where);
        free(host.origins);
        return -ENOMEM;
    }
    hosts[config->host_count++] = host;
    return 0;
}

static bool add_name(struct applier *applier, size_t i) {
    char name[OPTION_VALUE_BYTES];
    struct config *config = applier->config;
    const struct config_statement *statement = applier->statement;
    struct subject subject = subject_at(statement->wheres.items[i], statement->section->name);
    struct complaint about = {subject.text, applier->error};
    size_t earlier = 0;
    size_t own = config->host_count - 1;

    if (!site_value_host(statement->texts.items[i], name, about)) {
        return false;
    }
    int found = rule_index_find_host(&applier->rules, name, &earlier);
    if (found == 0) {
        return complain(about, "'%s' stands twice (also %s); remove one of them", show(name).text,
                        show(config->hosts[earlier].where).text);
    }
    bool added = found == -ENOENT && rule_index_add_host(&applier->rules, name, own) == 0 &&
                 string_list_add(&config->hosts[own].names, name) == 0;
    return added || out_of_memory(applier);
}

static bool begin_host(struct applier *applier) {
    bool added = add_host(applier->config, applier->statement->where.text) == 0 || out_of_memory(applier);
    applier->in_host = added;
    for (size_t i = 0; i < applier->statement->texts.count && added; i++) {
        added = add_name(applier, i);
    }
    return added;
}

/* ---- sections ------------------------------------------------------------------------------------------ */

/* Of the site: 0 outside of hosts. */
static size_t number_of_site(const struct applier *applier) {
    return applier->in_host ? applier->config->host_count : 0;
}

static bool add_rule(struct applier *applier) {
    struct config_site *site = site_of(applier);
    size_t number = site->rule_count;
    return (rule_index_add(&applier->rules, number_of_site(applier), &applier->rule, number) == 0 &&
            rules_add(site, &applier->rule) == 0) ||
           out_of_memory(applier);
}

/* Refuse what the site has already. `name` is the rule's title as it is written. */
static bool check_unique(struct applier *applier, const char *name, struct complaint about) {
    size_t number = 0;
    switch (rule_index_find(&applier->rules, number_of_site(applier), &applier->rule, &number)) {
    case 0:
        return section_stands_twice(&site_of(applier)->rules[number], name, about);
    case -ENOENT:
        return true;
    default:
        return out_of_memory(applier);
    }
}

static bool begin_section(struct applier *applier) {
    const struct config_section *section = applier->statement->section;
    enum config_section_kind kind = section_kind(section);
    struct subject subject = subject_of(applier);
    struct complaint about = {subject.text, applier->error};

    if (kind == SECTION_HOST || kind == SECTION_TYPES) {
        return kind == SECTION_TYPES || begin_host(applier);
    }
    applier->in_rule = true;
    applier->rule = (struct config_rule){.kind = kind};
    const char *pattern = applier->statement->texts.items[0];
    applier->is_wrong = !section_begin(&applier->rule, pattern, applier->statement->where.text, about) ||
                        !check_unique(applier, pattern, about);
    return !applier->is_wrong;
}

static bool end_section(struct applier *applier) {
    const struct config_section *section = applier->statement->section;
    if (!applier->in_rule) {
        applier->in_host = applier->in_host && section_kind(section) != SECTION_HOST;
        return true;
    }
    applier->in_rule = false;
    struct subject subject = subject_of(applier);
    bool added = !applier->is_wrong &&
                 section_check_whole(&applier->rule, (struct complaint){subject.text, applier->error}) &&
                 add_rule(applier);
    rule_deinit(&applier->rule);
    return added || applier->is_wrong;
}

static bool apply_pair(struct applier *applier) {
    const struct config_section *section = applier->statement->section;
    struct subject subject = subject_of(applier);
    struct complaint about = {subject.text, applier->error};
    const char *key = applier->statement->texts.items[0];

    applier->rule = (struct config_rule){.kind = section_kind(section)};
    bool added = section_begin(&applier->rule, key, applier->statement->where.text, about) &&
                 section_set_value(&applier->rule, applier->statement->texts.items[1], about) &&
                 check_unique(applier, key, about) && add_rule(applier);
    rule_deinit(&applier->rule);
    return added;
}

static bool include(struct applier *applier) {
    const struct config_statement *statement = applier->statement;
    struct subject subject = subject_at(statement->where.text, "include");
    char pattern[OPTION_VALUE_BYTES];
    (void)snprintf(pattern, sizeof pattern, "%s", statement->texts.items[0]);
    return includes_read(&applier->includes, statement->parser, pattern,
                         (struct complaint){subject.text, applier->error});
}

static bool apply_statement(void *context, const struct config_statement *statement) {
    struct applier *applier = context;
    applier->statement = statement;
    switch (statement->kind) {
    case STATEMENT_OPTION:
        return apply_option(applier);
    case STATEMENT_PAIR:
        return apply_pair(applier);
    case STATEMENT_INCLUDE:
        return include(applier);
    case STATEMENT_BEGIN:
        return begin_section(applier);
    case STATEMENT_END:
        break;
    }
    return end_section(applier);
}

bool config_apply(struct config *config, const char *path, char *text, size_t length,
                  char error[CONFIG_ERROR_BYTES]) {
    struct applier applier = {.config = config, .path = path, .includes.config = config};
    applier.error = error;

    assert(!config->origins->is_complete);
    rules_deinit(&config->site);
    config_hosts_deinit(config);
    string_list_deinit(&config->files);
    bool applied = includes_begin(&applier.includes, path, (struct complaint){path, error}) &&
                   syntax_read(path, text, length, apply_statement, &applier, &config->mistakes, error);
    rule_deinit(&applier.rule); /* of a section that a mistake cut off */
    rule_index_clear(&applier.rules);
    return applied;
}
