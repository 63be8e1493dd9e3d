/* SPDX-License-Identifier: MIT */
#include "server/cli/completion.h"

#include "conf/config.h"
#include "server/cli/help.h"
#include "server/cli/options.h"

#include <limits.h>
#include <stddef.h>
#include <string.h>

void completion_describe(const char *name, char description[COMPLETION_DESCRIPTION_BYTES]) {
    char wanted[COMPLETION_DESCRIPTION_BYTES];
    int length = snprintf(wanted, sizeof wanted, "--%s", name);
    description[0] = '\0';
    for (const char *line = options_help; *line != '\0'; line += strcspn(line, "\n") + 1) {
        size_t line_length = strcspn(line, "\n");
        const char *at =
            memmem(line, line_length < HELP_COLUMN ? line_length : HELP_COLUMN, wanted, (size_t)length);
        if (line_length > HELP_COLUMN && at != NULL && strchr("= ,[", at[length]) != NULL) {
            (void)snprintf(description, COMPLETION_DESCRIPTION_BYTES, "%.*s",
                           (int)(line_length - HELP_COLUMN), line + HELP_COLUMN);
            return;
        }
    }
}

static void print_config_names(FILE *out, const char *before, const char *after) {
    for (size_t i = 0; config_option_name(i) != NULL; i++) {
        (void)fprintf(out, "%s%s=%s", before, config_option_name(i), after);
    }
}

static char letter_of(const struct option *option) {
    if (option->val > CHAR_MAX) {
        return '\0';
    }
    return (char)option->val;
}

static bool is_named(const struct option *option, const char *name) {
    return strcmp(option->name, name) == 0;
}

/* In quotes of the shell: a quote and what zsh takes for the end of a description are not worth keeping. */
static void print_quotable(FILE *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (strchr("'[]:\\", *text) == NULL) {
            (void)fputc(*text, out);
        }
    }
}

/* --- bash ------------------------------------------------------------------------------------------------ */

/* Those whose value nobody can guess. */
static void print_bash_free_options(FILE *out) {
    for (const struct option *option = options_long; option->name != NULL; option++) {
        bool is_free = option->has_arg == required_argument && !is_named(option, "config") &&
                       !is_named(option, "set") && !is_named(option, "complete");
        if (is_free) {
            (void)fprintf(out, " | --%s", option->name);
        }
        if (is_free && letter_of(option) != '\0') {
            (void)fprintf(out, " | -%c", letter_of(option));
        }
    }
}

static void print_for_bash(FILE *out) {
    (void)fputs("# bash completion for lido, printed by: lido --complete=bash\n"
                "_lido() {\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}\n"
                "    if [[ $word == = ]]; then\n"
                "        word=\n"
                "    elif [[ $before == = ]]; then\n"
                "        before=${COMP_WORDS[COMP_CWORD-2]}\n"
                "    fi\n"
                "    case $before in\n"
                "    -c | --config)\n"
                "        compopt -o filenames\n"
                "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
                "        return ;;\n"
                "    -s | --set)\n"
                "        compopt -o nospace\n"
                "        mapfile -t COMPREPLY < <(compgen -W '",
                out);
    print_config_names(out, "", " ");
    (void)fputs("' -- \"$word\")\n"
                "        return ;;\n"
                "    --complete)\n"
                "        mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- \"$word\")\n"
                "        return ;;\n"
                "    --none",
                out);
    print_bash_free_options(out);
    (void)fputs(")\n"
                "        return ;;\n"
                "    esac\n"
                "    if [[ $word == -* ]]; then\n"
                "        mapfile -t COMPREPLY < <(compgen -W '",
                out);
    for (const struct option *option = options_long; option->name != NULL; option++) {
        (void)fprintf(out, "--%s%s ", option->name, option->has_arg == required_argument ? "=" : "");
    }
    (void)fputs("' -- \"$word\")\n"
                "        [[ ${COMPREPLY[0]-} != *= ]] || compopt -o nospace\n"
                "    else\n"
                "        compopt -o filenames\n"
                "        mapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
                "    fi\n"
                "}\n"
                "complete -F _lido lido\n",
                out);
}

/* --- zsh ------------------------------------------------------------------------------------------------- */

static void print_zsh_value(FILE *out, const struct option *option) {
    if (is_named(option, "set")) {
        (void)fputs(":name:{compadd -S \"\" --", out);
        print_config_names(out, " ", "");
        (void)fputs("}", out);
    } else if (is_named(option, "complete")) {
        (void)fputs(":shell:(bash zsh fish)", out);
    } else if (is_named(option, "config")) {
        (void)fputs(":file:_files", out);
    } else if (option->has_arg == required_argument) {
        (void)fputs(":value: ", out);
    }
}

static void print_zsh_option(FILE *out, const char *dashes, const char *name, const struct option *option) {
    char description[COMPLETION_DESCRIPTION_BYTES];
    completion_describe(option->name, description);
    bool takes_value = option->has_arg == required_argument;
    (void)fprintf(out, " \\\n    '*%s%s%s[", dashes, name, takes_value ? dashes[1] == '-' ? "=" : "+" : "");
    print_quotable(out, description);
    (void)fputc(']', out);
    print_zsh_value(out, option);
    (void)fputc('\'', out);
}

/* It may be a file that zsh loads as the function, or be sourced. */
static void print_for_zsh(FILE *out) {
    (void)fputs("#compdef lido\n# zsh completion for lido, printed by: lido --complete=zsh\n"
                "_lido() {\n    _arguments -s",
                out);
    for (const struct option *option = options_long; option->name != NULL; option++) {
        char letter[2] = {letter_of(option), '\0'};
        print_zsh_option(out, "--", option->name, option);
        if (letter[0] != '\0') {
            print_zsh_option(out, "-", letter, option);
        }
    }
    (void)fputs(" \\\n    ':folder or file:_files'\n}\n"
                "if [[ $funcstack[1] == _lido ]]; then\n    _lido \"$@\"\nelse\n    compdef _lido lido\nfi\n",
                out);
}

/* --- fish ------------------------------------------------------------------------------------------------ */

static void print_fish_option(FILE *out, const struct option *option) {
    char description[COMPLETION_DESCRIPTION_BYTES];
    completion_describe(option->name, description);
    (void)fprintf(out, "complete -c lido -l %s", option->name);
    if (letter_of(option) != '\0') {
        (void)fprintf(out, " -s %c", letter_of(option));
    }
    if (option->has_arg == required_argument) {
        (void)fputs(is_named(option, "config") ? " -r -F" : " -x", out);
    }
    if (is_named(option, "set")) {
        (void)fputs(" -a '", out);
        print_config_names(out, "", " ");
        (void)fputs("'", out);
    } else if (is_named(option, "complete")) {
        (void)fputs(" -a 'bash zsh fish'", out);
    }
    (void)fputs(" -d '", out);
    print_quotable(out, description);
    (void)fputs("'\n", out);
}

static void print_for_fish(FILE *out) {
    (void)fputs("# fish completion for lido, printed by: lido --complete=fish\n", out);
    for (const struct option *option = options_long; option->name != NULL; option++) {
        print_fish_option(out, option);
    }
}

bool completion_print(FILE *out, const char *shell) {
    static const struct {
        const char *shell;
        void (*print)(FILE *out);
    } printers[] = {{"bash", print_for_bash}, {"zsh", print_for_zsh}, {"fish", print_for_fish}};
    for (size_t i = 0; i < sizeof printers / sizeof printers[0]; i++) {
        if (strcmp(printers[i].shell, shell) == 0) {
            printers[i].print(out);
            return true;
        }
    }
    return false;
}
