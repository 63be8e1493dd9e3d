/* SPDX-License-Identifier: MIT */
#include "conf/schema/section_table.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define YEARS_MS(years) ((years)*UINT64_C(365) * 24 * 3600 * 1000)

#define ROW(title, sort, member, text, foreign, ...)                                                  \
    {                                                                                                 \
        .name = (title), .kind = OPTION_##sort, .scope = OPTION_OF_RULE,                              \
        .offset = offsetof(struct config_rule, member), .standard = (text), .also_called = (foreign), \
        __VA_ARGS__                                                                                   \
    }

static const char pattern[] = "the pattern of paths or media types";
static const char *const redirect_statuses[] = {"301", "302", "303", "307", "308", NULL};

static const struct config_option cache_options[] = {
    ROW("max_age", DURATION, cache.max_age_ms, "", "expires ttl maxage", RANGE(0, YEARS_MS(10)),
        .example = "1h"),
    ROW("immutable", BOOLEAN, cache.immutable, "off", NULL, NONE),
    ROW("private", BOOLEAN, cache.is_private, "off", NULL, NONE),
    ROW("no_store", BOOLEAN, cache.no_store, "off", NULL, NONE),
    ROW("must_revalidate", BOOLEAN, cache.must_revalidate, "off", NULL, NONE),
    ROW("stale_while_revalidate", DURATION, cache.stale_while_revalidate_ms, "", NULL,
        RANGE(1000, YEARS_MS(10)), .example = "1d"),
};

static const struct config_option header_options[] = {
    ROW("add", FIELDS, header.add, "", "set append", .example = "{ \"X-Frame-Options: DENY\" }"),
    ROW("remove", FIELD_NAMES, header.remove, "", "unset delete hide", .example = "{ \"Server\" }"),
    ROW("errors", BOOLEAN, header.errors, "on", "always on_errors", NONE),
};

static const struct config_option redirect_options[] = {
    ROW("to", TARGET, redirect.to, "", "target location url", .example = "\"/new/$1\""),
    ROW("status", NUMBER_WORD, redirect.status, "301", "code", .words = redirect_statuses),
};

static const struct config_option access_log_options[] = {
    ROW("status", STATUSES, log.statuses, "", "statuses code", .example = "\"4xx 5xx\""),
    ROW("path", PATH_PATTERNS, log.paths, "", "paths uri target", .example = "{ \"/api/*\" }"),
    ROW("format", FORMAT, log.format, "", "log_format", .example = "json"),
};

/* Name, how many titles it takes, an example; then its options, what titles there are, what it holds and what
 * other servers call it. */
#define SECTION(title, most, sample) .name = (title), .titles_max = (most), .example = (sample)
#define OPTIONS(list) .options = (list), .option_count = COUNT_OF(list)

const struct config_section section_table[SECTION_COUNT] = {
    [SECTION_CACHE] = {SECTION("cache", 1, "cache \"/assets/*\" { max_age = 1h }"), OPTIONS(cache_options),
                       .titles = pattern, .also_called = "expires cache_control",
                       .holds =
                           "max_age, immutable, private, no_store, must_revalidate, stale_while_revalidate"},
    [SECTION_HEADER] = {SECTION("header", 1, "header \"/*\" { add = { \"X-Frame-Options: DENY\" } }"),
                        OPTIONS(header_options), .titles = pattern,
                        .also_called = "headers add_header more_set_headers", .holds = "add, remove, errors"},
    [SECTION_REDIRECT] = {SECTION("redirect", 1, "redirect \"/old/*\" { to = \"/new/$1\" }"),
                          OPTIONS(redirect_options), .titles = "the pattern of paths",
                          .also_called = "rewrite return redirectmatch", .holds = "to, status"},
    [SECTION_ERROR_PAGE] = {SECTION("error_page", 1, "error_page 404 = \"/404.html\""),
                            .titles = "the status", .also_called = "errordocument error_document"},
    [SECTION_TYPES] = {SECTION("types", 0, "types { md = \"text/markdown\" }"),
                       .also_called = "add_type addtype",
                       .holds = "extensions and their media types, e.g. md = \"text/markdown\""},
    [SECTION_ACCESS_LOG] = {SECTION("access_log", 1,
                                    "access_log \"/var/log/lido/errors.log\" { status = \"4xx 5xx\" }"),
                            OPTIONS(access_log_options), .titles = "where to write",
                            .also_called = "custom_log customlog", .holds = "status, path, format"},
    [SECTION_HOST] = {SECTION("host", SECTION_TITLES_MAX, "host \"example.org\" { root = \"/srv/example\" }"),
                      .titles = "the name of the host",
                      .also_called = "server virtualhost vhost server_name site",
                      .holds = "options of a site, e.g. root = \"/srv/example\""},
};

const struct config_section *section_find(const char *name) {
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        if (strcmp(section_table[i].name, name) == 0) {
            return &section_table[i];
        }
    }
    return NULL;
}

const char *section_suggest_within(const struct config_section *scope, const char *word) {
    struct suggestion nearest = {0};
    if (scope != NULL && scope->options != NULL) {
        option_suggest_among(scope->options, scope->option_count, false, word, &nearest);
        return nearest.name;
    }
    option_suggest_among(option_table, OPTION_COUNT, scope == NULL, word, &nearest);
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        suggest_consider(&nearest, word, section_table[i].name, section_table[i].also_called);
    }
    return nearest.name;
}

enum config_section_kind section_kind(const struct config_section *section) {
    return (enum config_section_kind)(section - section_table);
}
