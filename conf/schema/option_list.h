/* SPDX-License-Identifier: MIT */
/*
 * The one list of all options outside of sections, which makes their enum and their table. File, environment,
 * command line, hosts, printing and suggestions are all driven by it; an option is added here, in settings.h
 * and in lido.conf.
 *
 * Constant data, in the terms of option_table.c. Private to conf/schema/.
 */
#ifndef LIDO_CONF_SCHEMA_OPTION_LIST_H
#define LIDO_CONF_SCHEMA_OPTION_LIST_H

/* What an option may have besides: a range, .words, an .example, or what a complaint says is .expected. */
#define RANGE(least, most) .minimum = (least), .maximum = (most)
#define NONE .example = NULL

/* X(id, name in the config file, kind, field, default, what other servers call it, what it has besides) */
#define OPTION_LIST(X)                                                                                       \
    X(LISTEN, "listen", ADDRESSES, SERVER(listen), "localhost:8080", "port bind address interface", NONE)    \
    X(ROOT, "root", PATH, SITE(root), ".", "dir directory document_root documentroot folder",                \
      .expected = "the path of a folder")                                                                    \
    X(INDEX, "index", FILE_NAMES, SITE(index), "index.html", "directory_index directoryindex index_file",    \
      NONE)                                                                                                  \
    X(LISTING, "listing", BOOLEAN, SITE(listing), "on", "autoindex browse dir_listing", NONE)                \
    X(LISTING_PAGE, "listing_page", NUMBER, SITE(listing_page), "5000", "page_size listing_limit limit",     \
      RANGE(1, 100000))                                                                                      \
    X(FOLDER_DOWNLOAD, "folder_download", BOOLEAN, SITE(folder_download), "on",                              \
      "download tar archive enable_tar zip", NONE)                                                           \
    X(FOLDER_ENTRIES, "folder_entries", NUMBER, SITE(folder_entries), "250000", "archive_limit sort_limit",  \
      RANGE(1, 1000000000))                                                                                  \
    X(FOLDER_MEMORY, "folder_memory", SIZE, SERVER(folder_memory_bytes), "64M", NULL,                        \
      RANGE(MIB, UINT64_C(64) * GIB))                                                                        \
    X(CHARSET, "charset", CHARSET_NAME, SITE(charset), "utf-8", "encoding default_charset",                  \
      .expected = "a name such as utf-8, or off")                                                            \
    X(MEDIA_TYPES, "media_types", PATH_OR_OFF, SITE(media_types), "/etc/mime.types", "mime_types mime",      \
      .expected = "off or the path of a mime.types file")                                                    \
    X(DEFAULT_TYPE, "default_type", MEDIA_TYPE, SITE(default_type), "sniff",                                 \
      "default_media_type default_mime_type defaulttype",                                                    \
      .expected = "sniff, off or a media type such as application/octet-stream")                             \
    X(PRECOMPRESSED, "precompressed", CODINGS, SITE(precompressed), "br,zstd,gzip",                          \
      "gzip_static brotli_static zstd_static", .example = "{ \"br\", \"zstd\", \"gzip\" }",                  \
      .words = coding_words)                                                                                 \
    X(COMPRESS, "compress", BOOLEAN, SITE(compress), "off", "gzip deflate encode compression", NONE)         \
    X(COMPRESS_TYPES, "compress_types", MEDIA_PATTERNS, SITE(compress_types),                                \
      "text/*,application/javascript,application/json,application/ld+json,"                                  \
      "application/manifest+json,application/wasm,application/xml,"                                          \
      "application/xhtml+xml,application/atom+xml,application/rss+xml,"                                      \
      "image/svg+xml,font/ttf,font/otf",                                                                     \
      "gzip_types", .example = "{ \"text/*\" }")                                                             \
    X(COMPRESS_MIN, "compress_min", SIZE, SITE(compress_min_bytes), "1k", "gzip_min_length", RANGE(0, MIB))  \
    X(COMPRESS_MAX, "compress_max", SIZE, SITE(compress_max_bytes), "1M", NULL,                              \
      RANGE(KIB, UINT64_C(64) * MIB))                                                                        \
    X(COMPRESS_CACHE, "compress_cache", SIZE, SERVER(compress_cache_bytes), "16M", NULL,                     \
      RANGE(UINT64_C(64) * KIB, GIB))                                                                        \
    X(CORS, "cors", ORIGINS, SITE(cors), "off", "allow_origin access_control_allow_origin", NONE)            \
    X(SECURITY_HEADERS, "security_headers", BOOLEAN, SITE(security_headers), "off", NULL, NONE)              \
    X(CROSS_ORIGIN_ISOLATION, "cross_origin_isolation", BOOLEAN, SITE(cross_origin_isolation), "off",        \
      "coop coep", NONE)                                                                                     \
    X(SERVER_HEADER, "server_header", BOOLEAN, SITE(server_header), "off",                                   \
      "server_tokens server_signature servertokens", NONE)                                                   \
    X(CLEAN_URLS, "clean_urls", BOOLEAN, SITE(clean_urls), "off", "multiviews pretty_urls", NONE)            \
    X(LINKS, "links", FOLDERS, SITE(links), "inside",                                                        \
      "symlinks follow_symlinks followsymlinks disable_symlinks", .example = "{ \"/srv/media\" }")           \
    X(DOTFILES, "dotfiles", SHOWN_PATHS, SITE(dotfiles), "hide",                                             \
      "dot_files hidden hidden_files dotfile show_hidden", .example = "{ \"/.config/*\" }")                  \
    X(BASE_PATH, "base_path", PREFIX, SITE(base_path), "off",                                                \
      "prefix path_prefix root_path baseurl base_url url_prefix",                                            \
      .expected = "the path that a proxy takes off, such as /prefix, or off")                                \
    X(FALLBACK, "fallback", URL_PATH, SITE(fallback), "off",                                                 \
      "try_files spa fallback_resource fallbackresource single",                                             \
      .expected = "a path such as /index.html, or off")                                                      \
    X(THREADS, "threads", AUTO_NUMBER, SERVER(threads), "auto",                                              \
      "workers worker_processes worker_threads thread_count pool", RANGE(1, 1024))                           \
    X(THREADS_MIN, "threads_min", AUTO_NUMBER, SERVER(threads_min), "auto", "min_threads threads_least",     \
      RANGE(1, 1024))                                                                                        \
    X(THREADS_MAX, "threads_max", AUTO_NUMBER, SERVER(threads_max), "auto", "max_threads max_workers",       \
      RANGE(1, 1024))                                                                                        \
    X(THREADS_SPARE, "threads_spare", AUTO_NUMBER, SERVER(threads_spare), "auto", "spare_threads spares",    \
      RANGE(1, 1024))                                                                                        \
    X(STUCK_AFTER, "stuck_after", DURATION, SERVER(stuck_after_ms), "5s", "stuck_thread_max_time watchdog",  \
      RANGE(0, HOUR_MS))                                                                                     \
    X(QUEUE, "queue", NUMBER, SERVER(queue), "1024", "queue_size queue_length", RANGE(1, MIB))               \
    X(WHEN_FULL, "when_full", WORD, SERVER(when_full), "wait", NULL, .words = when_full_words)               \
    X(MAX_CONNECTIONS, "max_connections", AUTO_NUMBER, SERVER(max_connections), "auto",                      \
      "worker_connections connections max_clients", RANGE(1, MIB))                                           \
    X(MAX_CONNECTIONS_PER_CLIENT, "max_connections_per_client", AUTO_NUMBER,                                 \
      SERVER(max_connections_per_client), "auto", "limit_conn per_ip max_per_ip", RANGE(1, MIB))             \
    X(REQUEST_MEMORY, "request_memory", AUTO_SIZE, SERVER(request_memory_bytes), "auto", NULL,               \
      RANGE(UINT64_C(64) * KIB, UINT64_C(64) * GIB))                                                         \
    X(BACKLOG, "backlog", SMALL_NUMBER, SERVER(backlog), "1024", "listen_backlog", RANGE(1, 65535))          \
    X(FILE_CACHE, "file_cache", BOOLEAN, SERVER(file_cache), "on", "open_file_cache cacheenable", NONE)      \
    X(FILE_CACHE_MEMORY, "file_cache_memory", SIZE, SERVER(file_cache_memory_bytes), "32M",                  \
      "file_cache_size cache_size", RANGE(MIB, FILE_CACHE_MEMORY_MAX))                                       \
    X(FILE_CACHE_MAX_FILE, "file_cache_max_file", SIZE, SERVER(file_cache_max_file_bytes), "64k", NULL,      \
      RANGE(0, FILE_CACHE_MEMORY_MAX / FILE_CACHE_FILES_MIN))                                                \
    X(FILE_CACHE_DESCRIPTORS, "file_cache_descriptors", NUMBER, SERVER(file_cache_descriptors), "512", NULL, \
      RANGE(0, 65536))                                                                                       \
    X(FILE_CACHE_CHECK, "file_cache_check", DURATION, SERVER(file_cache_check_ms), "0s",                     \
      "open_file_cache_valid cache_check", RANGE(0, HOUR_MS))                                                \
    X(HEADER_TIMEOUT, "header_timeout", DURATION, SERVER(header_timeout_ms), "15s",                          \
      "client_header_timeout request_timeout read_timeout timeout", RANGE(1, HOUR_MS))                       \
    X(HEADER_MIN_RATE, "header_min_rate", SIZE, SERVER(header_min_rate_bytes), "500",                        \
      "requestreadtimeout minrate", RANGE(0, GIB))                                                           \
    X(KEEPALIVE_TIMEOUT, "keepalive_timeout", DURATION, SERVER(keepalive_timeout_ms), "15s", "idle_timeout", \
      RANGE(1, HOUR_MS))                                                                                     \
    X(SEND_TIMEOUT, "send_timeout", DURATION, SERVER(send_timeout_ms), "30s", "write_timeout",               \
      RANGE(1, HOUR_MS))                                                                                     \
    X(MIN_SEND_RATE, "min_send_rate", SIZE, SERVER(min_send_rate_bytes), "240",                              \
      "send_min_rate minbytespersecond min_rate", RANGE(0, GIB))                                             \
    X(LINGER_TIMEOUT, "linger_timeout", DURATION, SERVER(linger_timeout_ms), "2s", "lingering_timeout",      \
      RANGE(1, HOUR_MS))                                                                                     \
    X(SHUTDOWN_TIMEOUT, "shutdown_timeout", DURATION, SERVER(shutdown_timeout_ms), "10s",                    \
      "stop_timeout grace_period", RANGE(0, HOUR_MS))                                                        \
    X(MAX_REQUEST_LINE, "max_request_line", SIZE, SERVER(max_request_line_bytes), "8k", "max_url max_uri",   \
      RANGE(64, MIB))                                                                                        \
    X(MAX_HEAD, "max_head", SIZE, SERVER(max_head_bytes), "16k", "max_header max_header_size max_headers",   \
      RANGE(256, MIB))                                                                                       \
    X(MAX_FIELDS, "max_fields", NUMBER, SERVER(max_fields), "100", "max_header_fields", RANGE(1, 1000))      \
    X(MAX_BODY, "max_body", SIZE, SERVER(max_body_bytes), "64k", "client_max_body_size max_body_size",       \
      RANGE(0, GIB))                                                                                         \
    X(PID_FILE, "pid_file", PATH_OR_OFF, SERVER(pid_file), "off", "pidfile pid",                             \
      .expected = "off or the path of a file", .needs_restart = true)                                        \
    X(USER, "user", PATH_OR_OFF, SERVER(user), "off", "run_as uid setuid username",                          \
      .expected = "off or the name or number of a user", .needs_restart = true)                              \
    X(GROUP, "group", PATH_OR_OFF, SERVER(group), "off", "gid setgid groupname",                             \
      .expected = "off or the name or number of a group", .needs_restart = true)                             \
    X(CHROOT, "chroot", PATH_OR_OFF, SERVER(chroot), "off", "chroot_dir chrootdir jail",                     \
      .expected = "off or the path of a folder", .needs_restart = true)                                      \
    X(SANDBOX, "sandbox", WORD, SERVER(sandbox), "on", "seccomp landlock confine", .words = sandbox_words,   \
      .needs_restart = true)                                                                                 \
    X(ACCESS_LOG, "access_log", LOG, SERVER(access_log), "-", "log logfile log_file",                        \
      .expected = "-, off, syslog:, journal:, or the path of a file")                                        \
    X(LOG_FORMAT, "log_format", FORMAT, SERVER(log_format), "common", "format", NONE)                        \
    X(LOG_ANONYMIZE, "log_anonymize", BOOLEAN, SERVER(log_anonymize), "off", "anonymize anonymise", NONE)    \
    X(LOG_HOSTNAMES, "log_hostnames", BOOLEAN, SERVER(log_hostnames), "off",                                 \
      "hostnamelookups hostname_lookups dns names", NONE)                                                    \
    X(HOSTNAME_TIMEOUT, "hostname_timeout", DURATION, SERVER(hostname_timeout_ms), "1s",                     \
      "resolver_timeout dns_timeout", RANGE(1, 60000))                                                       \
    X(ERROR_LOG, "error_log", LOG, SERVER(error_log), "-", "errorlog log_error",                             \
      .expected = "-, off, syslog:, journal:, or the path of a file")                                        \
    X(ERROR_LEVEL, "error_level", WORD, SERVER(error_level), "notice", "log_level loglevel level",           \
      .words = error_level_words)                                                                            \
    X(ERROR_RATE, "error_rate", NUMBER, SERVER(error_rate), "60", NULL, RANGE(1, 10000))                     \
    X(SERVER_TIMING, "server_timing", BOOLEAN, SERVER(server_timing), "off", "timing", NONE)                 \
    X(STATUS, "status", OWN_FOLDER, SERVER(status), "/.lido/",                                               \
      "stub_status server_status status_url metrics health",                                                 \
      .expected = "a path that ends with a slash, such as /.lido/, or off")                                  \
    X(STATUS_LOG, "status_log", BOOLEAN, SERVER(status_log), "off", NULL, NONE)                              \
    X(ADMIN, "admin", ADDRESS_OR_OFF, SERVER(admin), "off", "admin_listen admin_address stats",              \
      .expected = "an address such as 127.0.0.1:8081, or off")

#endif
