/* SPDX-License-Identifier: MIT */
#include "tests/support/prometheus.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 128, LINE_BYTES = 512, FAMILIES_MAX = 100 };

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_"
#define DIGITS "0123456789"

struct reader {
    char families[FAMILIES_MAX][NAME_BYTES]; /* so far; the last is the one that is read */
    size_t count;
    char type[NAME_BYTES]; /* of that one; "" before its TYPE */
    double bound;          /* of its last bucket, */
    double buckets;        /* and what was in it */
    bool has_sum, has_count;
};

static size_t name_length(const char *text) {
    size_t first = strspn(text, LETTERS ":");
    return first > 0 ? first + strspn(text + first, LETTERS ":" DIGITS) : 0;
}

static bool has_type(const struct reader *reader, const char *type) {
    return strcmp(reader->type, type) == 0;
}

static void end_family(const struct reader *reader) {
    if (reader->count > 0 && has_type(reader, "histogram")) {
        cr_assert(isinf(reader->bound) && reader->has_sum && reader->has_count, "%s is not whole",
                  reader->families[reader->count - 1]);
    }
}

static void begin_family(struct reader *reader, const char *name) {
    end_family(reader);
    for (size_t i = 0; i < reader->count; i++) {
        cr_assert_str_neq(reader->families[i], name, "it stands twice");
    }
    cr_assert_lt(reader->count, FAMILIES_MAX);
    (void)snprintf(reader->families[reader->count++], NAME_BYTES, "%s", name);
    reader->type[0] = '\0';
    reader->bound = -1;
    reader->buckets = 0;
    reader->has_sum = reader->has_count = false;
}

/* "# HELP name text" and "# TYPE name type". */
static void read_comment(struct reader *reader, const char *line) {
    char name[NAME_BYTES];
    char rest[LINE_BYTES];
    if (sscanf(line, "# HELP %127s %511[^\n]", name, rest) == 2) {
        cr_assert_eq(name_length(name), strlen(name), "%s", line);
        begin_family(reader, name);
        return;
    }
    cr_assert_eq(sscanf(line, "# TYPE %127s %127s", name, rest), 2, "%s", line);
    cr_assert(reader->count > 0 && strcmp(reader->families[reader->count - 1], name) == 0, "no HELP: %s",
              line);
    cr_assert(reader->type[0] == '\0', "two types: %s", line);
    cr_assert(strcmp(rest, "counter") == 0 || strcmp(rest, "gauge") == 0 || strcmp(rest, "histogram") == 0,
              "%s", line);
    (void)snprintf(reader->type, sizeof reader->type, "%.*s", NAME_BYTES - 1, rest);
    bool is_total = strlen(name) > 6 && strcmp(name + strlen(name) - 6, "_total") == 0;
    cr_assert_eq(is_total, has_type(reader, "counter"), "%s", line);
}

/* {label="value",...}; returns what stands behind. */
static const char *read_labels(const char *at, const char *line) {
    if (*at != '{') {
        return at;
    }
    do {
        at++;
        size_t length = strspn(at, LETTERS);
        cr_assert(length > 0 && at[length] == '=' && at[length + 1] == '"', "%s", line);
        for (at += length + 2; *at != '"'; at++) {
            cr_assert(*at != '\0' && *at != '\n', "%s", line);
            if (*at == '\\') {
                at++;
                cr_assert(*at == '\\' || *at == '"' || *at == 'n', "%s", line);
            }
        }
        at++;
    } while (*at == ',');
    cr_assert_eq(*at, '}', "%s", line);
    return at + 1;
}

static void read_bucket(struct reader *reader, const char *labels, double value, const char *line) {
    char *end = NULL;
    cr_assert_eq(strncmp(labels, "{le=\"", 5), 0, "%s", line);
    double bound = strtod(labels + 5, &end);
    cr_assert_eq(*end, '"', "%s", line);
    cr_assert(bound > reader->bound && value >= reader->buckets, "it does not grow: %s", line);
    reader->bound = bound;
    reader->buckets = value;
}

static void read_part_of_histogram(struct reader *reader, const char *suffix, const char *labels,
                                   double value, const char *line) {
    if (strncmp(suffix, "_bucket{", 8) == 0) {
        read_bucket(reader, labels, value, line);
    } else if (strncmp(suffix, "_sum ", 5) == 0) {
        reader->has_sum = true;
    } else {
        cr_assert_eq(strncmp(suffix, "_count ", 7), 0, "%s", line);
        cr_assert_eq(value, reader->buckets, "another count: %s", line);
        reader->has_count = true;
    }
}

static void read_sample(struct reader *reader, const char *line) {
    size_t length = name_length(line);
    cr_assert(length > 0 && reader->count > 0 && reader->type[0] != '\0', "%s", line);
    const char *family = reader->families[reader->count - 1];
    const char *labels = line + length;
    const char *at = read_labels(labels, line);
    char *end = NULL;
    cr_assert_eq(*at, ' ', "%s", line);
    double value = strtod(at + 1, &end);
    cr_assert(end > at + 1 && *end == '\0' && isfinite(value), "%s", line);
    cr_assert_eq(strncmp(line, family, strlen(family)), 0, "among those of %s: %s", family, line);
    cr_assert(value >= 0, "%s", line);
    if (has_type(reader, "histogram")) {
        read_part_of_histogram(reader, line + strlen(family), labels, value, line);
    } else {
        cr_assert_eq(length, strlen(family), "%s", line);
    }
}

static void expect_once(const char *text, const char *line, size_t length) {
    for (const char *at = text; at < line; at = strchr(at, '\n') + 1) {
        cr_assert(strncmp(at, line, length) != 0, "twice: %.*s", (int)length, line);
    }
}

void prometheus_check(const char *text) {
    struct reader reader = {.count = 0};
    for (const char *at = text; *at != '\0';) {
        char line[LINE_BYTES];
        const char *end = strchr(at, '\n');
        cr_assert_not_null(end, "the last line does not end");
        (void)snprintf(line, sizeof line, "%.*s", (int)(end - at), at);
        if (line[0] == '#') {
            read_comment(&reader, line);
        } else {
            read_sample(&reader, line);
            expect_once(text, at, (size_t)(strrchr(line, ' ') - line) + 1);
        }
        at = end + 1;
    }
    end_family(&reader);
    cr_assert_gt(reader.count, 0);
}

double prometheus_value(const char *text, const char *sample) {
    size_t length = strlen(sample);
    for (const char *at = text; at != NULL && *at != '\0'; at = strchr(at, '\n'), at += at != NULL) {
        if (strncmp(at, sample, length) == 0 && at[length] == ' ') {
            return strtod(at + length, NULL);
        }
    }
    cr_assert_fail("there is no %s", sample);
    return 0;
}
