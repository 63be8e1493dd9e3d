/* SPDX-License-Identifier: MIT */
#include "http/listing/query.h"

#include "http/base/escape.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/* "" can only be left out: an empty value stands for the standard. */
static const char *const sort_words[] = {
    [LISTING_BY_NAME] = "name", [LISTING_BY_SIZE] = "size", [LISTING_BY_TIME] = "time"};
static const char *const order_words[] = {[false] = "asc", [true] = "desc"};
static const char *const view_words[] = {
    [LISTING_VIEW_AUTO] = "", [LISTING_VIEW_LIST] = "list", [LISTING_VIEW_GRID] = "grid"};
static const char *const format_words[] = {
    [LISTING_AS_ACCEPTED] = "", [LISTING_HTML] = "html", [LISTING_JSON] = "json", [LISTING_TEXT] = "text"};
#if LIDO_HAVE_ZLIB
#define DOWNLOAD_VALUES "tar or zip"
#else
#define DOWNLOAD_VALUES "tar"
#endif
static const char *const download_words[] = {
    [LISTING_NO_DOWNLOAD] = "",
    [LISTING_DOWNLOAD_TAR] = "tar",
#if LIDO_HAVE_ZLIB
    [LISTING_DOWNLOAD_ZIP] = "zip",
#endif
};

/* Take the next byte of what a form sent. A '%' without two digits stands for itself. */
static bool take_byte(struct view *encoded, char *byte) {
    if (encoded->length == 0) {
        return false;
    }
    int escaped = escape_read(*encoded);
    size_t taken = 1;
    *byte = encoded->bytes[0];
    if (escaped != -1) {
        taken = 3;
        *byte = (char)escaped;
    } else if (*byte == '+') {
        *byte = ' ';
    }
    encoded->bytes += taken;
    encoded->length -= taken;
    return true;
}

static bool means(struct view encoded, const char *word) {
    char byte = '\0';
    while (take_byte(&encoded, &byte)) {
        if (byte == '\0' || byte != *word++) {
            return false;
        }
    }
    return *word == '\0';
}

static bool read_word(struct view encoded, const char *const *words, size_t count, size_t *index) {
    for (size_t i = 0; i < count; i++) {
        if (means(encoded, words[i])) {
            *index = i;
            return true;
        }
    }
    return false;
}

/* Digits only. A number that is too great for *number becomes the greatest. */
static bool read_number(struct view encoded, size_t *number) {
    size_t value = 0;
    char byte = '\0';
    while (take_byte(&encoded, &byte)) {
        if (!ascii_is_digit(byte)) {
            return false;
        }
        size_t digit = (size_t)(byte - '0');
        value = value > (SIZE_MAX - digit) / 10 ? SIZE_MAX : value * 10 + digit;
    }
    *number = value;
    return true;
}

static bool read_sort(struct view encoded, struct listing_query *query) {
    size_t index = query->sort;
    bool known = read_word(encoded, sort_words, LENGTH(sort_words), &index);
    query->sort = (enum listing_sort)index;
    return known;
}

static bool read_order(struct view encoded, struct listing_query *query) {
    size_t index = query->descending;
    bool known = read_word(encoded, order_words, LENGTH(order_words), &index);
    query->descending = index == true;
    return known;
}

static bool read_limit(struct view encoded, struct listing_query *query) {
    size_t number = 0;
    if (!read_number(encoded, &number) || number == 0) {
        return false;
    }
    query->limit = number < LISTING_LIMIT_MAX ? number : LISTING_LIMIT_MAX;
    return true;
}

static bool read_offset(struct view encoded, struct listing_query *query) {
    size_t number = 0;
    if (!read_number(encoded, &number) || number > LISTING_OFFSET_MAX) {
        return false;
    }
    query->offset = number;
    return true;
}

static bool read_filter(struct view encoded, struct listing_query *query) {
    size_t length = 0;
    char byte = '\0';
    while (take_byte(&encoded, &byte)) {
        if (byte == '\0' || length == LISTING_FILTER_BYTES) {
            query->filter[0] = '\0';
            return false;
        }
        query->filter[length++] = byte;
    }
    query->filter[length] = '\0';
    return true;
}

static bool read_view(struct view encoded, struct listing_query *query) {
    size_t index = query->view;
    bool known = read_word(encoded, view_words, LENGTH(view_words), &index);
    query->view = (enum listing_view)index;
    return known;
}

static bool read_format(struct view encoded, struct listing_query *query) {
    size_t index = query->format;
    bool known = read_word(encoded, format_words, LENGTH(format_words), &index);
    query->format = (enum listing_format)index;
    return known;
}

static bool read_download(struct view encoded, struct listing_query *query) {
    size_t index = query->download;
    bool known = read_word(encoded, download_words, LENGTH(download_words), &index);
    query->download = (enum listing_download)index;
    return known;
}

static const struct parameter {
    const char *name;
    bool (*read)(struct view encoded, struct listing_query *query); /* of a value that is not empty */
    const char *values;                                             /* in a sentence */
} parameters[] = {
    {"sort", read_sort, "name, size or time"},
    {"order", read_order, "asc or desc"},
    {"limit", read_limit, "a number from 1 on"},
    {"offset", read_offset, "a number from 0 to 10000000"},
    {"filter", read_filter, "a part of a name, of at most 512 bytes"},
    {"view", read_view, "list or grid"},
    {"format", read_format, "html, json or text"},
    {"download", read_download, DOWNLOAD_VALUES},
};

static_assert(LISTING_OFFSET_MAX == 10000000 && LISTING_FILTER_BYTES == 512, "said in words above");

static bool read_value(struct view value, const struct parameter *parameter, struct listing_query *query) {
    bool understood = value.length == 0 || parameter->read(value, query);
    if (!understood && query->misread == NULL) {
        query->misread = parameter->name;
    }
    return understood;
}

/* Read one "name=value". `seen` has a bit for each parameter that was there before. */
static bool read_pair(struct view pair, struct listing_query *query, unsigned *seen) {
    const char *equals = memchr(pair.bytes, '=', pair.length);
    struct view name = {pair.bytes, equals != NULL ? (size_t)(equals - pair.bytes) : pair.length};
    struct view value = {NULL, 0};
    if (equals != NULL) {
        value = (struct view){equals + 1, pair.length - name.length - 1};
    }
    for (unsigned i = 0; i < LENGTH(parameters); i++) {
        if (means(name, parameters[i].name)) {
            bool is_first = (*seen & 1U << i) == 0;
            *seen |= 1U << i;
            return !is_first || read_value(value, &parameters[i], query);
        }
    }
    return true;
}

bool listing_query_parse(struct view text, struct listing_query *query) {
    *query = (struct listing_query){.limit = LISTING_LIMIT_STANDARD};
    bool understood = true;
    unsigned seen = 0;
    while (text.length > 0) {
        const char *end = memchr(text.bytes, '&', text.length);
        struct view pair = {text.bytes, end != NULL ? (size_t)(end - text.bytes) : text.length};
        understood = read_pair(pair, query, &seen) && understood;
        size_t taken = pair.length + (end != NULL ? 1 : 0);
        text.bytes += taken;
        text.length -= taken;
    }
    return understood;
}

void listing_query_explain(struct text *out, const struct listing_query *query) {
    for (size_t i = 0; i < LENGTH(parameters); i++) {
        if (query->misread != NULL && strcmp(parameters[i].name, query->misread) == 0) {
            text_append(out, "The value of ");
            text_append(out, parameters[i].name);
            text_append(out, " can be ");
            text_append(out, parameters[i].values);
            text_append(out, ".");
        }
    }
}

/* Appends to `out` what stands between this parameter and the last: the query begins at `start`. */
static void write_name(struct text *out, size_t start, const char *name) {
    text_append(out, out->length == start ? "?" : "&");
    text_append(out, name);
    text_append(out, "=");
}

static void write_word(struct text *out, size_t start, const char *name, const char *word) {
    write_name(out, start, name);
    text_append(out, word);
}

static void write_number(struct text *out, size_t start, const char *name, size_t number) {
    write_name(out, start, name);
    text_append_number(out, number);
}

void listing_query_write(struct text *out, const struct listing_query *query) {
    size_t start = out->length;
    if (query->sort != LISTING_BY_NAME) {
        write_word(out, start, "sort", sort_words[query->sort]);
    }
    if (query->descending) {
        write_word(out, start, "order", order_words[true]);
    }
    if (query->limit != LISTING_LIMIT_STANDARD) {
        write_number(out, start, "limit", query->limit);
    }
    if (query->offset != 0) {
        write_number(out, start, "offset", query->offset);
    }
    if (query->filter[0] != '\0') {
        write_name(out, start, "filter");
        escape_url_path(out, view_of(query->filter));
    }
    if (query->view != LISTING_VIEW_AUTO) {
        write_word(out, start, "view", view_words[query->view]);
    }
    if (query->format != LISTING_AS_ACCEPTED) {
        write_word(out, start, "format", format_words[query->format]);
    }
    if (query->download != LISTING_NO_DOWNLOAD) {
        write_word(out, start, "download", download_words[query->download]);
    }
    if (out->length == start) {
        text_append(out, "./");
    }
}
