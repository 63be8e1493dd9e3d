/* SPDX-License-Identifier: MIT */
/*
 * Replays the table of requests and answers against a running server, and prints for each row what differs.
 *
 *   semantics_replay --content FOLDER       make the files and Lido's settings that the rows are about
 *   semantics_replay HOST PORT              put the rows to any server; what only Lido promises is left out
 *   semantics_replay --lido HOST PORT       put all rows to Lido
 *   --conditions                            show request and answer of each row that differs
 *
 * The exit status is 0 if nothing differs, 1 if something does, 2 if it could not be asked.
 */
#include "tests/semantics/content.h"
#include "tests/semantics/replay.h"

#include <getopt.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>

#ifndef LIDO_HAVE_ZLIB
#define LIDO_HAVE_ZLIB 0
#endif

struct counts {
    size_t rows;
    size_t equal;
};

static void put(struct replay *replay, const struct theme *theme, bool is_lido, bool in_full,
                struct counts *counts) {
    for (size_t i = 0; i < theme->count; i++) {
        const struct row *row = &theme->rows[i];
        struct report report = {0};
        if (row->lido_only && !is_lido) {
            continue;
        }
        counts->rows++;
        if (replay_row(replay, row, in_full, &report) == 0) {
            counts->equal++;
        } else {
            (void)printf("%s: %s (%s, %s): expected %d: %s\n", theme->name, row->name, row->rule,
                         row->host != NULL ? row->host : "any host", row->status, report.text);
        }
    }
}

static int replay_all(const char *host, const char *port, bool is_lido, bool in_full) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
    struct addrinfo *found;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error != 0) {
        (void)fprintf(stderr, "semantics_replay: %s: %s\n", host, gai_strerror(error));
        return 2;
    }
    struct replay *replay = replay_create(found->ai_addr, found->ai_addrlen, is_lido);
    freeaddrinfo(found);
    if (replay == NULL) {
        return 2;
    }
    struct counts counts = {0};
    for (size_t i = 0; themes[i] != NULL; i++) {
        put(replay, themes[i], is_lido, in_full, &counts);
    }
    replay_destroy(replay);
    (void)printf("%zu rows, %zu equal\n", counts.rows, counts.equal);
    return counts.equal == counts.rows ? 0 : 1;
}

static int create_content(const char *folder) {
    int result = content_create(folder, LIDO_HAVE_ZLIB);
    if (result != 0) {
        (void)fprintf(stderr, "semantics_replay: %s: %s\n", folder, strerror(-result));
    }
    return result == 0 ? 0 : 2;
}

int main(int argc, char **argv) {
    static const struct option long_options[] = {{"conditions", no_argument, NULL, 'c'},
                                                 {"lido", no_argument, NULL, 'l'},
                                                 {"content", required_argument, NULL, 'f'},
                                                 {0}};
    bool in_full = false;
    bool is_lido = false;
    int option;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
        if (option == 'f') {
            return create_content(optarg);
        }
        if (option == '?') {
            return 2;
        }
        in_full |= option == 'c';
        is_lido |= option == 'l';
    }
    if (argc - optind != 2) {
        (void)fprintf(stderr,
                      "usage: semantics_replay [--conditions] [--lido] HOST PORT | --content FOLDER\n");
        return 2;
    }
    return replay_all(argv[optind], argv[optind + 1], is_lido, in_full);
}
