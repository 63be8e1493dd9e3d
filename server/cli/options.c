/* SPDX-License-Identifier: MIT */
#include "server/cli/options.h"

#include "conf/base/suggest.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    OPTION_CHECK_CONFIG = 256,
    OPTION_CHECK,
    OPTION_PROBE,
    OPTION_EXPLAIN,
    OPTION_RELOAD,
    OPTION_QR,
    OPTION_NO_QR,
    OPTION_TUNE,
    OPTION_TUNE_SECONDS,
    OPTION_TUNE_CLIENTS,
    OPTION_TOP,
    OPTION_COMPLETION
};

enum { WORD_BYTES = 64, NUMBER_DIGITS_MAX = 8 };

static const char short_options[] = ":p:b:t:c:s:X:H:IqohV";

const struct option options_long[] = {
    {"port", required_argument, NULL, 'p'},
    {"bind", required_argument, NULL, 'b'},
    {"threads", required_argument, NULL, 't'},
    {"config", required_argument, NULL, 'c'},
    {"set", required_argument, NULL, 's'},
    {"check-config", no_argument, NULL, OPTION_CHECK_CONFIG},
    {"check", no_argument, NULL, OPTION_CHECK},
    {"quiet", no_argument, NULL, 'q'},
    {"open", no_argument, NULL, 'o'},
    {"probe", required_argument, NULL, OPTION_PROBE},
    {"explain", required_argument, NULL, OPTION_EXPLAIN},
    {"request", required_argument, NULL, 'X'},
    {"header", required_argument, NULL, 'H'},
    {"head", no_argument, NULL, 'I'},
    {"reload", no_argument, NULL, OPTION_RELOAD},
    {"qr", no_argument, NULL, OPTION_QR},
    {"no-qr", no_argument, NULL, OPTION_NO_QR},
    {"tune", no_argument, NULL, OPTION_TUNE},
    {"tune-seconds", required_argument, NULL, OPTION_TUNE_SECONDS},
    {"tune-clients", required_argument, NULL, OPTION_TUNE_CLIENTS},
    {"top", no_argument, NULL, OPTION_TOP},
    {"complete", required_argument, NULL, OPTION_COMPLETION},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'V'},
    {NULL, 0, NULL, 0},
};

/* What is to be done instead of serving. */
static void take_action(struct options *options, int option, const char *value) {
    switch (option) {
    case OPTION_CHECK_CONFIG:
        options->action = OPTIONS_CHECK_CONFIG;
        break;
    case OPTION_CHECK:
        options->action = OPTIONS_CHECK;
        break;
    case OPTION_PROBE:
        options->action = OPTIONS_PROBE;
        options->probe_url = value;
        break;
    case OPTION_EXPLAIN:
        options->action = OPTIONS_EXPLAIN;
        options->explain_url = value;
        break;
    case OPTION_COMPLETION:
        options->action = OPTIONS_COMPLETION;
        options->shell = value;
        break;
    case OPTION_RELOAD:
        options->action = OPTIONS_RELOAD;
        break;
    case OPTION_TUNE:
        options->action = OPTIONS_TUNE;
        break;
    case OPTION_TOP:
        options->action = OPTIONS_TOP;
        break;
    case OPTION_TUNE_SECONDS:
        options->tune_seconds = value;
        break;
    case OPTION_TUNE_CLIENTS:
        options->tune_clients = value;
        break;
    case 'h':
        options->action = OPTIONS_HELP;
        break;
    default: /* 'V'; others do not get here */
        options->action = OPTIONS_VERSION;
        break;
    }
}

static void take_option(struct options *options, int option, const char *value) {
    switch (option) {
    case 'p':
        options->port = value;
        break;
    case 'b':
        options->binds[options->bind_count++] = value;
        break;
    case 't':
        options->threads = value;
        break;
    case 'c':
        options->config_path = value;
        break;
    case 's':
        options->sets[options->set_count++] = value;
        break;
    case 'X':
        options->method = value;
        break;
    case 'H':
        options->fields[options->field_count++] = value;
        break;
    case 'I':
        options->head = true;
        break;
    case 'q':
        options->quiet = true;
        break;
    case 'o':
        options->open_browser = true;
        break;
    case OPTION_QR:
        options->qr = OPTIONS_QR_ALWAYS;
        break;
    case OPTION_NO_QR:
        options->qr = OPTIONS_QR_NEVER;
        break;
    default:
        take_action(options, option, value);
        break;
    }
}

static bool has_long_form(int option) {
    for (size_t i = 0; options_long[i].name != NULL; i++) {
        if (options_long[i].val == option) {
            return true;
        }
    }
    return false;
}

/* --quite, --header-timeout=5s, --p: what is probably meant by a long option that there is not. */
static void complain_of_unknown(const char *argument, char error[OPTIONS_ERROR_BYTES]) {
    char word[WORD_BYTES];
    size_t length = strcspn(argument, "=") - strlen("--");
    (void)snprintf(word, sizeof word, "%.*s", (int)length, argument + strlen("--"));
    struct suggestion nearest = {0};
    const char *begin_so[2] = {NULL, NULL};
    for (size_t i = 0; options_long[i].name != NULL; i++) {
        bool begins_so = length > 0 && strncmp(options_long[i].name, word, length) == 0;
        if (begins_so && begin_so[1] == NULL) {
            begin_so[begin_so[0] != NULL ? 1 : 0] = options_long[i].name;
        }
        suggest_consider(&nearest, word, options_long[i].name, NULL);
    }
    bool is_of_file = false;
    const char *of_file = config_suggest(word, &is_of_file);
    if (begin_so[1] != NULL) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES,
                       "'%s' is short for --%s, but also for --%s; write one of them", argument, begin_so[0],
                       begin_so[1]);
    } else if (nearest.name != NULL && !is_of_file) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'%s' is not an option; did you mean '--%s'?", argument,
                       nearest.name);
    } else if (of_file != NULL) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'%s' is not an option; write --set %s=VALUE", argument,
                       of_file);
    } else {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'%s' is not an option", argument);
    }
}

/* Say what getopt_long(3) has just refused. It is done with that argument, and argv[optind - 1] is it, unless
 * an unknown letter is followed by more letters. */
static void refuse(char *const argv[], int option, char error[OPTIONS_ERROR_BYTES]) {
    const char *argument = argv[optind - 1];
    if (strncmp(argument, "--", 2) != 0 && option == ':') {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'-%c' needs a value", optopt);
    } else if (option == ':') {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'%s' needs a value", argument);
    } else if (optopt == 0) { /* a long option that is unknown, or short for several */
        complain_of_unknown(argument, error);
    } else if (has_long_form(optopt)) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'%.*s' takes no value", (int)strcspn(argument, "="),
                       argument);
    } else if (optopt > ' ' && optopt < 0x7F) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'-%c' is not an option", optopt);
    } else {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'-\\x%02x' is not an option", (unsigned)optopt & 0xFF);
    }
}

/* What is asked for with --explain alone. */
static bool check_question(const struct options *options, char error[OPTIONS_ERROR_BYTES]) {
    bool is_asked = options->method != NULL || options->field_count > 0 || options->head;
    if (is_asked && options->action != OPTIONS_EXPLAIN) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "'%s' goes with --explain=URL",
                       options->method != NULL    ? "-X"
                       : options->field_count > 0 ? "-H"
                                                  : "-I");
        return false;
    }
    return true;
}

bool options_parse(struct options *options, int argc, char *argv[], char error[OPTIONS_ERROR_BYTES]) {
    *options = (struct options){.action = OPTIONS_RUN};
    options->binds = calloc((size_t)argc, sizeof *options->binds);
    options->sets = calloc((size_t)argc, sizeof *options->sets);
    options->fields = calloc((size_t)argc, sizeof *options->fields);
    if (options->binds == NULL || options->sets == NULL || options->fields == NULL) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "no memory");
        return false;
    }
    static const char one_of[] =
        "--check, --check-config, --complete, --explain, --probe, --reload, --top or --tune";
    optind = 0; /* begin anew, also in tests */
    opterr = 0;
    int option = 0;
    while ((option = getopt_long(argc, argv, short_options, options_long, NULL)) != -1) {
        if (option == '?' || option == ':') {
            refuse(argv, option, error);
            return false;
        }
        enum options_action before = options->action;
        take_option(options, option, optarg);
        if (options->action == OPTIONS_HELP || options->action == OPTIONS_VERSION) {
            return true;
        }
        if (before != OPTIONS_RUN && options->action != before) { /* neither is passed over in silence */
            (void)snprintf(error, OPTIONS_ERROR_BYTES, "one thing at a time: %s", one_of);
            return false;
        }
    }
    if (optind < argc) {
        options->root = argv[optind++];
    }
    if (optind < argc) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "one folder or file can be served, not also '%s'",
                       argv[optind]);
        return false;
    }
    return check_question(options, error);
}

void options_deinit(struct options *options) {
    free(options->binds);
    free(options->sets);
    free(options->fields);
    options->binds = options->sets = options->fields = NULL;
}

bool options_read_number(const char *name, const char *value, size_t most, size_t *number,
                         char error[OPTIONS_ERROR_BYTES]) {
    if (value == NULL) {
        return true;
    }
    size_t length = strspn(value, "0123456789");
    unsigned long read = length > 0 && length < NUMBER_DIGITS_MAX ? strtoul(value, NULL, 10) : 0;
    if (value[length] != '\0' || read < 1 || read > most) {
        (void)snprintf(error, OPTIONS_ERROR_BYTES, "%s: '%.40s' is not a number from 1 to %zu", name, value,
                       most);
        return false;
    }
    *number = read;
    return true;
}
