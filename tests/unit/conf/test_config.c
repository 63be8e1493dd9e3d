/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

TestSuite(config, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

static bool load_variable(const char *variable) {
    char copy[256];
    (void)snprintf(copy, sizeof copy, "%s", variable);
    char *const variables[] = {copy, NULL};
    return config_load_environment(&config, variables, error);
}

static void expect_listen(size_t index, const char *address, const char *origin) {
    cr_assert_lt(index, config.listen.count, "%zu addresses", config.listen.count);
    cr_assert_str_eq(config.listen.items[index], address, "%s", config.listen.items[index]);
    cr_assert_str_eq(config_origin(&config, "listen", index), origin, "%s",
                     config_origin(&config, "listen", index));
}

Test(config, starts_with_the_documented_defaults) {
    cr_assert_eq(config.listen.count, 1);
    expect_listen(0, "localhost:8080", "default");
    cr_assert_str_eq(config.site.root, ".");
    cr_assert(config.site.index.count == 1 && strcmp(config.site.index.items[0], "index.html") == 0);
    cr_assert(config.site.listing);
    cr_assert_str_eq(config.site.charset, "utf-8");
    cr_assert_str_eq(config.site.media_types, "/etc/mime.types");
    cr_assert_eq(config.threads, 0);
    cr_assert_eq(config.queue, 1024);
    cr_assert_eq(config.when_full, WHEN_FULL_WAIT);
    cr_assert_eq(config.max_connections, 0);
    cr_assert_eq(config.backlog, 1024);
    cr_assert(config.file_cache);
    cr_assert_eq(config.file_cache_memory_bytes, 33554432);
    cr_assert_eq(config.file_cache_max_file_bytes, 65536);
    cr_assert_eq(config.file_cache_descriptors, 512);
    cr_assert_eq(config.file_cache_check_ms, 0);
    cr_assert_eq(config.header_timeout_ms, 15000);
    cr_assert_eq(config.keepalive_timeout_ms, 15000);
    cr_assert_eq(config.send_timeout_ms, 30000);
    cr_assert_eq(config.linger_timeout_ms, 2000);
    cr_assert_eq(config.shutdown_timeout_ms, 10000);
    cr_assert_eq(config.max_request_line_bytes, 8192);
    cr_assert_eq(config.max_head_bytes, 16384);
    cr_assert_eq(config.max_fields, 100);
    cr_assert_eq(config.max_body_bytes, 65536);
    cr_assert_str_eq(config.access_log, "-");
    cr_assert_str_eq(config.log_format, "common");
    cr_assert_not(config.server_timing);
    cr_assert(config_check(&config, error), "%s", error);
}

Test(config, may_be_released_twice_and_used_again) {
    config_deinit(&config);
    config_deinit(&config);
    cr_assert_eq(config_init(&config), 0);
}

Test(config, sets_one_option_by_its_name) {
    cr_assert(config_set(&config, "threads", "8", "--threads", error), "%s", error);
    cr_assert(config_set(&config, "listing", "off", "--no-listing", error), "%s", error);
    cr_assert(config_set(&config, "root", "/srv/a,b", "DIR", error), "%s", error);
    cr_assert_eq(config.threads, 8);
    cr_assert_not(config.site.listing);
    cr_assert_str_eq(config.site.root, "/srv/a,b");
    cr_assert_str_eq(config_origin(&config, "threads", 0), "--threads");
    cr_assert_str_eq(config_origin(&config, "threads", 7), "--threads");
    cr_assert_null(config_origin(&config, "thread", 0));
}

Test(config, names_the_place_when_a_value_is_refused) {
    static const struct {
        const char *name, *option, *value, *error;
    } rows[] = {
        {"no number", "threads", "many", "--x: 'many' is not a number; expected auto or 1..1024"},
        {"empty number", "threads", "", "--x: '' is not a number; expected auto or 1..1024"},
        {"out of range", "queue", "0", "--x: '0' is out of range; expected 1..1048576"},
        {"empty path", "root", "", "--x: the value is empty; expected the path of a folder"},
        {"line end in a path", "root", "a\nb",
         "--x: 'a?b' holds a control character; expected the path of a folder"},
        {"address", "listen", "8080",
         "--x: '8080': a port alone does not say where to listen; write localhost:8080, or *:8080 for every address"},
        {"empty entry", "index", "a,,b",
         "--x: the name is empty; expected the name of a file, e.g. index.html"},
        {"empty list", "index", "", "--x: the name is empty; expected the name of a file, e.g. index.html"},
        {"second entry", "listen", "a:1,:", "--x: ':': the port is missing; write localhost:8080"},
        {"twice in one text", "listen", "a:1,a:1",
         "--x: listen: 'a:1' stands twice (also --x); remove one of them"},
        {"unknown option", "thread", "8", "--x: unknown option 'thread'; did you mean 'threads'?"},
        {"section", "cache", "x",
         "--x: cache is a section, not an option; it stands in the config file: cache \"/assets/*\" { max_age = 1h }"},
        {"unknown to all", "frobnicate", "8",
         "--x: unknown option 'frobnicate'; 'lido --check-config' prints all options"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert_not(config_set(&config, rows[i].option, rows[i].value, "--x", error), "%s: accepted",
                      rows[i].name);
        cr_assert_str_eq(error, rows[i].error, "%s: %s", rows[i].name, error);
    }
    expect_listen(0, "localhost:8080", "default");
    cr_assert_eq(config.queue, 1024);
}

Test(config, replaces_a_list_with_the_first_call_and_adds_with_the_next) {
    cr_assert(load("listen = { a:1, b:2 }\nindex = { c }\n"), "%s", error);
    cr_assert(config_set(&config, "listen", "d:4", "--bind", error), "%s", error);
    cr_assert_eq(config.listen.count, 1);
    cr_assert(config_set(&config, "listen", "e:5, [::1]", "-b", error), "%s", error);

    cr_assert_eq(config.listen.count, 3);
    expect_listen(0, "d:4", "--bind");
    expect_listen(1, "e:5", "-b");
    expect_listen(2, "[::1]:8080", "-b");
    cr_assert_eq(config.site.index.count, 1);
}

/* Each source gives threads its own number and listen its own address; every order of calls must end the
 * same. */
static bool apply(enum config_source source) {
    switch (source) {
    case CONFIG_FILE:
        return load("threads = 1\nlisten = { f:1, g:1 }\nqueue = 11\n");
    case CONFIG_ENVIRONMENT:
        return load_variable("LIDO_THREADS=2") && load_variable("LIDO_LISTEN=e:2") &&
               load_variable("LIDO_QUEUE=22");
    case CONFIG_COMMAND_LINE:
        return config_set(&config, "threads", "3", "--threads", error) &&
               config_set(&config, "listen", "c:3", "--bind", error);
    default:
        return false;
    }
}

Test(config, lets_no_source_override_a_higher_one_whatever_the_order) {
    static const enum config_source orders[][3] = {
        {CONFIG_FILE, CONFIG_ENVIRONMENT, CONFIG_COMMAND_LINE},
        {CONFIG_FILE, CONFIG_COMMAND_LINE, CONFIG_ENVIRONMENT},
        {CONFIG_ENVIRONMENT, CONFIG_FILE, CONFIG_COMMAND_LINE},
        {CONFIG_ENVIRONMENT, CONFIG_COMMAND_LINE, CONFIG_FILE},
        {CONFIG_COMMAND_LINE, CONFIG_FILE, CONFIG_ENVIRONMENT},
        {CONFIG_COMMAND_LINE, CONFIG_ENVIRONMENT, CONFIG_FILE},
    };
    for (size_t i = 0; i < sizeof orders / sizeof *orders; i++) {
        config_deinit(&config);
        cr_assert_eq(config_init(&config), 0);
        for (size_t j = 0; j < 3; j++) {
            cr_assert(apply(orders[i][j]), "order %zu: %s", i, error);
        }
        cr_assert_eq(config.threads, 3, "order %zu: %zu threads", i, config.threads);
        cr_assert_str_eq(config_origin(&config, "threads", 0), "--threads");
        cr_assert_eq(config.queue, 22, "order %zu", i);
        cr_assert_str_eq(config_origin(&config, "queue", 0), "LIDO_QUEUE");
        cr_assert_eq(config.listen.count, 1, "order %zu: %zu addresses", i, config.listen.count);
        expect_listen(0, "c:3", "--bind");
    }
}

Test(config, checks_a_value_that_a_higher_source_outranks) {
    cr_assert(config_set(&config, "threads", "3", "--threads", error), "%s", error);
    cr_assert_not(load("threads = many\n"));
    cr_assert_str_eq(error, "lido.conf:1: threads: 'many' is not a number; expected auto or 1..1024");
    cr_assert_eq(config.threads, 3);
}

Test(config, gives_every_tcp_address_the_port) {
    cr_assert(load("listen = { \"localhost:8080\",\n \"[::1]:81\",\n \"unix:/run/x\" }\n"), "%s", error);
    cr_assert(config_set_port(&config, "9000", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    expect_listen(0, "localhost:9000", "lido.conf:1, port from --port");
    expect_listen(1, "[::1]:9000", "lido.conf:2, port from --port");
    expect_listen(2, "unix:/run/x", "lido.conf:3");
    cr_assert(config_check(&config, error), "%s", error);
}

Test(config, gives_the_port_to_addresses_that_come_later) {
    cr_assert(config_set_port(&config, "http", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert(load("listen = { a:1 }\n"), "%s", error);
    cr_assert(config_set(&config, "listen", "b", "--bind", error), "%s", error);
    cr_assert(config_set(&config, "listen", "c:7", "--bind", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    expect_listen(0, "b:http", "--bind, port from --port");
    expect_listen(1, "c:http", "--bind, port from --port");
}

Test(config, lets_a_port_reach_no_address_of_a_higher_source) {
    cr_assert(config_set_port(&config, "9000", CONFIG_ENVIRONMENT, "PORT", error), "%s", error);
    cr_assert(config_set(&config, "listen", "b:1", "--bind", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    expect_listen(0, "b:1", "--bind");
}

Test(config, keeps_the_port_of_the_higher_source_in_either_order) {
    cr_assert(config_set_port(&config, "1", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert(config_set_port(&config, "2", CONFIG_ENVIRONMENT, "PORT", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    expect_listen(0, "localhost:1", "default, port from --port");
    start_again();
    cr_assert(config_set_port(&config, "2", CONFIG_ENVIRONMENT, "PORT", error), "%s", error);
    cr_assert(config_set_port(&config, "1", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert(config_set_port(&config, "3", CONFIG_COMMAND_LINE, "-p", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    expect_listen(0, "localhost:3", "default, port from -p");
}

Test(config, refuses_a_wrong_port) {
    static const char expected[] = "a port is a number 0..65535, auto, or the name of a service, e.g. http";
    static const char *const ports[] = {"65536", "-1", "80:90", "8080 ", "1.2:3"};
    char line[CONFIG_ERROR_BYTES];
    for (size_t i = 0; i < sizeof ports / sizeof *ports; i++) {
        cr_assert_not(config_set_port(&config, ports[i], CONFIG_COMMAND_LINE, "--port", error), "%s",
                      ports[i]);
        (void)snprintf(line, sizeof line, "--port: '%s': %s", ports[i], expected);
        cr_assert_str_eq(error, line);
    }
    cr_assert_not(config_set_port(&config, "", CONFIG_COMMAND_LINE, "--port", error));
    cr_assert_str_eq(error, "--port: '': the port is missing; write localhost:8080");
    expect_listen(0, "localhost:8080", "default");
    cr_assert(config_set_port(&config, "0", CONFIG_COMMAND_LINE, "--port", error), "any free port: %s",
              error);
}

Test(config, limits_the_entries_of_a_list_over_all_calls) {
    char address[32];
    for (int i = 0; i < 64; i++) {
        (void)snprintf(address, sizeof address, "a:%d", i + 1);
        cr_assert(config_set(&config, "listen", address, "--bind", error), "%s", error);
    }
    cr_assert_not(config_set(&config, "listen", "a:99", "--bind", error));
    cr_assert_str_eq(error, "--bind: the list is too long; expected at most 64 entries");
}

Test(config, counts_the_processors_it_may_use_for_auto) {
    cpu_set_t one;
    cr_assert_eq(config_thread_count(&config) % 2, 0);
    cr_assert_geq(config_thread_count(&config), 4);

    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
    cr_assert_eq(config_thread_count(&config), 4, "one processor, but at least 4");

    config.threads = 7;
    cr_assert_eq(config_thread_count(&config), 7);
}

/* On one processor. */
Test(config, keeps_the_number_of_threads_within_limits) {
    static const struct {
        size_t threads, threads_min, threads_max;
        size_t start, min, max;
    } rows[] = {
        {0, 0, 0, 4, 4, 64},
        {0, 2, 0, 4, 2, 64},
        {0, 10, 0, 10, 10, 64},
        {0, 100, 0, 100, 100, 100},
        {0, 0, 9, 4, 4, 9},
        {0, 0, 2, 2, 2, 2},
        {0, 1, 2, 2, 1, 2},
        {0, 5, 7, 5, 5, 7},
        {7, 0, 0, 7, 7, 7},
        {7, 9, 12, 7, 7, 7},
        {1024, 0, 0, 1024, 1024, 1024},
    };
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET((size_t)sched_getcpu(), &one);
    cr_assert_eq(sched_setaffinity(0, sizeof one, &one), 0);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        config.threads = rows[i].threads;
        config.threads_min = rows[i].threads_min;
        config.threads_max = rows[i].threads_max;
        struct config_thread_limits limits = config_thread_limits(&config);
        cr_expect_eq(config_thread_count(&config), rows[i].start, "row %zu", i);
        cr_expect_eq(limits.min, rows[i].min, "row %zu: %zu", i, limits.min);
        cr_expect_eq(limits.max, rows[i].max, "row %zu: %zu", i, limits.max);
    }
}
