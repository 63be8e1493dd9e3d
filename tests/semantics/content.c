/* SPDX-License-Identifier: MIT */
#include "tests/semantics/content.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static size_t times_of(const struct content_file *file) {
    return file->times > 0 ? file->times : 1;
}

off_t content_size(const struct content_file *file) {
    return file->hole + (off_t)(strlen(file->text) * times_of(file));
}

const struct content_file *content_find(const char *path) {
    for (const struct content_file *file = content_files; file->path != NULL; file++) {
        if (strncmp(file->path, "main/", 5) == 0 && strcmp(file->path + 4, path) == 0) {
            return file;
        }
    }
    return NULL;
}

bool content_matches(const struct content_file *file, off_t offset, const char *bytes, size_t length) {
    size_t text_length = strlen(file->text);
    if (offset < 0 || (off_t)length > content_size(file) - offset) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        off_t at = offset + (off_t)i - file->hole;
        bool is_as_expected = bytes[i] == (at < 0 ? '\0' : file->text[(size_t)at % text_length]);
        if (!is_as_expected) {
            return false;
        }
    }
    return true;
}

static int make_parents(char *path, size_t root_length) {
    for (char *slash = path + root_length + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        int result = mkdir(path, 0755);
        *slash = '/';
        if (result != 0 && errno != EEXIST) {
            return -errno;
        }
    }
    return 0;
}

static bool write_text(int fd, const char *text, size_t times) {
    size_t length = strlen(text);
    for (size_t i = 0; i < times; i++) {
        if (write(fd, text, length) != (ssize_t)length) {
            return false;
        }
    }
    return true;
}

static int write_file(const char *path, const struct content_file *file) {
    const struct timespec modified[2] = {file->modified, file->modified};
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd == -1) {
        return -errno;
    }
    bool written = lseek(fd, file->hole, SEEK_SET) == file->hole &&
                   write_text(fd, file->text, times_of(file)) && futimens(fd, modified) == 0;
    int error = errno;
    return close(fd) == 0 && written ? 0 : -error;
}

static int create(const char *folder, const struct content_file *file) {
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s", folder, file->path);
    if (length < 0 || (size_t)length >= sizeof path) {
        return -ENAMETOOLONG;
    }
    int result = make_parents(path, strlen(folder));
    bool is_folder = path[length - 1] == '/';
    return result != 0 || is_folder ? result : write_file(path, file);
}

/* A folder's own time changes with what is put into it. */
static int create_config(const char *folder, bool with_compression) {
    struct content_file config = {.path = "lido.conf", .text = content_config};
    int result = create(folder, &config);
    if (result != 0 || !with_compression) {
        return result;
    }
    char path[PATH_MAX];
    (void)snprintf(path, sizeof path, "%s/lido.conf", folder);
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd == -1) {
        return -errno;
    }
    bool written = write_text(fd, content_config_compress, 1);
    return close(fd) == 0 && written ? 0 : -EIO;
}

int content_create(const char *folder, bool with_compression) {
    for (const struct content_file *file = content_files; file->path != NULL; file++) {
        int result = create(folder, file);
        if (result != 0) {
            return result;
        }
    }
    return create_config(folder, with_compression);
}
