/* SPDX-License-Identifier: MIT */
#include "server/cli/option_settings.h"

#include "conf/base/complain.h"

#include <stdio.h>
#include <string.h>

enum { SET_NAME_BYTES = 64 };

static const char *find_variable(char *const environment[], const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; environment[i] != NULL; i++) {
        if (strncmp(environment[i], name, length) == 0 && environment[i][length] == '=' &&
            environment[i][length + 1] != '\0') {
            return environment[i] + length + 1;
        }
    }
    return NULL;
}

/* NAME=VALUE, for any option that has no letter of its own. */
static bool apply_set(const char *text, struct config *config, char error[CONFIG_ERROR_BYTES]) {
    char name[SET_NAME_BYTES];
    char where[SET_NAME_BYTES + sizeof "--set "];
    size_t length = strcspn(text, "=");
    if (text[length] == '\0' || length == 0 || length >= sizeof name) {
        (void)snprintf(error, CONFIG_ERROR_BYTES, "--set: '%.*s' is not NAME=VALUE; write e.g. --set cors=on",
                       SET_NAME_BYTES, text);
        return false;
    }
    memcpy(name, text, length);
    name[length] = '\0';
    (void)snprintf(where, sizeof where, "--set %s", name);
    return config_set(config, name, text + length + 1, where, error);
}

static bool set(struct config *config, const char *name, const char *value, const char *where,
                char error[CONFIG_ERROR_BYTES]) {
    return value == NULL || config_set(config, name, value, where, error);
}

static bool apply_command_line(const struct options *options, struct config *config,
                               char error[CONFIG_ERROR_BYTES]) {
    struct complaints complaints = {.mistakes = &config->mistakes, .error = error};
    for (size_t i = 0; i < options->bind_count; i++) {
        complaints_note(&complaints, config_set(config, "listen", options->binds[i], "--bind", error));
    }
    for (size_t i = 0; i < options->set_count; i++) {
        complaints_note(&complaints, apply_set(options->sets[i], config, error));
    }
    complaints_note(&complaints,
                    options->port == NULL ||
                        config_set_port(config, options->port, CONFIG_COMMAND_LINE, "--port", error));
    complaints_note(&complaints, set(config, "threads", options->threads, "--threads", error));
    complaints_note(&complaints, set(config, "root", options->root, "command line", error));
    complaints_note(&complaints, set(config, "access_log", options->quiet ? "off" : NULL, "--quiet", error));
    return complaints_end(&complaints);
}

/* All sources are read, whatever was wrong in the one before; what they say together is judged only if
 * they are right. */
bool option_settings_gather(const struct options *options, char *const environment[], bool anew,
                            struct config *config, char error[CONFIG_ERROR_BYTES]) {
    if (config_init(config) != 0) {
        (void)snprintf(error, CONFIG_ERROR_BYTES, "no memory");
        return false;
    }
    config->is_anew = anew;
    const char *path =
        options->config_path != NULL ? options->config_path : find_variable(environment, "LIDO_CONFIG");
    char line[CONFIG_ERROR_BYTES];
    bool right = path == NULL || config_load_file(config, path, error);
    right = config_load_environment(config, environment, right ? error : line) && right;
    right = apply_command_line(options, config, right ? error : line) && right;
    return right && config_inherit(config, error) && config_check(config, error);
}
