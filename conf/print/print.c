/* SPDX-License-Identifier: MIT */
/* config_print() of config.h: all settings as a config file, each with where it came from. */
#include "conf/base/complain.h"
#include "conf/config.h"
#include "conf/print/printer.h"
#include "conf/schema/section_table.h"
#include "conf/store/option_field.h"
#include "conf/store/origins.h"

#include <errno.h>
#include <stdlib.h>

static void print_host(FILE *out, const struct config_host *host) {
    (void)fprintf(out, "\n%s", section_table[SECTION_HOST].name);
    for (size_t i = 0; i < host->names.count; i++) {
        char literal[OPTION_LITERAL_BYTES];
        option_text_format(host->names.items[i], literal);
        (void)fprintf(out, " %s", literal);
    }
    (void)fprintf(out, " {");
    print_place(out, host->where);
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct string_list *where = &host->origins[id].where;
        if (where->count > 0) {
            print_option(out, PRINT_INDENT, &option_table[id], &host->site, where);
        }
    }
    print_rules(out, PRINT_INDENT, &host->site);
    (void)fprintf(out, "}\n");
}

static void print_all(FILE *out, const struct config *config) {
    for (size_t i = 0; config->files.count > 1 && i < config->files.count; i++) {
        struct shown path = show(config->files.items[i]);
        replace_controls(path.text);
        (void)fprintf(out, "# read %s\n", path.text);
    }
    for (size_t id = 0; id < OPTION_COUNT; id++) {
        const struct config_option *option = &option_table[id];
        print_option(out, 0, option, option_const_owner(option, config), &config->origins->options[id].where);
    }
    print_rules(out, 0, &config->site);
    for (size_t i = 0; i < config->host_count; i++) {
        print_host(out, &config->hosts[i]);
    }
}

int config_print(const struct config *config, char **text) {
    char *printed = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&printed, &length);
    if (out == NULL) {
        return -ENOMEM;
    }
    print_all(out, config);
    bool failed = ferror(out) != 0;
    failed = fclose(out) != 0 || failed;
    /* Of the stream's last allocation glibc says only by the missing text that it failed. */
    if (failed || printed == NULL) {
        free(printed);
        return -ENOMEM;
    }
    *text = printed;
    return 0;
}
