/* SPDX-License-Identifier: MIT */
#include "tests/unit/http/handler/cached_answers.h"

#include "http/file_cache/forms.h"
#include "http/semantics/date.h"

#include <criterion/criterion.h>
#include <string.h>

enum { KIB = 1024, LARGE = 100 * KIB, BOUNDARY_BYTES = 32, TIMES = 4 };

struct file_cache *cache;
struct file_forms *forms;
static const struct site *plain_site;
static const struct site *cached_site;

struct file_cache_options cached_answers_options(void) {
    return (struct file_cache_options){
        .memory_bytes = KIB * KIB, .max_file_bytes = 16 * KIB, .descriptor_count = 64};
}

void cached_answers_set_up(void) {
    static const char *const names[] = {"a.txt",     "index.html",    "page.html",   "app.js",
                                        "app.js.br", "app.js.gz",     "empty.txt",   "dir/index.html",
                                        "large.bin", "large.css",     "404.html",    "middle.txt",
                                        "text.html", "dir/a b%.html", "large.css.gz"};
    handling_set_up();
    folder_write_text(&root, "a.txt", "0123456789");
    folder_write_text(&root, "index.html", "<p>index");
    folder_write_text(&root, "page.html", "<p>page");
    folder_write_text(&root, "app.js", "original");
    folder_write_text(&root, "app.js.br", "brotli");
    folder_write_text(&root, "app.js.gz", "gzipped");
    folder_write_text(&root, "empty.txt", "");
    folder_write_text(&root, "dir/index.html", "<p>dir");
    folder_write_text(&root, "dir/a b%.html", "<p>odd");
    folder_write_text(&root, "404.html", "<p>not here");
    folder_write_pattern(&root, "large.bin", 0, LARGE);
    folder_write_pattern(&root, "large.css", 0, LARGE);
    folder_write_pattern(&root, "large.css.gz", 0, LARGE - 1);
    folder_write_pattern(&root, "middle.txt", 0, 20 * KIB);
    char text[4 * KIB + 1];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    folder_write_text(&root, "text.html", text);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        folder_touch(&root, names[i], HANDLING_NOW - 60);
    }
    struct file_cache_options options = cached_answers_options();
    cr_assert_eq(file_cache_create(&cache, &options), 0);
    forms = file_forms_create(KIB * KIB);
}

void cached_answers_tear_down(void) {
    response_clear(&response);
    file_cache_destroy(cache);
    file_forms_destroy(forms);
    handling_tear_down();
}

/* One site without the cache and one with it. */
void use(struct site_options options) {
    options.cache = NULL;
    plain_site = handling_add_site(&options);
    options.cache = cache;
    cached_site = handling_add_site(&options);
}

struct site_options with_codings(void) {
    static char all_types[] = "*";
    static char *const types[] = {all_types};
    static const enum content_coding codings[] = {CODING_BROTLI, CODING_GZIP};
    struct site_options options = handling_options();
    options.variants.precompressed = codings;
    options.variants.precompressed_count = 2;
    options.variants.compress_types = types;
    options.variants.compress_type_count = 1;
    return options;
}

/* --- comparing ------------------------------------------------------------------------------------------ */

struct bytes {
    size_t length;
    char bytes[ANSWER_HEAD_BYTES + ANSWER_BODY_BYTES];
};

/* Boundaries are random: have the same one everywhere. */
static void replace_boundary(struct bytes *answer_bytes) {
    static const char mark[] = "boundary=";
    char boundary[BOUNDARY_BYTES];
    char *found = memmem(answer_bytes->bytes, answer_bytes->length, mark, sizeof mark - 1);
    if (found == NULL) {
        return;
    }
    memcpy(boundary, found + sizeof mark - 1, BOUNDARY_BYTES);
    char *end = answer_bytes->bytes + answer_bytes->length;
    while ((found = memmem(answer_bytes->bytes, answer_bytes->length, boundary, BOUNDARY_BYTES)) != NULL) {
        cr_assert_leq(found + BOUNDARY_BYTES, end);
        memset(found, '=', BOUNDARY_BYTES);
    }
}

static void ask(const struct site *site_to_ask, const struct request *request, struct bytes *out) {
    environment.site = site_to_ask;
    prepare_answer(request);
    out->length = response.head.length + answer.body_size;
    memcpy(out->bytes, response.head.bytes, response.head.length);
    memcpy(out->bytes + response.head.length, answer.body, answer.body_size);
    replace_boundary(out);
}

/* Returns the status. */
int expect_same(const char *name, const struct request *request) {
    static struct bytes plain;
    static struct bytes cached;
    ask(plain_site, request, &plain);
    int status = answer.status;
    uint64_t body_bytes = response.body_bytes;
    uint64_t unsent = response_unsent_bytes(&response);
    ask(cached_site, request, &cached);
    cr_expect(plain.length == cached.length && memcmp(plain.bytes, cached.bytes, plain.length) == 0,
              "%s: %.*s\ninstead of\n%.*s", name, (int)(cached.length < 900 ? cached.length : 900),
              cached.bytes, (int)(plain.length < 900 ? plain.length : 900), plain.bytes);
    cr_expect(response.body_bytes == body_bytes && response_unsent_bytes(&response) == unsent, "%s", name);
    cr_expect((int)response.status == status && response.form.keep_alive == request->keep_alive, "%s", name);
    return status;
}

void let_clock_go_on(time_t seconds) {
    static char date[DATE_HTTP_BYTES];
    environment.now.tv_sec += seconds;
    date_format_http(environment.now.tv_sec, date);
    environment.date = date;
}

/* Ask for it several times, by each method and for each end of the connection. Returns the status of GET. */
int expect_same_over_time(const char *name, struct request request) {
    int status = 0;
    for (int i = 0; i < TIMES; i++) {
        for (int way = 0; way < 4; way++) {
            request.keep_alive = way % 2 == 0;
            request.method = way < 2 ? REQUEST_GET : REQUEST_HEAD;
            int this_status = expect_same(name, &request);
            status = way < 2 ? this_status : status;
        }
        let_clock_go_on(1);
        pass_time(600); /* so that files are opened anew between */
    }
    return status;
}

/* How many heads the cache has been given is not to be seen; that none is made for an answer is: by what it
 * allocates. */
bool has_ready_head(const char *target) {
    struct request request = request_for(REQUEST_GET, target);
    environment.site = cached_site;
    prepare_answer(&request);
    response_clear(&response);
    handler_prepare(&response, &request, &environment);
    return response.dates.date_at == 0 && response.head.length > 0;
}

void expect_same_rows(const struct same_row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct request request = request_for(REQUEST_GET, rows[i].target);
        request.accept_encoding = rows[i].encoding != NULL ? view_of(rows[i].encoding) : (struct view){0};
        int status = expect_same_over_time(rows[i].name, request);
        cr_expect(status == rows[i].status, "%s: %d", rows[i].name, status);
    }
}
