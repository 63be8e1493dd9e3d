/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

TestSuite(folders, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

StageTest(folders, show_their_index_file) {
    folder_write_text(&site, "index.html", "top");
    folder_write_text(&site, "sub/index.html", "below");
    serve(NULL);
    cr_assert(get("/") == 200 && strcmp(answer.body, "top") == 0, "%d '%s'", answer.status, answer.body);
    cr_assert(answer_field_is(&answer, "Content-Type", "text/html; charset=utf-8"));
    cr_assert(get("/sub/") == 200 && strcmp(answer.body, "below") == 0, "%d '%s'", answer.status,
              answer.body);
    cr_assert(get("/sub/?a=b") == 200 && strcmp(answer.body, "below") == 0, "%d '%s'", answer.status,
              answer.body);
}

/* Where a Location leads from a target: "/path" or "./path", the forms that cannot lead to another host. */
static void follow_location(const char *target, const char *location, char *followed, size_t size) {
    bool is_absolute = location[0] == '/' && location[1] != '/';
    cr_assert(is_absolute || strncmp(location, "./", 2) == 0, "%s: Location %s", target, location);
    size_t parent_length = strcspn(target, "?");
    while (target[parent_length - 1] != '/') {
        parent_length--;
    }
    (void)snprintf(followed, size, "%.*s%s", is_absolute ? 0 : (int)parent_length, target,
                   is_absolute ? location : location + 2);
}

StageTest(folders, redirect_to_their_slash_form_and_keep_the_query) {
    static const struct {
        const char *target;
        const char *folder;
        const char *query;
    } rows[] = {
        {"/sub", "sub", NULL},
        {"/sub?a=b&c=%20d", "sub", "?a=b&c=%20d"},
        {"/sub?", "sub", "?"},
        {"/sub?a?b/c", "sub", "?a?b/c"},
        {"/sub/inner", "sub/inner", NULL},
        {"/./sub/../sub/inner?x", "sub/inner", "?x"},
        {"/a%20b", "a b", NULL},
        {"/gr%C3%BCn", "gr\xc3\xbcn", NULL},
        {"/what%3F?x", "what?", "?x"},
        {"/100%25", "100%", NULL},
        {"/page.html", "page.html", NULL},
        {"/a:b", "a:b", NULL}, /* "a:b/" alone would be read as of a scheme called a */
        {"//sub", "sub", NULL},
        {"//example.com", "example.com", NULL}, /* "//example.com/" would lead to another host */
        {"///./example.com", "example.com", NULL},
        {"/%5Cexample.com", "\\example.com", NULL}, /* browsers take a backslash for a slash */
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char index[128];
        (void)snprintf(index, sizeof index, "%s/index.html", rows[i].folder);
        folder_write_text(&site, index, rows[i].folder);
    }
    serve(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char followed[256];
        cr_assert(get(rows[i].target) == 301, "%s: status %d", rows[i].target, answer.status);
        const char *location = answer_field(&answer, "Location");
        cr_assert(location != NULL, "%s: no Location", rows[i].target);
        const char *query = strchr(location, '?');
        cr_assert(query == NULL ? rows[i].query == NULL : strcmp(query, rows[i].query) == 0,
                  "%s: Location %s", rows[i].target, location);
        follow_location(rows[i].target, location, followed, sizeof followed);
        cr_assert(get(followed) == 200 && strcmp(answer.body, rows[i].folder) == 0, "%s: %s leads to %d '%s'",
                  rows[i].target, followed, answer.status, answer.body);
    }
}

StageTest(folders, redirect_without_letting_a_client_write_fields) {
    static const char *const targets[] = {
        "/sub?%0d%0aEvil:%201", "/sub?a%0aEvil:%201",
        "/a%0d%0aEvil:%201",    "/sub?\xe2\x80\xa8\x45vil:1" /* U+2028 and an E */,
        "/sub?\tEvil:1",
    };
    folder_mkdir(&site, "sub");
    folder_mkdir(&site, "a\r\nEvil: 1");
    serve(NULL);
    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        int status = get(targets[i]);
        cr_assert(status == 301 || status == 400 || status == 404, "%s: status %d", targets[i], status);
        cr_assert(answer_field(&answer, "Evil") == NULL, "%s", targets[i]);
    }
}

/* Follow every href of the listing in `answer`, which is of the folder "/list/". Returns how many there are.
 * */
static size_t follow_links(void) {
    static char page[ANSWER_BODY_BYTES + 1];
    size_t count = 0;
    memcpy(page, answer.body, answer.body_size + 1);
    for (const char *at = page; (at = strstr(at, "href=\"")) != NULL;) {
        at += strlen("href=\"");
        size_t length = strcspn(at, "\"");
        if (length == 0 || strncmp(at, "..", 2) == 0 || *at == '#' || *at == '?' ||
            strncmp(at, "data:", 5) == 0) {
            continue; /* the way up and the like are no entries, nor is the folder in another form */
        }
        char target[2048];
        bool is_absolute = *at == '/';
        (void)snprintf(target, sizeof target, "%s%.*s", is_absolute ? "" : "/list/", (int)length, at);
        if (strcmp(target, "/") == 0) {
            continue;
        }
        cr_assert(get(target) == 200, "the link '%.*s' leads to %d", (int)length, at, answer.status);
        count++;
    }
    return count;
}

StageTest(folders, list_what_they_hold_with_links_that_work) {
    static const char *const names[] = {
        "plain.txt",
        "a b.txt",
        "100%.txt",
        "what?.txt",
        "a#b.txt",
        "a:b.txt",
        "<b>&\"'.txt",
        "gr\xc3\xbc\xc3\x9f.txt",
        "latin1-\xfc.txt",
        "back\\slash.txt",
        "javascript:alert(1)",
    };
    enum { COUNT = sizeof names / sizeof *names };
    for (size_t i = 0; i < COUNT; i++) {
        char path[256];
        (void)snprintf(path, sizeof path, "list/%s", names[i]);
        folder_write_text(&site, path, names[i]);
    }
    folder_mkdir(&site, "list/folder");
    serve(NULL);
    cr_assert(get("/list/") == 200, "status %d", answer.status);
    cr_assert(answer_field_is(&answer, "Content-Type", "text/html; charset=utf-8"), "%s",
              answer_field(&answer, "Content-Type"));
    cr_assert(strstr(answer.body, "<b>&") == NULL, "a name stands in the page as it is: %s", answer.body);
    cr_assert(strstr(answer.body, "&lt;b&gt;&amp;") != NULL, "%s", answer.body);
    cr_assert(strstr(answer.body, "folder/") != NULL, "%s", answer.body);
    size_t count = follow_links();
    cr_assert(count == COUNT + 1, "%zu links to %d names", count, COUNT + 1);
}

StageTest(folders, list_neither_dot_files_nor_what_is_not_served) {
    folder_write_text(&site, ".htpasswd", "x");
    folder_write_text(&site, ".git/config", "x");
    folder_write_text(&site, "visible.txt", "x");
    folder_fifo(&site, "pipe");
    serve(NULL);
    cr_assert(get("/") == 200, "status %d", answer.status);
    cr_assert(strstr(answer.body, "visible.txt") != NULL, "%s", answer.body);
    cr_assert(strstr(answer.body, "htpasswd") == NULL, "%s", answer.body);
    cr_assert(strstr(answer.body, ".git") == NULL, "%s", answer.body);
}

StageTest(folders, answer_head_for_a_listing) {
    folder_write_text(&site, "a.txt", "x");
    serve(NULL);
    (void)get("/");
    off_t length = answer.content_length;
    ask("HEAD / HTTP/1.0\r\n\r\n");
    cr_assert(answer.status == 200 && answer.content_length == length, "%d, %lld bytes and not %lld",
              answer.status, (long long)answer.content_length, (long long)length);
}

StageTest(folders, are_403_without_index_when_listing_is_off) {
    folder_write_text(&site, "sub/a.txt", "x");
    folder_write_text(&site, "indexed/index.html", "index");
    serve(LIST("LIDO_LISTING=off"));
    cr_assert(get("/sub/") == 403, "status %d", answer.status);
    cr_assert(strstr(answer.body, "a.txt") == NULL, "%s", answer.body);
    cr_assert(get("/indexed/") == 200, "status %d", answer.status);
    cr_assert(get("/sub/a.txt") == 200, "status %d", answer.status);
}

StageTest(folders, list_thousands_of_names_whole) {
    enum { COUNT = 1000 };
    folder_write_many(&site, "list/entry-%04d.txt", COUNT, 0);
    serve(NULL);
    cr_assert(get("/list/") == 200, "status %d", answer.status);
    for (int i = 0; i < COUNT; i++) {
        char link[64];
        (void)snprintf(link, sizeof link, "entry-%04d.txt\"", i);
        cr_assert(strstr(answer.body, link) != NULL, "no link to %s", link);
    }
}

/* --- downloads ------------------------------------------------------------------------------------------ */

/* That programs can read the archives is seen by ./dev clients. */
static const char *const forms[] = {"tar", "zip"};

enum { LARGE = 150 * 1000, TARGET_BYTES = 64, TAG_BYTES = 128, END_BYTES = 22 };

static char whole[ANSWER_BODY_BYTES]; /* the archive that is asked for */
static size_t whole_size;
static char tag[TAG_BYTES];

static void plant_album(void) {
    folder_write_text(&site, "album/a.txt", "alpha");
    folder_write_text(&site, "album/empty", "");
    folder_write_pattern(&site, "album/b/large", 0, LARGE);
    folder_write_text(&site, "album/caf\xC3\xA9", "coffee");
    folder_write_text(&site, "album/d", "last");
    folder_touch(&site, "album/a.txt", 1000000000);
    serve(NULL);
    struct client client;
    client_connect(&client, lido.port);
    let_settle(&client); /* a strong tag */
    client_close(&client);
}

/* Take it whole. Returns whether there is this form. */
static bool take_whole(const char *form) {
    char target[TARGET_BYTES];
    (void)snprintf(target, sizeof target, "/album/?download=%s", form);
    int status = get(target);
    if (status == 400 && strcmp(form, "zip") == 0) {
        return false; /* without zlib */
    }
    cr_assert_eq(status, 200, "%s: %d", form, status);
    cr_assert_eq(answer.content_length, (off_t)answer.body_size);
    whole_size = answer.body_size;
    memcpy(whole, answer.body, whole_size);
    (void)snprintf(tag, sizeof tag, "%s", answer_field(&answer, "ETag"));
    cr_assert_eq(tag[0], '"', "a strong tag, not %s", tag);
    return true;
}

static void ask_range(const char *method, const char *form, const char *range) {
    char request[512];
    (void)snprintf(request, sizeof request,
                   "%s /album/?download=%s HTTP/1.0\r\nRange: bytes=%s\r\nIf-Range: %s\r\n\r\n", method, form,
                   range, tag);
    ask(request);
}

static void expect_part(const char *form, const char *range, size_t begin) {
    ask_range("GET", form, range);
    cr_assert_eq(answer.status, 206, "%s %s: %d", form, range, answer.status);
    cr_assert(answer_field_is(&answer, "ETag", tag), "%s %s", form, range);
    cr_assert_eq(answer.body_size, whole_size - begin, "%s %s: %zu", form, range, answer.body_size);
    cr_assert_eq(memcmp(answer.body, whole + begin, answer.body_size), 0, "%s %s", form, range);
}

StageTest(folders, are_downloaded_and_resumed_to_the_same_bytes_wherever_they_were_interrupted) {
    plant_album();
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && take_whole(forms[i]); i++) {
        enum { PLACES = 40 };
        for (size_t place = 0; place < PLACES; place++) {
            char range[32];
            size_t begin = place < PLACES / 2 ? whole_size * place / PLACES * 2
                                              : whole_size - 1 - (place - PLACES / 2) * END_BYTES;
            (void)snprintf(range, sizeof range, "%zu-", begin);
            expect_part(forms[i], range, begin);
        }
    }
}

/* A program that wants one file of a zip asks for its directory first. */
StageTest(folders, give_the_last_bytes_of_an_archive_alone) {
    plant_album();
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && take_whole(forms[i]); i++) {
        static const size_t lengths[] = {1, END_BYTES, 300, 700};
        for (size_t j = 0; j < sizeof lengths / sizeof lengths[0]; j++) {
            char range[32];
            (void)snprintf(range, sizeof range, "-%zu", lengths[j]);
            expect_part(forms[i], range, whole_size - lengths[j]);
        }
    }
}

StageTest(folders, are_downloaded_anew_when_they_have_changed) {
    plant_album();
    for (size_t i = 0; i < sizeof forms / sizeof forms[0] && take_whole(forms[i]); i++) {
        folder_touch(&site, "album/d", 1000000000 + (time_t)i);
        ask_range("GET", forms[i], "100-");
        cr_assert_eq(answer.status, 200, "%s: %d", forms[i], answer.status);
        cr_assert_not(answer_field_is(&answer, "ETag", tag), "%s", forms[i]);
        struct client client;
        client_connect(&client, lido.port);
        let_settle(&client);
        client_close(&client);
    }
}
