/* SPDX-License-Identifier: MIT */
#include "conf/schema/section_table.h"

#include <string.h>

#define COUNT_OF(array) (sizeof(array) / sizeof *(array))
#define YEARS_MS(years) ((years)*UINT64_C(365) * 24 * 3600 * 1000)

#define IN_RULE(member) .scope = OPTION_OF_RULE, .offset = offsetof(struct config_rule, member)

static const char *const redirect_statuses[] = {"301", "302", "303", "307", "308", NULL};

static const struct config_option cache_options[] = {
    {OPTION_ROW("max_age", OPTION_DURATION, IN_RULE(cache.max_age_ms), "", "expires ttl maxage"),
     OPTION_RANGE(0, YEARS_MS(10)), .example = "1h"},
    {OPTION_ROW("immutable", OPTION_BOOLEAN, IN_RULE(cache.immutable), "off", NULL)},
    {OPTION_ROW("private", OPTION_BOOLEAN, IN_RULE(cache.is_private), "off", NULL)},
    {OPTION_ROW("no_store", OPTION_BOOLEAN, IN_RULE(cache.no_store), "off", NULL)},
    {OPTION_ROW("must_revalidate", OPTION_BOOLEAN, IN_RULE(cache.must_revalidate), "off", NULL)},
    {OPTION_ROW("stale_while_revalidate", OPTION_DURATION, IN_RULE(cache.stale_while_revalidate_ms), "",
                NULL),
     OPTION_RANGE(1000, YEARS_MS(10)), .example = "1d"},
};

static const struct config_option header_options[] = {
    {OPTION_ROW("add", OPTION_FIELDS, IN_RULE(header.add), "", "set append"),
     .example = "{ \"X-Frame-Options: DENY\" }"},
    {OPTION_ROW("remove", OPTION_FIELD_NAMES, IN_RULE(header.remove), "", "unset delete hide"),
     .example = "{ \"Server\" }"},
    {OPTION_ROW("errors", OPTION_BOOLEAN, IN_RULE(header.errors), "on", "always on_errors")},
};

static const struct config_option redirect_options[] = {
    {OPTION_ROW("to", OPTION_TARGET, IN_RULE(redirect.to), "", "target location url"),
     .example = "\"/new/$1\""},
    {OPTION_ROW("status", OPTION_NUMBER_WORD, IN_RULE(redirect.status), "301", "code"),
     .words = redirect_statuses},
};

const struct config_section section_table[SECTION_COUNT] = {
    [SECTION_CACHE] = {.name = "cache",
                       .titles_max = 1,
                       .options = cache_options,
                       .option_count = COUNT_OF(cache_options),
                       .titles = "the pattern of paths or media types",
                       .example = "cache \"/assets/*\" { max_age = 1h }",
                       .holds =
                           "max_age, immutable, private, no_store, must_revalidate, stale_while_revalidate",
                       .also_called = "expires cache_control"},
    [SECTION_HEADER] = {.name = "header",
                        .titles_max = 1,
                        .options = header_options,
                        .option_count = COUNT_OF(header_options),
                        .titles = "the pattern of paths or media types",
                        .example = "header \"/*\" { add = { \"X-Frame-Options: DENY\" } }",
                        .holds = "add, remove, errors",
                        .also_called = "headers add_header more_set_headers"},
    [SECTION_REDIRECT] = {.name = "redirect",
                          .titles_max = 1,
                          .options = redirect_options,
                          .option_count = COUNT_OF(redirect_options),
                          .titles = "the pattern of paths",
                          .example = "redirect \"/old/*\" { to = \"/new/$1\" }",
                          .holds = "to, status",
                          .also_called = "rewrite return redirectmatch"},
    [SECTION_ERROR_PAGE] = {.name = "error_page",
                            .titles_max = 1,
                            .titles = "the status",
                            .example = "error_page 404 = \"/404.html\"",
                            .also_called = "errordocument error_document"},
    [SECTION_TYPES] = {.name = "types",
                       .titles_max = 0,
                       .example = "types { md = \"text/markdown\" }",
                       .holds = "extensions and their media types, e.g. md = \"text/markdown\"",
                       .also_called = "add_type addtype"},
    [SECTION_HOST] = {.name = "host",
                      .titles_max = SECTION_TITLES_MAX,
                      .titles = "the name of the host",
                      .example = "host \"example.org\" { root = \"/srv/example\" }",
                      .holds = "options of a site, e.g. root = \"/srv/example\"",
                      .also_called = "server virtualhost vhost server_name site"},
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
