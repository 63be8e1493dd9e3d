/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/handler/handling.h"

#include "tests/support/loopback.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

struct folder root;
struct site *site;
struct site *strict_site;
struct handler_environment environment;
struct response response;
struct answer answer;

static struct site *sites[HANDLING_SITES_MAX];
static size_t site_count;
static int descriptors_before;

struct site_options handling_options(void) {
    static char index_name[] = "index.html";
    static char *const index_names[] = {index_name};
    return (struct site_options){.root = root.path,
                                 .index_names = index_names,
                                 .index_count = 1,
                                 .listing = true,
                                 .media_types = {.charset = "utf-8", .standard = "application/octet-stream"}};
}

struct site *handling_add_site(const struct site_options *options) {
    struct site *created = NULL;
    cr_assert_lt(site_count, (size_t)HANDLING_SITES_MAX);
    struct site_options own = *options;
    own.identity = site_count + 1;
    int result = site_create(&created, &own);
    cr_assert_eq(result, 0, "site_create: %s", strerror(-result));
    sites[site_count++] = created;
    return created;
}

void handling_use(const struct site_options *options) {
    environment.site = handling_add_site(options);
}

void handling_set_up(void) {
    descriptors_before = count_descriptors();
    folder_create(&root);
    struct site_options options = handling_options();
    site = handling_add_site(&options);
    options.listing = false;
    strict_site = handling_add_site(&options);
    environment =
        (struct handler_environment){.site = site, .now = {.tv_sec = HANDLING_NOW}, .date = HANDLING_DATE};
    response_init(&response);
}

void handling_tear_down(void) {
    response_deinit(&response);
    while (site_count > 0) {
        site_destroy(sites[--site_count]);
    }
    folder_remove(&root);
    if (count_descriptors() != descriptors_before) {
        (void)fprintf(stderr, "%d descriptors instead of %d\n", count_descriptors(), descriptors_before);
        abort(); /* Criterion does not count an assertion in .fini */
    }
}

struct request request_for(enum request_method method, const char *target) {
    return (struct request){.refusal = HTTP_OK,
                            .method = method,
                            .keep_alive = true,
                            .version_minor = 1,
                            .target = view_of(target),
                            .host = view_of("a")};
}

/* --- the head ------------------------------------------------------------------------------------------- */

static bool is_vary(const char *line) {
    return strncasecmp(line, "Vary:", 5) == 0;
}

static const char *line_end(const char *line, const char *end) {
    const char *line_feed = memchr(line, '\n', (size_t)(end - line));
    cr_assert(line_feed != NULL && line_feed - line > 0 && line_feed[-1] == '\r');
    return line_feed + 1;
}

/* Copy the head with its Vary lines made one, behind the others. Returns the size of the copy. */
static size_t join_vary(const char *head, size_t size, char joined[ANSWER_HEAD_BYTES]) {
    const char *end = head + size - 2; /* of the lines; the empty one is behind it */
    char vary[200] = "";
    size_t length = 0;
    cr_assert_lt(size + sizeof vary, (size_t)ANSWER_HEAD_BYTES);
    for (const char *line = head, *next = NULL; line < end; line = next) {
        next = line_end(line, end);
        if (is_vary(line)) {
            size_t used = strlen(vary);
            int value_length = (int)(next - line) - (int)sizeof "Vary: \r\n" + 1;
            (void)snprintf(vary + used, sizeof vary - used, "%s%.*s", used > 0 ? ", " : "", value_length,
                           line + strlen("Vary: "));
        } else {
            memcpy(joined + length, line, (size_t)(next - line));
            length += (size_t)(next - line);
        }
    }
    return length + (size_t)snprintf(joined + length, ANSWER_HEAD_BYTES - length, "%s%s%s\r\n",
                                     vary[0] != '\0' ? "Vary: " : "", vary, vary[0] != '\0' ? "\r\n" : "");
}

static void check_vary(void) {
    static const char *const names[] = {"Origin", "Accept", "Accept-Encoding"};
    const char *vary = answer_field(&answer, "Vary");
    for (size_t i = 0; vary != NULL && i < sizeof names / sizeof *names; i++) {
        size_t length = strlen(names[i]);
        size_t count = 0;
        for (const char *at = vary; *at != '\0'; at += strcspn(at, ","), at += strspn(at, ", ")) {
            count += strncasecmp(at, names[i], length) == 0 && (at[length] == ',' || at[length] == '\0');
        }
        cr_expect_leq(count, 1, "Vary: %s", vary);
    }
}

static void read_head(void) {
    char head[ANSWER_HEAD_BYTES];
    size_t size = answer_find_head(response.head.bytes, response.head.length);
    cr_assert_eq(size, response.head.length, "the head does not end where it ends");
    size = join_vary(response.head.bytes, size, head);
    cr_assert(answer_read_head(&answer, head, size), "%s", answer.malformed);
    cr_assert_eq(answer.status, (int)response.status);
    check_vary();
    cr_assert(answer_field_is(&answer, "Date", environment.date));
    cr_assert(response.own.count > 0 || answer_field_is(&answer, "Server", "Lido"));
    cr_assert(answer_field_is(&answer, "Connection", response.form.keep_alive ? "keep-alive" : "close"));
}

/* --- the body ------------------------------------------------------------------------------------------- */

static void add_to_body(const char *bytes, size_t length) {
    memcpy(answer.body + answer.body_size, bytes, length);
    answer.body_size += length;
}

static void add_range_to_body(struct byte_range range) {
    size_t length = (size_t)(range.end - range.begin);
    if (response.body.file.contents != NULL) {
        add_to_body(response.body.file.contents + range.begin, length);
    } else if (length > 0) {
        ssize_t n = pread(response.body.file.fd, answer.body + answer.body_size, length, range.begin);
        cr_assert_eq(n, (ssize_t)length, "the file has not what was promised");
        answer.body_size += length;
    }
}

/* What is made while it is sent. */
static void add_source_to_body(void) {
    struct body *sent = &response.body;
    struct byte_range range = {0, 0};
    while (sent->source.next(sent->source.state, (struct time_slice){INT64_MAX}, &sent->text, &sent->file,
                             &range) == 1) {
        add_to_body(sent->text.bytes, sent->text.length);
        add_range_to_body(range);
        text_clear(&sent->text, SIZE_MAX);
        range = (struct byte_range){0, 0};
    }
}

/* Put the body together from the parts that it is planned in. */
static void read_body(void) {
    size_t text_begin = 0;
    answer.body_size = 0;
    if (response.body.kind == BODY_SOURCE) {
        if (response.body_bytes > 0) {
            add_source_to_body();
        }
        return;
    }
    for (size_t i = 0; response.body_bytes <= ANSWER_BODY_BYTES && i < response.part_count; i++) {
        const struct response_part *part = &response.parts[i];
        if (part->text_end > text_begin) {
            add_to_body(response.body.text.bytes + text_begin, part->text_end - text_begin);
        }
        add_range_to_body(part->range);
        text_begin = part->text_end;
    }
    answer.body[answer.body_size] = '\0';
}

static void check_length(const struct request *request) {
    uint64_t body_bytes = response_unsent_bytes(&response) - response.head.length;
    if (request->method == REQUEST_HEAD) {
        cr_assert_eq(body_bytes, 0, "a body behind an answer to HEAD");
    } else if (answer_has_body(&answer)) {
        cr_assert_eq(answer.content_length, (off_t)body_bytes);
        cr_assert(answer.body_size == body_bytes || body_bytes > ANSWER_BODY_BYTES);
    } else {
        cr_assert_eq(body_bytes, 0);
        cr_assert_eq(answer.content_length, -1, "a length of nothing");
    }
}

void prepare_answer(const struct request *request) {
    response_clear(&response);
    while (!handler_prepare(&response, request, &environment)) { /* a long one takes several turns */
    }
    cr_assert_not(response_failed(&response));
    read_head();
    read_body();
    check_length(request);
}

int get(const char *target) {
    struct request request = request_for(REQUEST_GET, target);
    prepare_answer(&request);
    return answer.status;
}

void expect_field_of(const char *label, const char *name, const char *value) {
    const char *given = answer_field(&answer, name);
    if (value == NULL) {
        cr_expect(given == NULL, "%s: %s: %s", label, name, given);
    } else {
        cr_expect(given != NULL && strcmp(given, value) == 0, "%s: %s: %s instead of %s", label, name,
                  given != NULL ? given : "(none)", value);
    }
}

void expect_field(const char *name, const char *value) {
    expect_field_of("the last answer", name, value);
}
