/* SPDX-License-Identifier: MIT */
/* Where an error page leads, and what it says is missing. */
#include "tests/unit/http/handler/handling.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void set_up(void) {
    handling_set_up();
    folder_write_text(&root, "a/b/c.txt", "content");
    folder_write_text(&root, ".git/config", "secret");
    folder_write_text(&root, "a/.hidden/x", "secret");
    folder_symlink(&root, "a/out", "/");
}

TestSuite(handler_way_up, .init = set_up, .fini = handling_tear_down, .timeout = 60);

static void expect_page(const char *target, int status, const char *href, const char *folder) {
    char link[128];
    (void)snprintf(link, sizeof link, "<a id=\"up\" href=\"%s\">Go to the folder <bdi>%s</bdi></a>", href,
                   folder);
    int got = get(target);
    cr_expect_eq(got, status, "%s: %d", target, got);
    cr_expect(strstr(answer.body, link) != NULL, "%s: %s\n%s", target, link, strstr(answer.body, "<main>"));
}

Test(handler_way_up, leads_to_the_nearest_folder_that_is_shown) {
    static const struct {
        const char *target;
        const char *href;
        const char *folder;
    } rows[] = {
        {"/none", "./", "/"},
        {"/none/", "../", "/"},
        {"/none/none/none", "../../", "/"},
        {"/a/b/none", "./", "/a/b/"},
        {"/a/b/none/", "../", "/a/b/"},
        {"/a/none/b/c.txt", "../../", "/a/"},
        {"/a/b/c.txt/none", "../", "/a/b/"},
        {"/a/b/none?x/y", "./", "/a/b/"},
        {"/.git/none", "../", "/"},
        {"/a/.hidden/none", "../", "/a/"},
        {"/a/out/etc/none", "../../", "/a/"},
        /* the browser counts the segments of what it has sent */
        {"/a/b/../none", "/a/", "/a/"},
        {"/a//b/none", "/a/b/", "/a/b/"},
        {"/a/b%2Fc", "/a/b/", "/a/b/"},
        {"http://a/a/b/none", "/a/b/", "/a/b/"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        expect_page(rows[i].target, 404, rows[i].href, rows[i].folder);
    }
}

Test(handler_way_up, leads_behind_a_proxy_as_well) {
    struct site_options options = handling_options();
    options.rules.base_path = "/prefix";
    handling_use(&options);
    expect_page("/a/b/none", 404, "./", "/a/b/");
    expect_page("/a//b/none", 404, "/prefix/a/b/", "/a/b/");
}

Test(handler_way_up, leads_nowhere_where_nothing_is_shown) {
    environment.site = strict_site;
    cr_expect_eq(get("/"), 403);
    cr_expect(strstr(answer.body, "<a ") == NULL, "%s", answer.body);
    cr_expect_eq(get("/a/none"), 404);
    cr_expect(strstr(answer.body, "<a ") == NULL, "%s", answer.body);
    folder_write_text(&root, "a/index.html", "a page");
    expect_page("/a/b/", 403, "../", "/a/");
}

Test(handler_way_up, leads_from_a_query_that_is_not_understood_to_its_folder) {
    expect_page("/?sort=foo", 400, "./", "/");
    expect_page("/a/b/?limit=x", 400, "./", "/a/b/");
}

Test(handler_way_up, names_what_is_missing) {
    static const struct {
        const char *target;
        const char *path;
        const char *instance; /* NULL: the target */
    } rows[] = {
        {"/a/none", "/a/none", NULL},         {"/none?query", "/none", "/none"},
        {"/a/%3Cb%3E", "/a/&lt;b&gt;", NULL}, {"/%FF", "/\xEF\xBF\xBD", NULL},
        {"/a%2Fb", "/a%2Fb", NULL},           {"/a/../none", "/none", "/none"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char expected[128];
        struct request request = request_for(REQUEST_GET, rows[i].target);
        prepare_answer(&request);
        (void)snprintf(expected, sizeof expected, "<p id=\"path\"><bdi>%s</bdi></p>", rows[i].path);
        cr_expect(strstr(answer.body, expected) != NULL, "%s: %s", expected, answer.body);
        request.accept = view_of("application/json");
        prepare_answer(&request);
        (void)snprintf(expected, sizeof expected, ",\"instance\":\"%s\"}",
                       rows[i].instance != NULL ? rows[i].instance : rows[i].target);
        cr_expect(strstr(answer.body, expected) != NULL, "%s: %s", expected, answer.body);
    }
    cr_expect_eq(get("/%zz"), 400);
    cr_expect(strstr(answer.body, "id=\"path\"") == NULL, "%s", answer.body);
}

Test(handler_way_up, says_which_values_a_parameter_has) {
    static const char sentence[] = "The value of sort can be name, size or time.";
    cr_expect_eq(get("/a/?sort=colour&limit=x"), 400);
    cr_expect(strstr(answer.body, sentence) != NULL, "%s", answer.body);
    cr_expect(strstr(answer.body, "colour") == NULL, "%s", answer.body);
    cr_expect_eq(get("/a/?sort=foo&format=json"), 400);
    cr_expect_str_eq(answer.body,
                     "{\"status\":400,\"title\":\"Bad Request\",\"detail\":\"The value of sort can be "
                     "name, size or time.\"}\n");
}
