/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"
#include "tests/unit/support/streams/lost_text.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(config_print, .init = config_test_begin, .fini = config_test_end, .timeout = 60);

static char *print(const struct config *printed) {
    char *text = NULL;
    cr_assert_eq(config_print(printed, &text), 0);
    return text;
}

Test(config_print, writes_the_defaults_aligned_and_in_order) {
    char *text = print(&config);
    cr_assert_str_eq(
        text, "listen                 = { \"localhost:8080\" }      # default\n"
              "root                   = \".\"                       # default\n"
              "index                  = { \"index.html\" }          # default\n"
              "listing                = on                        # default\n"
              "listing_page           = 5000                      # default\n"
              "folder_download        = on                        # default\n"
              "folder_entries         = 250000                    # default\n"
              "folder_memory          = 64M                       # default\n"
              "charset                = \"utf-8\"                   # default\n"
              "media_types            = \"/etc/mime.types\"         # default\n"
              "default_type           = \"sniff\"                   # default\n"
              "precompressed          = { \"br\", \"zstd\", \"gzip\" }  # default\n"
              "compress               = off                       # default\n"
              "compress_types         = { \"text/*\", \"application/javascript\", \"application/json\", "
              "\"application/ld+json\", \"application/manifest+json\", \"application/wasm\", "
              "\"application/xml\", \"application/xhtml+xml\", \"application/atom+xml\", "
              "\"application/rss+xml\", \"image/svg+xml\", \"font/ttf\", \"font/otf\" }  # default\n"
              "compress_min           = 1k                        # default\n"
              "compress_max           = 1M                        # default\n"
              "compress_cache         = 16M                       # default\n"
              "cors                   = off                       # default\n"
              "security_headers       = off                       # default\n"
              "cross_origin_isolation = off                       # default\n"
              "server_header          = off                       # default\n"
              "clean_urls             = off                       # default\n"
              "links                  = { \"inside\" }              # default\n"
              "dotfiles               = { \"hide\" }                # default\n"
              "base_path              = \"off\"                     # default\n"
              "fallback               = \"off\"                     # default\n"
              "threads                = auto                      # default\n"
              "threads_min            = auto                      # default\n"
              "threads_max            = auto                      # default\n"
              "threads_spare          = auto                      # default\n"
              "stuck_after            = 5s                        # default\n"
              "queue                  = 1024                      # default\n"
              "when_full              = wait                      # default\n"
              "max_connections        = auto                      # default\n"
              "max_connections_per_client = auto                  # default\n"
              "request_memory         = auto                      # default\n"
              "backlog                = 1024                      # default\n"
              "file_cache             = on                        # default\n"
              "file_cache_memory      = 32M                       # default\n"
              "file_cache_max_file    = 64k                       # default\n"
              "file_cache_descriptors = 512                       # default\n"
              "file_cache_check       = 0                         # default\n"
              "header_timeout         = 15s                       # default\n"
              "header_min_rate        = 500                       # default\n"
              "keepalive_timeout      = 15s                       # default\n"
              "send_timeout           = 30s                       # default\n"
              "min_send_rate          = 240                       # default\n"
              "linger_timeout         = 2s                        # default\n"
              "shutdown_timeout       = 10s                       # default\n"
              "max_request_line       = 8k                        # default\n"
              "max_head               = 16k                       # default\n"
              "max_fields             = 100                       # default\n"
              "max_body               = 64k                       # default\n"
              "pid_file               = \"off\"                     # default\n"
              "user                   = \"off\"                     # default\n"
              "group                  = \"off\"                     # default\n"
              "chroot                 = \"off\"                     # default\n"
              "sandbox                = on                        # default\n"
              "access_log             = \"-\"                       # default\n"
              "log_format             = \"common\"                  # default\n"
              "log_anonymize          = off                       # default\n"
              "log_hostnames          = off                       # default\n"
              "hostname_timeout       = 1s                        # default\n"
              "error_log              = \"-\"                       # default\n"
              "error_level            = notice                    # default\n"
              "error_rate             = 60                        # default\n"
              "server_timing          = off                       # default\n"
              "status                 = \"/.lido/\"                 # default\n"
              "status_log             = off                       # default\n"
              "admin                  = \"off\"                     # default\n");
    free(text);
}

static bool has_line(const char *text, const char *line) {
    const char *found = strstr(text, line);
    return found && (found == text || found[-1] == '\n') && found[strlen(line)] == '\n';
}

Test(config_print, tells_where_each_value_came_from) {
    folder_write_text(&folder, "lido.conf",
                      "queue = 7\nlisten = {\n \"a:1\",\n \"unix:/x\" }\nindex = {}\nlisting = no\n");
    char variable[] = "LIDO_THREADS=3";
    char *const variables[] = {variable, NULL};
    cr_assert(config_load_file(&config, "lido.conf", error), "%s", error);
    cr_assert(config_load_environment(&config, variables, error), "%s", error);
    cr_assert(config_set(&config, "root", "/srv", "--root", error), "%s", error);
    cr_assert(config_set_port(&config, "9", CONFIG_COMMAND_LINE, "--port", error), "%s", error);
    cr_assert(config_inherit(&config, error), "%s", error);

    char *text = print(&config);

    cr_assert(has_line(text, "queue                  = 7                         # lido.conf:1"), "%s", text);
    cr_assert(has_line(text, "threads                = 3                         # LIDO_THREADS"), "%s",
              text);
    cr_assert(has_line(text, "root                   = \"/srv\"                    # --root"), "%s", text);
    cr_assert(has_line(text, "index                  = {}                        # lido.conf:5"), "%s", text);
    cr_assert(has_line(text, "listing                = off                       # lido.conf:6"), "%s", text);
    cr_assert(has_line(text, "listen                 = {"), "%s", text);
    cr_assert(
        has_line(text,
                 "    \"a:9\",                                         # lido.conf:3, port from --port"),
        "%s", text);
    cr_assert(has_line(text, "    \"unix:/x\",                                     # lido.conf:4"), "%s",
              text);
    free(text);
}

static void expect_same_strings(const struct string_list *a, const struct string_list *b, const char *name) {
    cr_assert_eq(a->count, b->count, "%s: %zu and %zu", name, a->count, b->count);
    for (size_t i = 0; i < a->count; i++) {
        cr_assert_str_eq(a->items[i], b->items[i], "%s %zu", name, i);
    }
}

Test(config_print, can_be_loaded_again_to_the_same_settings) {
    static const struct {
        const char *name, *value;
    } settings[] = {
        {"listen", "a:1,[::1]:2,*:3,unix:/run/a #\"\\${B}.sock"},
        {"root", " /srv/\"a\\b\" ${HOME} $x 'c' # { } = , * + ( ) ; // /* \xc3\xa9 \xff"},
        {"index", "it's,\"b\",\\c,#d,${e},f g"},
        {"listing", "no"},
        {"charset", "off"},
        {"media_types", "off"},
        {"default_type", "Text/Plain"},
        {"precompressed", "gzip,br"},
        {"compress", "on"},
        {"compress_types", "text/*,image/svg+xml"},
        {"compress_min", "0"},
        {"compress_max", "64M"},
        {"compress_cache", "64k"},
        {"cors", "https://a.example,http://localhost:3000"},
        {"security_headers", "yes"},
        {"cross_origin_isolation", "true"},
        {"clean_urls", "on"},
        {"links", "/srv/media,/a b"},
        {"dotfiles", "SERVE,/repo/.git/*,!*/p\"/*"},
        {"base_path", "/a%20b/$c;d"},
        {"fallback", "/a \"b\\c${d}.html"},
        {"threads", "1024"},
        {"threads_min", "2"},
        {"threads_max", "77"},
        {"threads_spare", "7"},
        {"stuck_after", "0"},
        {"queue", "1048576"},
        {"when_full", "reject"},
        {"max_connections", "1"},
        {"backlog", "65535"},
        {"file_cache", "no"},
        {"file_cache_memory", "1G"},
        {"file_cache_max_file", "1000"},
        {"file_cache_descriptors", "0"},
        {"file_cache_check", "1500ms"},
        {"header_timeout", "1ms"},
        {"keepalive_timeout", "1h"},
        {"send_timeout", "90s"},
        {"linger_timeout", "1500ms"},
        {"shutdown_timeout", "0"},
        {"max_request_line", "65"},
        {"max_head", "1M"},
        {"max_fields", "1000"},
        {"max_body", "0"},
        {"access_log", "no\\more"},
        {"log_format", "json"},
        {"server_timing", "on"},
        {"status", "/a \"b\"/c"},
        {"status_log", "on"},
        {"pid_file", "/run/lido.pid"},
        {"admin", "[::1]:81"},
    };
    struct config again;
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        cr_assert(config_set(&config, settings[i].name, settings[i].value, "test", error), "%s", error);
    }
    char *text = print(&config);
    folder_write_text(&folder, "printed.conf", text);
    cr_assert_eq(config_init(&again), 0);
    cr_assert(config_load_file(&again, "printed.conf", error), "%s in\n%s", error, text);

    expect_same_strings(&config.listen, &again.listen, "listen");
    expect_same_strings(&config.site.index, &again.site.index, "index");
    cr_assert_str_eq(config.site.root, again.site.root);
    cr_assert_str_eq(config.site.charset, again.site.charset);
    cr_assert_str_eq(config.site.media_types, again.site.media_types);
    expect_same_strings(&config.site.precompressed, &again.site.precompressed, "precompressed");
    expect_same_strings(&config.site.compress_types, &again.site.compress_types, "compress_types");
    expect_same_strings(&config.site.cors, &again.site.cors, "cors");
    cr_assert_str_eq(config.site.default_type, again.site.default_type);
    expect_same_strings(&config.site.links, &again.site.links, "links");
    expect_same_strings(&config.site.dotfiles, &again.site.dotfiles, "dotfiles");
    cr_assert_str_eq(config.site.base_path, again.site.base_path);
    cr_assert_str_eq(config.site.fallback, again.site.fallback);
    cr_assert(again.site.compress && again.site.security_headers && again.site.cross_origin_isolation &&
              again.site.clean_urls);
    cr_assert_eq(again.site.compress_min_bytes, 0);
    cr_assert_eq(again.site.compress_max_bytes, 67108864);
    cr_assert_eq(again.compress_cache_bytes, 65536);
    cr_assert_str_eq(config.access_log, again.access_log);
    cr_assert_eq(config.site.listing, again.site.listing);
    cr_assert_str_eq(config.status, again.status);
    cr_assert_str_eq(config.admin, again.admin);
    cr_assert(again.status_log);
    cr_assert_eq(config.threads, again.threads);
    cr_assert_eq(config.threads_min, again.threads_min);
    cr_assert_eq(config.threads_max, again.threads_max);
    cr_assert_eq(config.threads_spare, again.threads_spare);
    cr_assert_eq(config.stuck_after_ms, again.stuck_after_ms);
    cr_assert_eq(config.queue, again.queue);
    cr_assert_eq(config.when_full, again.when_full);
    cr_assert_eq(config.max_connections, again.max_connections);
    cr_assert_eq(config.backlog, again.backlog);
    cr_assert_not(again.file_cache);
    cr_assert_eq(again.file_cache_memory_bytes, 1073741824);
    cr_assert_eq(again.file_cache_max_file_bytes, 1000);
    cr_assert_eq(again.file_cache_descriptors, 0);
    cr_assert_eq(again.file_cache_check_ms, 1500);
    cr_assert_eq(config.header_timeout_ms, again.header_timeout_ms);
    cr_assert_eq(config.keepalive_timeout_ms, again.keepalive_timeout_ms);
    cr_assert_eq(config.send_timeout_ms, again.send_timeout_ms);
    cr_assert_eq(config.linger_timeout_ms, again.linger_timeout_ms);
    cr_assert_eq(config.shutdown_timeout_ms, again.shutdown_timeout_ms);
    cr_assert_eq(config.max_request_line_bytes, again.max_request_line_bytes);
    cr_assert_eq(config.max_head_bytes, again.max_head_bytes);
    cr_assert_eq(config.max_fields, again.max_fields);
    cr_assert_eq(config.max_body_bytes, again.max_body_bytes);
    cr_assert_str_eq(config.log_format, again.log_format);
    cr_assert_eq(config.server_timing, again.server_timing);
    cr_assert_str_eq(config.pid_file, again.pid_file);
    config_deinit(&again);
    free(text);
}

Test(config_print, survives_a_file_name_that_would_end_its_comment) {
    folder_write_text(&folder, "a\nthreads = 9\n.conf", "queue = 5\n");
    cr_assert(config_load_file(&config, "a\nthreads = 9\n.conf", error), "%s", error);
    cr_assert_str_eq(config_origin(&config, "queue", 0), "a?threads = 9?.conf:1");
    char *text = print(&config);
    folder_write_text(&folder, "printed.conf", text);
    cr_assert(config_load_file(&config, "printed.conf", error), "%s", error);
    cr_assert_eq(config.threads, 0);
    free(text);
}

Test(config_print, says_when_memory_ran_out_at_its_end) {
    char *text = NULL;
    lost_text_begin(true);
    cr_expect_eq(config_print(&config, &text), -ENOMEM);
    cr_expect_null(text);
}
