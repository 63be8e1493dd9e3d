/* SPDX-License-Identifier: MIT */
/*
 * The settings as plain data: what every part of the program may read, and how large a complaint is.
 *
 * No functions: config.h fills, checks and frees a struct config. Strings and lists belong to the struct that
 * they stand in. What config_init() and the sources put in is in its range (see option_table.h).
 */
#ifndef LIDO_CONF_SETTINGS_H
#define LIDO_CONF_SETTINGS_H

#include "http/base/string_list.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    CONFIG_ERROR_BYTES = 512,
    CONFIG_FILES_MAX = 1000,       /* that one file may include, with what those include */
    CONFIG_MISTAKES_MAX = 20,      /* that are told of all that are found */
    CONFIG_HEADER_FIELDS_MAX = 64, /* that all header sections of a host together may name */
};

enum config_source { CONFIG_DEFAULT, CONFIG_FILE, CONFIG_ENVIRONMENT, CONFIG_COMMAND_LINE };

enum when_full { WHEN_FULL_WAIT, WHEN_FULL_REJECT };

enum sandbox_wish {
    SANDBOX_OFF,
    SANDBOX_ON,     /* as much of it as can be had */
    SANDBOX_STRICT, /* all of it, or no start */
};

/* What the error log tells: lines of its own level and of those before it. */
enum error_level { ERROR_LEVEL_ERROR, ERROR_LEVEL_WARNING, ERROR_LEVEL_NOTICE, ERROR_LEVEL_INFO };

/* ---- sections, see the man page ------------------------------------------------------------------------ */

enum config_section_kind {
    SECTION_CACHE,
    SECTION_HEADER,
    SECTION_REDIRECT,
    SECTION_ERROR_PAGE, /* error_page 404 = "/404.html": no braces */
    SECTION_TYPES,      /* holds names of the owner's choice */
    SECTION_ACCESS_LOG, /* of the server: never in a host */
    SECTION_HOST,       /* holds options of a site, and all other sections */
    SECTION_COUNT
};

struct config_cache {
    bool has_max_age;
    int64_t max_age_ms;
    int64_t stale_while_revalidate_ms; /* 0: not said */
    bool immutable;
    bool is_private;
    bool no_store;
    bool must_revalidate;
};

struct config_header {
    struct string_list add;    /* "Name: value", checked */
    struct string_list remove; /* names */
    bool errors;               /* for error answers, too */
};

struct config_redirect {
    char *to;   /* "/new/$1", "https://example.org/$1" */
    int status; /* 301, 302, 303, 307 or 308 */
};

struct config_error_page {
    int status; /* 400..599 */
    char *path; /* from the root, with its first slash */
};

/* One more log. Without statuses or paths it is for all of them. */
struct config_log {
    struct string_list statuses; /* "4xx 5xx" */
    struct string_list paths;    /* patterns */
    char *format;                /* NULL: that of the first log */
};

/* One section, or one line of types. */
struct config_rule {
    enum config_section_kind kind; /* any but SECTION_HOST */
    bool is_inherited;             /* of a host, from outside of it, where what the rule points to belongs */
    char *
        title; /* as in the file: a pattern of paths or media types, a status, an extension without its dot, a destination */
    char *where; /* "lido.conf:12" */
    union {
        struct config_cache cache;
        struct config_header header;
        struct config_redirect redirect;
        struct config_error_page error_page;
        struct config_log log;
        char *media_type; /* of SECTION_TYPES */
    };
};

/* What one host is served with. Of caches and headers later rules win, of the others the first one does. */
struct config_site {
    char *root;               /* path of the folder that is served */
    struct string_list index; /* file names, tried in order; may be empty */
    bool listing;             /* list folders that have no index file */
    size_t listing_page;      /* rows of a page, as browsers get it */
    bool folder_download;     /* a folder that is listed can be had as an archive */
    size_t folder_entries;    /* so many may be looked at for one archive, or one order by size or time */
    char *charset;            /* parameter added to text media types; "off" for none */
    char *media_types;        /* path of a mime.types file; "off" for the built-in table alone */
    char *default_type;       /* of a file whose type is not known; "off" for none */
    /* "br", "zstd", "gzip": siblings looked for, in this order; may be empty. */
    struct string_list precompressed;
    bool compress;                     /* with gzip, on the fly */
    struct string_list compress_types; /* media types, with stars: "text/" and a star */
    size_t compress_min_bytes;         /* smaller files are sent as they are */
    size_t compress_max_bytes;         /* larger ones, too */
    struct string_list cors; /* origins such as "https://example.org"; "*" alone: all (on); empty: off */
    bool security_headers;
    bool cross_origin_isolation;
    bool server_header; /* tell the version of the program */
    bool clean_urls;
    struct string_list links;    /* "inside", absolute paths of folders that links may lead to */
    struct string_list dotfiles; /* "hide", "serve", patterns, '!' before those that are hidden */
    char *base_path;             /* "/prefix", which a proxy takes off; "off" for none */
    char *fallback;              /* path from the root, with its first slash; "off" for none */

    struct config_rule *rules; /* those of one kind in the order of the file */
    size_t rule_count;
};

struct config_host {
    struct string_list names; /* "example.org", "*.example.org"; lower case */
    char *where;
    /* Complete after config_inherit(): what is not set in the section comes from above. */
    struct config_site site;

    struct config_origin *origins; /* where each of its own values came from; private to conf/ */
};

/* What is wrong, in the order in which it was found. */
struct config_mistakes {
    struct string_list lines; /* the first CONFIG_MISTAKES_MAX */
    size_t count;
};

struct config {
    struct string_list listen; /* at least one, each a listen address with its port: listen_address.h */
    struct config_site site;   /* what stands outside of host sections; of the host that no section names */
    struct config_host *hosts;
    size_t host_count;
    size_t compress_cache_bytes; /* for all hosts together */
    size_t folder_memory_bytes;  /* for all listings and archives that are being made or sent */

    bool is_anew; /* read while the program serves: no file may keep it waiting for who writes to it */

    struct string_list files;        /* all that were read, the one that includes the others first */
    struct config_mistakes mistakes; /* of all sources */
    struct string_list warnings;     /* a line each of what is odd and harmless, for the owner to see */

    size_t threads;     /* 0: auto, see config_thread_count() */
    size_t threads_min; /* 0: auto, see config_thread_limits(), as the next one */
    size_t threads_max;
    size_t threads_spare;   /* 0: auto, see config_spare_count() */
    int64_t stuck_after_ms; /* 0: never */
    size_t queue;           /* connections that may wait for a worker */
    enum when_full when_full;
    size_t max_connections; /* 0: auto, from RLIMIT_NOFILE and memory */
    size_t
        max_connections_per_client; /* 0: auto, a share of max_connections for each address that is not local */
    size_t
        request_memory_bytes; /* for requests and answers whose clients are waited for; 0: auto, from memory */
    int backlog;              /* of listen(2) */

    bool file_cache;                  /* for all hosts together; so is what follows */
    size_t file_cache_memory_bytes;   /* for contents and ready-made heads */
    size_t file_cache_max_file_bytes; /* up to this size contents are kept; of larger files, descriptors */
    size_t file_cache_descriptors;    /* how many of these; 0: none */
    int64_t file_cache_check_ms;      /* how long a file may be sent unchecked; 0: checked each time */

    int64_t header_timeout_ms;
    size_t header_min_rate_bytes; /* a second; who sends so fast has more time; 0: nobody */
    int64_t keepalive_timeout_ms;
    int64_t send_timeout_ms;
    size_t min_send_rate_bytes; /* a second; 0: any progress will do */
    int64_t linger_timeout_ms;
    int64_t shutdown_timeout_ms;

    size_t max_request_line_bytes;
    size_t max_head_bytes;
    size_t max_fields;
    size_t max_body_bytes;

    char *pid_file; /* a path, or "off" */
    char *user;     /* name or number of who it runs as, or "off" */
    char *group;    /* the same of its group, or "off" */
    char *chroot;   /* path of the folder that is / to it, or "off" */
    enum sandbox_wish sandbox;
    char *access_log; /* a destination (log_destination.h), or "off" */
    char *log_format; /* see log_format.h */
    bool log_anonymize;
    bool log_hostnames;
    int64_t hostname_timeout_ms;
    char *error_log; /* a destination, "-" for standard error, or "off" */
    enum error_level error_level;
    size_t error_rate;  /* lines a minute of what clients can cause */
    bool server_timing; /* answers tell where their time went */

    char *status;    /* path of the status pages, with both its slashes: "/.lido/"; or "off" */
    bool status_log; /* requests for these are logged, too */
    char *admin;     /* the address that has them, and nothing else; or "off" */

    struct config_origins *origins; /* where each value came from; private to conf/ */
};

#endif
