/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <string.h>

TestSuite(one_file, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static void serve_file(const char *name) {
    struct folder_path path = folder_path(&site, name);
    program_start(&lido, &(struct program_options){.arguments = LIST("-p", "0", path.text)});
}

StageTest(one_file, is_served_alone) {
    folder_write_text(&site, "page.html", "<p>one</p>");
    folder_write_text(&site, "page.html.gz", "compressed");
    folder_write_text(&site, "secret.txt", "secret");
    serve_file("page.html");
    cr_expect(get("/") == 200 && strcmp(answer.body, "<p>one</p>") == 0, "%d '%s'", answer.status,
              answer.body);
    cr_expect_str_eq(answer_field(&answer, "Content-Type"), "text/html; charset=utf-8");
    cr_expect(get("/page.html") == 200 && strcmp(answer.body, "<p>one</p>") == 0);
    ask("GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
    cr_expect(answer.status == 200 && strcmp(answer.body, "<p>one</p>") == 0, "%d '%s'", answer.status,
              answer.body);
    cr_expect_eq(get("/secret.txt"), 404);
    cr_expect_eq(get("/page.html.gz"), 404);
    cr_expect_eq(get("/../secret.txt"), 404);
    cr_expect_eq(get("/?format=json"), 200);
    ask("GET / HTTP/1.0\r\nRange: bytes=3-5\r\n\r\n");
    cr_expect(answer.status == 206 && strcmp(answer.body, "one") == 0, "%d '%s'", answer.status, answer.body);
}

StageTest(one_file, can_be_the_root_of_a_host) {
    folder_write_text(&site, "index.html", "the folder");
    folder_write_text(&site, "one.txt", "the file");
    folder_write_text(&site, "lido.conf", "listen = \"localhost:0\"\nhost one.example { root = one.txt }\n");
    program_start(&lido,
                  &(struct program_options){.arguments = LIST("-c", "lido.conf"), .directory = site.path});
    ask("GET / HTTP/1.0\r\nHost: one.example\r\n\r\n");
    cr_expect_str_eq(answer.body, "the file");
    ask("GET /index.html HTTP/1.0\r\nHost: one.example\r\n\r\n");
    cr_expect_eq(answer.status, 404);
    cr_expect(get("/") == 200 && strcmp(answer.body, "the folder") == 0);
}
