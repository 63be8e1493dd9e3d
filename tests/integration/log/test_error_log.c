/* SPDX-License-Identifier: MIT */
#include "tests/support/stage.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(error_log, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

static char text[PROGRAM_OUTPUT_BYTES];

static const char *setting(const char *name) {
    static char settings[2][FOLDER_PATH_BYTES + 32];
    static size_t next;
    char *result = settings[next++ % 2];
    (void)snprintf(result, sizeof settings[0], "LIDO_ERROR_LOG=%s", folder_path(&workplace, name).text);
    return result;
}

static void expect_in_log(const char *needle) {
    folder_read_text(&workplace, "errors", text, sizeof text);
    cr_expect_not_null(strstr(text, needle), "nothing of '%s': '%s'", needle, text);
}

StageTest(error_log, has_what_a_reload_says) {
    serve(LIST(setting("errors")));
    program_signal(&lido, SIGHUP);
    int64_t deadline = deadline_in(PATIENCE_MS);
    do {
        cr_assert(clock_now_ms() < deadline, "'%s'", text);
        (void)get("/");
        text[0] = '\0';
        FILE *file = fopen(folder_path(&workplace, "errors").text, "re");
        size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
        text[length] = '\0';
        if (file != NULL) {
            (void)fclose(file);
        }
    } while (strstr(text, " notice: reload: nothing has changed, done in") == NULL);
    cr_expect_null(strstr(lido.err.text, "reload"), "'%s'", lido.err.text);
}

StageTest(error_log, has_why_the_program_does_not_start) {
    int status = program_run(
        &lido,
        &(struct program_options){.arguments = LIST("--port=0", site.path),
                                  .environment = LIST(setting("errors"), "LIDO_ACCESS_LOG=/no/such/log")});
    cr_assert_eq(status, 2, "exit status %d", status);
    cr_expect_not_null(strstr(lido.err.text, "/no/such/log"), "'%s'", lido.err.text);
    expect_in_log(" error: LIDO_ACCESS_LOG: access_log: cannot write to '/no/such/log': No such file");
}

/* The fault: it told what had gone wrong with something else before. */
StageTest(error_log, has_no_reason_of_the_system_for_what_a_client_got_wrong) {
    struct client client;
    serve(LIST(setting("errors"), "LIDO_THREADS=1"));
    cr_assert_eq(get("/missing"), 404);
    client_connect(&client, lido.port);
    client_send(&client, "BREW /pot HTTP/1.0\r\n\r\n");
    (void)client_read_to_end(&client);
    client_close(&client);
    program_stop(&lido);
    expect_in_log(" error: 501 for 127.0.0.1 \"BREW /pot HTTP/1.0\"\n");
}

/* The folder is replaced by nothing while it is served. */
StageTest(error_log, has_why_a_request_got_an_error) {
    folder_write_text(&site, "a.txt", "one");
    serve(LIST(setting("errors"), "LIDO_FILE_CACHE=off"));
    cr_assert_eq(get("/a.txt"), 200);
    cr_assert_eq(rename(site.path, folder_path(&workplace, "elsewhere").text), 0);
    int64_t deadline = deadline_in(PATIENCE_MS);
    while (get("/a.txt") < 500) {
        cr_assert(clock_now_ms() < deadline, "status %d", answer.status);
    }
    program_stop(&lido);
    expect_in_log(" error: 503 for 127.0.0.1 \"GET /a.txt HTTP/1.0\": ");
    cr_assert_eq(rename(folder_path(&workplace, "elsewhere").text, site.path), 0);
}

/* One who says nothing more is nothing to be told of; a crowd is. */
StageTest(error_log, has_that_many_clients_time_out) {
    enum { CROWD = 50 };
    static struct client crowd[CROWD];
    serve(LIST(setting("errors"), "LIDO_HEADER_TIMEOUT=500ms"));
    for (int i = 0; i < CROWD; i++) {
        client_connect(&crowd[i], lido.port);
        client_send(&crowd[i], "GET / HTTP/1.0\r\nUser-Agent: ");
    }
    for (int i = 0; i < CROWD; i++) {
        (void)client_read_to_end(&crowd[i]);
        client_close(&crowd[i]);
    }
    int64_t deadline = deadline_in(PATIENCE_MS);
    const char *told = NULL;
    while ((told = strstr(text, " clients sent or took nothing for too long\n")) == NULL) {
        cr_assert(clock_now_ms() < deadline, "'%s'", text);
        (void)get("/"); /* so that it looks after its chores; on a slow machine it may come too late, too */
        folder_read_text(&workplace, "errors", text, sizeof text);
    }
    while (told > text && told[-1] != ' ') {
        told--;
    }
    cr_expect_geq(strtoul(told, NULL, 10), CROWD, "'%s'", text);
    cr_expect_not_null(strstr(text, " warning: "), "'%s'", text);
}
