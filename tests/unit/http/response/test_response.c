/* SPDX-License-Identifier: MIT */
/* What a response consists of; test_response_sending.c is about its way through the socket. */
#include "http/response/response.h"
#include "tests/support/filling.h"
#include "tests/support/folder.h"
#include "tests/support/loopback.h"
#include "tests/unit/http/response/shared_file.h"
#include "tests/unit/support/bodies.h"
#include "tests/unit/support/socket_pair.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RECEIVED_BYTES = 128 * 1024, SMALL_BYTES = 32 * 1024 };

#define DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define FIRST_LINES(status) "HTTP/1.0 " status "\r\nServer: Lido\r\nDate: " DATE "\r\n"

static const struct response_form kept = {.keep_alive = true, .date = DATE};
static const struct response_form closed = {.date = DATE};
static const struct response_form head_only = {.without_body = true, .date = DATE};
static const struct response_form bare = {.bare = true, .date = DATE};

static struct response response;
static struct socket_pair pair;
static struct folder folder;
static char received[RECEIVED_BYTES];

static void set_up(void) {
    response_init(&response);
    socket_pair_open(&pair);
    folder_create(&folder);
}

static void tear_down(void) {
    response_deinit(&response);
    socket_pair_close(&pair);
    folder_remove(&folder);
}

TestSuite(response, .init = set_up, .fini = tear_down, .timeout = 60);

static struct resource open_resource(const char *name) {
    struct folder_path path = folder_path(&folder, name);
    struct stat status;
    int fd = open(path.text, O_RDONLY | O_CLOEXEC);
    cr_assert(fd != -1 && fstat(fd, &status) == 0, "%s: %s", path.text, strerror(errno));
    return (struct resource){.fd = fd, .size = status.st_size};
}

static void expect_to_send(const char *expected) {
    cr_expect_not(response_failed(&response));
    cr_expect_eq(response_unsent_bytes(&response), strlen(expected));
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_eq(response_unsent_bytes(&response), 0);
    (void)socket_pair_receive_text(&pair, received, sizeof received);
    cr_expect_str_eq(received, expected, "expected\n%s\nand got\n%s", expected, received);
}

static void make_page(const struct response_form *form) {
    response_begin(&response, form, HTTP_NOT_FOUND);
    response_add_field(&response, "X-Extra", "value");
    finish_with_text(&response, "hello", "text/plain");
}

Test(response, has_a_head_that_says_how_to_go_on) {
    make_page(&kept);
    cr_expect(response.status == HTTP_NOT_FOUND && response.form.keep_alive);
    expect_to_send(
        FIRST_LINES("404 Not Found") "X-Extra: value\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                                     "Connection: keep-alive\r\n\r\nhello");
    cr_expect_eq(response_sent_body_bytes(&response), 5);
}

Test(response, has_a_head_that_says_to_close) {
    make_page(&closed);
    cr_expect_not(response.form.keep_alive);
    expect_to_send(
        FIRST_LINES("404 Not Found") "X-Extra: value\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                                     "Connection: close\r\n\r\nhello");
}

Test(response, to_head_says_how_long_a_body_would_be) {
    make_page(&head_only);
    expect_to_send(
        FIRST_LINES("404 Not Found") "X-Extra: value\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n"
                                     "Connection: close\r\n\r\n");
    cr_expect_eq(response_sent_body_bytes(&response), 0);
    cr_expect_eq(response.body.text.length, 0, "what is not sent is not kept");
}

Test(response, to_a_simple_request_is_bare) {
    make_page(&bare);
    expect_to_send("hello");
    cr_expect_eq(response_sent_body_bytes(&response), 5);
}

Test(response, without_content_has_no_length) {
    response_begin(&response, &kept, HTTP_NOT_MODIFIED);
    response_finish(&response, NULL, NULL);
    expect_to_send(FIRST_LINES("304 Not Modified") "Connection: keep-alive\r\n\r\n");
    cr_expect_eq(response_sent_body_bytes(&response), 0);
}

Test(response, with_an_empty_body_needs_no_type) {
    response_begin(&response, &closed, HTTP_OK);
    finish_with_text(&response, "", NULL);
    expect_to_send(FIRST_LINES("200 OK") "Content-Length: 0\r\nConnection: close\r\n\r\n");
}

static void make_file_response(const char *name, const struct response_form *form) {
    struct resource file = open_resource(name);
    response_begin(&response, form, HTTP_OK);
    finish_with_file(&response, &file, "text/plain", NULL);
    cr_expect_eq(file.fd, -1, "the file is the response's now");
}

Test(response, with_a_small_file_is_whole_and_the_file_is_closed) {
    folder_write_text(&folder, "file", "content");
    int before = count_descriptors();
    make_file_response("file", &closed);
    cr_expect_eq(count_descriptors(), before, "what was read is closed");
    expect_to_send(FIRST_LINES("200 OK") "Content-Type: text/plain\r\nContent-Length: 7\r\n"
                                         "Connection: close\r\n\r\ncontent");
    cr_expect_eq(response_sent_body_bytes(&response), 7);
}

Test(response, with_an_empty_file_is_whole) {
    folder_write_text(&folder, "file", "");
    int before = count_descriptors();
    make_file_response("file", &kept);
    cr_expect_eq(count_descriptors(), before, "what was read is closed");
    expect_to_send(FIRST_LINES("200 OK") "Content-Type: text/plain\r\nContent-Length: 0\r\n"
                                         "Connection: keep-alive\r\n\r\n");
}

Test(response, to_head_has_the_length_of_the_file_and_does_not_read_it) {
    folder_truncate(&folder, "file", (off_t)5 * 1024 * 1024 * 1024);
    make_file_response("file", &head_only);
    expect_to_send(FIRST_LINES("200 OK") "Content-Type: text/plain\r\nContent-Length: 5368709120\r\n"
                                         "Connection: close\r\n\r\n");
    cr_expect_eq(response_sent_body_bytes(&response), 0);
}

Test(response, to_a_simple_request_for_a_file_is_its_bytes) {
    folder_write_text(&folder, "file", "content");
    make_file_response("file", &bare);
    expect_to_send("content");
}

Test(response, keeps_a_file_open_only_when_it_is_large) {
    int before = count_descriptors();
    folder_write_pattern(&folder, "small", 0, SMALL_BYTES);
    make_file_response("small", &bare);
    cr_expect_eq(response.body.file.fd, -1);
    cr_expect_eq(response_unsent_bytes(&response), SMALL_BYTES);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_eq(socket_pair_receive(&pair, received, sizeof received), SMALL_BYTES);
    cr_expect(filling_matches(received, 0, SMALL_BYTES));
    response_clear(&response);

    folder_write_pattern(&folder, "large", 0, SMALL_BYTES + 1);
    make_file_response("large", &bare);
    cr_expect_neq(response.body.file.fd, -1);
    cr_expect_eq(response.body.text.length, 0);
    cr_expect_eq(response_unsent_bytes(&response), SMALL_BYTES + 1);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE);
    cr_expect_eq(response_sent_body_bytes(&response), SMALL_BYTES + 1);
    cr_expect_eq(socket_pair_receive(&pair, received, sizeof received), SMALL_BYTES + 1);
    cr_expect(filling_matches(received, 0, SMALL_BYTES + 1));
    response_clear(&response);
    cr_expect_eq(count_descriptors(), before);
}

Test(response, does_not_read_a_file_of_another_size_than_it_says) {
    static const off_t sizes[] = {9, 11, 0, SMALL_BYTES};
    folder_write_pattern(&folder, "file", 0, 10);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        struct resource file = open_resource("file");
        folder_truncate(&folder, "file", sizes[i]);
        response_begin(&response, &closed, HTTP_OK);
        finish_with_file(&response, &file, NULL, NULL);
        cr_expect_neq(response.body.file.fd, -1, "row %zu", i);
        cr_expect_eq(response.body.text.length, 0, "row %zu", i);
        cr_expect_not(response_failed(&response), "row %zu", i);
        response_clear(&response);
        folder_truncate(&folder, "file", 10);
    }
}

/* --- contents that the cache has ------------------------------------------------------------------------ */

static void make_shared_response(const char *contents, const struct response_form *form, const char *type) {
    struct resource file = shared_file_of(contents, strlen(contents));
    response_begin(&response, form, HTTP_OK);
    finish_with_file(&response, &file, type, NULL);
    cr_expect(file.cached == NULL, "the hold is the response's now");
}

Test(response, with_shared_contents_is_their_bytes_and_gives_them_back) {
    static const char head[] =
        FIRST_LINES("200 OK") "Content-Type: text/plain\r\nContent-Length: 7\r\nConnection: close\r\n\r\n";
    static const struct {
        const struct response_form *form;
        const char *head;
        const char *body;
    } rows[] = {{&closed, head, "content"}, {&head_only, head, ""}, {&bare, "", "content"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char expected[sizeof head + 7];
        (void)strcpy(strcpy(expected, rows[i].head) + strlen(rows[i].head), rows[i].body);
        make_shared_response("content", rows[i].form, "text/plain");
        cr_expect_eq(shared_file_holds, 1, "row %zu", i);
        expect_to_send(expected);
        cr_expect_eq(response_sent_body_bytes(&response), strlen(rows[i].body), "row %zu", i);
        response_clear(&response);
        cr_expect_eq(shared_file_holds, 0, "row %zu", i);
        cr_expect(response.body.file.cached == NULL);
    }
    make_shared_response("content", &closed, NULL);
    response_deinit(&response);
    cr_expect_eq(shared_file_holds, 0, "when the answer is released");
    response_init(&response);
}

Test(response, with_empty_shared_contents_is_whole) {
    make_shared_response("", &kept, NULL);
    expect_to_send(FIRST_LINES("200 OK") "Content-Length: 0\r\nConnection: keep-alive\r\n\r\n");
}

/* --- from one to the next ------------------------------------------------------------------------------- */

Test(response, has_room_for_a_file_of_5_gib) {
    uint64_t size = (uint64_t)5 * 1024 * 1024 * 1024;
    static const char head[] =
        FIRST_LINES("200 OK") "Content-Type: text/plain\r\nContent-Length: 5368709120\r\n"
                              "Connection: close\r\n\r\n";
    folder_truncate(&folder, "file", (off_t)size);
    make_file_response("file", &closed);
    cr_expect_eq(response_unsent_bytes(&response), sizeof head - 1 + size);
    cr_expect_eq(response_send(&response, pair.ours), SEND_WOULD_BLOCK);
    cr_expect_eq(response_unsent_bytes(&response) + response_sent_body_bytes(&response), size);
    (void)socket_pair_receive(&pair, received, sizeof head - 1);
    cr_expect_arr_eq(received, head, sizeof head - 1);
}

Test(response, forgets_all_of_the_last_one) {
    folder_write_pattern(&folder, "file", 0, SMALL_BYTES + 1);
    int before = count_descriptors();
    make_file_response("file", &kept);
    response_clear(&response);
    cr_expect_eq(count_descriptors(), before);
    cr_expect_eq(response_unsent_bytes(&response), 0);
    cr_expect_eq(response_sent_body_bytes(&response), 0);
    response_begin(&response, &closed, HTTP_OK);
    finish_with_text(&response, "x", NULL);
    expect_to_send(FIRST_LINES("200 OK") "Content-Length: 1\r\nConnection: close\r\n\r\nx");
    cr_expect_eq(response_sent_body_bytes(&response), 1);
}

Test(response, keeps_memory_of_moderate_size_for_the_next_one) {
    static const char much[256 * 1024];
    text_append_bytes(&response.body.text, much, 1000);
    text_append_bytes(&response.head, much, 1000);
    response_clear(&response);
    cr_expect(response.body.text.capacity > 0 && response.head.capacity > 0);
    text_append_bytes(&response.body.text, much, sizeof much);
    text_append_bytes(&response.head, much, sizeof much);
    response_clear(&response);
    cr_expect(response.body.text.capacity == 0 && response.head.capacity == 0);
}

Test(response, is_over_when_released) {
    folder_write_pattern(&folder, "file", 0, SMALL_BYTES + 1);
    int before = count_descriptors();
    make_file_response("file", &closed);
    response_deinit(&response);
    cr_expect_eq(count_descriptors(), before);
    response_deinit(&response);
    response_init(&response);
    cr_expect_eq(response_send(&response, pair.ours), SEND_DONE, "an empty one has nothing to send");
}
