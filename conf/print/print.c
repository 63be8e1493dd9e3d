/* SPDX-License-Identifier: MIT */
/* config_print() of config.h: all settings as a config file, each with where it came from. */
#include "conf/config.h"
#include "conf/print/printer.h"
#include "conf/store/option_field.h"
#include "conf/store/origins.h"

#include <errno.h>
#include <stdlib.h>

/* Which of a host's sections are its own: config_inherit() puts caches and headers from outside before them,
 * and all else behind. */
static void print_own_sections(FILE *out, const struct config *config, size_t host,
                               enum config_section_kind kind) {
    const struct config_site *site = &config->hosts[host].site;
    const struct host_origins *origins = &config->origins->hosts[host];
    size_t first = 0;
    size_t end = site_section_count(site, kind);
    if (config->origins->is_complete) {
        first = kind == SECTION_CACHE || kind == SECTION_HEADER ? site_section_count(&config->site, kind) : 0;
        end = kind == SECTION_REDIRECT     ? origins->redirect_count
              : kind == SECTION_ERROR_PAGE ? origins->error_page_count
              : kind == SECTION_TYPES      ? origins->type_count
                                           : end;
    }
    print_sections(out, PRINT_INDENT, site, kind, first, end);
}

static void print_host(FILE *out, const struct config *config, size_t index) {
    const struct config_host *host = &config->hosts[index];
    const struct host_origins *origins = &config->origins->hosts[index];

    (void)fprintf(out, "\n%s", section_table[SECTION_HOST].name);
    for (size_t i = 0; i < host->names.count; i++) {
        char literal[OPTION_LITERAL_BYTES];
        option_text_format(host->names.items[i], literal);
        (void)fprintf(out, " %s", literal);
    }
    (void)fprintf(out, " {");
    print_place(out, host->where);
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        if (origins->options[id].where.count > 0 && !origins->inherited[id]) {
            print_option(out, PRINT_INDENT, &option_table[id], &host->site, &origins->options[id].where);
        }
    }
    for (size_t kind = 0; kind < SECTION_HOST; kind++) {
        print_own_sections(out, config, index, (enum config_section_kind)kind);
    }
    (void)fprintf(out, "}\n");
}

static void print_all(FILE *out, const struct config *config) {
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct config_option *option = &option_table[id];
        print_option(out, 0, option, option_const_owner(option, config),
                     id == OPTION_LISTEN ? &config->origins->listen_where
                                         : &config->origins->options[id].where);
    }
    for (size_t kind = 0; kind < SECTION_HOST; kind++) {
        print_sections(out, 0, &config->site, (enum config_section_kind)kind, 0,
                       site_section_count(&config->site, (enum config_section_kind)kind));
    }
    for (size_t host = 0; host < config->host_count; host++) {
        print_host(out, config, host);
    }
}

int config_print(const struct config *config, char **text) {
    char *printed = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&printed, &length);
    if (!out) {
        return -ENOMEM;
    }
    print_all(out, config);
    bool failed = ferror(out) != 0;
    if (fclose(out) != 0 || failed) {
        free(printed);
        return -ENOMEM;
    }
    *text = printed;
    return 0;
}
