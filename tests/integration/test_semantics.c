/* SPDX-License-Identifier: MIT */
/*
 * The table of requests and answers of tests/semantics/, put to the real program: one test a theme.
 *
 * The program's settings stand in tests/semantics/config.c; all rows of a theme are asked of one running
 * program, one after another, and every row that differs is told, not only the first.
 */
#include "tests/semantics/content.h"
#include "tests/semantics/replay.h"
#include "tests/support/stage.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

TestSuite(semantics, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

/* Whether the program was built with a library to compress with. */
static bool can_compress(void) {
    static struct program asked;
    int status = program_run(&asked, &(struct program_options){.arguments = LIST("--version")});
    cr_assert(status == 0, "lido --version: exit status %d", status);
    return strstr(asked.out.text, "zlib 1") != NULL;
}

static void serve_content(void) {
    int result = content_create(workplace.path, can_compress());
    cr_assert(result == 0, "the content cannot be made: %s", strerror(-result));
    program_start(&lido, &(struct program_options){.arguments = LIST("--port=0", "--config=lido.conf"),
                                                   .environment = LIST("LIDO_ACCESS_LOG=off"),
                                                   .directory = workplace.path});
}

static struct replay *open_replay(void) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(lido.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct replay *replay = replay_create((const struct sockaddr *)&address, sizeof address, true);
    cr_assert(replay != NULL, "no memory");
    return replay;
}

static void replay_theme(const struct theme *theme) {
    serve_content();
    struct replay *replay = open_replay();
    for (size_t i = 0; i < theme->count; i++) {
        const struct row *row = &theme->rows[i];
        struct report report = {0};
        int differences = replay_row(replay, row, true, &report);
        cr_expect(differences == 0, "%s (%s): expected %d: %s", row->name, row->rule, row->status,
                  report.text);
    }
    replay_destroy(replay);
}

StageTest(semantics, of_validators) {
    replay_theme(&theme_validators);
}

StageTest(semantics, of_preconditions_with_tags) {
    replay_theme(&theme_matches);
}

StageTest(semantics, of_preconditions_with_dates) {
    replay_theme(&theme_dates);
}

StageTest(semantics, of_several_preconditions) {
    replay_theme(&theme_precedence);
}

StageTest(semantics, of_ranges) {
    replay_theme(&theme_ranges);
}

StageTest(semantics, of_ranges_on_condition) {
    replay_theme(&theme_if_range);
}

StageTest(semantics, of_several_ranges) {
    replay_theme(&theme_multipart);
}

StageTest(semantics, of_content_codings) {
    replay_theme(&theme_codings);
}

StageTest(semantics, of_compressed_siblings) {
    replay_theme(&theme_siblings);
}

StageTest(semantics, of_compression) {
    if (!can_compress()) {
        stage_skip("built without zlib");
    }
    replay_theme(&theme_compression);
}

StageTest(semantics, of_caching) {
    replay_theme(&theme_caching);
}

StageTest(semantics, of_own_fields) {
    replay_theme(&theme_fields);
}

StageTest(semantics, of_sharing_across_origins) {
    replay_theme(&theme_cors);
}

StageTest(semantics, of_urls) {
    replay_theme(&theme_urls);
}

StageTest(semantics, of_redirects) {
    replay_theme(&theme_redirects);
}

StageTest(semantics, of_virtual_hosts) {
    replay_theme(&theme_hosts);
}

StageTest(semantics, of_content_types) {
    replay_theme(&theme_types);
}

static void ask_with_tag(const char *field, const char *tag) {
    char request[512];
    (void)snprintf(request, sizeof request, "GET /young/large.bin HTTP/1.0\r\n%s: %s\r\n\r\n", field, tag);
    ask(request);
}

/* Only while the clock of the test proves that two seconds, the grain of a time without a fraction, have not
 * passed when the answer was made, the tag must be weak; nothing is said about a run that was held up for
 * longer. */
StageTest(semantics, of_a_file_that_may_still_change) {
    serve_content();
    folder_create_inside(&site, &workplace, "main/young");
    folder_truncate(&site, "large.bin", 102400); /* of what is read the content tells */
    time_t modified = time(NULL);
    folder_touch(&site, "large.bin", modified);
    (void)get("/young/large.bin");
    bool must_be_weak = time(NULL) < modified + 2;
    const char *given = answer_field(&answer, "ETag");
    cr_assert(given != NULL && strlen(given) < 100, "ETag: %s", given);
    char tag[100];
    memcpy(tag, given, strlen(given) + 1); /* `answer` is used again below */
    cr_assert(strncmp(tag, "W/\"", 3) == 0 || !must_be_weak, "%s", tag);
    bool was_weak = tag[0] == 'W';
    ask_with_tag("Range: bytes=0-1\r\nIf-Range", tag);
    cr_assert(answer.status == (was_weak ? 200 : 206), "If-Range: %s: status %d", tag, answer.status);
    ask_with_tag("If-Match", tag);
    cr_assert(answer.status == (was_weak ? 412 : 200), "If-Match: %s: status %d", tag, answer.status);
    ask_with_tag("If-Match", was_weak ? tag + 2 : "\"x\"");
    must_be_weak = time(NULL) < modified + 2; /* else it may have become what was asked for */
    cr_assert(answer.status == 412 || (was_weak && !must_be_weak), "If-Match: %s without its mark: status %d",
              tag, answer.status);
}
