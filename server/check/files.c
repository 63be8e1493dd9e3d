/* SPDX-License-Identifier: MIT */
#include "server/check/files.h"

#include "http/base/escape.h"
#include "http/base/utf8.h"
#include "http/rules/dotfiles.h"
#include "server/check/forms.h"
#include "server/check/secrets.h"
#include "server/check/walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    KEY_BYTES = 16384, /* of a file that may hold a key are looked at */
    AHEAD_S = 60,      /* clocks of two machines may differ by so much */
    PROGRESS_EACH = 256
};

struct check {
    const struct beneath *root;
    const char *prefix;
    struct findings *findings;
    files_progress *progress;
    void *context;
    time_t now;
    size_t count;
};

static void note(const struct check *check, enum finding_kind kind, const char *path) {
    char whole[PATH_MAX + 2];
    (void)snprintf(whole, sizeof whole, "%s%s%s", check->prefix, *path != '\0' ? "/" : "", path);
    findings_note(check->findings, kind, whole);
}

/* --- names ---------------------------------------------------------------------------------------------- */

/* A certificate is public, and looks like a key by its name. */
static bool holds_only_what_is_public(const struct walk_entry *entry) {
    char bytes[KEY_BYTES];
    int fd = openat(entry->folder_fd, entry->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    ssize_t length = fd != -1 ? read(fd, bytes, sizeof bytes) : -1;
    if (fd != -1) {
        (void)close(fd);
    }
    static const char begin[] = "-----BEGIN ";
    static const char secret[] = "PRIVATE KEY-----";
    return length > 0 && memmem(bytes, (size_t)length, begin, strlen(begin)) != NULL &&
           memmem(bytes, (size_t)length, secret, strlen(secret)) == NULL;
}

static void check_name(const struct check *check, const struct walk_entry *entry) {
    enum finding_kind kind = FINDING_KINDS_COUNT;
    if (secrets_find(entry->name, S_ISDIR(entry->status.st_mode), &kind) &&
        !(kind == FINDING_PRIVATE_KEY && holds_only_what_is_public(entry))) {
        note(check, kind, entry->path);
    }
    if (!utf8_is_well_formed(entry->name)) {
        note(check, FINDING_NAME_NOT_UTF8, entry->path);
    } else if (escape_finds_terminal_harm(view_of(entry->name)) || strchr(entry->name, '\\') != NULL) {
        note(check, FINDING_NAME_CONTROL, entry->path);
    }
}

/* --- links ---------------------------------------------------------------------------------------------- */

static void check_link(const struct check *check, const struct walk_entry *entry) {
    struct stat target;
    if (fstatat(entry->folder_fd, entry->name, &target, 0) == -1) {
        if (errno == ENOENT || errno == ELOOP) {
            note(check, FINDING_LINK_BROKEN, entry->path);
        }
        return;
    }
    int fd = beneath_open(check->root, entry->path);
    if (fd >= 0) {
        (void)close(fd);
    } else if (fd == -EXDEV) {
        note(check, FINDING_LINK_OUT, entry->path);
    } else if (fd == -EACCES) {
        note(check, FINDING_UNREADABLE, entry->path);
    }
}

/* --- files and folders ---------------------------------------------------------------------------------- */

static void check_rights(const struct check *check, const struct walk_entry *entry) {
    bool is_folder = S_ISDIR(entry->status.st_mode);
    if (faccessat(entry->folder_fd, entry->name, is_folder ? R_OK | X_OK : R_OK, AT_EACCESS) == -1 &&
        errno == EACCES) {
        note(check, FINDING_UNREADABLE, entry->path);
    }
    bool is_for_all = (entry->status.st_mode & S_IWOTH) != 0;
    if (is_for_all) {
        note(check, is_folder ? FINDING_FOLDER_WRITABLE : FINDING_FILE_WRITABLE, entry->path);
    }
}

static void check_time(const struct check *check, const struct walk_entry *entry) {
    time_t modified = entry->status.st_mtim.tv_sec;
    if (modified > check->now + AHEAD_S) {
        note(check, FINDING_TIME_AHEAD, entry->path);
    } else if (modified <= 0) {
        note(check, FINDING_TIME_ZERO, entry->path);
    }
}

static void check_form(const struct check *check, const struct walk_entry *entry) {
    switch (forms_check(entry)) {
    case FORM_OLDER:
        note(check, FINDING_FORM_OLDER, entry->path);
        break;
    case FORM_BROKEN:
        note(check, FINDING_FORM_BROKEN, entry->path);
        break;
    case FORM_NONE:
    case FORM_FINE:
        break;
    }
}

/* As the server does, and not only what lists show: "/.well-known/" is always served. */
static bool is_hidden(const struct check *check, const struct walk_entry *entry) {
    char path[PATH_MAX + 1];
    (void)snprintf(path, sizeof path, "%s%s", entry->path, S_ISDIR(entry->status.st_mode) ? "/" : "");
    return !dotfiles_serve(check->root->dotfiles, path);
}

static bool visit(void *context, const struct walk_entry *entry) {
    struct check *check = context;
    mode_t mode = entry->status.st_mode;
    if (is_hidden(check, entry)) {
        return false;
    }
    if (++check->count % PROGRESS_EACH == 0 && check->progress != NULL) {
        check->progress(check->context, check->count);
    }
    check_name(check, entry);
    if (S_ISLNK(mode)) {
        check_link(check, entry);
    } else if (S_ISDIR(mode)) {
        check_rights(check, entry);
    } else if (S_ISREG(mode)) {
        check_rights(check, entry);
        check_time(check, entry);
        check_form(check, entry);
    }
    return true;
}

/* One that may not be read was noted when it was seen. */
static void fail(void *context, const char *path, int error) {
    const struct check *check = context;
    if (error != -EACCES && error != -ENOENT) {
        note(check, FINDING_NOT_LOOKED_AT, path);
    }
}

static void visit_only(struct check *check, const char *name) {
    struct walk_entry entry = {.folder_fd = check->root->root_fd, .name = name, .path = name};
    if (fstatat(entry.folder_fd, name, &entry.status, 0) == 0) {
        (void)visit(check, &entry);
    }
}

size_t files_check(const struct site *site, const char *prefix, const char *only, struct findings *findings,
                   files_progress *progress, void *context) {
    struct check check = {.root = site_root(site),
                          .prefix = prefix,
                          .findings = findings,
                          .progress = progress,
                          .context = context,
                          .now = time(NULL)};
    struct walk_visitor visitor = {.visit = visit, .fail = fail, .context = &check};
    if (only != NULL) {
        visit_only(&check, only);
    } else if (walk_tree(check.root->root_fd, &visitor) != 0) {
        findings->failed = true;
    }
    return check.count;
}
