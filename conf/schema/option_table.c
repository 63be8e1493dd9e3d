/* SPDX-License-Identifier: MIT */
#include "conf/schema/option_table.h"

#include "conf/schema/option_list.h"
#include "conf/settings.h"

enum { KIB = 1024, MIB = 1024 * 1024, GIB = 1024 * 1024 * 1024, HOUR_MS = 3600 * 1000 };

static const char *const when_full_words[] = {[WHEN_FULL_WAIT] = "wait", [WHEN_FULL_REJECT] = "reject", NULL};
static const char *const sandbox_words[] = {
    [SANDBOX_OFF] = "off", [SANDBOX_ON] = "on", [SANDBOX_STRICT] = "strict", NULL};

static const char *const error_level_words[] = {
    [ERROR_LEVEL_ERROR] = "error",
    [ERROR_LEVEL_WARNING] = "warning",
    [ERROR_LEVEL_NOTICE] = "notice",
    [ERROR_LEVEL_INFO] = "info",
    NULL,
};
static const char *const coding_words[] = {"br", "zstd", "gzip", NULL};

#define FILE_CACHE_MEMORY_MAX (UINT64_C(64) * GIB)

#define SERVER(member) .scope = OPTION_OF_SERVER, .offset = offsetof(struct config, member)
#define SITE(member) .scope = OPTION_OF_SITE, .offset = offsetof(struct config_site, member)
const struct config_option option_table[OPTION_COUNT] = {
#define X(id, title, sort, place, text, foreign, ...) \
    [OPTION_##id] = {.name = (title),                 \
                     .kind = OPTION_##sort,           \
                     place,                           \
                     .standard = (text),              \
                     .also_called = (foreign),        \
                     __VA_ARGS__},
    OPTION_LIST(X)
#undef X
};
