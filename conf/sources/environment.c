/* SPDX-License-Identifier: MIT */
/* config_load_environment() of config.h: LIDO_<OPTION> for each option, and PORT. */
#include "conf/base/complain.h"
#include "conf/base/text_check.h"
#include "conf/config.h"
#include "conf/schema/option_table.h"
#include "conf/store/assignment.h"
#include "http/base/string_list.h"

#include <stdio.h>
#include <string.h>

enum { VARIABLE_NAME_BYTES = 256 }; /* of a service: up to 63, and about 30 for its port */

static const char prefix[] = "LIDO_";
static const char port_name[] = "PORT";

static bool ends(const char *text, const char *ending) {
    size_t length = strlen(text);
    size_t ending_length = strlen(ending);
    return length >= ending_length && strcmp(text + length - ending_length, ending) == 0;
}

/* Whether "_PORT_<number>_<protocol>" stands in the name. */
static bool names_port_of_protocol(const char *name) {
    static const char *const protocols[] = {"_TCP", "_UDP", "_SCTP"};
    static const char middle[] = "_PORT_";
    for (const char *at = strstr(name, middle); at != NULL; at = strstr(at + 1, middle)) {
        const char *digits = at + strlen(middle);
        const char *behind = digits + strspn(digits, "0123456789");
        for (size_t i = 0; behind > digits && i < sizeof protocols / sizeof *protocols; i++) {
            if (text_begins(behind, protocols[i])) {
                return true;
            }
        }
    }
    return false;
}

/* Kubernetes describes a service called "lido" or "lido-web" to its neighbours in variables of these names,
 * Docker a linked container (LIDO_WEB_SERVICE_HOST, LIDO_PORT=tcp://..., LIDO_NAME=/web/lido). They are not
 * meant for the program, so there is nothing to say about them. */
static bool is_service_link(const char *name, const char *value) {
    return ends(name, "_SERVICE_HOST") || strstr(name, "_SERVICE_PORT") != NULL ||
           names_port_of_protocol(name) || (ends(name, "_PORT") && strstr(value, "://") != NULL) ||
           (ends(name, "_NAME") && value[0] == '/') || strstr(name, "_ENV_") != NULL;
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

/* Others set variables of such names, too (a Dockerfile its LIDO_VERSION): worth a word, but no mistake. */
static bool warn_of_unknown(struct config *config, const char *name, struct complaint about) {
    char warning[CONFIG_ERROR_BYTES];
    char variable[OPTION_ENVIRONMENT_BYTES] = "PORT";
    const struct config_option *meant = option_suggest(name + strlen(prefix));
    if (meant != NULL && strcmp(name, "LIDO_PORT") != 0) {
        option_environment_name(meant, variable);
    }
    if (meant != NULL || strcmp(name, "LIDO_PORT") == 0) {
        (void)snprintf(warning, sizeof warning, "%s: unknown variable, ignored; did you mean '%s'?",
                       show(name).text, variable);
    } else {
        (void)snprintf(warning, sizeof warning,
                       "%s: unknown variable, ignored; 'lido --check-config' prints all options "
                       "(LIDO_THREADS is threads)",
                       show(name).text);
    }
    return string_list_add(&config->warnings, warning) == 0 || complain(about, "no memory");
}

static bool load_variable(struct config *config, const char *name, const char *value,
                          char error[CONFIG_ERROR_BYTES]) {
    if (strcmp(name, port_name) == 0) {
        return config_set_port(config, value, CONFIG_ENVIRONMENT, port_name, error);
    }
    if (!text_begins(name, prefix) || strcmp(name, "LIDO_CONFIG") == 0) {
        return true;
    }
    const struct config_option *option = find_option(name);
    if (option != NULL) {
        return assignment_apply_text(config, option, CONFIG_ENVIRONMENT, value, name, error);
    }
    return is_service_link(name, value) || warn_of_unknown(config, name, (struct complaint){name, error});
}

bool config_load_environment(struct config *config, char *const environ[], char error[CONFIG_ERROR_BYTES]) {
    struct complaints complaints = {.mistakes = &config->mistakes, .error = error};
    for (size_t i = 0; environ[i] != NULL; i++) {
        const char *equals = strchr(environ[i], '=');
        if (equals == NULL || equals[1] == '\0') {
            continue; /* an empty variable counts as unset */
        }
        char name[VARIABLE_NAME_BYTES];
        (void)snprintf(name, sizeof name, "%.*s", (int)(equals - environ[i]), environ[i]);
        complaints_note(&complaints, load_variable(config, name, equals + 1, error));
    }
    return complaints_end(&complaints);
}
