/* SPDX-License-Identifier: MIT */
#include "http/files/folder_reader.h"

#include "http/files/resource.h"
#include "http/semantics/target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int folder_reader_open(struct folder_reader *reader, const struct beneath *root, int folder_fd,
                       const char *path) {
    *reader = (struct folder_reader){.root = root, .path = path, .folder = fdopendir(folder_fd)};
    if (reader->folder == NULL) {
        int error = errno;
        (void)close(folder_fd);
        return -error;
    }
    rewinddir(reader->folder); /* whoever opened it may have read from it */
    return 0;
}

void folder_reader_close(struct folder_reader *reader) {
    if (reader->folder != NULL) {
        (void)closedir(reader->folder);
    }
    reader->folder = NULL;
}

/* Returns false for a path that is too long to be opened. */
static bool write_path(const struct folder_reader *reader, const char *name, char path[PATH_MAX]) {
    int length = snprintf(path, PATH_MAX, "%s%s", reader->path, name);
    return length >= 0 && length < PATH_MAX;
}

/* Open what a link leads to, as it would be served: beneath the root, so that nothing is told of what lies
 * outside. */
static int open_link(const struct folder_reader *reader, const char *name) {
    char path[PATH_MAX];
    return write_path(reader, name, path) ? beneath_open(reader->root, path) : -ENAMETOOLONG;
}

/* What is said of a name that nobody could be served; other errors hide what may well be there. */
static int left_out_or(int error) {
    enum http_status status = resource_status_of_errno(error);
    bool is_left_out = status == HTTP_NOT_FOUND || status == HTTP_FORBIDDEN;
    return is_left_out ? -EAGAIN : error == EAGAIN ? -EBUSY : -error;
}

static int stat_link(const struct folder_reader *reader, const char *name, struct stat *status) {
    int fd = open_link(reader, name);
    if (fd < 0) {
        return left_out_or(-fd);
    }
    int result = fstat(fd, status) == 0 ? 1 : left_out_or(errno);
    (void)close(fd);
    return result;
}

int folder_reader_look(const struct folder_reader *reader, struct folder_entry *entry) {
    struct stat status;
    if (fstatat(dirfd(reader->folder), entry->name, &status, AT_SYMLINK_NOFOLLOW) == -1) {
        return left_out_or(errno);
    }
    bool is_link = S_ISLNK(status.st_mode);
    int result = is_link ? stat_link(reader, entry->name, &status) : 1;
    if (result != 1) {
        return result;
    }
    bool is_file = S_ISREG(status.st_mode);
    if (!is_file && !S_ISDIR(status.st_mode)) {
        return -EAGAIN;
    }
    *entry = (struct folder_entry){
        .name = entry->name,
        .is_folder = !is_file,
        .is_link = is_link,
        .has_status = true,
        .is_executable = is_file && (status.st_mode & S_IXUSR) != 0,
        .size = is_file ? status.st_size : 0,
        .modified = status.st_mtim,
        .changed = status.st_ctim,
    };
    return 1;
}

static bool is_hidden(const struct folder_reader *reader, const char *name) {
    if (!target_is_dot_name(name)) {
        return false;
    }
    char path[PATH_MAX];
    const struct beneath *root = reader->root;
    bool is_own = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
    return is_own || root->shows_dot_file == NULL || !write_path(reader, name, path) ||
           !root->shows_dot_file(root->dotfiles, path);
}

/* Find out what kind of entry a name stands for. Returns as folder_reader_look() does. */
static int recognise(const struct folder_reader *reader, const struct dirent *found,
                     struct folder_entry *entry) {
    *entry = (struct folder_entry){.name = found->d_name, .is_folder = found->d_type == DT_DIR};
    if (is_hidden(reader, found->d_name)) {
        return -EAGAIN;
    }
    switch (found->d_type) {
    case DT_REG:
    case DT_DIR:
        return 1;
    case DT_LNK:
    case DT_UNKNOWN: /* some file systems do not say */
        return folder_reader_look(reader, entry);
    default:
        return -EAGAIN;
    }
}

int folder_reader_next(struct folder_reader *reader, struct folder_entry *entry) {
    errno = 0;
    const struct dirent *found = readdir(reader->folder);
    if (found == NULL) {
        return -errno;
    }
    return recognise(reader, found, entry);
}

int folder_reader_may_read(const struct folder_reader *reader, const struct folder_entry *entry) {
    if (entry->is_link && entry->has_status) {
        return 1; /* it was opened to be looked at */
    }
    if (entry->is_link) {
        int fd = open_link(reader, entry->name);
        if (fd >= 0) {
            (void)close(fd);
        }
        return fd >= 0 ? 1 : left_out_or(-fd);
    }
    return faccessat(dirfd(reader->folder), entry->name, R_OK, AT_EACCESS) == 0 ? 1 : left_out_or(errno);
}
