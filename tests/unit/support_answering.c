/* SPDX-License-Identifier: MIT */
#include "tests/unit/support_answering.h"

#include <criterion/criterion.h>
#include <string.h>

struct folder root;
struct site *site;
struct site *strict_site;
struct answer_context context;
struct response response;
struct answer answer;

static struct site *create_site(bool listing) {
    static char index_name[] = "index.html";
    static char *index_names[] = {index_name};
    const struct site_options options = {.root = root.path,
                                         .index_names = index_names,
                                         .index_count = 1,
                                         .listing = listing,
                                         .charset = "utf-8"};
    struct site *created = NULL;
    int result = site_create(&created, &options);
    cr_assert_eq(result, 0, "site_create: %s", strerror(-result));
    return created;
}

void answering_set_up(void) {
    folder_create(&root);
    site = create_site(true);
    strict_site = create_site(false);
    context = (struct answer_context){.site = site, .now = ANSWERING_NOW, .date = ANSWERING_DATE};
    response_init(&response);
}

void answering_tear_down(void) {
    response_deinit(&response);
    site_destroy(site);
    site_destroy(strict_site);
    folder_remove(&root);
}

struct request request_for(enum request_method method, const char *target) {
    return (struct request){.refusal = HTTP_OK,
                            .method = method,
                            .keep_alive = true,
                            .version_minor = 1,
                            .target = view_of(target),
                            .host = view_of("a")};
}

static void check_body(const struct request *request) {
    off_t length = (off_t)response.content.length;
    if (response.file.fd != -1) {
        length = response.file.size;
    }
    if (request->method == REQUEST_HEAD) {
        cr_assert_eq(response_unsent_bytes(&response), response.head.length,
                     "a body behind an answer to HEAD");
    } else if (answer_has_body(&answer)) {
        cr_assert_eq(answer.content_length, length);
        cr_assert_eq(response_unsent_bytes(&response), response.head.length + (uint64_t)length);
    } else {
        cr_assert_eq(response_unsent_bytes(&response), response.head.length);
    }
}

void prepare_answer(const struct request *request) {
    response_clear(&response);
    answer_prepare(&response, request, &context);
    cr_assert_not(response_failed(&response));
    size_t size = answer_find_head(response.head.bytes, response.head.length);
    cr_assert_eq(size, response.head.length, "the head does not end where it ends");
    cr_assert(answer_read_head(&answer, response.head.bytes, size), "%s", answer.malformed);
    cr_assert_eq(answer.status, (int)response.status);
    cr_assert(answer_field_is(&answer, "Date", context.date));
    cr_assert(answer_field_is(&answer, "Server", "Lido"));
    cr_assert(answer_field_is(&answer, "Connection", response.keep_alive ? "keep-alive" : "close"));
    check_body(request);
    answer.body_size = response.content.length;
    cr_assert_leq(answer.body_size, (size_t)ANSWER_BODY_BYTES);
    if (answer.body_size > 0) {
        memcpy(answer.body, response.content.bytes, answer.body_size);
    }
    answer.body[answer.body_size] = '\0';
}
