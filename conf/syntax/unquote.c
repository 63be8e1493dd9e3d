/* SPDX-License-Identifier: MIT */
#include "conf/syntax/unquote.h"

#include "conf/base/complain.h"
#include "http/base/string_list.h"

#include <confuse.h>
#include <stdlib.h>
#include <string.h>

static const char list_name[] = "values";
static const char list_begin[] = "values = {\n";
static const char list_end[] = "}\n";

/* libConfuse prints what it has to say to stderr unless it is given a function to say it to. */
static void say_nothing(cfg_t *cfg, const char *format, va_list arguments) {
    (void)cfg;
    (void)format;
    (void)arguments;
}

/* All values as strings, so that `threads = auto` and `listing = on` need no quotes and every value is
 * checked in one way. No include(): one file is one picture. */
static cfg_t *create_parser(void) {
    cfg_opt_t options[] = {CFG_STR_LIST(list_name, NULL, CFGF_NODEFAULT), CFG_END()};
    cfg_t *parser = cfg_init(options, CFGF_NONE);
    if (parser) {
        (void)cfg_set_error_function(parser, say_nothing);
    }
    return parser;
}

static char *put(char *to, const char *from, size_t length) {
    memcpy(to, from, length);
    return to + length;
}

/* One list with a text on each line, malloc'ed; or NULL. */
static char *write_list(const struct config_syntax *syntax) {
    size_t size = sizeof list_begin + sizeof list_end;
    for (size_t i = 0; i < syntax->text_count; i++) {
        size += syntax->texts[i].length + strlen(",\n");
    }
    char *list = malloc(size);
    if (!list) {
        return NULL;
    }
    char *out = put(list, list_begin, strlen(list_begin));
    for (size_t i = 0; i < syntax->text_count; i++) {
        out = put(out, syntax->texts[i].start, syntax->texts[i].length);
        out = put(out, ",\n", strlen(",\n"));
    }
    (void)put(out, list_end, sizeof list_end);
    return list;
}

/* libConfuse refuses what was found right: name the line of the text at which it stopped. */
static bool complain_of_text(const char *path, const struct config_syntax *syntax, int list_line,
                             char error[CONFIG_ERROR_BYTES]) {
    size_t text = list_line < 2 ? 0 : (size_t)list_line - 2;
    text = text < syntax->text_count ? text : syntax->text_count - 1;
    return complain((struct complaint){place_of(path, syntax->texts[text].line).text, error},
                    "this line cannot be read; expected name = value");
}

static bool copy_values(cfg_opt_t *parsed, struct string_list *values) {
    int outcome = 0;
    for (unsigned i = 0; i < cfg_opt_size(parsed) && outcome == 0; i++) {
        outcome = string_list_add(values, cfg_opt_getnstr(parsed, i));
    }
    if (outcome != 0) {
        string_list_deinit(values);
    }
    return outcome == 0;
}

/* Parses from memory rather than with cfg_parse(), whose tilde expansion reads past its buffer
 * (CVE-2022-40320). */
static bool read_list(const char *path, const struct config_syntax *syntax, const char *list,
                      struct string_list *values, char error[CONFIG_ERROR_BYTES]) {
    cfg_t *parser = create_parser();
    if (!parser) {
        return complain((struct complaint){path, error}, "out of memory");
    }
    bool parsed = cfg_parse_buf(parser, list) == CFG_SUCCESS;
    cfg_opt_t *option = cfg_getopt(parser, list_name);
    bool read = false;
    if (!parsed || !option || cfg_opt_size(option) != syntax->text_count) {
        (void)complain_of_text(path, syntax, parser->line, error);
    } else {
        read = copy_values(option, values) || complain((struct complaint){path, error}, "out of memory");
    }
    (void)cfg_free(parser);
    return read;
}

bool config_values_read(const char *path, const struct config_syntax *syntax, struct string_list *values,
                        char error[CONFIG_ERROR_BYTES]) {
    *values = (struct string_list){0};
    if (syntax->text_count == 0) {
        return true;
    }
    char *list = write_list(syntax);
    bool read = list ? read_list(path, syntax, list, values, error)
                     : complain((struct complaint){path, error}, "out of memory");
    free(list);
    return read;
}
