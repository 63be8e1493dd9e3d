/* SPDX-License-Identifier: MIT */
/* config_load_file() of config.h: reads the file and has it applied. */
#include "conf/base/complain.h"
#include "conf/config.h"
#include "conf/sources/apply.h"
#include "conf/sources/include.h"
#include "conf/syntax/statement.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 1024 * 1024 };

/* Reads all of `fd` into text[0 .. FILE_MAX_BYTES]. Returns the length, or -1 with errno: EFBIG for more than
 * that. */
static ssize_t read_all(int fd, char *text) {
    size_t length = 0;
    for (;;) {
        ssize_t count = read(fd, text + length, FILE_MAX_BYTES + 1 - length);
        if (count == -1 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return count == 0 ? (ssize_t)length : -1;
        }
        length += (size_t)count;
        if (length > FILE_MAX_BYTES) {
            errno = EFBIG;
            return -1;
        }
    }
}

/* Line ends may be LF or CR LF. Anything else below a blank means that this is no text, or that it hides
 * something. */
static bool check_is_text(const char *path, const char *text, size_t length, char error[CONFIG_ERROR_BYTES]) {
    int line = 1;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        bool line_end = c == '\n' || (c == '\r' && i + 1 < length && text[i + 1] == '\n');
        if ((c < ' ' && c != '\t' && !line_end) || c == 0x7f) {
            return complain((struct complaint){place_of(path, line).text, error},
                            "byte 0x%02x is not text; is this a config file?", c);
        }
        line += c == '\n';
    }
    return true;
}

/* Without waiting, a FIFO that nobody writes to reads as an empty file, and not as the settings it once brought. */
static bool is_fifo(int fd) {
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISFIFO(status.st_mode);
}

char *file_read(const char *path, bool anew, size_t *size, char error[CONFIG_ERROR_BYTES]) {
    char *text = malloc(FILE_MAX_BYTES + 2);
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (anew ? O_NONBLOCK : 0);
    int fd = text != NULL ? open(path, flags) : -1;
    bool is_spent = anew && fd != -1 && is_fifo(fd);
    ssize_t length = fd == -1 || is_spent ? -1 : read_all(fd, text);

    if (is_spent) {
        (void)complain((struct complaint){path, error}, "is a FIFO, which cannot be read anew");
    } else if (length == -1 && errno == EISDIR) {
        (void)complain((struct complaint){path, error}, "is a folder; expected a config file");
    } else if (length == -1 && errno == EFBIG) {
        (void)complain((struct complaint){path, error}, "is larger than 1 MiB; is this a config file?");
    } else if (length == -1) {
        (void)complain((struct complaint){path, error}, "%m");
    }
    if (fd != -1) {
        (void)close(fd);
    }
    if (length == -1 || !check_is_text(path, text, (size_t)length, error)) {
        free(text);
        return NULL;
    }
    memset(text + length, 0, 2);
    *size = (size_t)length;
    return text;
}

bool config_load_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES]) {
    size_t length = 0;
    char *text = file_read(path, config->is_anew, &length, error);
    struct complaints complaints = {.mistakes = &config->mistakes, .error = error};
    complaints_note(&complaints, text != NULL);
    bool loaded = text != NULL && config_apply(config, path, text, length, error);
    free(text);
    return loaded;
}
