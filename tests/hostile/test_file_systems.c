/* SPDX-License-Identifier: MIT */
/* Files that change in every way while clients ask for them: nobody gets another file's bytes, nor any from outside of the
 * root, whatever is renamed, removed, cut off, locked or swapped for a link meanwhile. */
#include "tests/hostile/archives.h"
#include "tests/hostile/blocks.h"
#include "tests/hostile/mischief.h"
#include "tests/support/stage.h"

#include <criterion/logging.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

enum {
    READERS = 4,
    BUSY_MS = 300,
    QUIET_MS = 60, /* long enough for the last version to be kept */
    PHASES = 8,
    RENAMES_MIN = 20 * 1000, /* in all of them; 10,000 a second, unless the machine is busy */
    CUT_BYTES = 64 * 1024 * 1024,
};

static struct client readers[READERS];
static struct mischief mischief;

static struct { long whole, cut_off, refused, archives; } seen;

/* How it may be answered if not with 200 or 206. */
enum refusal { NEVER = 0, GONE = 404, LOCKED = 403 };

static const struct target {
    const char *path;
    const char *contents[2]; /* one of these */
    enum refusal refusal;
    bool is_edited; /* where it is */
} targets[] = {
    {"/m/one.txt", {"pair-a", "pair-b"}, NEVER, false},
    {"/m/two.txt", {"pair-a", "pair-b"}, NEVER, false},
    {"/m/swapped.txt", {"swapped", NULL}, GONE, false},
    {"/m/folder/inside.txt", {"inside", NULL}, GONE, false},
    {"/m/deep/level/up.txt", {"top", NULL}, GONE, false},
    {"/m/top.txt", {"top", NULL}, NEVER, false},
    {"/m/fresh.txt", {"fresh", NULL}, GONE, false},
    {"/m/edited.txt", {"edited", NULL}, NEVER, true},
    {"/m/small-edited.txt", {"small-edited", NULL}, NEVER, true},
    {"/m/locked.txt", {"locked", NULL}, LOCKED, false},
    {"/m/coded.js", {"plain", NULL}, NEVER, false},
    {"/m/coded.js.gz", {"coded", NULL}, GONE, false},
    {"/level/up.txt", {NULL, NULL}, GONE, false}, /* leads out */
};

static const size_t target_count = sizeof targets / sizeof *targets;
static const struct target coded = {"/m/coded.js", {"coded", NULL}, NEVER, false};

static void set_up(void) {
    stage_set_up();
    folder_write_text(&site, "index.html", "content");
    mischief_prepare(&site, &workplace);
    for (size_t i = 0; i < READERS; i++) {
        readers[i].fd = -1;
    }
}

static void tear_down(void) {
    for (size_t i = 0; i < READERS; i++) {
        client_close(&readers[i]);
    }
    stage_tear_down();
}

TestSuite(file_systems, .init = set_up, .fini = tear_down, .timeout = 2.0 * STAGE_TIMEOUT_S);

/* --- what comes --------------------------------------------------------------------------------------------- */

static bool is_of(const struct target *target, const char *bytes, size_t size, off_t offset) {
    for (size_t i = 0; i < 2 && target->contents[i] != NULL; i++) {
        const char *name = target->contents[i];
        if (target->is_edited ? blocks_match_edited(bytes, size, name, offset)
                              : blocks_match(bytes, size, name, offset)) {
            return true;
        }
    }
    return size == 0;
}

static void expect_nothing_from_outside(const char *target, const char *bytes, size_t size) {
    bool leaks = memmem(bytes, size, MISCHIEF_SECRET, strlen(MISCHIEF_SECRET)) != NULL ||
                 memmem(bytes, size, "root:x:", strlen("root:x:")) != NULL;
    cr_assert(!leaks, "%s: what is outside of the root", target);
}

static off_t offset_of(const struct answer *head) {
    const char *range = answer_field(head, "Content-Range");
    return range != NULL ? (off_t)strtoll(range + strlen("bytes "), NULL, 10) : 0;
}

/* Up to its length, or to where it is cut off. */
static size_t take_body(struct client *reader, size_t length) {
    bool is_open = true;
    while (is_open && reader->length < length) {
        is_open = client_receive(reader);
    }
    return reader->length < length ? reader->length : length;
}

static void check_refusal(const struct target *target, const char *fields) {
    bool may_be_out_of_range = target->is_edited && answer.status == 416 && fields[0] == 'R';
    cr_assert((target->refusal != NEVER && answer.status == (int)target->refusal) || may_be_out_of_range,
              "%s: status %d", target->path, answer.status);
    seen.refused++;
}

static void read_file(struct client *reader, const struct target *target, const char *fields) {
    client_read_head(reader, &answer);
    size_t length = (size_t)answer.content_length;
    size_t size = take_body(reader, length);
    expect_nothing_from_outside(target->path, reader->bytes, size);
    if (answer.status != 200 && answer.status != 206) {
        check_refusal(target, fields);
    } else {
        bool is_coded = answer_field(&answer, "Content-Encoding") != NULL;
        const struct target *expected = is_coded ? &coded : target;
        cr_assert(is_of(expected, reader->bytes, size, offset_of(&answer)),
                  "%s: %zu bytes are not the file's: '%.70s'", target->path, size, reader->bytes);
        cr_assert(size == length || target->is_edited, "%s: %zu of %zu bytes", target->path, size, length);
    }
    seen.whole += size == length ? 1 : 0;
    seen.cut_off += size < length ? 1 : 0;
    client_take(reader, size);
}

static void check_member(struct archive_member member) {
    for (size_t i = 0; i < target_count; i++) {
        if (strcmp(member.path, targets[i].path + 1) == 0) {
            cr_assert(is_of(&targets[i], member.bytes, member.size, 0), "%s in an archive: '%.70s'",
                      member.path, member.bytes);
        }
    }
}

static void read_archive(struct client *reader, const char *target) {
    client_read_head(reader, &answer);
    bool is_told_to_try_again = answer.status == 503; /* it changed while it was looked at */
    cr_assert(answer.status == 200 || is_told_to_try_again, "%s: status %d", target, answer.status);
    size_t size = take_body(reader, (size_t)answer.content_length);
    expect_nothing_from_outside(target, reader->bytes, size);
    if (is_told_to_try_again) {
        seen.refused++;
    } else if (strstr(target, "tar") != NULL) {
        seen.archives += (long)archive_read_tar(reader->bytes, size, check_member);
    } else {
        seen.archives += (long)archive_read_zip(reader->bytes, size, check_member);
    }
    client_take(reader, size);
}

/* --- asking --------------------------------------------------------------------------------------------------- */

static void send_request(struct client *reader, const char *target, const char *fields) {
    char request[256];
    if (reader->fd == -1 || reader->end != CLIENT_OPEN) {
        client_close(reader);
        client_connect(reader, lido.port);
    }
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.0\r\nConnection: keep-alive\r\n%s\r\n",
                          target, fields);
    (void)client_try_send(reader, request, (size_t)length);
}

/* All of them at the same time. */
static void ask_for_file(const struct target *target, const char *fields) {
    for (size_t i = 0; i < READERS; i++) {
        send_request(&readers[i], target->path, fields);
    }
    for (size_t i = 0; i < READERS; i++) {
        read_file(&readers[i], target, fields);
    }
}

static void ask_for_all(void) {
    static const char *const forms[] = {"", "Range: bytes=1024-\r\n", "Accept-Encoding: gzip\r\n"};
    static const char *const archives[] = {"/m/?download=tar", "/m/?download=zip"};
    for (size_t i = 0; i < target_count; i++) {
        for (size_t k = 0; k < sizeof forms / sizeof *forms; k++) {
            ask_for_file(&targets[i], forms[k]);
        }
    }
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++) {
        send_request(&readers[i], archives[i], "");
    }
    for (size_t i = 0; i < sizeof archives / sizeof *archives; i++) {
        read_archive(&readers[i], archives[i]);
    }
}

static void ask_until(int64_t deadline) {
    do {
        ask_for_all();
    } while (clock_now_ms() < deadline);
}

/* However busy the machine is; the time of the test ends it. */
static bool has_seen_enough(void) {
    return seen.whole > 100 && seen.refused > 10 && seen.archives > 100;
}

/* Between two times of mischief all rests for a while, so that there is something to keep. */
static void changing_files_never_mix(const char *const *settings, const long *unknown_calls) {
    struct program_options options = {.arguments = LIST("--port=0", site.path),
                                      .environment = settings,
                                      .unprivileged = true,
                                      .unknown_calls = unknown_calls};
    program_start(&lido, &options);
    ask_for_all();
    mischief_start(&mischief);
    int64_t busy_ms = 0;
    for (int phase = 0; phase < PHASES || mischief.counts->renames < RENAMES_MIN || !has_seen_enough();
         phase++) {
        int64_t begin = clock_now_ms();
        ask_until(deadline_in(BUSY_MS));
        busy_ms += clock_now_ms() - begin;
        mischief_pause(&mischief);
        ask_until(deadline_in(QUIET_MS));
        mischief_go_on(&mischief);
    }
    cr_log_info(
        "%ld renames a second, %ld edits; %ld answers whole, %ld cut off, %ld refused; %ld files in archives",
        mischief.counts->renames * 1000 / (long)busy_ms, mischief.counts->edits, seen.whole, seen.cut_off,
        seen.refused, seen.archives);
    mischief_end(&mischief);
}

static const long openat2_unknown[] = {SYS_openat2, -1};

StageTest(file_systems, that_change_give_nobody_another_files_bytes) {
    changing_files_never_mix(LIST("LIDO_THREADS=2"), NULL);
}

StageTest(file_systems, that_change_give_nobody_another_files_bytes_without_a_cache) {
    changing_files_never_mix(LIST("LIDO_THREADS=2", "LIDO_FILE_CACHE=off", "LIDO_SANDBOX=off"), NULL);
}

StageTest(file_systems, that_change_give_nobody_another_files_bytes_without_openat2) {
    changing_files_never_mix(LIST("LIDO_THREADS=2", "LIDO_SANDBOX=off"), openat2_unknown);
}

StageTest(file_systems, that_change_give_nobody_another_files_bytes_without_openat2_and_a_cache) {
    changing_files_never_mix(LIST("LIDO_THREADS=1", "LIDO_FILE_CACHE=off"), openat2_unknown);
}

/* --- one that is cut off ---------------------------------------------------------------------------------------- */

static void cut_off_ends_short(const char *const *settings) {
    static const char request[] = "GET /cut.bin HTTP/1.0\r\n\r\n";
    static char bytes[MISCHIEF_LARGE_BYTES];
    folder_truncate(&site, "cut.bin", CUT_BYTES);
    serve(settings);
    client_connect_narrow(&readers[0], lido.port);
    client_send(&readers[0], request);
    client_read_head(&readers[0], &answer);
    cr_assert_eq(answer.content_length, CUT_BYTES);
    folder_truncate(&site, "cut.bin", 0);
    memset(bytes, 'x', sizeof bytes);
    folder_write(&site, "other.bin", bytes, sizeof bytes); /* may get the room that the other one had */
    client_widen(&readers[0]);
    (void)client_read_to_end(&readers[0]);
    size_t size = readers[0].length;
    cr_assert(size < CUT_BYTES, "it is padded");
    cr_assert(memchr(readers[0].bytes, 'x', size) == NULL, "what is not of the file");
    program_await_line(&lido, &lido.err, "GET /cut.bin HTTP/1.0\", cut off: the file has changed meanwhile",
                       NULL);
}

StageTest(file_systems, that_cut_a_file_off_end_its_answer_short) {
    cut_off_ends_short(LIST("LIDO_THREADS=1"));
}
