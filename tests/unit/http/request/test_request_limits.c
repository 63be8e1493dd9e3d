/* SPDX-License-Identifier: MIT */
/* The limits of request_reader.h: all that they allow passes, one byte or field more does not. */
#include "http/base/text.h"
#include "tests/unit/support/transcript.h"

#include <criterion/criterion.h>
#include <string.h>

enum { LINE_LIMIT = 40, HEAD_LIMIT = 200, FIELD_LIMIT = 4, BODY_LIMIT = 20 };

static const struct request_limits limits = {
    .head = {.request_line_bytes = LINE_LIMIT, .head_bytes = HEAD_LIMIT, .field_count = FIELD_LIMIT},
    .body_bytes = BODY_LIMIT,
};

static struct text bytes;    /* sent */
static struct text expected; /* the transcript */

static void tear_down(void) {
    text_deinit(&bytes);
    text_deinit(&expected);
}

TestSuite(request_limits, .fini = tear_down, .timeout = 120);

/* Make *text consist of these strings; NULL ends them. */
#define WRITE(text, ...) write_strings(text, (const char *const[]){__VA_ARGS__, NULL})

static void write_strings(struct text *text, const char *const strings[]) {
    text_clear(text, SIZE_MAX);
    for (size_t i = 0; strings[i] != NULL; i++) {
        text_append(text, strings[i]);
    }
    cr_assert_not(text->failed);
}

/* So many letters, as a string. */
static const char *letters(size_t count) {
    static char filler[32 * 1024];
    cr_assert(count < sizeof filler);
    memset(filler, 'a', count);
    filler[count] = '\0';
    return filler;
}

static void expect_written(const char *name) {
    text_append_bytes(&expected, "", 1);
    expect_transcript(name, &limits, bytes.bytes, bytes.length, expected.bytes);
}

#define REFUSED(status) status " GET 1.0 close unread\n"

/* --- the request line ----------------------------------------------------------------------------------- */

static void expect_line_taken(const char *name, const char *before, const char *after) {
    const char *path = letters(LINE_LIMIT - strlen("GET / HTTP/1.0"));
    WRITE(&bytes, before, "GET /", path, " HTTP/1.0", after);
    WRITE(&expected, "200 GET 1.0 close line=\"GET /", path, " HTTP/1.0\" target=\"/", path, "\"\n");
    expect_written(name);
}

static void expect_line_refused(const char *name, size_t length, const char *before, const char *after) {
    WRITE(&bytes, before, "GET /", letters(length - strlen("GET / HTTP/1.0")), " HTTP/1.0", after);
    WRITE(&expected, REFUSED("414"));
    expect_written(name);
}

Test(request_limits, the_request_line_has_one) {
    expect_line_taken("at the limit", "", "\r\n\r\n");
    expect_line_taken("at the limit, line feeds", "", "\n\n");
    expect_line_taken("at the limit, behind empty lines", "\r\n\r\n", "\r\n\r\n");
    expect_line_refused("over", LINE_LIMIT + 1, "", "\r\n\r\n");
    expect_line_refused("over, line feeds", LINE_LIMIT + 1, "", "\n\n");
    expect_line_refused("over, behind empty lines", LINE_LIMIT + 1, "\r\n\r\n", "\r\n\r\n");
    expect_line_refused("over, and no end", LINE_LIMIT + 1, "", "");
    expect_line_refused("over the limit of the head, too", HEAD_LIMIT + 1, "", "\r\n\r\n");
}

Test(request_limits, a_simple_request_has_the_same) {
    const char *path = letters(LINE_LIMIT - strlen("GET /"));
    WRITE(&bytes, "GET /", path, "\r\n");
    WRITE(&expected, "200 GET simple close line=\"GET /", path, "\" target=\"/", path, "\"\n");
    expect_written("at the limit");
    WRITE(&bytes, "GET /a", path, "\r\n");
    WRITE(&expected, REFUSED("414"));
    expect_written("over");
}

/* --- the head ------------------------------------------------------------------------------------------- */

#define LINE "GET / HTTP/1.0\r\n"
#define TAKEN "200 GET 1.0 close line=\"GET / HTTP/1.0\" target=\"/\"\n"
#define KEPT "200 GET 1.0 keep line=\"GET / HTTP/1.0\" target=\"/\"\n"

/* A head of so many bytes with its line ends, in one field. */
static void expect_of_head(const char *name, size_t head_bytes, const char *line_end, const char *end,
                           const char *transcript) {
    size_t frame = strlen("GET / HTTP/1.0A: ") + 3 * strlen(line_end);
    WRITE(&bytes, "GET / HTTP/1.0", line_end, "A: ", letters(head_bytes - frame), line_end, end);
    WRITE(&expected, transcript);
    expect_written(name);
}

Test(request_limits, the_head_has_one) {
    expect_of_head("at the limit", HEAD_LIMIT, "\r\n", "\r\n", TAKEN);
    expect_of_head("at the limit, line feeds", HEAD_LIMIT, "\n", "\n", TAKEN);
    expect_of_head("over", HEAD_LIMIT + 1, "\r\n", "\r\n", REFUSED("431"));
    expect_of_head("over, line feeds", HEAD_LIMIT + 1, "\n", "\n", REFUSED("431"));
    expect_of_head("over, and no end", HEAD_LIMIT + 3, "\r\n", "", REFUSED("431"));
    expect_of_head("over in the middle of a line", HEAD_LIMIT + 50, "\r\n", "\r\n", REFUSED("431"));
}

/* So many bytes: line feeds, then `end`. */
static void expect_behind_empty_lines(const char *name, size_t size, const char *end,
                                      const char *transcript) {
    WRITE(&bytes, "");
    while (bytes.length < size - strlen(end)) {
        text_append(&bytes, "\n");
    }
    text_append(&bytes, end);
    WRITE(&expected, transcript);
    expect_written(name);
}

Test(request_limits, empty_lines_count_as_part_of_the_head) {
    expect_behind_empty_lines("at the limit", HEAD_LIMIT, LINE "\r\n", TAKEN);
    expect_behind_empty_lines("over", HEAD_LIMIT + 1, LINE "\r\n", REFUSED("431"));
    expect_behind_empty_lines("nothing else", HEAD_LIMIT + 1, "", REFUSED("431"));
    expect_behind_empty_lines("nothing else, up to the limit", HEAD_LIMIT, "", "closed\n");
}

/* RFC 9110 lets a server choose which fault it names; it has to choose the same whatever the network does. */
Test(request_limits, a_bad_line_that_crosses_the_limit_is_the_same_fault_however_it_is_cut) {
    WRITE(&bytes, LINE "A: ", letters(HEAD_LIMIT), "\x01\r\n\r\n");
    WRITE(&expected, REFUSED("431"));
    expect_written("bad behind the limit");
    WRITE(&bytes, LINE "A: \x01", letters(HEAD_LIMIT), "\r\n\r\n");
    WRITE(&expected, REFUSED("431"));
    expect_written("bad ahead of the limit");
}

Test(request_limits, the_number_of_fields_has_one) {
    WRITE(&bytes, LINE "A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\n\r\n");
    WRITE(&expected, TAKEN);
    expect_written("at the limit");
    WRITE(&bytes, LINE "A: 1\r\nA: 2\r\nA: 3\r\nA: 4\r\nA: 5\r\n\r\n");
    WRITE(&expected, REFUSED("431"));
    expect_written("over");
}

Test(request_limits, each_request_has_its_own) {
    static const char begin[] = LINE "Connection: keep-alive\r\nA: ";
    static const char end[] = "\r\n\r\n";
    const char *value = letters(HEAD_LIMIT - strlen(begin) - strlen(end));
    WRITE(&bytes, begin, value, end, begin, value, end, begin, value, end);
    cr_assert_eq(bytes.length, (size_t)3 * HEAD_LIMIT);
    WRITE(&expected, KEPT KEPT KEPT "closed\n");
    expect_written("three at the limit");
}

Test(request_limits, those_of_the_server_hold_as_well) {
    static struct transcript transcript;
    size_t frame = strlen(LINE "A: \r\n\r\n");
    for (size_t extra = 0; extra <= 1; extra++) {
        WRITE(&bytes, LINE "A: ", letters(default_limits.head.head_bytes + extra - frame), "\r\n\r\n");
        for (size_t piece = 0; piece < 5000; piece += 997) {
            transcribe(&transcript, &default_limits, bytes.bytes, bytes.length,
                       (struct cutting){.then = piece});
            cr_assert_str_eq(transcript.text, extra == 0 ? TAKEN : REFUSED("431"), "%zu over, pieces of %zu",
                             extra, piece);
        }
    }
}
