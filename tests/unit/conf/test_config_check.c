/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(config_check, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

Test(config_check, finds_addresses_that_collide_once_all_is_known) {
    cr_assert(load("listen = { \"localhost:1\",\n \"localhost:2\" }\n"), "%s", error);
    cr_assert(config_check(&config, error), "%s", error);
    cr_assert(config_set_port(&config, "9", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    cr_assert_not(config_check(&config, error));
    cr_assert_str_eq(
        error, "lido.conf:2, port from --port: listen: 'localhost:9' stands twice (also lido.conf:1, port "
               "from --port); remove one of them");

    start_again();
    cr_assert(load("listen = { \"localhost:1\",\n \"localhost:2\" }\n"), "%s", error);
    cr_assert(config_set_port(&config, "0", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    cr_assert(config_check(&config, error), "port 0 is a new one each time: %s", error);

    start_again();
    cr_assert(config_set(&config, "listen", "*:1", "--bind", error), "%s", error);
    cr_assert(config_set(&config, "listen", "a:2", "--bind", error), "%s", error);
    cr_assert(config_set_port(&config, "9", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);
    cr_assert_not(config_check(&config, error));
    cr_assert_str_eq(
        error, "--bind, port from --port: listen: 'a:9' and '*:9' (--bind, port from --port) overlap: '*' "
               "is every address; remove one of them");
}

Test(config_check, refuses_a_port_that_no_address_takes) {
    cr_assert(load("listen = \"unix:/run/x\"\n"), "%s", error);
    cr_assert(config_set_port(&config, "9", CONFIG_ENVIRONMENT, "PORT", error), "%s", error);
    cr_assert(config_check(&config, error), "PORT often stands there unasked: %s", error);
    cr_assert(config_set_port(&config, "9", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert_not(config_check(&config, error));
    cr_assert_str_eq(
        error, "--port: no address takes this port: listen has only 'unix:/run/x' (lido.conf:1); add one "
               "such as localhost:8080");
}

Test(config_check, wants_room_for_the_request_line_in_the_head) {
    static const struct {
        const char *name, *file, *head, *error;
    } rows[] = {
        {"line alone", "\nmax_request_line = 32k\n", NULL,
         "lido.conf:2: max_request_line (32k, lido.conf:2) does not fit into max_head (16k, default); raise one or "
         "lower the other"},
        {"head alone", "max_head = 4k\n", NULL,
         "lido.conf:1: max_request_line (8k, default) does not fit into max_head (4k, lido.conf:1); raise one or "
         "lower the other"},
        {"both", "max_request_line = 2k\nmax_head = 1k\n", NULL,
         "lido.conf:2: max_request_line (2k, lido.conf:1) does not fit into max_head (1k, lido.conf:2); raise one or "
         "lower the other"},
        {"head from the command line", "max_request_line = 2k\n", "1k",
         "--head: max_request_line (2k, lido.conf:1) does not fit into max_head (1k, --head); raise one or lower the "
         "other"},
        {"as much", "max_request_line = 2k\nmax_head = 2k\n", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start_again();
        cr_assert(load(rows[i].file), "%s: %s", rows[i].name, error);
        cr_assert(!rows[i].head || config_set(&config, "max_head", rows[i].head, "--head", error), "%s",
                  error);
        cr_assert_eq(config_check(&config, error), rows[i].error == NULL, "%s", rows[i].name);
        cr_assert(!rows[i].error || strcmp(error, rows[i].error) == 0, "%s: %s", rows[i].name, error);
    }
}

Test(config_check, wants_room_for_many_files_in_the_file_cache) {
    static const struct {
        const char *name, *file, *memory, *error;
    } rows[] = {
        {"file alone", "\nfile_cache_max_file = 2M\n", NULL,
         "lido.conf:2: file_cache_max_file (2M, lido.conf:2) is above 1/32 of file_cache_memory (32M, default); lower "
         "the one to 1M or raise the other to 64M"},
        {"memory alone", "file_cache_memory = 1M\n", NULL,
         "lido.conf:1: file_cache_max_file (64k, default) is above 1/32 of file_cache_memory (1M, lido.conf:1); lower "
         "the one to 32k or raise the other to 2M"},
        {"both", "file_cache_memory = 2M\nfile_cache_max_file = 65537\n", NULL,
         "lido.conf:2: file_cache_max_file (65537, lido.conf:2) is above 1/32 of file_cache_memory (2M, lido.conf:1); "
         "lower the one to 64k or raise the other to 2097184"},
        {"memory from the command line", "file_cache_max_file = 1M\n", "33554431",
         "--memory: file_cache_max_file (1M, lido.conf:1) is above 1/32 of file_cache_memory (33554431, --memory); "
         "lower the one to 1048575 or raise the other to 32M"},
        {"the largest that is allowed", "file_cache_max_file = 2G\n", NULL,
         "lido.conf:1: file_cache_max_file (2G, lido.conf:1) is above 1/32 of file_cache_memory (32M, default); lower "
         "the one to 1M or raise the other to 64G"},
        {"though switched off", "file_cache = off\nfile_cache_max_file = 2M\n", NULL,
         "lido.conf:2: file_cache_max_file (2M, lido.conf:2) is above 1/32 of file_cache_memory (32M, default); lower "
         "the one to 1M or raise the other to 64M"},
        {"just right", "file_cache_max_file = 1M\n", NULL, NULL},
        {"the least of both", "file_cache_max_file = 0\nfile_cache_memory = 1M\n", NULL, NULL},
        {"the most of both", "file_cache_max_file = 2G\nfile_cache_memory = 64G\n", NULL, NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        start_again();
        cr_assert(load(rows[i].file), "%s: %s", rows[i].name, error);
        cr_assert(!rows[i].memory ||
                      config_set(&config, "file_cache_memory", rows[i].memory, "--memory", error),
                  "%s", error);
        cr_assert_eq(config_check(&config, error), rows[i].error == NULL, "%s", rows[i].name);
        cr_assert(!rows[i].error || strcmp(error, rows[i].error) == 0, "%s: %s", rows[i].name, error);
    }
}

Test(config_check, wants_no_name_of_a_client_whose_address_is_cut) {
    cr_assert(load("log_hostnames = on\nlog_anonymize = on\n"), "%s", error);
    cr_expect_not(config_check(&config, error));
    cr_expect_str_eq(
        error,
        "lido.conf:2: log_hostnames (on, lido.conf:1) and log_anonymize (on, lido.conf:2) exclude each "
        "other; turn one of them off");
}

Test(config_check, refuses_a_least_number_of_threads_above_the_most) {
    cr_assert(load("threads_min = 9\nthreads_max = 8\n"), "%s", error);
    cr_assert_not(config_check(&config, error));
    cr_assert_str_eq(
        error,
        "lido.conf:2: threads_min (9, lido.conf:1) is above threads_max (8, lido.conf:2); raise one or "
        "lower the other");
    start_again();
    cr_assert(load("threads_min = 9\n"), "%s", error);
    cr_assert(config_check(&config, error), "auto is what fits: %s", error);
}

Test(config_check, wants_pages_where_they_have_an_address_of_their_own) {
    cr_assert(load("status = off\nadmin = \"127.0.0.1:8081\"\n"), "%s", error);
    cr_expect_not(config_check(&config, error));
    cr_expect_str_eq(
        error,
        "lido.conf:1: admin (\"127.0.0.1:8081\", lido.conf:2) would have the pages that status (\"off\", lido.conf:1) "
        "takes away; leave one of them out");
    start_again();
    cr_assert(load("status = off\n"), "%s", error);
    cr_expect(config_check(&config, error), "%s", error);
    start_again();
    cr_assert(load("admin = \"127.0.0.1:8081\"\n"), "%s", error);
    cr_expect(config_check(&config, error), "%s", error);
}
