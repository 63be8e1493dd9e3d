/* SPDX-License-Identifier: MIT */
/* The answer for a file that is there: which form of it, and whether all, a part, or nothing of it. Sections
 * are those of RFC 9110. What a precondition, a range or a coding means is tested with its module; here, what
 * comes of them together. */
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <string.h>

/* a.txt, b.css and app.js are from a minute ago; the tags are size and nanoseconds, in hexadecimal digits. */
#define MODIFIED "Sun, 06 Nov 1994 08:48:37 GMT"
#define BEFORE "Sun, 06 Nov 1994 08:48:36 GMT"
#define TAG_A "\"e353667619ec664b49655fc9692165fb\""
#define TAG_APP "\"7f62b24a9669b970819864c3a3fcad4c\""
#define TAG_BR "\"51e9e1ef08f48fc9b5a9d12174ec4dd9-br\""
#define TAG_GZ "\"c932f359d71c59f3e1a166360e76b8a1-gz\""

static void set_up(void) {
    static const enum content_coding codings[] = {CODING_BROTLI, CODING_GZIP};
    handling_set_up();
    folder_write_text(&root, "a.txt", "0123456789");
    folder_write_text(&root, "app.js", "original");
    folder_write_text(&root, "app.js.br", "brotli");
    folder_write_text(&root, "app.js.gz", "gzipped");
    folder_write_text(&root, "empty", "");
    folder_truncate(&root, "undated", 102400);
    static char all_types[] = "*";
    static char *const types[] = {all_types};
    static const char *const names[] = {"a.txt", "app.js", "app.js.br", "app.js.gz", "empty"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        folder_touch(&root, names[i], HANDLING_NOW - 60);
    }
    folder_touch(&root, "undated", 1);
    struct site_options options = handling_options();
    options.variants.precompressed = codings;
    options.variants.precompressed_count = 2;
    options.variants.compress_types = types;
    options.variants.compress_type_count = 1;
    handling_use(&options);
}

TestSuite(handler_file, .init = set_up, .fini = handling_tear_down, .timeout = 60);

/* What is asked, and what comes; NULL: not sent, or not there. */
struct row {
    const char *name;
    const char *target;
    struct {
        const char *match, *none_match, *modified_since, *unmodified_since, *if_range, *range, *encoding;
    } asked;
    int status;
    const char *body; /* NULL: that of an error */
    const char *tag;
    const char *encoding;
    const char *content_range;
};

static struct view view_or_none(const char *text) {
    return text != NULL ? view_of(text) : (struct view){0};
}

static struct request request_of(const struct row *row, enum request_method method) {
    struct request request = request_for(method, row->target);
    request.preconditions = (struct preconditions){
        .if_match = view_or_none(row->asked.match),
        .if_none_match = view_or_none(row->asked.none_match),
        .if_modified_since = view_or_none(row->asked.modified_since),
        .if_unmodified_since = view_or_none(row->asked.unmodified_since),
    };
    request.if_range = view_or_none(row->asked.if_range);
    request.range = view_or_none(row->asked.range);
    request.accept_encoding = view_or_none(row->asked.encoding);
    return request;
}

/* The page of an error comes in the form that Accept asks for. */
static const char *vary_of(int status) {
    if (status == 404) {
        return "Accept";
    }
    return status >= 400 ? "Accept, Accept-Encoding" : "Accept-Encoding";
}

/* The fields that hold for any answer with a status like this. */
static void expect_status_fields(const struct row *row) {
    bool has_file = answer.status < 400;
    bool dated = has_file && strcmp(row->target, "/undated") != 0;
    expect_field_of(row->name, "ETag", row->tag);
    expect_field_of(row->name, "Last-Modified", dated ? MODIFIED : NULL);
    expect_field_of(row->name, "Cache-Control", "no-cache");
    expect_field_of(row->name, "Expires", HANDLING_DATE);
    expect_field_of(row->name, "Vary", vary_of(answer.status));
    expect_field_of(row->name, "Accept-Ranges", has_file && answer.status != 304 ? "bytes" : NULL);
    expect_field_of(row->name, "Content-Encoding", row->encoding);
    expect_field_of(row->name, "Content-Range", row->content_range);
    expect_field_of(row->name, "Connection", "keep-alive");
}

static void expect_row(const struct row *row) {
    struct request request = request_of(row, REQUEST_GET);
    prepare_answer(&request);
    cr_expect_eq(answer.status, row->status, "%s: %d", row->name, answer.status);
    expect_status_fields(row);
    if (row->body != NULL) {
        cr_expect_str_eq(answer.body, row->body, "%s: '%s'", row->name, answer.body);
    } else {
        cr_expect(strstr(answer.body, "<!doctype html>") != NULL, "%s: '%s'", row->name, answer.body);
        expect_field_of(row->name, "Content-Type", "text/html; charset=utf-8");
    }
}

static void expect_rows(const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        expect_row(&rows[i]);
    }
}

#define EXPECT_ROWS(rows) expect_rows(rows, sizeof(rows) / sizeof(rows)[0])

Test(handler_file, is_the_form_that_the_client_takes) {
    static const struct row rows[] = {
        {"no field", "/app.js", {0}, 200, "original", TAG_APP, NULL, NULL},
        {"12.5.3", "/app.js", {.encoding = "gzip, br"}, 200, "brotli", TAG_BR, "br", NULL},
        {"another form, another tag (8.8.3.3)",
         "/app.js",
         {.encoding = "gzip"},
         200,
         "gzipped",
         TAG_GZ,
         "gzip",
         NULL},
        {"none that is there", "/app.js", {.encoding = "zstd"}, 200, "original", TAG_APP, NULL, NULL},
        {"15.5.7", "/app.js", {.encoding = "identity;q=0"}, 406, NULL, NULL, NULL, NULL},
        {"of a file without others", "/a.txt", {.encoding = "br"}, 200, "0123456789", TAG_A, NULL, NULL},
        {"a sibling by its own name",
         "/app.js.gz",
         {.encoding = "gzip"},
         200,
         "gzipped",
         "\"c932f359d71c59f3e1a166360e76b8a1\"",
         NULL,
         NULL},
    };
    EXPECT_ROWS(rows);
}

Test(handler_file, keeps_the_type_of_the_original) {
    struct request request = request_for(REQUEST_GET, "/app.js");
    request.accept_encoding = view_of("br");
    prepare_answer(&request);
    expect_field("Content-Type", "text/javascript; charset=utf-8");
    cr_expect_eq(get("/app.js.gz"), 200);
    expect_field("Content-Type", "application/gzip");
}

/* 13.2.2: the order. 15.4.5: what a 304 carries. */
Test(handler_file, is_not_sent_against_a_precondition) {
    static const struct row rows[] = {
        {"13.1.2, the tag", "/a.txt", {.none_match = TAG_A}, 304, "", TAG_A, NULL, NULL},
        {"13.1.2, any", "/a.txt", {.none_match = "*"}, 304, "", TAG_A, NULL, NULL},
        {"13.1.2, any, of one without a tag", "/undated", {.none_match = "*"}, 304, "", NULL, NULL, NULL},
        {"13.1.2, another", "/a.txt", {.none_match = "\"x\""}, 200, "0123456789", TAG_A, NULL, NULL},
        {"13.1.3", "/a.txt", {.modified_since = MODIFIED}, 304, "", TAG_A, NULL, NULL},
        {"13.1.3: ignored beside If-None-Match",
         "/a.txt",
         {.none_match = "\"x\"", .modified_since = MODIFIED},
         200,
         "0123456789",
         TAG_A,
         NULL,
         NULL},
        {"13.1.1", "/a.txt", {.match = "\"x\""}, 412, NULL, NULL, NULL, NULL},
        {"13.1.1, the tag", "/a.txt", {.match = TAG_A}, 200, "0123456789", TAG_A, NULL, NULL},
        {"13.1.4", "/a.txt", {.unmodified_since = BEFORE}, 412, NULL, NULL, NULL, NULL},
        {"13.2.2: 412 before 304",
         "/a.txt",
         {.match = "\"x\"", .none_match = TAG_A},
         412,
         NULL,
         NULL,
         NULL,
         NULL},
        {"13.2.2: both hold", "/a.txt", {.match = TAG_A, .none_match = TAG_A}, 304, "", TAG_A, NULL, NULL},
        {"13.2.2: 304 before 206",
         "/a.txt",
         {.none_match = TAG_A, .range = "bytes=0-1"},
         304,
         "",
         TAG_A,
         NULL,
         NULL},
        {"13.2.2: 412 before 416",
         "/a.txt",
         {.match = "\"x\"", .range = "bytes=10-"},
         412,
         NULL,
         NULL,
         NULL,
         NULL},
        {"the tag of another form",
         "/app.js",
         {.none_match = TAG_APP, .encoding = "br"},
         200,
         "brotli",
         TAG_BR,
         "br",
         NULL},
        {"the tag of this form",
         "/app.js",
         {.none_match = TAG_BR, .encoding = "br"},
         304,
         "",
         TAG_BR,
         NULL,
         NULL},
        {"no form is found before preconditions count",
         "/app.js",
         {.none_match = "*", .encoding = "*;q=0"},
         406,
         NULL,
         NULL,
         NULL,
         NULL},
    };
    EXPECT_ROWS(rows);
}

Test(handler_file, is_a_part_if_that_is_wanted) {
    static const struct row rows[] = {
        {"14.1.2", "/a.txt", {.range = "bytes=2-4"}, 206, "234", TAG_A, NULL, "bytes 2-4/10"},
        {"14.1.2, suffix", "/a.txt", {.range = "bytes=-1"}, 206, "9", TAG_A, NULL, "bytes 9-9/10"},
        {"14.2: malformed", "/a.txt", {.range = "bytes=4-2"}, 200, "0123456789", TAG_A, NULL, NULL},
        {"15.5.17", "/a.txt", {.range = "bytes=10-"}, 416, NULL, NULL, NULL, "bytes */10"},
        {"15.5.17, of nothing", "/empty", {.range = "bytes=0-0"}, 416, NULL, NULL, NULL, "bytes */0"},
        {"13.1.5, the tag",
         "/a.txt",
         {.if_range = TAG_A, .range = "bytes=0-0"},
         206,
         "0",
         TAG_A,
         NULL,
         "bytes 0-0/10"},
        {"13.1.5, the date",
         "/a.txt",
         {.if_range = MODIFIED, .range = "bytes=0-0"},
         206,
         "0",
         TAG_A,
         NULL,
         "bytes 0-0/10"},
        {"13.1.5, another",
         "/a.txt",
         {.if_range = "\"x\"", .range = "bytes=0-0"},
         200,
         "0123456789",
         TAG_A,
         NULL,
         NULL},
        {"13.1.5, another, and no such range",
         "/a.txt",
         {.if_range = "\"x\"", .range = "bytes=10-"},
         200,
         "0123456789",
         TAG_A,
         NULL,
         NULL},
        {"14.2: of the form that was chosen",
         "/app.js",
         {.range = "bytes=0-1", .encoding = "br"},
         206,
         "br",
         TAG_BR,
         "br",
         "bytes 0-1/6"},
        {"the end of that form",
         "/app.js",
         {.range = "bytes=6-7", .encoding = "br"},
         416,
         NULL,
         NULL,
         NULL,
         "bytes */6"},
        {"13.1.5: the tag of another form",
         "/app.js",
         {.if_range = TAG_APP, .range = "bytes=0-1", .encoding = "br"},
         200,
         "brotli",
         TAG_BR,
         "br",
         NULL},
        {"13.1.3 does not hold",
         "/a.txt",
         {.modified_since = BEFORE, .range = "bytes=0-0"},
         206,
         "0",
         TAG_A,
         NULL,
         "bytes 0-0/10"},
    };
    EXPECT_ROWS(rows);
}

/* 14.2: "A server MUST ignore a Range header field received with a request method that is unrecognized or for
 * which range handling is not defined": that is all but GET. 9.3.2: otherwise HEAD is as GET. */
Test(handler_file, to_head_is_that_to_get_without_range) {
    static const struct row rows[] = {
        {"whole", "/a.txt", {0}, 200, NULL, NULL, NULL, NULL},
        {"a form", "/app.js", {.encoding = "br"}, 200, NULL, NULL, NULL, NULL},
        {"unmodified", "/a.txt", {.none_match = TAG_A}, 304, NULL, NULL, NULL, NULL},
        {"failed", "/a.txt", {.match = "\"x\""}, 412, NULL, NULL, NULL, NULL},
        {"not acceptable", "/a.txt", {.encoding = "identity;q=0"}, 406, NULL, NULL, NULL, NULL},
    };
    static char head[ANSWER_HEAD_BYTES];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct request request = request_of(&rows[i], REQUEST_GET);
        prepare_answer(&request);
        size_t size = answer.head_size;
        memcpy(head, answer.head, size);
        static const char *const ranges[] = {NULL, "bytes=0-0", "bytes=10-", "bytes=0-0,2-2"};
        for (size_t k = 0; k < sizeof ranges / sizeof ranges[0]; k++) {
            request = request_of(&rows[i], REQUEST_HEAD);
            request.range = view_or_none(ranges[k]);
            prepare_answer(&request);
            cr_expect_eq(answer.status, rows[i].status, "%s", rows[i].name);
            cr_expect(answer.head_size == size && memcmp(answer.head, head, size) == 0, "%s: range %zu",
                      rows[i].name, k);
        }
    }
}

/* RFC 1945 section 4.1: a simple request gets the bare body. */
Test(handler_file, to_a_simple_request_is_bare) {
    struct request request = {.refusal = HTTP_OK, .simple = true, .target = view_of("/app.js")};
    response_clear(&response);
    handler_prepare(&response, &request, &environment);
    cr_expect_eq(response.head.length, 0);
    cr_expect_eq(response_unsent_bytes(&response), strlen("original"));
    cr_expect(memcmp(response.body.file.contents, "original", strlen("original")) == 0);
}

Test(handler_file, does_not_vary_where_there_is_one_form_only) {
    environment.site = site;
    cr_expect_eq(get("/a.txt"), 200);
    expect_field("Vary", NULL);
    struct request request = request_for(REQUEST_GET, "/a.txt");
    request.preconditions.if_none_match = view_of("*");
    prepare_answer(&request);
    cr_expect_eq(answer.status, 304);
    expect_field("Vary", NULL);
}
