/* SPDX-License-Identifier: MIT */
/* Answers from the file cache are those without it, byte for byte, whether their heads are made or ready:
 * nobody can tell but by the clock. */
#include "tests/unit/http/handler/cached_answers.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(handler_file_cached, .init = cached_answers_set_up, .fini = cached_answers_tear_down,
          .timeout = 60);

enum { KIB = 1024 };

/* --- whole files ---------------------------------------------------------------------------------------- */

static const struct same_row whole_rows[] = {
    {"a small file", "/a.txt", NULL, 200},
    {"an empty file", "/empty.txt", NULL, 200},
    {"a large file", "/large.bin", NULL, 200},
    {"small, but not for the cache", "/middle.txt", NULL, 200},
    {"an index", "/", NULL, 200},
    {"an index by its name", "/index.html", NULL, 200},
    {"an index of a folder", "/dir/", NULL, 200},
    {"a query", "/a.txt?x=y", NULL, 200},
    {"an odd name", "/dir/a%20b%25.html", NULL, 200},
    {"a detour", "/dir/../a.txt", NULL, 200},
    {"a folder without its slash", "/dir", NULL, 301},
    {"not there", "/missing", NULL, 404},
    {"a file as a folder", "/a.txt/", NULL, 404},
    {"br and gzip", "/app.js", "br, gzip", 200},
    {"gzip alone", "/app.js", "gzip", 200},
    {"neither", "/app.js", "zstd", 200},
    {"nothing at all", "/app.js", NULL, 200},
    {"identity forbidden", "/app.js", "identity;q=0, br", 200},
    {"all forbidden", "/app.js", "*;q=0", 406},
    {"the sibling itself", "/app.js.gz", NULL, 200},
    {"the sibling itself, and gzip", "/app.js.gz", "gzip", 200},
    {"a large sibling", "/large.css", "gzip", 200},
};

Test(handler_file_cached, is_the_same_for_whole_files) {
    use(handling_options());
    for (size_t i = 0; i < 13; i++) {
        expect_same_rows(&whole_rows[i], 1);
    }
}

Test(handler_file_cached, is_the_same_for_files_with_siblings) {
    use(with_codings());
    expect_same_rows(whole_rows, sizeof whole_rows / sizeof *whole_rows);
}

Test(handler_file_cached, has_its_head_ready) {
    static const char *const ready[] = {"/a.txt", "/empty.txt", "/large.bin", "/", "/index.html", "/dir/"};
    use(handling_options());
    for (size_t i = 0; i < sizeof ready / sizeof *ready; i++) {
        cr_expect(has_ready_head(ready[i]), "%s", ready[i]);
    }
    cr_expect_not(has_ready_head("/missing"));
    folder_touch(&root, "a.txt", HANDLING_NOW);
    cr_expect_not(has_ready_head("/a.txt"), "its date may be another one soon");
}

Test(handler_file_cached, is_the_same_when_a_weak_tag_becomes_strong) {
    use(handling_options());
    folder_touch(&root, "a.txt", HANDLING_NOW);
    struct request request = request_for(REQUEST_GET, "/a.txt");
    for (int i = 0; i < 6; i++) {
        cr_expect_eq(expect_same("young", &request), 200);
        let_clock_go_on(1);
    }
    cr_expect(has_ready_head("/a.txt"));
}

Test(handler_file_cached, is_the_same_for_files_of_no_time_or_one_to_come) {
    use(handling_options());
    static const time_t times[] = {0, 1, HANDLING_NOW + 2, HANDLING_NOW + 3600};
    for (size_t i = 0; i < sizeof times / sizeof *times; i++) {
        folder_touch(&root, "a.txt", times[i]);
        cr_expect_eq(expect_same_over_time("time", request_for(REQUEST_GET, "/a.txt")), 200);
    }
}

#if LIDO_HAVE_ZLIB
Test(handler_file_cached, is_the_same_for_what_is_compressed_on_the_fly) {
    static char html_type[] = "text/html";
    static char *const types[] = {html_type};
    static const struct same_row rows[] = {
        {"gzip", "/text.html", "gzip", 200},
        {"as it is", "/text.html", NULL, 200},
        {"gzip again", "/text.html", "gzip", 200},
        {"too small", "/page.html", "gzip", 200},
    };
    struct site_options options = with_codings();
    options.variants.forms = forms;
    options.variants.compress_types = types;
    options.variants.compress_type_count = 1;
    options.variants.compress_min_bytes = KIB;
    options.variants.compress_max_bytes = KIB * KIB;
    use(options);
    expect_same_rows(rows, sizeof rows / sizeof *rows);
    struct request request = request_for(REQUEST_GET, "/text.html");
    request.accept_encoding = view_of("gzip");
    prepare_answer(&request);
    expect_field("Content-Encoding", "gzip");
    char tag[ENTITY_TAG_BYTES];
    (void)snprintf(tag, sizeof tag, "%s", answer_field(&answer, "ETag"));
    request.preconditions.if_none_match = view_of(tag);
    cr_expect_eq(expect_same_over_time("known already", request), 304);
}
#endif

/* --- preconditions and ranges --------------------------------------------------------------------------- */

Test(handler_file_cached, is_the_same_for_preconditions_and_ranges) {
    static const char tag[] = "\"e353667619ec664b49655fc9692165fb\"";
    static const char before[] = "Sun, 06 Nov 1994 08:00:00 GMT";
    static const struct {
        const char *name, *target, *match, *none_match, *since, *unmodified, *if_range, *range;
        int status;
    } rows[] = {
        {"its tag", "/a.txt", NULL, tag, NULL, NULL, NULL, NULL, 304},
        {"any tag", "/a.txt", NULL, "*", NULL, NULL, NULL, NULL, 304},
        {"another tag", "/a.txt", NULL, "\"x\"", NULL, NULL, NULL, NULL, 200},
        {"not modified", "/a.txt", NULL, NULL, HANDLING_DATE, NULL, NULL, NULL, 304},
        {"modified", "/a.txt", NULL, NULL, before, NULL, NULL, NULL, 200},
        {"not this one", "/a.txt", "\"x\"", NULL, NULL, NULL, NULL, NULL, 412},
        {"this one", "/a.txt", tag, NULL, NULL, NULL, NULL, NULL, 200},
        {"changed since", "/a.txt", NULL, NULL, NULL, before, NULL, NULL, 412},
        {"not changed since", "/a.txt", NULL, NULL, NULL, HANDLING_DATE, NULL, NULL, 200},
        {"a range", "/a.txt", NULL, NULL, NULL, NULL, NULL, "bytes=2-4", 206},
        {"its end", "/a.txt", NULL, NULL, NULL, NULL, NULL, "bytes=-3", 206},
        {"all of it", "/a.txt", NULL, NULL, NULL, NULL, NULL, "bytes=0-", 206},
        {"two ranges", "/a.txt", NULL, NULL, NULL, NULL, NULL, "bytes=0-1,8-9", 206},
        {"beyond it", "/a.txt", NULL, NULL, NULL, NULL, NULL, "bytes=10-", 416},
        {"nonsense", "/a.txt", NULL, NULL, NULL, NULL, NULL, "lines=1", 200},
        {"a range of this one", "/a.txt", NULL, NULL, NULL, NULL, tag, "bytes=2-4", 206},
        {"a range of another", "/a.txt", NULL, NULL, NULL, NULL, "\"x\"", "bytes=2-4", 200},
        {"no range", "/a.txt", NULL, NULL, NULL, NULL, tag, NULL, 200},
        {"a range of nothing", "/empty.txt", NULL, NULL, NULL, NULL, NULL, "bytes=0-", 416},
        {"a range of a large file", "/large.bin", NULL, NULL, NULL, NULL, NULL, "bytes=50000-90000", 206},
        {"ranges of a large file", "/large.bin", NULL, NULL, NULL, NULL, NULL, "bytes=0-49999,60000-", 206},
        {"small ranges of it", "/large.bin", NULL, NULL, NULL, NULL, NULL, "bytes=0-9,60000-60009", 206},
        {"one between", "/middle.txt", NULL, NULL, NULL, NULL, NULL, "bytes=5-15000", 206},
        {"the index", "/", NULL, NULL, HANDLING_DATE, NULL, NULL, NULL, 304},
    };
    use(handling_options());
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct request request = request_for(REQUEST_GET, rows[i].target);
        request.preconditions.if_match = rows[i].match != NULL ? view_of(rows[i].match) : (struct view){0};
        request.preconditions.if_none_match =
            rows[i].none_match != NULL ? view_of(rows[i].none_match) : (struct view){0};
        request.preconditions.if_modified_since =
            rows[i].since != NULL ? view_of(rows[i].since) : (struct view){0};
        request.preconditions.if_unmodified_since =
            rows[i].unmodified != NULL ? view_of(rows[i].unmodified) : (struct view){0};
        request.if_range = rows[i].if_range != NULL ? view_of(rows[i].if_range) : (struct view){0};
        request.range = rows[i].range != NULL ? view_of(rows[i].range) : (struct view){0};
        (void)has_ready_head(rows[i].target);
        int status = expect_same_over_time(rows[i].name, request);
        cr_expect(status == rows[i].status, "%s: %d", rows[i].name, status);
    }
}

/* RFC 1945 section 4.1: the answer to a simple request is the body alone. */
Test(handler_file_cached, is_the_same_without_a_head) {
    static const char *const targets[] = {"/a.txt", "/empty.txt", "/large.bin", "/"};
    use(handling_options());
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct response bare;
        struct request request = request_for(REQUEST_GET, targets[i]);
        request.keep_alive = false;
        (void)expect_same_over_time(targets[i], request);
        request.simple = true;
        response_init(&bare);
        cr_expect(handler_prepare(&bare, &request, &environment));
        cr_expect(bare.head.length == 0 && response_unsent_bytes(&bare) == bare.body_bytes, "%s", targets[i]);
        response_deinit(&bare);
    }
}

/* --- changes -------------------------------------------------------------------------------------------- */

Test(handler_file_cached, shows_an_edit_with_the_next_answer) {
    use(with_codings());
    struct request request = request_for(REQUEST_GET, "/app.js");
    request.accept_encoding = view_of("br");
    cr_expect_eq(expect_same_over_time("before", request), 200);
    cr_expect_str_eq(answer.body, "");
    folder_write_text(&root, "app.js.br", "BROTLI");
    cr_expect_eq(expect_same("the sibling was changed", &request), 200);
    cr_expect_str_eq(answer.body, "BROTLI");
    folder_write_text(&root, "app.js", "ORIGINAL");
    folder_touch(&root, "app.js.br", HANDLING_NOW - 90);
    folder_touch(&root, "app.js", HANDLING_NOW - 30);
    cr_expect_eq(expect_same_over_time("the sibling is too old now", request), 200);
    request.accept_encoding = view_of("identity");
    cr_expect_eq(expect_same("the file itself", &request), 200);
    cr_expect_str_eq(answer.body, "ORIGINAL");
    cr_assert_eq(remove(folder_path(&root, "app.js").text), 0);
    cr_expect_eq(expect_same_over_time("without its original", request), 404);
}

Test(handler_file_cached, shows_an_index_that_comes_and_goes) {
    char index_name[] = "index.html";
    char other_name[] = "page.html";
    char *const names[] = {index_name, other_name};
    struct site_options options = handling_options();
    options.index_names = names;
    options.index_count = 2;
    use(options);
    struct request request = request_for(REQUEST_GET, "/");
    cr_expect_eq(expect_same_over_time("the first", request), 200);
    cr_assert_eq(rename(folder_path(&root, "index.html").text, folder_path(&root, "gone").text), 0);
    cr_expect_eq(expect_same("the second", &request), 200);
    cr_expect_str_eq(answer.body, "<p>page");
    cr_assert_eq(rename(folder_path(&root, "gone").text, folder_path(&root, "index.html").text), 0);
    cr_expect_eq(expect_same("the first again", &request), 200);
    cr_expect_str_eq(answer.body, "<p>index");
}

/* --- memory --------------------------------------------------------------------------------------------- */

Test(handler_file_cached, is_whole_or_fails_when_memory_runs_out) {
    static const char *const targets[] = {"/a.txt", "/large.bin", "/middle.txt"};
    size_t failures = 0;
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        for (size_t successes = 0;; successes++) {
            struct response fresh;
            struct request request = request_for(REQUEST_GET, targets[i]);
            struct file_cache *none = NULL;
            struct site_options options = handling_options();
            struct site *created = NULL;
            struct file_cache_options sizes = cached_answers_options();
            cr_assert_eq(file_cache_create(&none, &sizes), 0);
            options.cache = none;
            cr_assert_eq(site_create(&created, &options), 0);
            environment.site = created;
            response_init(&fresh);
            memory_fail_after(successes);
            (void)handler_prepare(&fresh, &request, &environment);
            bool failed = memory_stop_failing();
            failures += failed ? 1 : 0;
            cr_expect(response_failed(&fresh) || answer_find_head(fresh.head.bytes, fresh.head.length) > 0,
                      "%s", targets[i]);
            response_deinit(&fresh);
            prepare_answer(&request);
            cr_expect(answer.status == 200, "%s: %d", targets[i], answer.status);
            response_clear(&response);
            environment.site = NULL;
            site_destroy(created);
            file_cache_destroy(none);
            if (!failed) {
                break;
            }
        }
    }
    cr_expect_geq(failures, 12, "%zu", failures);
}

Test(handler_file_cached, fails_when_there_is_no_memory_to_send_a_ready_head) {
    use(handling_options());
    cr_expect(has_ready_head("/a.txt"));
    struct response fresh;
    struct request request = request_for(REQUEST_GET, "/a.txt");
    response_init(&fresh);
    memory_fail_after(0);
    (void)handler_prepare(&fresh, &request, &environment);
    cr_expect(memory_stop_failing());
    cr_expect(response_failed(&fresh), "the connection is closed then");
    response_deinit(&fresh);
}
