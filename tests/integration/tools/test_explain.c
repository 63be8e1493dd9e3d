/* SPDX-License-Identifier: MIT */
/* `lido --explain`: what it tells of how an answer comes about. That the answer is the server's: test_explain_semantics.c;
 * of the request itself: test_explain_requests.c. */
#include "tests/integration/tools/explaining.h"

#include <string.h>

TestSuite(explain, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

enum { OLD = 1000000000 };

StageTest(explain, tells_each_step_and_then_the_head) {
    configure("");
    folder_write_text(&site, "a.html", "content");
    cr_assert_eq(explain(LIST("/a.html")), 0, "%s", lido.err.text);
    const char beginning[] = " 1. URL: the path is /a.html\n"
                             " 2. host: no host sections, one site for all hosts\n"
                             " 3. a.html: a file of 7 bytes\n"
                             " 4. type: text/html; charset=utf-8 (built in)\n"
                             " 5. no Accept-Encoding: no compressed form is looked for\n"
                             " 6. tag: ";
    cr_expect_eq(strncmp(lido.out.text, beginning, strlen(beginning)), 0, "%s", lido.out.text);
    expect_step("cache: no section matches: no-cache");
    expect_line("HTTP/1.0 200 OK");
    expect_line("Content-Type: text/html; charset=utf-8");
    expect_line("Content-Length: 7");
    expect_line("(a body of 7 bytes)");
    expect_no("content");
    cr_expect_eq(lido.err.length, 0, "%s", lido.err.text);
}

StageTest(explain, tells_why_not_the_other_forms) {
    configure("clean_urls = on\n");
    folder_write_text(&site, "about.html", "content");
    folder_write_text(&site, "about.html.gz", "old");
    folder_touch(&site, "about.html.gz", OLD);
    folder_mkdir(&site, "about.html.br");
    cr_assert_eq(explain(LIST("/about", "-H", "Accept-Encoding: br, gzip, zstd;q=0")), 0, "%s",
                 lido.err.text);
    expect_steps("about: no such file", "about.html: a file of 7 bytes",
                 "clean_urls = on: about.html stands for /about", "zstd: refused (q=0) by Accept-Encoding",
                 "about.html.br: a folder", "about.html.gz: older than about.html", "sent as it is");
    folder_write_text(&site, "about.html.gz", "new");
    cr_assert_eq(explain(LIST("/about", "-H", "Accept-Encoding: gzip")), 0);
    expect_steps("br: not named in Accept-Encoding",
                 "about.html.gz: not older than the original: takes its place", "sent in gzip");
    expect_line("Content-Encoding: gzip");
    folder_symlink(&site, "about.html.zst", "about.html.zst");
    cr_assert_eq(explain(LIST("/about", "-H", "Accept-Encoding: zstd")), 0);
    expect_step("about.html.zst: a link that leads in a circle, or over too many others");
    cr_assert_eq(explain(LIST("/about", "-H", "Accept-Encoding: identity;q=0, deflate")), 0);
    expect_step("Accept-Encoding refuses every form that there is, the plain one too");
    expect_line("HTTP/1.0 406 Not Acceptable");
}

StageTest(explain, names_the_rules_that_decide) {
    configure("cache \"/*\" { max_age = 1h }\n"
              "cache \"/a*\" { max_age = 1m }\n"
              "header \"/*\" { add = {\"X-A: 1\"} remove = {\"Server\"} }\n"
              "header \"text/plain\" { add = {\"X-B: 1\"} errors = off }\n"
              "redirect \"/old/*\" { to = \"/$1\" status = 302 }\n"
              "types { own = \"text/plain\" }\n"
              "error_page 404 = \"/lost.html\"\n");
    folder_write_text(&site, "a.own", "content");
    folder_write_text(&site, "lost.html", "lost");
    cr_assert_eq(explain(LIST("/a.own")), 0, "%s", lido.err.text);
    expect_steps("redirect: none of 1 section matches", "type: text/plain; charset=utf-8 (lido.conf:8)",
                 "header \"/*\" (lido.conf:5): removes Server, adds X-A",
                 "header \"text/plain\" (lido.conf:6): adds X-B",
                 "cache \"/a*\" (lido.conf:4): max-age=60; the last section that matches decides");
    expect_line("Cache-Control: max-age=60");
    expect_no("\nServer:");
    cr_assert_eq(explain(LIST("/old/x")), 0);
    expect_step("redirect \"/old/*\" (lido.conf:7): to \"/$1\", status 302");
    expect_line("Location: /x");
    cr_assert_eq(explain(LIST("/missing")), 0);
    expect_steps("missing: no such file", "missing.html: not looked for (clean_urls = off)",
                 "error_page 404 (lido.conf:9): /lost.html", "lost.html: a file of 4 bytes",
                 "404 Not Found: a page of the owner's (error_page)");
    expect_line("(a body of 4 bytes)");
}

StageTest(explain, names_the_host_that_a_url_has) {
    configure("host \"example.org\" { listing = off }\nhost \"*.example.org\" { listing = on }\n");
    cr_assert_eq(explain(LIST("http://Example.org:8080/")), 0, "%s", lido.err.text);
    expect_steps("host \"example.org\" (lido.conf:3): by its exact name for Example.org:8080",
                 "index.html: no such file", "the root: a folder", "no index file, and listing = off");
    expect_line("HTTP/1.0 403 Forbidden");
    cr_assert_eq(explain(LIST("www.example.org/")), 0);
    expect_step("host \"*.example.org\" (lido.conf:4): the longest wildcard for www.example.org");
    cr_assert_eq(explain(LIST("/", "-H", "Host: elsewhere")), 0);
    expect_step("host: no section is for elsewhere, the first site");
    cr_assert_eq(explain(LIST("/")), 0);
    expect_step("host: none is named, the first site");
    cr_assert_eq(explain(LIST("/", "-H", "Host:")), 0);
    expect_line("HTTP/1.0 400 Bad Request");
}

StageTest(explain, tells_of_folders) {
    configure("folder_download = off\n");
    folder_write_text(&site, "sub/a.txt", "content");
    cr_assert_eq(explain(LIST("/sub")), 0, "%s", lido.err.text);
    expect_steps("sub: a folder", "a folder's URL ends with a slash: redirect to that");
    expect_line("Location: /sub/");
    cr_assert_eq(explain(LIST("/sub/", "-H", "Accept: application/json")), 0);
    expect_steps("sub/index.html: no such file", "sub/: a folder",
                 "listing = on, and no index file: the folder's list as application/json");
    cr_assert_eq(explain(LIST("/sub/?download=tar")), 0);
    expect_step("download: folder_download = off");
    expect_line("HTTP/1.0 403 Forbidden");
    cr_assert_eq(explain(LIST("/sub/?sort=colour")), 0);
    expect_line("HTTP/1.0 400 Bad Request");
}

StageTest(explain, names_the_bound_of_a_folder_with_too_many_entries) {
    configure("folder_entries = 2\n");
    folder_write_text(&site, "a", "");
    folder_write_text(&site, "b", "");
    folder_write_text(&site, "c", "");
    cr_assert_eq(explain(LIST("/?sort=size")), 0, "%s", lido.err.text);
    expect_step("folder_entries = 2: it has more, too many to be sorted by size or time; by name they can");
    cr_assert_eq(explain(LIST("/?download=tar")), 0, "%s", lido.err.text);
    expect_step("folder_entries = 2: it has more, too many to be put into an archive");
    expect_line("HTTP/1.0 403 Forbidden");
}

StageTest(explain, tells_the_type_that_is_sent) {
    configure("");
    folder_write_text(&site, "old.html", "<meta charset=iso-8859-1>");
    cr_assert_eq(explain(LIST("/old.html")), 0, "%s", lido.err.text);
    expect_step("type: text/html (built in; the file says its charset itself)");
    expect_line("Content-Type: text/html");
}

/* More than a worker does in one turn: each step is told once all the same. */
StageTest(explain, tells_of_a_large_folder_once) {
    enum { ENTRIES = 3000 };
    configure("");
    folder_mkdir(&site, "many");
    folder_write_many(&site, "many/%d", ENTRIES, 0);
    cr_assert_eq(explain(LIST("/many/?download=tar")), 0, "%s", lido.err.text);
    expect_step("the folder and all in it as application/x-tar (folder_download = on)");
    const char *first = strstr(lido.out.text, "many/: a folder");
    cr_assert_not_null(first);
    cr_expect_null(strstr(first + 1, "many/: a folder"), "%s", lido.out.text);
}

StageTest(explain, tells_what_is_refused_and_why) {
    configure("");
    folder_write_text(&site, ".env", "secret");
    folder_write_text(&site, "closed.txt", "closed");
    folder_chmod(&site, "closed.txt", 0);
    folder_symlink(&site, "out", "/etc/passwd");
    folder_symlink(&site, "nowhere", "missing");
    folder_fifo(&site, "pipe");
    folder_write_text(&site, "a.txt", "content");
    static const struct {
        const char *url;
        const char *step;
        const char *status;
    } rows[] = {
        {"/.env", ".env: has a dot-file in it, which dotfiles does not serve", "HTTP/1.0 404 Not Found"},
        {"/closed.txt", "closed.txt: may not be read (permission denied)", "HTTP/1.0 403 Forbidden"},
        {"/out", "out: leads out of the root by a link that links does not allow", "HTTP/1.0 404 Not Found"},
        {"/nowhere", "nowhere: a link to what is not there", "HTTP/1.0 404 Not Found"},
        {"/Closed.txt", "Closed.txt: no such file, but closed.txt is there: letters differ in case",
         "HTTP/1.0 404 Not Found"},
        {"/a.txt/x", "a.txt/x: a.txt is no folder", "HTTP/1.0 404 Not Found"},
        {"/pipe", "pipe: neither a file nor a folder", "HTTP/1.0 404 Not Found"},
        {"/%zz", "URL: malformed, as by a % that is not followed by two hexadecimal digits, %00 or #",
         "HTTP/1.0 400 Bad Request"},
        {"/a%2Fb", "URL: no file can have this path: it has %2F in a name, or is too long",
         "HTTP/1.0 404 Not Found"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cr_assert_eq(explain(LIST(rows[i].url)), 0, "%s: %s", rows[i].url, lido.err.text);
        expect_step(rows[i].step);
        expect_line(rows[i].status);
    }
    cr_assert_eq(explain(LIST("/closed.txt")), 0);
    expect_no("index.html");
    cr_assert_eq(explain(LIST("/out")), 0);
    cr_expect_not_null(strstr(lido.out.text, "name the folder in links"), "%s", lido.out.text);
}

StageTest(explain, knows_the_status_page_without_its_figures) {
    configure("");
    cr_assert_eq(explain(LIST("/.lido/")), 0, "%s", lido.err.text);
    expect_step("status = /.lido/: a page of the server itself, for clients of this machine");
    expect_line("Content-Type: text/html; charset=utf-8");
    expect_line("(a body of live figures)");
    expect_no("Content-Length: 0");
    configure("status = off\n");
    cr_assert_eq(explain(LIST("/.lido/")), 0);
    expect_step("status = off: the server has no pages of itself");
    cr_assert_eq(explain(LIST("/.lidos")), 0);
    expect_no("status = off");
    configure("admin = \"127.0.0.1:8081\"\n");
    cr_assert_eq(explain(LIST("/.lido")), 0);
    expect_step("status = /.lido/: the server's own pages are at the address of admin, not here");
    cr_assert_eq(explain(LIST("/.lido/")), 0);
    expect_step("status = /.lido/: the server's own pages are at the address of admin, not here");
    expect_line("HTTP/1.0 404 Not Found");
}

StageTest(explain, tells_what_compression_on_the_fly_depends_on) {
    configure("compress = on\n");
    folder_write_pattern(&site, "large.txt", 0, 10);
    cr_assert_eq(explain(LIST("/large.txt", "-H", "Accept-Encoding: gzip")), lido.err.length == 0 ? 0 : 2);
    if (strstr(lido.err.text, "without zlib") != NULL) {
        stage_skip("built without zlib");
    }
    expect_step("gzip on the fly: smaller than compress_min (1024 bytes)");
    char text[4096];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    folder_write_text(&site, "large.txt", text);
    cr_assert_eq(explain(LIST("/large.txt", "-H", "Accept-Encoding: gzip")), 0);
    cr_expect_not_null(strstr(lido.out.text, "gzip on the fly: 4095 bytes become "), "%s", lido.out.text);
    expect_line("Content-Encoding: gzip");
}

StageTest(explain, tells_that_compression_is_off) {
    const char *const *arguments = LIST("/a.txt", "-H", "Accept-Encoding: gzip");
    folder_write_text(&site, "a.txt", "content");
    configure("compress = off\n");
    cr_assert_eq(explain(arguments), 0, "%s", lido.err.text);
    expect_steps("a.txt.gz: no such file", "gzip on the fly: compress = off", "sent as it is");
    configure("compress = off\nprecompressed = off\n");
    cr_assert_eq(explain(arguments), 0, "%s", lido.err.text);
    expect_steps("no compressed file beside it is looked for: precompressed = off, or the root is one file",
                 "gzip on the fly: compress = off", "sent as it is");
    configure("compress = off\nprecompressed = br\n");
    cr_assert_eq(explain(arguments), 0, "%s", lido.err.text);
    expect_steps("gzip on the fly: compress = off", "br: not named in Accept-Encoding", "sent as it is");
}

StageTest(explain, tells_why_a_fallback_does_not_stand_for_a_path) {
    configure("fallback = \"/app.html\"\n");
    folder_write_text(&site, "app.html", "content");
    cr_assert_eq(explain(LIST("/missing.js", "-H", "Accept: text/html")), 0, "%s", lido.err.text);
    expect_step("fallback: not for missing.js, whose name is that of another type (text/javascript)");
    cr_assert_eq(explain(LIST("/missing", "-H", "Accept: text/html")), 0, "%s", lido.err.text);
    expect_step("fallback: /app.html");
    expect_line("HTTP/1.0 200 OK");
    cr_assert_eq(explain(LIST("/missing")), 0, "%s", lido.err.text);
    expect_step("fallback: not for a request whose Accept does not name text/html");
}
