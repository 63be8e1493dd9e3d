/* SPDX-License-Identifier: MIT */
/* --check-config refuses what the start would refuse, with the same place, and touches nothing. */
#include "tests/support/stage.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void set_up_check(void) {
    stage_set_up();
    folder_mkdir(&workplace, "folder");
    folder_write_text(&workplace, "text", "text\n");
    folder_symlink(&workplace, "link", "text");
    folder_fifo(&workplace, "fifo");
}

TestSuite(config_check, .init = set_up_check, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

/* In the workplace, with its lido.conf. Returns the status. LeakSanitizer needs /proc, which no chroot here has. */
static int run(const char *last) {
    return program_run(&lido, &(struct program_options){.arguments = LIST("-c", "lido.conf", last),
                                                        .environment = LIST("ASAN_OPTIONS=detect_leaks=0"),
                                                        .directory = workplace.path});
}

#define LISTEN "listen = { \"127.0.0.1:0\" }\n"

static const struct {
    const char *content; /* its last line is the mistake */
    const char *needle;
} refused[] = {
    {LISTEN "access_log = \"folder\"\n", "access_log: cannot write to 'folder': Is a directory"},
    {LISTEN "access_log = \"no/log\"\n", "access_log: cannot write to 'no/log': No such file"},
    {LISTEN "access_log = \"text/log\"\n", "access_log: cannot write to 'text/log': Not a directory"},
    {LISTEN "access_log = \"new/\"\n", "access_log: cannot write to 'new/': Is a directory"},
    {LISTEN "access_log \"folder\" { format = common }\n", "access_log: cannot write to 'folder': Is a dir"},
    {LISTEN "error_log = \"folder\"\n", "error_log: cannot write to 'folder': Is a directory"},
    {LISTEN "pid_file = \"folder\"\n", "pid_file: cannot write "},
    {LISTEN "pid_file = \"no/pid\"\n", "pid_file: cannot write "},
    {LISTEN "pid_file = \"link\"\n", "pid_file: cannot write "},
    {LISTEN "pid_file = \"fifo\"\n", "pid_file: cannot write "},
    {LISTEN "pid_file = \"text\"\n", "pid_file: 'text' has something else than a number in it"},
    {LISTEN "group = no-such-group\n", "group: 'no-such-group' is no group of this machine"},
    {"listen = { \"unix:lido.sock\" }\nadmin = \"unix:lido.sock\"\n",
     "admin: 'lido.sock' is the file of listen (lido.conf:1)"},
    {"listen = { \"unix:text\" }\n", "unix:text exists and is not a socket"},
    {"listen = { \"unix:no/sock\" }\n", "cannot listen at"},
    /* two of one file */
    {LISTEN "access_log = \"log\"\npid_file = \"log\"\n",
     "pid_file: 'log' is the file of access_log (lido.conf:2)"},
    {LISTEN "error_log = \"log\"\npid_file = \"folder/../log\"\n", "is the file of error_log (lido.conf:2)"},
    {LISTEN "access_log = \"lido.conf\"\n", "access_log: 'lido.conf' is the file of the settings"},
    {LISTEN "access_log \"folder/../lido.conf\" { format = common }\n", "is the file of the settings"},
    {"listen = { \"unix:a.sock\" }\nadmin = \"unix:folder/../a.sock\"\n",
     "is the file of listen (lido.conf:1)"},
    {"listen = { \"unix:a.sock\" }\npid_file = \"a.sock\"\n", "is the file of listen (lido.conf:1)"},
};

static int count_lines(const char *text) {
    int count = 0;
    for (; *text != '\0'; text++) {
        count += *text == '\n' ? 1 : 0;
    }
    return count;
}

StageTest(config_check, refuses_what_the_start_refuses) {
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        static const char *const ways[] = {"--check-config", "--threads=2"}; /* the latter starts */
        const char *content = refused[i].content;
        char where[64];
        (void)snprintf(where, sizeof where, "lido.conf:%d: ", count_lines(content));
        for (size_t k = 0; k < 2; k++) {
            bool is_check = k == 0;
            folder_write_text(&workplace, "lido.conf", content);
            int status = run(ways[k]);
            cr_expect(is_check ? status == 2 : status != 0, "%s%s: %d", content, ways[k], status);
            cr_expect(strstr(lido.err.text, refused[i].needle) != NULL, "%s%s: %s", content, ways[k],
                      lido.err.text);
            cr_expect(!is_check || strstr(lido.err.text, where) != NULL, "%s: %s", content, lido.err.text);
        }
    }
}

StageTest(config_check, allows_what_may_be_shared_or_is_made_later) {
    static const char *const rows[] = {
        LISTEN "access_log = \"log\"\naccess_log \"log\" { format = json }\nerror_log = \"log\"\n",
        LISTEN "access_log = \"/dev/null\"\nerror_log = \"/dev/null\"\n",
        LISTEN "access_log = \"fifo\"\n",
        LISTEN "pid_file = \"/run/no-such-folder-of-lido/pid\"\n",
        LISTEN "access_log = \"/var/log/no-such-folder-of-lido/access.log\"\n",
        "listen = { \"unix:/run/no-such-folder-of-lido/sock\" }\n",
        "admin = \"localhost:8080\"\n", /* sockets that are inherited may take the place of listen */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        folder_write_text(&workplace, "lido.conf", rows[i]);
        cr_expect(run("--check-config") == 0, "%s: %s", rows[i], lido.err.text);
    }
}

/* The fault: paths were looked for outside of it, so that what could not start passed, and what could did not. */
StageTest(config_check, looks_at_paths_inside_of_chroot) {
    static const struct {
        const char *content;
        const char *needle; /* NULL: it passes; for root alone, as others cannot tell */
    } rows[] = {
        {"chroot = \"folder\"\nroot = \"/inner\"\naccess_log = \"/inner/log\"\n", NULL},
        {"chroot = \"folder\"\nroot = \"/folder/inner\"\n",
         "lido.conf:2: cannot serve '/folder/inner': No such"},
        {"chroot = \"folder\"\nroot = \"/\"\nerror_log = \"/inner\"\n",
         "error_log: cannot write to '/inner': Is a"},
    };
    folder_mkdir(&workplace, "folder/inner");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        folder_write_text(&workplace, "lido.conf", rows[i].content);
        int status = run("--check-config");
        bool is_refused = geteuid() == 0 && rows[i].needle != NULL;
        cr_expect(status == (is_refused ? 2 : 0), "%s: %d, %s", rows[i].content, status, lido.err.text);
        cr_expect(!is_refused || strstr(lido.err.text, rows[i].needle) != NULL, "%s", lido.err.text);
    }
    folder_write_text(&workplace, "lido.conf", "chroot = \"none\"\n");
    cr_expect(run("--check-config") == 2);
    cr_expect(strstr(lido.err.text, "lido.conf:1: chroot: cannot go into 'none': No such") != NULL, "%s",
              lido.err.text);
}
