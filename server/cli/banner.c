/* SPDX-License-Identifier: MIT */
#include "server/cli/banner.h"

#include "conf/config.h"
#include "http/base/digest.h"
#include "http/base/escape.h"
#include "http/base/json_writer.h"
#include "http/compression/gzip.h"
#include "http/request/parser.h"
#include "server/cli/qr.h"
#include "server/sandbox/calls.h"
#include "server/top/screen.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

static bool wants_colour(bool on_terminal) {
    const char *no_colour = getenv("NO_COLOR");
    return on_terminal && (no_colour == NULL || no_colour[0] == '\0');
}

static const char *plural(uint64_t count) {
    return count == 1 ? "" : "s";
}

/* A folder may be called anything: `path` as it may stand on a terminal. */
static const char *shown(const char *path, char text[PATH_MAX]) {
    size_t length = strnlen(path, PATH_MAX - 1);
    memcpy(text, path, length);
    text[escape_terminal(text, length)] = '\0';
    return text;
}

static void print_plain(FILE *out, const struct config *config, const struct listen_urls *urls,
                        const char *root, const char *sandbox) {
    size_t threads = config_thread_count(config);
    (void)fprintf(out, "lido: listening on");
    for (size_t i = 0; i < urls->count; i++) {
        (void)fprintf(out, " %s", urls->items[i]);
    }
    (void)fprintf(out, " (root %s, %zu thread%s, queue %zu%s%s)\n", root, threads, plural(threads),
                  config->queue, sandbox[0] != '\0' ? ", sandbox: " : "", sandbox);
}

static bool is_of_this_machine(const char *url) {
    static const char *const names[] = {"http://localhost", "http://127.", "http://[::1]"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (strncmp(url, names[i], strlen(names[i])) == 0) {
            return true;
        }
    }
    return false;
}

/* Where the status page is, if a browser on this machine can open it. */
static void print_where_to_watch(FILE *out, const struct config *config, const struct listen_urls *urls,
                                 const char *water, const char *plain) {
    bool has_own = strcmp(config->admin, "off") != 0;
    if (strcmp(config->status, "off") == 0 || (has_own && strncmp(config->admin, "unix:", 5) == 0)) {
        return;
    }
    if (has_own) {
        (void)fprintf(out, "  %-8s%shttp://%s%s%s\n", "Watch", water, config->admin, config->status, plain);
    } else if (urls->count > 0 && is_of_this_machine(urls->items[0])) {
        (void)fprintf(out, "  %-8s%s%s%s%s\n", "Watch", water, urls->items[0], config->status + 1, plain);
    }
}

static void print_for_people(FILE *out, const struct config *config, const struct listen_urls *urls,
                             const char *root, const char *sandbox) {
    bool colour = wants_colour(true);
    const char *bold = colour ? "\033[1m" : "";
    const char *water = colour ? "\033[36m" : "";
    const char *plain = colour ? "\033[0m" : "";
    (void)fprintf(out, "\n  %sLido %s%s\n\n", bold, LIDO_VERSION, plain);
    for (size_t i = 0; i < urls->count; i++) {
        (void)fprintf(out, "  %-8s%s%s%s\n", i == 0 ? "Open" : "", water, urls->items[i], plain);
    }
    (void)fprintf(out, "  %-8s%s\n", "Serving", root);
    for (size_t i = 0; i < config->host_count; i++) {
        const struct config_host *host = &config->hosts[i];
        char text[PATH_MAX];
        (void)fprintf(out, "  %-8s%s as %s%s\n", "", shown(host->site.root, text), host->names.items[0],
                      host->names.count > 1 ? " ..." : "");
    }
    size_t threads = config_thread_count(config);
    (void)fprintf(out, "  %-8s%zu thread%s, a queue of %zu\n", "Pool", threads, plural(threads),
                  config->queue);
    print_where_to_watch(out, config, urls, water, plain);
    (void)fprintf(out, "  %-8s%s\n\n", "Sandbox", sandbox[0] != '\0' ? sandbox : "none");
    (void)fprintf(out, "  Ctrl-C to stop\n\n");
}

void banner_print_start(FILE *out, const struct config *config, const struct listen_urls *urls,
                        const char *sandbox, bool on_terminal) {
    char absolute[PATH_MAX];
    char text[PATH_MAX];
    const char *found = realpath(config->site.root, absolute);
    const char *root = shown(found != NULL ? found : config->site.root, text);
    if (on_terminal) {
        print_for_people(out, config, urls, root, sandbox);
    } else {
        print_plain(out, config, urls, root, sandbox);
    }
    (void)fflush(out);
}

/* Of a terminal that tells its width; else as wide as it takes. */
static int count_columns(FILE *out) {
    struct winsize size;
    bool is_told = ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return is_told ? size.ws_col : INT_MAX;
}

bool banner_print_qr(FILE *out, const char *url, bool on_terminal) {
    if (!qr_print(out, url, count_columns(out), wants_colour(on_terminal))) {
        return false;
    }
    (void)fprintf(out, "  %s\n\n", url);
    (void)fflush(out);
    return true;
}

static void print_bytes(FILE *out, uint64_t bytes) {
    static const char *const units[] = {"B", "kB", "MB", "GB", "TB", "PB", "EB"};
    double scaled = (double)bytes;
    size_t unit = 0;
    while (scaled >= (unit == 0 ? 1000 : 999.95) && unit + 1 < sizeof units / sizeof units[0]) {
        scaled /= 1000;
        unit++;
    }
    (void)fprintf(out, unit == 0 ? "%.0f %s" : "%.1f %s", scaled, units[unit]);
}

void banner_print_stop(FILE *out, const struct server_totals *totals) {
    (void)fprintf(out, "lido: stopped after %llu request%s and ", (unsigned long long)totals->requests,
                  plural(totals->requests));
    print_bytes(out, totals->body_bytes);
    (void)fprintf(out, "; busiest: %zu of %zu thread%s, %zu of %zu place%s in the queue, %zu connection%s",
                  totals->pool.busy_high_water, totals->pool.thread_count, plural(totals->pool.thread_count),
                  totals->pool.queue_high_water, totals->pool.queue_capacity,
                  plural(totals->pool.queue_capacity), totals->reactor.open_high_water,
                  plural(totals->reactor.open_high_water));
    if (totals->reactor.rejected > 0) {
        (void)fprintf(out, "; %llu turned away", (unsigned long long)totals->reactor.rejected);
    }
    if (totals->reactor.cut > 0) {
        (void)fprintf(out, "; %llu connection%s cut", (unsigned long long)totals->reactor.cut,
                      plural(totals->reactor.cut));
    }
    if (totals->log_lines_dropped > 0) {
        (void)fprintf(out, "; %llu log line%s dropped", (unsigned long long)totals->log_lines_dropped,
                      plural(totals->log_lines_dropped));
    }
    (void)fprintf(out, "\n");
    for (size_t i = 0; i < totals->advice_count; i++) {
        (void)fprintf(out, "lido: %s\n", totals->advice[i]);
    }
    (void)fflush(out);
}

void banner_print_version(FILE *out) {
    (void)fprintf(out, "Lido %s\n", LIDO_VERSION);
    (void)fprintf(out, "libraries: %s, %s, %s, uthash %s, ", request_parser_library(), json_writer_library(),
                  digest_library(), LIDO_UTHASH_VERSION);
#ifdef __GLIBC__
    (void)fprintf(out, "glibc %s\n", gnu_get_libc_version());
#else
    (void)fprintf(out, "a C library other than glibc\n");
#endif
    (void)fprintf(out, "service managers: sd_notify, watchdog and socket activation, without libsystemd\n");
    (void)fprintf(out, "optional parts: %s, %s, %s, %s\n",
                  gzip_library() != NULL ? gzip_library() : "no zlib",
                  qr_library() != NULL ? qr_library() : "no libqrencode",
                  screen_library() != NULL ? screen_library() : "no ncurses",
                  calls_library() != NULL ? calls_library() : "no libseccomp");
}
