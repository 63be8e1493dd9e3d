/* SPDX-License-Identifier: MIT */
#include "server/check/check.h"

#include "http/site/site.h"
#include "server/budget/client_limits.h"
#include "server/budget/memory_limit.h"
#include "server/check/addresses.h"
#include "server/check/files.h"
#include "server/check/findings.h"
#include "server/check/system.h"
#include "server/descriptor_limit.h"
#include "server/result.h"
#include "server/sandbox/sandbox.h"
#include "server/sites/site_options.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILES_OF_A_MARK = 4096 };

struct check_up {
    const struct config *config;
    struct findings findings;
    FILE *progress; /* NULL: nobody sees it */
    size_t files;
    size_t roots;
};

/* How many there are is known at the end only: the bar has a mark for each so many, and begins anew when it is full. */
static void show_progress(void *context, size_t count) {
    static const char bar[] = "################################";
    const struct check_up *check_up = context;
    int width = (int)(count / FILES_OF_A_MARK % sizeof bar);
    (void)fprintf(check_up->progress, "\r\033[Kchecking: %zu files %.*s", check_up->files + count, width,
                  bar);
    (void)fflush(check_up->progress);
}

static void end_progress(const struct check_up *check_up) {
    if (check_up->progress != NULL) {
        (void)fputs("\r\033[K", check_up->progress);
        (void)fflush(check_up->progress);
    }
}

static void check_site(struct check_up *check_up, const struct config_site *settings) {
    struct site_options_store store;
    struct site *site = NULL;
    int error = site_options_init(&store, settings, NULL);
    store.options.media_types.path = NULL; /* nobody asks for a type, and reading it takes a millisecond */
    error = error == 0 ? site_create(&site, &store.options) : error;
    site_options_deinit(&store);
    if (error != 0) {
        findings_say(&check_up->findings, FINDING_MISTAKE,
                     "cannot serve %s: %s; set root to a folder that is there", settings->root,
                     strerror(-error));
        return;
    }
    struct stat root;
    bool is_folder = stat(settings->root, &root) == 0 && S_ISDIR(root.st_mode);
    const char *slash = strrchr(settings->root, '/');
    const char *only = is_folder ? NULL : slash != NULL ? slash + 1 : settings->root;
    check_up->files += files_check(site, is_folder ? settings->root : ".", only, &check_up->findings,
                                   check_up->progress != NULL ? show_progress : NULL, check_up);
    check_up->roots++;
    site_destroy(site);
}

static bool was_checked(const struct config *config, size_t host) {
    const char *root = config->hosts[host].site.root;
    bool was = strcmp(root, config->site.root) == 0;
    for (size_t i = 0; i < host && !was; i++) {
        was = strcmp(root, config->hosts[i].site.root) == 0;
    }
    return was;
}

static void write_limits(const struct config *config, FILE *out) {
    struct client_limits limits = client_limits_of(config, descriptor_limit_raise(), memory_limit_read());
    (void)fprintf(out, "room for %zu connections, %zu of one address%s, and %zu KiB for their requests\n",
                  limits.connections, limits.connections_of_one,
                  limits.local_are_exempt ? " (any number of this machine)" : "",
                  limits.request_bytes / 1024);
}

static void write_outcome(const struct check_up *check_up, FILE *out) {
    struct text text = {0};
    size_t count = findings_write(&check_up->findings, &text);
    if (text.failed || check_up->findings.failed) {
        (void)fputs("lido: no memory; what follows is incomplete\n", out);
    }
    (void)fwrite(text.bytes != NULL ? text.bytes : "", 1, text.length, out);
    (void)fprintf(out, "checked %zu %s in %zu root%s: ", check_up->files,
                  check_up->files == 1 ? "file or folder" : "files and folders", check_up->roots,
                  check_up->roots == 1 ? "" : "s");
    if (count == 0) {
        (void)fputs("all is well\n", out);
    } else {
        (void)fprintf(out, "%zu finding%s\n", count, count == 1 ? "" : "s");
    }
    text_deinit(&text);
}

static void check_sites(struct check_up *check_up) {
    const struct config *config = check_up->config;
    system_check_tables(config, &check_up->findings);
    check_site(check_up, &config->site);
    for (size_t i = 0; i < config->host_count; i++) {
        if (!was_checked(config, i)) {
            check_site(check_up, &config->hosts[i].site);
        }
    }
    end_progress(check_up);
}

/* Returns whether the paths of the settings are what they say from here on. */
static bool goes_into_root(struct check_up *check_up) {
    char error[SERVER_ERROR_BYTES];
    bool is_known = false;
    if (sandbox_check(check_up->config, &is_known, error) != SERVER_OK) {
        findings_say(&check_up->findings, FINDING_MISTAKE, "%s", error);
        return false;
    }
    if (!is_known) {
        findings_say(&check_up->findings, FINDING_ADVICE,
                     "chroot: only root can look at what is inside of '%s'; check as root",
                     check_up->config->chroot);
    }
    return is_known;
}

int check_run(const struct config *config, const char *home, FILE *out, FILE *progress) {
    struct check_up check_up = {.config = config,
                                .progress = isatty(fileno(progress)) == 1 ? progress : NULL};
    addresses_check(config, home, &check_up.findings);
    system_check_limits(config, &check_up.findings);
    write_limits(config, out);
    if (goes_into_root(&check_up)) {
        check_sites(&check_up);
    }
    write_outcome(&check_up, out);
    enum finding_level level = findings_level(&check_up.findings);
    findings_deinit(&check_up.findings);
    return (int)level;
}
