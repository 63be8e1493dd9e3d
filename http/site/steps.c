/* SPDX-License-Identifier: MIT */
#include "http/site/steps.h"

#include "http/base/clock.h"
#include "http/semantics/field_syntax.h"
#include "http/site/missing.h"

#include <errno.h>
#include <string.h>

static const char *reason_of(int error) {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return "no such file";
    case EXDEV:
        return "leads out of the root by a link that links does not allow";
    case ELOOP:
        return SITE_MISSING_LOOP;
    case ENXIO:
    case ENODEV:
        return "neither a file nor a folder";
    case EACCES:
    case EPERM:
        return "may not be read (permission denied)";
    case ENAMETOOLONG:
        return "too long for a name";
    case ESTALE:
        return "the root is gone";
    default:
        return "cannot be opened now";
    }
}

/* The root has no name here. */
static const char *name_of(const char *path) {
    return path[0] != '\0' ? path : "the root";
}

void site_steps_tell_opened(const struct account *account, const struct beneath *root, const char *path,
                            enum http_status status) {
    char missing[SITE_MISSING_BYTES];
    int error = errno;
    const char *outcome = status == HTTP_OK ? "a folder" : reason_of(error);
    if (status != HTTP_OK && (error == ENOENT || error == ENOTDIR || error == ELOOP)) {
        site_missing_explain(root, path, missing);
        outcome = missing;
    }
    account_write(account, "%s: %s", name_of(path), outcome);
    errno = error;
}

static bool is_chosen(const struct coding_choice *choice, enum content_coding coding) {
    for (size_t i = 0; i < choice->count; i++) {
        if (choice->codings[i] == coding) {
            return true;
        }
    }
    return false;
}

void site_steps_tell_refused(const struct account *account, const enum content_coding *offered,
                             size_t offered_count, const struct coding_choice *choice) {
    for (size_t i = 0; i < offered_count; i++) {
        if (!is_chosen(choice, offered[i])) {
            int weight = choice->asked.of[offered[i]];
            weight = weight != WEIGHT_NOT_NAMED ? weight : choice->asked.of_others;
            bool is_refused = weight == WEIGHT_REFUSED;
            account_write(account, "%s: %s Accept-Encoding", content_coding_name(offered[i]),
                          is_refused ? "refused (q=0) by" : "not named in");
        }
    }
}

void site_steps_tell_sibling(const struct account *account, const char *path, enum content_coding coding,
                             enum http_status status, const struct resource *sibling,
                             const struct resource *file) {
    const char *suffix = content_coding_suffix(coding);
    const char *outcome = status != HTTP_OK    ? reason_of(errno)
                          : sibling->is_folder ? "a folder"
                          : clock_compare(sibling->modified, file->modified) < 0
                              ? "older than"
                              : "not older than the original: takes its place";
    bool is_older = strcmp(outcome, "older than") == 0;
    account_write(account, "%s%s: %s%s%s", path, suffix, outcome, is_older ? " " : "", is_older ? path : "");
}
