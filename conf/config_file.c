/* SPDX-License-Identifier: MIT */
/* config_load_file() of config.h: reads the file, has its shape checked, takes the values from libConfuse. */
#include "conf/assignment.h"
#include "conf/complain.h"
#include "conf/config.h"
#include "conf/config_syntax.h"
#include "conf/string_list.h"

#include <confuse.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX_BYTES = 1024 * 1024 };

/* ---- the text ---- */

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
            return complain(error, place_of(path, line).text,
                            "byte 0x%02x is not text; is this a config file?", c);
        }
        line += c == '\n';
    }
    return true;
}

/* The content of the file, malloc'ed and ended by a NUL; or NULL with a line in `error`. */
static char *read_text(const char *path, char error[CONFIG_ERROR_BYTES]) {
    char *text = malloc(FILE_MAX_BYTES + 2);
    int fd = text ? open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY) : -1;
    ssize_t length = fd == -1 ? -1 : read_all(fd, text);

    if (length == -1 && errno == EISDIR) {
        (void)complain(error, path, "is a folder; expected a config file");
    } else if (length == -1 && errno == EFBIG) {
        (void)complain(error, path, "is larger than 1 MiB; is this a config file?");
    } else if (length == -1) {
        (void)complain(error, path, "%m");
    } else {
        text[length] = '\0';
    }
    if (fd != -1) {
        (void)close(fd);
    }
    if (length == -1 || !check_is_text(path, text, (size_t)length, error)) {
        free(text);
        return NULL;
    }
    return text;
}

/* ---- the values ---- */

/* libConfuse prints what it has to say to stderr unless it is given a function to say it to. */
static void say_nothing(cfg_t *cfg, const char *format, va_list arguments) {
    (void)cfg;
    (void)format;
    (void)arguments;
}

/* All options as strings, so that `threads = auto` and `listing = on` need no quotes and every value is checked
 * in one way. Only what the file holds: defaults are ours. No include(): one file is one picture. */
static cfg_t *create_parser(void) {
    cfg_opt_t options[OPTION_COUNT + 1];
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const char *name = option_table[i].name;
        options[i] = option_is_list(&option_table[i]) ? (cfg_opt_t)CFG_STR_LIST(name, NULL, CFGF_NODEFAULT)
                                                      : (cfg_opt_t)CFG_STR(name, NULL, CFGF_NODEFAULT);
    }
    options[OPTION_COUNT] = (cfg_opt_t)CFG_END();
    cfg_t *parser = cfg_init(options, CFGF_NONE);
    if (parser) {
        (void)cfg_set_error_function(parser, say_nothing);
    }
    return parser;
}

static bool complain_of_line(const char *path, int line, char error[CONFIG_ERROR_BYTES]) {
    return complain(error, place_of(path, line).text, "this line cannot be read; expected name = value");
}

static bool assign_setting(struct config *config, const char *path,
                           const struct config_syntax_setting *setting, cfg_opt_t *parsed,
                           char error[CONFIG_ERROR_BYTES]) {
    struct config_strings texts = {0};
    struct config_strings wheres = {0};
    struct assignment assignment = {
        .option = setting->option, .source = CONFIG_FILE, .texts = &texts, .wheres = &wheres};
    int outcome =
        setting->value_count == 0 ? string_list_add(&wheres, place_of(path, setting->line).text) : 0;

    for (size_t i = 0; i < setting->value_count && outcome == 0; i++) {
        outcome = string_list_add(&texts, cfg_opt_getnstr(parsed, (unsigned)i));
        outcome =
            outcome == 0 ? string_list_add(&wheres, place_of(path, setting->value_lines[i]).text) : outcome;
    }
    bool assigned =
        outcome == 0 ? assignment_apply(config, &assignment, error) : complain(error, path, "out of memory");
    string_list_deinit(&texts);
    string_list_deinit(&wheres);
    return assigned;
}

static bool assign_all(struct config *config, const char *path, const struct config_syntax *syntax,
                       cfg_t *parser, char error[CONFIG_ERROR_BYTES]) {
    for (size_t i = 0; i < syntax->count; i++) {
        const struct config_syntax_setting *setting = &syntax->settings[i];
        cfg_opt_t *parsed = cfg_getopt(parser, setting->option->name);
        if (!parsed || cfg_opt_size(parsed) != setting->value_count) {
            return complain_of_line(path, setting->line, error);
        }
        if (!assign_setting(config, path, setting, parsed, error)) {
            return false;
        }
    }
    return true;
}

/* Parses from memory rather than with cfg_parse(), whose tilde expansion reads past its buffer (CVE-2022-40320). */
static bool assign_text(struct config *config, const char *path, const char *text,
                        const struct config_syntax *syntax, char error[CONFIG_ERROR_BYTES]) {
    cfg_t *parser = create_parser();
    if (!parser) {
        return complain(error, path, "out of memory");
    }
    bool assigned = cfg_parse_buf(parser, text) == CFG_SUCCESS
                        ? assign_all(config, path, syntax, parser, error)
                        : complain_of_line(path, parser->line, error);
    (void)cfg_free(parser);
    return assigned;
}

bool config_load_file(struct config *config, const char *path, char error[CONFIG_ERROR_BYTES]) {
    char *text = read_text(path, error);
    if (!text) {
        return false;
    }
    struct config_syntax syntax;
    char earlier[CONFIG_ERROR_BYTES];
    bool loaded = config_syntax_check(path, text, &syntax, error);

    /* What stands above a mistake of shape is read all the same: a wrong value there is the first mistake. */
    if (!assign_text(config, path, text, &syntax, earlier)) {
        memcpy(error, earlier, sizeof earlier);
        loaded = false;
    }
    free(text);
    return loaded;
}
