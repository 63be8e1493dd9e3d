/* SPDX-License-Identifier: MIT */
/* config_load_environment() of config.h: LIDO_<OPTION> for each option, and PORT. */
#include "conf/base/complain.h"
#include "conf/base/text_check.h"
#include "conf/config.h"
#include "conf/schema/option_table.h"
#include "conf/store/assignment.h"

#include <stdio.h>
#include <string.h>

enum { VARIABLE_NAME_BYTES = 72 };

static const char prefix[] = "LIDO_";
static const char port_name[] = "PORT";

/* Kubernetes and Docker describe a service called "lido" to its neighbours in variables of these names. They
 * are not meant for the program, so they are no mistake. */
static bool is_service_link(const char *name, const char *value) {
    return text_begins(name, "LIDO_SERVICE_") || text_begins(name, "LIDO_PORT_") ||
           (strcmp(name, "LIDO_PORT") == 0 && strstr(value, "://"));
}

/* The option that LIDO_<OPTION> names, or NULL. */
static const struct config_option *find_option(const char *name) {
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        char variable[OPTION_ENVIRONMENT_BYTES];
        option_environment_name(&option_table[i], variable);
        if (strcmp(variable, name) == 0) {
            return &option_table[i];
        }
    }
    return NULL;
}

static bool complain_of_unknown(const char *name, struct complaint about) {
    const struct config_option *meant = option_suggest(name + strlen(prefix));
    char variable[OPTION_ENVIRONMENT_BYTES];
    if (strcmp(name, "LIDO_PORT") == 0) {
        return complain(about, "unknown variable; did you mean 'PORT'?");
    }
    if (meant == NULL) {
        return complain(
            about, "unknown variable; 'lido --check-config' prints all options (LIDO_THREADS is threads)");
    }
    option_environment_name(meant, variable);
    return complain(about, "unknown variable; did you mean '%s'?", variable);
}

static bool load_variable(struct config *config, const char *name, const char *value,
                          char error[CONFIG_ERROR_BYTES]) {
    if (strcmp(name, port_name) == 0) {
        return config_set_port(config, value, CONFIG_ENVIRONMENT, port_name, error);
    }
    if (!text_begins(name, prefix) || strcmp(name, "LIDO_CONFIG") == 0 || is_service_link(name, value)) {
        return true;
    }
    const struct config_option *option = find_option(name);
    return option != NULL ? assignment_apply_text(config, option, CONFIG_ENVIRONMENT, value, name, error)
                          : complain_of_unknown(name, (struct complaint){name, error});
}

bool config_load_environment(struct config *config, char *const environ[], char error[CONFIG_ERROR_BYTES]) {
    for (size_t i = 0; environ[i] != NULL; i++) {
        const char *equals = strchr(environ[i], '=');
        if (equals == NULL || equals[1] == '\0') {
            continue; /* an empty variable counts as unset */
        }
        char name[VARIABLE_NAME_BYTES];
        (void)snprintf(name, sizeof name, "%.*s", (int)(equals - environ[i]), environ[i]);
        if (!load_variable(config, name, equals + 1, error)) {
            return false;
        }
    }
    return true;
}
