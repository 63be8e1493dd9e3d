/* SPDX-License-Identifier: MIT */
#include "server/check/findings.h"

#include "http/base/escape.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_BYTES = 1024 };

static const char *const level_names[] = {"", "advice: ", "mistake: "};

static const struct {
    enum finding_level level;
    const char *one;
    const char *several;
    const char *what;
    const char *remedy;
} words[] = {
#define FINDING_WORDS(kind, level, one, several, what, remedy) {FINDING_##level, one, several, what, remedy},
    FINDING_KINDS(FINDING_WORDS)
#undef FINDING_WORDS
};

void findings_note(struct findings *findings, enum finding_kind kind, const char *path) {
    if (findings->counts[kind]++ < FINDING_EXAMPLES &&
        string_list_add(&findings->examples[kind], path) != 0) {
        findings->failed = true;
    }
}

void findings_say(struct findings *findings, enum finding_level level, const char *format, ...) {
    char line[LINE_BYTES];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    if (string_list_add(&findings->lines[level], line) != 0) {
        findings->failed = true;
    }
}

enum finding_level findings_level(const struct findings *findings) {
    enum finding_level worst = FINDING_NONE;
    for (size_t i = 0; i < FINDING_KINDS_COUNT; i++) {
        worst = findings->counts[i] > 0 && words[i].level > worst ? words[i].level : worst;
    }
    for (enum finding_level level = FINDING_ADVICE; level <= FINDING_MISTAKE; level++) {
        worst = findings->lines[level].count > 0 && level > worst ? level : worst;
    }
    return worst;
}

static void write_kind(const struct findings *findings, enum finding_kind kind, struct text *out) {
    size_t count = findings->counts[kind];
    const struct string_list *examples = &findings->examples[kind];
    text_append(out, level_names[words[kind].level]);
    text_append_number(out, count);
    text_append(out, " ");
    text_append(out, count == 1 ? words[kind].one : words[kind].several);
    text_append(out, " ");
    text_append(out, words[kind].what);
    for (size_t i = 0; i < examples->count; i++) {
        text_append(out, i == 0 ? ": " : ", ");
        escape_terminal_utf8(out, view_of(examples->items[i]));
    }
    if (count > examples->count) {
        text_append(out, " and ");
        text_append_number(out, count - examples->count);
        text_append(out, " more");
    }
    text_append(out, "; ");
    text_append(out, words[kind].remedy);
    text_append(out, "\n");
}

static size_t write_level(const struct findings *findings, enum finding_level level, struct text *out) {
    const struct string_list *lines = &findings->lines[level];
    size_t count = lines->count;
    for (size_t i = 0; i < lines->count; i++) {
        text_append(out, level_names[level]);
        escape_terminal_utf8(out, view_of(lines->items[i]));
        text_append(out, "\n");
    }
    for (size_t kind = 0; kind < FINDING_KINDS_COUNT; kind++) {
        if (words[kind].level == level && findings->counts[kind] > 0) {
            write_kind(findings, (enum finding_kind)kind, out);
            count++;
        }
    }
    return count;
}

size_t findings_write(const struct findings *findings, struct text *out) {
    return write_level(findings, FINDING_MISTAKE, out) + write_level(findings, FINDING_ADVICE, out);
}

void findings_deinit(struct findings *findings) {
    for (size_t i = 0; i < FINDING_KINDS_COUNT; i++) {
        string_list_deinit(&findings->examples[i]);
    }
    for (size_t i = 0; i <= FINDING_MISTAKE; i++) {
        string_list_deinit(&findings->lines[i]);
    }
}
