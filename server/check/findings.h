/* SPDX-License-Identifier: MIT */
/*
 * What a check-up has found: so many of each kind, with the first few as examples, and one line for each kind that says
 * what to do about it.
 *
 * Knows the words, and not how anything is found. Not thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_FINDINGS_H
#define LIDO_SERVER_CHECK_FINDINGS_H

#include "http/base/string_list.h"
#include "http/base/text.h"

#include <stdbool.h>
#include <stddef.h>

/* As exit statuses of the check-up. */
enum finding_level { FINDING_NONE, FINDING_ADVICE, FINDING_MISTAKE };

/* One list makes the kinds and their words: kind, level, what it is of one, of several, and the remedy. */
#define FINDING_KINDS(X)                                                                                     \
    X(PRIVATE_KEY, MISTAKE, "private key is", "private keys are", "served",                                  \
      "move what is secret out of the root")                                                                 \
    X(SECRET, MISTAKE, "file with secrets is", "files with secrets are", "served",                           \
      "hide it (dotfiles = hide) or move it out of the root")                                                \
    X(REPOSITORY, MISTAKE, "repository is", "repositories are", "served, with all that was ever committed",  \
      "hide it (dotfiles = hide) or serve an export of it")                                                  \
    X(DUMP, MISTAKE, "database or dump of one is", "databases or dumps of them are", "served",               \
      "move it out of the root")                                                                             \
    X(BACKUP, ADVICE, "backup or leftover of an editor is", "backups or leftovers of editors are", "served", \
      "delete it, or move it out of the root")                                                               \
    X(PROGRAM, ADVICE, "program that other servers would run is",                                            \
      "programs that other servers would run are", "shown as source",                                        \
      "Lido runs none: take it away, or put a server that does in front")                                    \
    X(UNREADABLE, MISTAKE, "file or folder cannot be", "files or folders cannot be",                         \
      "read by this user: clients get 403", "chmod o+r (a folder: o+rx)")                                    \
    X(LINK_OUT, MISTAKE, "link leads", "links lead", "out of the root: clients get 404",                     \
      "name the folder in links, or copy what it leads to")                                                  \
    X(LINK_BROKEN, ADVICE, "link leads", "links lead", "nowhere: clients get 404", "mend or delete it")      \
    X(FOLDER_WRITABLE, MISTAKE, "folder can be", "folders can be",                                           \
      "written to by every user of this machine", "chmod o-w")                                               \
    X(FILE_WRITABLE, MISTAKE, "file can be", "files can be", "written to by every user of this machine",     \
      "chmod o-w")                                                                                           \
    X(TIME_AHEAD, ADVICE, "file is", "files are", "from the future: caches cannot go by its time",           \
      "touch it, and look at the clock")                                                                     \
    X(TIME_ZERO, ADVICE, "file has", "files have", "no real time (1970): caches cannot go by it",            \
      "touch it")                                                                                            \
    X(FORM_OLDER, ADVICE, "compressed form is", "compressed forms are",                                      \
      "older than the original, and never sent", "compress it anew")                                         \
    X(FORM_BROKEN, MISTAKE, "compressed form is", "compressed forms are",                                    \
      "broken: browsers that take it show nothing", "compress it anew")                                      \
    X(NAME_NOT_UTF8, ADVICE, "name is", "names are",                                                         \
      "not UTF-8: links to it differ from browser to browser", "rename it (convmv)")                         \
    X(NAME_CONTROL, ADVICE, "name has", "names have", "control characters or a backslash in it",             \
      "rename it")                                                                                           \
    X(NOT_LOOKED_AT, ADVICE, "folder could", "folders could", "not be looked at",                            \
      "see whether it can be read")

enum finding_kind {
#define FINDING_KIND(kind, level, one, several, what, remedy) FINDING_##kind,
    FINDING_KINDS(FINDING_KIND)
#undef FINDING_KIND
        FINDING_KINDS_COUNT
};

enum { FINDING_EXAMPLES = 3 };

/* All-zero: nothing yet. */
struct findings {
    size_t counts[FINDING_KINDS_COUNT];
    struct string_list examples[FINDING_KINDS_COUNT]; /* paths, the first of each kind */
    struct string_list lines[FINDING_MISTAKE + 1];    /* by level: what is no matter of a path */
    bool failed;                                      /* there was no memory for all of it */
};

/* Note that the thing at a path beneath the root is of this kind. */
void findings_note(struct findings *findings, enum finding_kind kind, const char *path);

/* Note a whole line, with its remedy; printf(3)'s format. */
void findings_say(struct findings *findings, enum finding_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* The worst level of all. */
enum finding_level findings_level(const struct findings *findings);

/* Append what was found, a line each, mistakes first, and what is foreign in it made safe for a terminal. Returns how many
 * lines. */
size_t findings_write(const struct findings *findings, struct text *out);

/* Free what was kept. */
void findings_deinit(struct findings *findings);

#endif
