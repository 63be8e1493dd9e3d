/* SPDX-License-Identifier: MIT */
#include "server/tune/tune.h"

#include "conf/config.h"
#include "http/base/clock.h"
#include "http/base/processors.h"
#include "server/terminal/units.h"
#include "server/tune/advice_text.h"
#include "server/tune/load.h"
#include "server/tune/plot.h"
#include "server/tune/progress.h"
#include "server/tune/sample.h"
#include "server/tune/sweep.h"
#include "server/tune/table.h"
#include "server/tune/trial.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

enum {
    DOING_BYTES = 160,
    STEP_MIN_MS = 100,
    STEP_MAX_MS = 5000,
    WARM_UP_PART = 5,
    CHECK_CLIENTS = 8,
    CHECK_MIN_MS = 10000
};

/* How a step, or all of it, ends. */
enum outcome { GOES_ON, STOPPED, FAILED };

struct tune {
    struct config *config;
    const struct tune_options *options;
    char *error; /* of SERVER_ERROR_BYTES */
    enum server_result result;
    struct sample sample;
    struct sweep *sweep;
    struct progress progress;
    int stop_fd;
    int64_t begin_ns;
    int64_t step_ns;
    char doing[DOING_BYTES];
};

static enum outcome fail(struct tune *tune, enum server_result result, const char *why) {
    (void)snprintf(tune->error, SERVER_ERROR_BYTES, "%s", why);
    tune->result = result;
    return FAILED;
}

static double elapsed_s(const struct tune *tune) {
    return (double)(clock_steady_ns() - tune->begin_ns) / 1e9;
}

static double elapsed_share(const struct tune *tune) {
    return elapsed_s(tune) / (double)tune->options->seconds;
}

static void show(const struct tune *tune) {
    progress_show(&tune->progress, elapsed_share(tune), tune->doing);
}

/* What is done, and how fast. */
static void say_rate(const struct tune *tune, const struct tune_figures *figures,
                     char text[2 * DOING_BYTES]) {
    char rate[UNITS_BYTES];
    units_format_number(tune_figures_rate(figures), rate);
    (void)snprintf(text, (size_t)2 * DOING_BYTES, "%s: %s requests/s", tune->doing, rate);
}

static void on_progress(void *context, const struct tune_figures *figures) {
    const struct tune *tune = context;
    char doing[2 * DOING_BYTES];
    say_rate(tune, figures, doing);
    progress_show(&tune->progress, elapsed_share(tune), doing);
}

static enum outcome outcome_of(struct tune *tune, enum load_end end) {
    if (end == LOAD_BROKEN) {
        return fail(tune, SERVER_FAILED, "the server that was measured broke its connections off");
    }
    return end == LOAD_STOPPED ? STOPPED : GOES_ON;
}

/* Put a server with these settings under a load. */
static enum outcome try(struct tune *tune, const struct trial_options *server, struct load_options *load,
                        struct tune_figures *figures) {
    struct trial trial;
    show(tune);
    enum server_result result = trial_start(&trial, tune->config, server, tune->error);
    if (result != SERVER_OK) {
        tune->result = result;
        return tune->error[0] == '\0' ? STOPPED : FAILED;
    }
    load->address = &trial.address;
    load->server_clock = trial.clock;
    load->sample = &tune->sample;
    load->stop_fd = tune->stop_fd;
    load->on_progress = on_progress;
    load->context = tune;
    enum load_end end = load_run(load, figures);
    (void)trial_end(&trial, &figures->waits);
    return outcome_of(tune, end);
}

/* Ask for each file once: what is not served drops out, and the rest is in memory then. */
static enum outcome check_sample(struct tune *tune) {
    struct tune_figures figures = {0};
    struct trial_options server = {
        .threads = tune->sweep->threads_now, .clients = CHECK_CLIENTS, .stop_fd = tune->stop_fd};
    int64_t most_ns = 4 * tune->step_ns;
    struct load_options load = {
        .clients = CHECK_CLIENTS,
        .once = true,
        .counted_ns = most_ns > CHECK_MIN_MS * CLOCK_NS_PER_MS ? most_ns : CHECK_MIN_MS * CLOCK_NS_PER_MS,
    };
    (void)snprintf(tune->doing, DOING_BYTES, "reading %zu files", tune->sample.count);
    enum outcome outcome = try(tune, &server, &load, &figures);
    sample_keep_answered(&tune->sample);
    if (outcome == GOES_ON && tune->sample.count == 0) {
        return fail(tune, SERVER_MISTAKE, "--tune: none of the files could be fetched in time");
    }
    return outcome;
}

static enum outcome measure(struct tune *tune, size_t threads, enum tune_mode mode,
                            struct tune_figures *figures) {
    struct trial_options server = {.threads = threads,
                                   .clients = tune->options->clients,
                                   .has_file_cache = mode == TUNE_MEMORY,
                                   .stop_fd = tune->stop_fd};
    struct load_options load = {.clients = tune->options->clients,
                                .is_cold = mode == TUNE_DISK,
                                .warm_up_ns = tune->step_ns / WARM_UP_PART,
                                .counted_ns = tune->step_ns - tune->step_ns / WARM_UP_PART};
    (void)snprintf(tune->doing, DOING_BYTES, "%zu thread%s, %s", threads, threads == 1 ? "" : "s",
                   mode == TUNE_MEMORY ? "from memory" : "from disk");
    return try(tune, &server, &load, figures);
}

static void tell(const struct tune *tune, const struct tune_figures *figures) {
    char done[2 * DOING_BYTES];
    say_rate(tune, figures, done);
    progress_tell(&tune->progress, done);
}

/* One size in all modes. Figures that were interrupted are left out. */
static enum outcome measure_size(struct tune *tune, size_t threads) {
    struct tune_point *point = NULL;
    enum outcome outcome = GOES_ON;
    for (enum tune_mode mode = 0; outcome == GOES_ON && mode < TUNE_MODES; mode++) {
        struct tune_figures figures = {0};
        if (tune->sweep->has_mode[mode]) {
            outcome = measure(tune, threads, mode, &figures);
            point = outcome == GOES_ON ? sweep_take(tune->sweep, threads) : point;
            if (outcome == GOES_ON && point != NULL) {
                tune_figures_add(&point->of[mode], &figures);
                tell(tune, &figures);
            }
        }
    }
    if (point != NULL && outcome == GOES_ON) {
        point->rounds++;
    }
    return outcome;
}

static enum outcome sweep_sizes(struct tune *tune) {
    enum outcome outcome = GOES_ON;
    double step_s = (double)tune->step_ns / 1e9 * (tune->sweep->has_mode[TUNE_DISK] ? 2 : 1);
    size_t threads = 0;
    while (outcome == GOES_ON && (threads = sweep_next(tune->sweep)) != 0 &&
           (tune->sweep->count < 2 || elapsed_s(tune) + step_s < (double)tune->options->seconds)) {
        outcome = measure_size(tune, threads);
    }
    return outcome;
}

/* The part of the time that one step may have. */
static void share_out_time(struct tune *tune) {
    size_t steps = sweep_rounds_max(tune->sweep) * TUNE_MODES + 2;
    int64_t step_ms = (int64_t)(tune->options->seconds * 1000 / steps);
    step_ms = step_ms < STEP_MIN_MS ? STEP_MIN_MS : step_ms;
    step_ms = step_ms > STEP_MAX_MS ? STEP_MAX_MS : step_ms;
    tune->step_ns = step_ms * CLOCK_NS_PER_MS;
}

static enum outcome find_files(struct tune *tune) {
    (void)snprintf(tune->doing, DOING_BYTES, "looking for files");
    show(tune);
    int error = sample_take(&tune->sample, tune->config, tune->step_ns / CLOCK_NS_PER_MS);
    if (error != 0) {
        errno = -error;
        (void)snprintf(tune->error, SERVER_ERROR_BYTES, "--tune: cannot read '%s': %m",
                       tune->config->site.root);
        tune->result = SERVER_MISTAKE;
        return FAILED;
    }
    if (tune->sample.count == 0) {
        (void)snprintf(tune->error, SERVER_ERROR_BYTES,
                       "--tune: there is no file in '%s' to measure with; name a folder that has some",
                       tune->config->site.root);
        tune->result = SERVER_MISTAKE;
        return FAILED;
    }
    return GOES_ON;
}

static enum outcome work(struct tune *tune) {
    share_out_time(tune);
    enum outcome outcome = find_files(tune);
    outcome = outcome == GOES_ON ? check_sample(tune) : outcome;
    if (outcome == GOES_ON) {
        sample_find_cold(&tune->sample, tune->step_ns / CLOCK_NS_PER_MS);
        tune->sweep->has_mode[TUNE_MEMORY] = true;
        tune->sweep->has_mode[TUNE_DISK] = tune->sample.cold_count > 0;
        outcome = sweep_sizes(tune);
    }
    return outcome;
}

static void print_head(const struct tune *tune) {
    FILE *out = tune->options->out;
    const struct sample *sample = &tune->sample;
    char seen[UNITS_BYTES];
    units_format_number((double)sample->seen, seen);
    (void)fprintf(out, "%zu of %s%s file%s, %zu client%s, %zu processor%s, %.0f s\n\n", sample->count,
                  sample->is_whole ? "" : "more than ", seen, sample->seen == 1 ? "" : "s",
                  tune->options->clients, tune->options->clients == 1 ? "" : "s", tune->sweep->processors,
                  tune->sweep->processors == 1 ? "" : "s", elapsed_s(tune));
}

static void print_cold(const struct tune *tune) {
    FILE *out = tune->options->out;
    const struct sample *sample = &tune->sample;
    if (sample->cold_count == 0) {
        (void)fprintf(out, "From disk: not measured, as no file could be taken out of memory "
                           "(where files are kept in memory alone, say)\n\n");
    } else if (sample->cold_count < sample->count) {
        (void)fprintf(out,
                      "From disk: with %zu of the %zu files, those that could be taken out of memory\n\n",
                      sample->cold_count, sample->count);
    }
}

static int print(const struct tune *tune, bool is_partial) {
    const struct tune_options *options = tune->options;
    struct plot_style style = {.width = options->columns, .has_utf8 = options->has_utf8};
    struct text text = {0};
    struct sweep_advice advice;
    print_head(tune);
    print_cold(tune);
    for (enum tune_mode mode = 0; mode < TUNE_MODES; mode++) {
        table_append(&text, tune->sweep, mode);
    }
    if (is_partial) {
        text_append(&text, "Stopped before the end.\n\n");
    }
    if (sweep_advise(tune->sweep, &advice)) {
        plot_append(&text, tune->sweep, &advice, &style);
        advice_text_append(&text, tune->sweep, &advice, is_partial);
    }
    if (!text.failed) {
        (void)fwrite(text.bytes, 1, text.length, options->out);
    }
    (void)fflush(options->out);
    text_deinit(&text);
    return is_partial ? TUNE_INTERRUPTED : SERVER_OK;
}

static int run(struct tune *tune) {
    enum outcome outcome = work(tune);
    progress_clear(&tune->progress);
    if (outcome == FAILED) {
        return (int)tune->result;
    }
    return print(tune, outcome == STOPPED);
}

/* A descriptor that is readable once somebody wants an end; or -1. */
static int heed_signals(void) {
    sigset_t set;
    (void)sigemptyset(&set);
    (void)sigaddset(&set, SIGINT);
    (void)sigaddset(&set, SIGTERM);
    (void)signal(SIGPIPE, SIG_IGN);
    return sigprocmask(SIG_BLOCK, &set, NULL) == 0 ? signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC) : -1;
}

int tune_run(struct config *config, const struct tune_options *options, char error[SERVER_ERROR_BYTES]) {
    struct tune tune = {
        .config = config,
        .options = options,
        .error = error,
        .sweep = calloc(1, sizeof *tune.sweep),
        .progress = {.out = options->progress,
                     .is_terminal = options->on_terminal,
                     .has_utf8 = options->has_utf8},
        .stop_fd = heed_signals(),
        .begin_ns = clock_steady_ns(),
    };
    int status = SERVER_FAILED;
    (void)snprintf(error, SERVER_ERROR_BYTES, "cannot begin: no memory or no descriptors");
    if (tune.sweep != NULL && tune.stop_fd != -1) {
        tune.sweep->threads_now = config_thread_count(config);
        tune.sweep->threads_max = options->clients;
        tune.sweep->processors = processors_count();
        status = run(&tune);
    }
    if (tune.stop_fd != -1) {
        (void)close(tune.stop_fd);
    }
    sample_deinit(&tune.sample);
    free(tune.sweep);
    return status;
}
