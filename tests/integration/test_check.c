/* SPDX-License-Identifier: MIT */
/* `lido --check`: what it finds, and that it finds nothing where nothing is. */
#include "tests/support/loopback.h"
#include "tests/support/stage.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

TestSuite(check, .init = stage_set_up, .fini = stage_tear_down, .timeout = STAGE_TIMEOUT_S);

enum { ARGUMENTS_MAX = 12 };

/* Look at the site with these options. Returns the exit status. */
static int check(const char *const *options, bool unprivileged) {
    const char *arguments[ARGUMENTS_MAX] = {"--check", "-p", "0", "-s", "media_types=off", site.path};
    size_t count = 6;
    for (; *options != NULL; options++) {
        arguments[count++] = *options;
    }
    return program_run(&lido,
                       &(struct program_options){.arguments = arguments, .unprivileged = unprivileged});
}

static void expect_line(const char *beginning, const char *path) {
    const char *line = strstr(lido.out.text, beginning);
    cr_expect(line != NULL, "no '%s' in '%s'", beginning, lido.out.text);
    if (line != NULL) {
        const char *found = strstr(line, path);
        cr_expect(found != NULL && found < line + strcspn(line, "\n"), "no '%s' behind '%s': '%s'", path,
                  beginning, lido.out.text);
    }
}

static void plant_secrets(void) {
    folder_write_text(&site, ".git/HEAD", "ref: refs/heads/main\n");
    folder_write_text(&site, ".env", "PASSWORD=1\n");
    folder_write_text(&site, "id_rsa", "-----BEGIN RSA PRIVATE KEY-----\n");
    folder_write_text(&site, "tls/server.pem", "-----BEGIN PRIVATE KEY-----\n");
    folder_write_text(&site, "tls/ca.pem", "-----BEGIN CERTIFICATE-----\n"); /* public */
    folder_write_text(&site, "all.sql", "create table t;\n");
    folder_write_text(&site, "index.html~", "old");
    folder_write_text(&site, "site.bak", "old");
    folder_write_text(&site, "index.php", "<?php\n");
}

static void plant_oddities(void) {
    folder_write_text(&site, "closed.txt", "closed");
    folder_chmod(&site, "closed.txt", 0);
    folder_symlink(&site, "out", "/etc/passwd");
    folder_symlink(&site, "nowhere", "missing");
    folder_mkdir(&site, "open");
    folder_chmod(&site, "open", 0777);
    folder_write_text(&site, "anybody.txt", "x");
    folder_chmod(&site, "anybody.txt", 0666);
    folder_write_text(&site, "ahead.txt", "x");
    folder_touch(&site, "ahead.txt", time(NULL) + 86400);
    folder_write_text(&site, "zero.txt", "x");
    folder_touch(&site, "zero.txt", 0);
    folder_write_text(&site, "new.js", "new");
    folder_write_text(&site, "new.js.br", "old");
    folder_touch(&site, "new.js.br", 1000000000);
    folder_write_text(&site, "broken.js", "js");
    folder_write_text(&site, "broken.js.gz", "no gzip at all");
    folder_write_text(&site, "cut.js", "js");
    folder_write(&site, "cut.js.gz", "\x1F\x8B\x08\0\0\0\0\0\0\3\x4B", 11);
    folder_write_text(&site, "empty.js", "js");
    folder_write_text(&site, "empty.js.zst", "");
    folder_write_text(&site, "\xE4.txt", "latin 1");
    folder_write_text(&site, "line\nbreak.txt", "x");
    folder_write_text(&site,
                      "\xC2\x9B"
                      "31mred.txt",
                      "x");
    folder_write_text(&site, "exe\xE2\x80\xAEgpj.txt", "x");
}

StageTest(check, finds_what_was_planted) {
    plant_secrets();
    plant_oddities();
    cr_assert_eq(check(LIST("-s", "dotfiles=/.git,/.env"), true), 2, "%s", lido.err.text);
    expect_line("mistake: 1 repository is served", "/.git;");
    expect_line("mistake: 1 file with secrets is served", "/.env;");
    expect_line("mistake: 2 private keys are served", "/id_rsa");
    expect_line("mistake: 2 private keys are served", "/tls/server.pem");
    expect_line("mistake: 1 database or dump", "/all.sql");
    expect_line("advice: 2 backups", "/index.html~");
    expect_line("advice: 2 backups", "/site.bak");
    expect_line("advice: 1 program", "/index.php");
    expect_line("mistake: 1 file or folder cannot be read", "/closed.txt");
    expect_line("mistake: 1 link leads out", "/out");
    expect_line("advice: 1 link leads nowhere", "/nowhere");
    expect_line("mistake: 1 folder can be written to", "/open");
    expect_line("mistake: 1 file can be written to", "/anybody.txt");
    expect_line("advice: 1 file is from the future", "/ahead.txt");
    expect_line("advice: 1 file has no real time", "/zero.txt");
    expect_line("advice: 1 compressed form is older", "/new.js.br");
    expect_line("mistake: 3 compressed forms are broken", "/broken.js.gz");
    expect_line("mistake: 3 compressed forms are broken", "/cut.js.gz");
    expect_line("mistake: 3 compressed forms are broken", "/empty.js.zst");
    expect_line("advice: 1 name is not UTF-8", "/\xEF\xBF\xBD.txt");
    expect_line("advice: 3 names have control characters", "/line?break.txt");
    expect_line("advice: 3 names have control characters", "/?31mred.txt");
    expect_line("advice: 3 names have control characters", "/exe?gpj.txt");
    cr_expect_null(strstr(lido.out.text, "ca.pem"));
}

StageTest(check, finds_nothing_where_nothing_is) {
    folder_write_text(&site, "index.html", "<!doctype html>");
    folder_write_text(&site, "sub/a.txt", "a");
    folder_symlink(&site, "b.txt", "sub/a.txt");
    folder_write_text(&site, ".env", "hidden by default");
    folder_write_text(&site, ".well-known/security.txt", "Contact: mailto:a@example.org\n");
    folder_write_text(&site, "archive.tar.gz", "a download, and no form of anything");
    cr_assert_eq(check(LIST(NULL), true), 0, "%s%s", lido.out.text, lido.err.text);
    cr_expect_neq(strstr(lido.out.text, "room for "), NULL, "%s", lido.out.text);
    cr_expect_neq(strstr(lido.out.text, "checked 8 files and folders in 1 root: all is well\n"), NULL, "%s",
                  lido.out.text);
    cr_expect_eq(program_count_lines(&lido.out), 2);
    cr_expect_eq(lido.err.length, 0, "%s", lido.err.text);
}

StageTest(check, tells_advice_by_the_exit_status) {
    folder_write_text(&site, "index.html~", "old");
    cr_expect_eq(check(LIST(NULL), true), 1, "%s", lido.out.text);
}

StageTest(check, looks_at_the_root_of_each_host_once) {
    char text[5 * FOLDER_PATH_BYTES];
    folder_write_text(&site, "a.txt", "a");
    folder_write_text(&workplace, "other/backup.sql", "create table t;\n");
    (void)snprintf(text, sizeof text,
                   "root = \"%s\"\nmedia_types = off\nhost \"a.test\" { root = \"%s\" }\n"
                   "host \"b.test\" { root = \"%s\" }\nhost \"c.test\" { root = \"%s\" }\n",
                   site.path, folder_path(&workplace, "other").text, folder_path(&workplace, "other").text,
                   site.path);
    folder_write_text(&workplace, "lido.conf", text);
    struct folder_path path = folder_path(&workplace, "lido.conf");
    const char *const arguments[] = {"--check", "-p", "0", "-c", path.text, NULL};
    cr_expect_eq(program_run(&lido, &(struct program_options){.arguments = arguments}), 2, "%s%s",
                 lido.out.text, lido.err.text);
    expect_line("mistake: 1 database", "other/backup.sql");
    cr_expect_not_null(strstr(lido.out.text, " in 2 roots: "), "%s", lido.out.text);
}

StageTest(check, looks_at_one_file_alone) {
    folder_write_text(&site, "only.txt", "x");
    folder_write_text(&site, "all.sql", "x");
    struct folder_path only = folder_path(&site, "only.txt");
    const char *const arguments[] = {"--check", "-p", "0", "-s", "media_types=off", only.text, NULL};
    cr_expect_eq(program_run(&lido, &(struct program_options){.arguments = arguments}), 0, "%s",
                 lido.out.text);
}

StageTest(check, tells_who_holds_the_port) {
    int fd = listening_on(AF_INET);
    char bind_to[32];
    (void)snprintf(bind_to, sizeof bind_to, "127.0.0.1:%d", port_of(fd));
    const char *const arguments[] = {"--check", "-b", bind_to, "-s", "media_types=off", site.path, NULL};
    cr_expect_eq(program_run(&lido, &(struct program_options){.arguments = arguments}), 2, "%s",
                 lido.out.text);
    expect_line("mistake: 127.0.0.1:", "is in use by integration_che");
    (void)close(fd);
}

StageTest(check, looks_at_limits_and_tables) {
    folder_write_text(&site, "../no.types", "# nothing\n");
    struct folder_path types = folder_path(&site, "../no.types");
    char set[FOLDER_PATH_BYTES + 32];
    (void)snprintf(set, sizeof set, "media_types=%s", types.text);
    const char *const arguments[] = {"--check", "-p", "0", "-s", set, "-s", "max_connections=500",
                                     site.path, NULL};
    int status =
        program_run(&lido, &(struct program_options){.arguments = arguments, .descriptor_limit = 300});
    cr_expect_eq(status, 2, "%s", lido.err.text);
    expect_line("mistake: max_connections = 500 needs", "the limit is 300");
    expect_line("advice: ", "names no extension");
}

/* Look at the settings of a server that is there. */
static void expect_nothing_beside(const char *address) {
    static struct program beside; /* it is large */
    const char *const arguments[] = {"--check", "-b", address, "-s", "media_types=off", site.path, NULL};
    cr_expect_eq(program_run(&beside, &(struct program_options){.arguments = arguments}), 0, "%s: %s",
                 address, beside.out.text);
}

StageTest(check, finds_nothing_beside_the_server_that_it_is_about) {
    struct folder_path path = folder_path(&site, "../socket");
    char at_path[FOLDER_PATH_BYTES + 8];
    char at_port[32];
    (void)snprintf(at_path, sizeof at_path, "unix:%s", path.text);
    const char *const arguments[] = {"-b", "127.0.0.1:0", "-b", at_path, site.path, NULL};
    program_start(&lido, &(struct program_options){.arguments = arguments});
    (void)snprintf(at_port, sizeof at_port, "127.0.0.1:%d", lido.port);
    expect_nothing_beside(at_port);
    expect_nothing_beside(at_path);
    program_stop(&lido);
}

StageTest(check, tells_what_other_machines_could_read) {
    char home[FOLDER_PATH_BYTES + 8];
    (void)snprintf(home, sizeof home, "HOME=%s", site.path);
    const char *const arguments[] = {"--check", "-b", "0.0.0.0:0", "-s", "media_types=off", site.path, NULL};
    int status =
        program_run(&lido, &(struct program_options){.arguments = arguments, .environment = LIST(home)});
    cr_expect_eq(status, 2, "%s", lido.err.text);
    expect_line("mistake: other machines can read your home folder", site.path);
}

/* The fault: it looked outside, for a root that is not there. */
StageTest(check, looks_inside_of_chroot) {
    char chroot[FOLDER_PATH_BYTES + 8];
    (void)snprintf(chroot, sizeof chroot, "chroot=%s", workplace.path);
    plant_secrets();
    const char *const arguments[] = {"--check", "-p0", "-s", chroot, "-s", "media_types=off", "/site", NULL};
    int status =
        program_run(&lido, &(struct program_options){.arguments = arguments,
                                                     .environment = LIST("ASAN_OPTIONS=detect_leaks=0")});
    cr_expect_eq(status, geteuid() == 0 ? 2 : 1, "%s%s", lido.out.text, lido.err.text);
    if (geteuid() == 0) {
        expect_line("mistake: ", "/id_rsa");
    } else {
        expect_line("advice: chroot: only root can look", workplace.path);
    }
}
