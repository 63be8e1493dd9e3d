/* SPDX-License-Identifier: MIT */
#include "conf/config.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct config config;
static char error[CONFIG_ERROR_BYTES];

static void set_up(void) {
    cr_assert_eq(config_init(&config), 0);
}

static void tear_down(void) {
    config_deinit(&config);
}

TestSuite(config_environment, .init = set_up, .fini = tear_down, .timeout = 60);

static bool load(const char *first, const char *second) {
    char one[256];
    char two[256];
    (void)snprintf(one, sizeof one, "%s", first);
    (void)snprintf(two, sizeof two, "%s", second ? second : "");
    char *const variables[] = {one, second ? two : NULL, NULL};
    error[0] = '\0';
    return config_load_environment(&config, variables, error);
}

Test(config_environment, applies_a_variable_for_an_option) {
    cr_assert(load("HOME=/root", "LIDO_THREADS=8"), "%s", error);
    cr_assert(load("LIDO_INDEX=index.html, index.htm", "LIDO_HEADER_TIMEOUT=500ms"), "%s", error);
    cr_assert(load("LIDO_ROOT=/srv/a=b,c", "LIDO_LISTEN=*:81,unix:/x"), "%s", error);

    cr_assert_eq(config.threads, 8);
    cr_assert_str_eq(config_origin(&config, "threads", 0), "LIDO_THREADS");
    cr_assert_eq(config.site.index.count, 2);
    cr_assert_str_eq(config.site.index.items[1], "index.htm");
    cr_assert_str_eq(config_origin(&config, "index", 1), "LIDO_INDEX");
    cr_assert_eq(config.header_timeout_ms, 500);
    cr_assert_str_eq(config.site.root, "/srv/a=b,c");
    cr_assert_eq(config.listen.count, 2);
    cr_assert_str_eq(config.listen.items[0], "*:81");
}

Test(config_environment, sets_what_stands_outside_of_hosts) {
    cr_assert(load("LIDO_CORS=https://a,https://b", "LIDO_PRECOMPRESSED=off"), "%s", error);
    cr_assert(load("LIDO_FALLBACK=/index.html", "LIDO_COMPRESS=on"), "%s", error);
    cr_assert_eq(config.site.cors.count, 2);
    cr_assert_eq(config.site.precompressed.count, 0);
    cr_assert_str_eq(config.site.fallback, "/index.html");
    cr_assert(config.site.compress);
    cr_assert_str_eq(config_site_origin(&config, &config.site, "cors", 1), "LIDO_CORS");
}

Test(config_environment, gives_the_port_to_the_addresses) {
    cr_assert(load("PORT=9000", NULL), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    cr_assert_str_eq(config.listen.items[0], "localhost:9000");
    cr_assert_str_eq(config_origin(&config, "listen", 0), "default, port from PORT");
    config_deinit(&config);
    cr_assert_eq(config_init(&config), 0);
    cr_assert(load("LIDO_LISTEN=a:1,b", "PORT=9000"), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    cr_assert_str_eq(config.listen.items[0], "a:9000");
    cr_assert_str_eq(config.listen.items[1], "b:9000");
}

Test(config_environment, takes_an_empty_variable_for_none) {
    cr_assert(load("PORT=", "LIDO_THREADS="), "%s", error);
    cr_assert(load("LIDO_NO_SUCH_OPTION=", "LIDO_WITHOUT_EQUALS_SIGN"), "%s", error);
    cr_assert_str_eq(config.listen.items[0], "localhost:8080");
    cr_assert_str_eq(config_origin(&config, "threads", 0), "default");
}

/* What the longest name of a service adds to "lido-" (RFC 1035 section 2.3.4: 63 letters in all). */
#define LETTERS_58 "AAAAAAAAAABBBBBBBBBBCCCCCCCCCCDDDDDDDDDDEEEEEEEEEEFFFFFFFF"

Test(config_environment, leaves_alone_what_is_not_meant_for_it) {
    static const char *const variables[] = {
        "LIDO_CONFIG=/etc/lido.conf",
        "THREADS=x",
        "lido_threads=x",
        "NOLIDO_THREADS=x",
        "PORTS=x",
        "LIDO=x",
        "=LIDO_PORT=x",
        "NO_COLOR=1",
        /* what Kubernetes and Docker set beside a service named lido */
        "LIDO_SERVICE_HOST=10.0.0.1",
        "LIDO_SERVICE_PORT=80",
        "LIDO_SERVICE_PORT_HTTP=80",
        "LIDO_PORT=tcp://10.0.0.1:80",
        "LIDO_PORT_80_TCP=tcp://10.0.0.1:80",
        "LIDO_PORT_80_TCP_ADDR=10.0.0.1",
        "LIDO_WEB_SERVICE_HOST=10.0.0.1",
        "LIDO_WEB_SERVICE_PORT=80",
        "LIDO_WEB_SERVICE_PORT_HTTP=80",
        "LIDO_WEB_PORT=tcp://10.0.0.1:80",
        "LIDO_WEB_PORT_80_TCP=tcp://10.0.0.1:80",
        "LIDO_WEB_PORT_53_UDP_PROTO=udp",
        "LIDO_WEB_NAME=/app/lido-web",
        "LIDO_WEB_ENV_PATH=/bin",
        ("LIDO_" LETTERS_58 "_SERVICE_HOST=10.0.0.1"),
        ("LIDO_" LETTERS_58 "_SERVICE_PORT_METRICS_SECURE=443"),
        ("LIDO_" LETTERS_58 "_PORT_443_TCP_PROTO=tcp"),
    };
    for (size_t i = 0; i < sizeof variables / sizeof *variables; i++) {
        cr_assert(load(variables[i], NULL), "%s: %s", variables[i], error);
        cr_assert_eq(config.warnings.count, 0, "%s", variables[i]);
    }
    cr_assert_eq(config.threads, 0);
}

Test(config_environment, wonders_about_what_it_does_not_know) {
    static const struct {
        const char *variable, *warning;
    } rows[] = {
        {"LIDO_VERSION=1.2",
         "LIDO_VERSION: unknown variable, ignored; 'lido --check-config' prints all options "
         "(LIDO_THREADS is threads)"},
        {"LIDO_THREAD=8", "LIDO_THREAD: unknown variable, ignored; did you mean 'LIDO_THREADS'?"},
        {"LIDO_MAX-HEAD=8k", "LIDO_MAX-HEAD: unknown variable, ignored; did you mean 'LIDO_MAX_HEAD'?"},
        {"LIDO_WORKERS=8", "LIDO_WORKERS: unknown variable, ignored; did you mean 'LIDO_THREADS'?"},
        {"LIDO_threads=8", "LIDO_threads: unknown variable, ignored; did you mean 'LIDO_THREADS'?"},
        {"LIDO_PORT=8081", "LIDO_PORT: unknown variable, ignored; did you mean 'PORT'?"},
        {"LIDO_=x",
         "LIDO_: unknown variable, ignored; 'lido --check-config' prints all options (LIDO_THREADS is "
         "threads)"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(load(rows[i].variable, NULL), "%s: %s", rows[i].variable, error);
        cr_assert_eq(config.warnings.count, i + 1, "%s", rows[i].variable);
        cr_assert_str_eq(config.warnings.items[i], rows[i].warning);
    }
}

Test(config_environment, says_what_is_wrong) {
    static const struct {
        const char *variable, *error;
    } rows[] = {
        {"LIDO_THREADS=many", "LIDO_THREADS: 'many' is not a number; expected auto or 1..1024"},
        {"PORT=65536",
         "PORT: '65536': a port is a number 0..65535, auto, or the name of a service, e.g. http"},
        {"LIDO_LISTEN=8080",
         "LIDO_LISTEN: '8080': a port alone does not say where to listen; write localhost:8080, or "
         "*:8080 for every address"},
        {"LIDO_INDEX=a,", "LIDO_INDEX: the name is empty; expected the name of a file, e.g. index.html"},
        {"LIDO_ROOT=a\x1b[31m\nb",
         "LIDO_ROOT: 'a?[31m?b' holds a control character; expected the path of a folder"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_not(load(rows[i].variable, NULL), "%s: accepted", rows[i].variable);
        cr_assert_str_eq(error, rows[i].error, "%s: %s", rows[i].variable, error);
    }
}

Test(config_environment, reads_a_name_of_any_length) {
    char long_name[200] = "";
    char variable[256];
    memset(long_name, 'A', sizeof long_name - 1);
    (void)snprintf(variable, sizeof variable, "LIDO_%s=1", long_name);
    cr_assert(load(variable, NULL));
    cr_assert_eq(config.warnings.count, 1);
    cr_assert(strncmp(config.warnings.items[0], "LIDO_AAAA", 9) == 0 &&
                  strstr(config.warnings.items[0], ": unknown variable"),
              "%s", config.warnings.items[0]);
}
