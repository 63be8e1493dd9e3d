/* SPDX-License-Identifier: MIT */
#include "tests/support/filling.h"
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>

TestSuite(files, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

StageTest(files, come_with_their_content_and_its_length) {
    enum { SIZE = 100 * 1000 };
    folder_write_pattern(&site, "a.bin", 0, SIZE);
    serve(NULL);
    cr_assert(get("/a.bin") == 200, "status %d", answer.status);
    cr_assert(answer_field_is(&answer, "Content-Length", "100000"));
    cr_assert(answer.body_size == SIZE && filling_matches(answer.body, 0, SIZE));
    cr_assert(answer_field(&answer, "Date") != NULL);
    cr_assert(answer_field(&answer, "Last-Modified") != NULL);
    const char *server = answer_field(&answer, "Server");
    cr_assert(server != NULL && strncasecmp(server, "lido", 4) == 0, "Server: %s", server);
}

StageTest(files, have_the_same_head_for_head_as_for_get) {
    static const char *const compared[] = {"Content-Length", "Content-Type", "Last-Modified", "Server"};
    static struct answer to_get;
    folder_write_text(&site, "a.txt", "some text\n");
    serve(NULL);
    (void)get("/a.txt");
    to_get = answer;
    ask("HEAD /a.txt HTTP/1.0\r\n\r\n"); /* fails when a body follows */
    cr_assert(answer.status == 200, "status %d", answer.status);
    for (size_t i = 0; i < sizeof compared / sizeof *compared; i++) {
        const char *value = answer_field(&to_get, compared[i]);
        cr_assert(value != NULL && answer_field_is(&answer, compared[i], value),
                  "%s: %s after GET, %s after HEAD", compared[i], value, answer_field(&answer, compared[i]));
    }
}

StageTest(files, may_be_empty) {
    folder_write_text(&site, "empty.txt", "");
    serve(NULL);
    cr_assert(get("/empty.txt") == 200, "status %d", answer.status);
    cr_assert(answer_field_is(&answer, "Content-Length", "0"));
    cr_assert(answer.body_size == 0);
}

StageTest(files, show_an_edit_at_once) {
    folder_write_text(&site, "a.txt", "before");
    serve(NULL);
    (void)get("/a.txt");
    cr_assert(strcmp(answer.body, "before") == 0, "'%s'", answer.body);
    folder_write_text(&site, "a.txt", "after!");
    (void)get("/a.txt");
    cr_assert(strcmp(answer.body, "after!") == 0, "'%s'", answer.body);
}

StageTest(files, that_do_not_exist_are_404_which_names_them_escaped_and_tells_no_more) {
    serve(NULL);
    cr_assert(get("/no<such>file.html?secret") == 404, "status %d", answer.status);
    cr_assert(strncmp(answer_field(&answer, "Content-Type"), "text/html", 9) == 0);
    cr_assert(answer.body_size > 0);
    cr_assert(strstr(answer.body, "no&lt;such&gt;file.html") != NULL, "%s", answer.body);
    cr_assert(strstr(answer.body, "<such>") == NULL && strstr(answer.body, "secret") == NULL, "%s",
              answer.body);
    cr_assert(strstr(answer.body, site.path) == NULL, "%s", answer.body);
    ask("HEAD /no-such-file HTTP/1.0\r\n\r\n");
    cr_assert(answer.status == 404, "status %d after HEAD", answer.status);
}

StageTest(files, that_the_server_may_not_read_are_403) {
    folder_write_text(&site, "closed.txt", "for nobody");
    folder_chmod(&site, "closed.txt", 0);
    folder_write_text(&site, "shut/a.txt", "for nobody");
    folder_chmod(&site, "shut", 0);
    program_start(&lido,
                  &(struct program_options){.arguments = LIST("--port=0", site.path), .unprivileged = true});
    cr_assert(get("/closed.txt") == 403, "file: status %d", answer.status);
    cr_assert(strstr(answer.body, "for nobody") == NULL);
    cr_assert(get("/shut/a.txt") == 403, "file in a closed folder: status %d", answer.status);
    cr_assert(get("/shut/") == 403, "closed folder: status %d", answer.status);
}

StageTest(files, are_labelled_by_their_extension) {
    static const struct {
        const char *name;
        const char *type;
    } rows[] = {
        {"a.html", "text/html; charset=utf-8"},
        {"a.htm", "text/html; charset=utf-8"},
        {"a.css", "text/css; charset=utf-8"},
        {"a.js", "text/javascript; charset=utf-8"},
        {"a.mjs", "text/javascript; charset=utf-8"},
        {"a.txt", "text/plain; charset=utf-8"},
        {"a.json", "application/json"},
        {"a.svg", "image/svg+xml"},
        {"a.png", "image/png"},
        {"a.jpg", "image/jpeg"},
        {"a.gif", "image/gif"},
        {"a.webp", "image/webp"},
        {"a.woff2", "font/woff2"},
        {"a.wasm", "application/wasm"},
        {"a.pdf", "application/pdf"},
        {"a.zip", "application/zip"},
        {"a.mp4", "video/mp4"},
        {"UPPER.HTML", "text/html; charset=utf-8"},
        {"two.dots.css", "text/css; charset=utf-8"},
        {"no-extension", "text/plain; charset=utf-8"},
        {"odd.no-such-extension", "text/plain; charset=utf-8"},
        {"folder.css/no-extension", "text/plain; charset=utf-8"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        folder_write_text(&site, rows[i].name, "x");
    }
    serve(LIST("LIDO_MEDIA_TYPES=off"));
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char target[64];
        (void)snprintf(target, sizeof target, "/%s", rows[i].name);
        cr_assert(get(target) == 200, "%s: status %d", rows[i].name, answer.status);
        cr_assert(answer_field_is(&answer, "Content-Type", rows[i].type), "%s: %s", rows[i].name,
                  answer_field(&answer, "Content-Type"));
    }
}

StageTest(files, take_types_from_the_systems_table_and_the_charset_from_the_config) {
    folder_write_text(&workplace, "mime.types", "# comment\n\ntext/x-special  special spc\n");
    folder_write_text(&site, "a.spc", "x");
    folder_write_text(&site, "a.html", "x");
    char types[FOLDER_PATH_BYTES + 32];
    (void)snprintf(types, sizeof types, "LIDO_MEDIA_TYPES=%s", folder_path(&workplace, "mime.types").text);
    serve(LIST(types, "LIDO_CHARSET=iso-8859-1"));
    (void)get("/a.spc");
    cr_assert(answer_field_is(&answer, "Content-Type", "text/x-special; charset=iso-8859-1"), "%s",
              answer_field(&answer, "Content-Type"));
    (void)get("/a.html");
    cr_assert(answer_field_is(&answer, "Content-Type", "text/html; charset=iso-8859-1"), "%s",
              answer_field(&answer, "Content-Type"));
}

StageTest(files, may_have_any_name) {
    static const struct {
        const char *name;
        const char *target;
    } rows[] = {
        {"a b.txt", "/a%20b.txt"},
        {"100%.txt", "/100%25.txt"},
        {"100%25.txt", "/100%2525.txt"},
        {"a+b.txt", "/a+b.txt"},
        {"what?.txt", "/what%3F.txt"},
        {"a#b.txt", "/a%23b.txt"},
        {"\"quoted\" & 'single'.txt", "/%22quoted%22%20&%20'single'.txt"},
        {"<b>.txt", "/%3Cb%3E.txt"},
        {"back\\slash.txt", "/back%5Cslash.txt"},
        {"gr\xc3\xbc\xc3\x9f.txt", "/gr%C3%BC%C3%9F.txt"},
        {"gr\xc3\xbc\xc3\x9f.txt", "/gr\xc3\xbc\xc3\x9f.txt"},
        {"\xe6\x97\xa5\xe6\x9c\xac/\xe8\xaa\x9e.txt", "/%e6%97%a5%e6%9c%ac/%e8%aa%9e.txt"},
        {"latin1-\xfc.txt", "/latin1-%FC.txt"},
        {"plain.txt", "/%70%6c%61%69%6e.txt"},
        {"dots...txt", "/dots...txt"},
        {"a;v=1,2.txt", "/a;v=1,2.txt?query=ignored&x=%zz"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        folder_write_text(&site, rows[i].name, rows[i].name);
    }
    serve(NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_assert(get(rows[i].target) == 200, "%s: status %d", rows[i].target, answer.status);
        cr_assert(strcmp(answer.body, rows[i].name) == 0, "%s: got the file '%s'", rows[i].target,
                  answer.body);
    }
}
