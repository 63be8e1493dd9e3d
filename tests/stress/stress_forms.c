/* SPDX-License-Identifier: MIT */
/*
 * Hunts for races in the forms; meant for ThreadSanitizer, with which Criterion does not go.
 *
 * Some threads ask for the gzip forms of a few files, the same or different ones, all the time; another puts
 * new versions in their places; the cache is too small for all of them. Each version says in each of its
 * lines which it is, and all have the same size, so that nothing but the cache's care keeps them apart.
 * A form that is given must unzip to one whole version, of that file, and to none older than the last that
 * was there before the file was opened.
 *
 * Usage: stress_forms [SECONDS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "http/compression/gzip.h"
#include "http/file_cache/forms.h"
#include "tests/stress/check.h"
#include "tests/stress/workplace.h"
#include "tests/unit/support/gunzip.h"

#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum {
    FILES = 12,
    ASKERS = 6,
    LINE_BYTES = 44,
    LINES = 700, /* the last file has the most of them, the first a twelfth */
    SIZE_LARGEST = LINES * LINE_BYTES,
    CACHE_BYTES = 28 * 1024, /* a quarter for the largest form, and not enough for all of them */
    ASKED_PER_VERSION = 40,  /* a version lives on average until the askers have come so often */
    HELD = 3,                /* forms that an asker keeps while it asks for others */
    PATH_BYTES = WORKPLACE_BYTES + 32,
    SECONDS_DEFAULT = 3,
};

struct stage {
    struct file_forms *forms;
    char folder[WORKPLACE_BYTES];
    atomic_uint versions[FILES]; /* the last that has been put in its place */
    atomic_bool is_over;

    pthread_mutex_t lock;   /* guards the two below */
    pthread_cond_t arrived; /* predicate: one of them has changed */
    uint64_t asked;
    bool is_broken;
};

struct asker {
    pthread_t thread;
    struct stage *stage;
    uint32_t random; /* never 0 */
    struct resource held[HELD];
    uint64_t given;
    uint64_t given_again; /* a form that is held already: it was remembered */
};

static size_t size_of(unsigned file) {
    return (size_t)LINES * (file + 1) / FILES * LINE_BYTES;
}

/* With a number that nobody can guess, so that the form has a few bytes for each line. */
static void write_line(char bytes[LINE_BYTES], unsigned file, unsigned version, size_t number) {
    char line[2 * LINE_BYTES];
    uint32_t noise = (uint32_t)((version * LINES + number) * 2654435761U);
    int length = snprintf(line, sizeof line, "file %2u version %8u line %4zu %08" PRIx32 "\n", file, version,
                          number, noise);

    check(length == LINE_BYTES, "a line is as long as a line");
    memcpy(bytes, line, LINE_BYTES);
}

static void path_of(const struct stage *stage, const char *kind, unsigned file, char path[PATH_BYTES]) {
    (void)snprintf(path, PATH_BYTES, "%s/%s%u", stage->folder, kind, file);
}

/* ---- The writer ---------------------------------------------------------------------------------------- */

static void put_in_place(struct stage *stage, unsigned file, unsigned version) {
    char text[SIZE_LARGEST + 1];
    char new_path[PATH_BYTES];
    char path[PATH_BYTES];
    size_t size = size_of(file);
    for (size_t i = 0; i < size / LINE_BYTES; i++) {
        write_line(text + i * LINE_BYTES, file, version, i);
    }
    path_of(stage, "new", file, new_path);
    path_of(stage, "file", file, path);
    int fd = open(new_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    check(fd != -1 && write(fd, text, size) == (ssize_t)size && close(fd) == 0, "a version is written");
    check(rename(new_path, path) == 0, "a version is put in its place");
    atomic_store(&stage->versions[file], version);
}

/* Wait until the askers have come `count` times more, or have seen a failure. */
static void wait_for_askers(struct stage *stage, uint64_t count) {
    (void)pthread_mutex_lock(&stage->lock);
    uint64_t enough = stage->asked + count;
    while (stage->asked < enough && !stage->is_broken) {
        (void)pthread_cond_wait(&stage->arrived, &stage->lock);
    }
    (void)pthread_mutex_unlock(&stage->lock);
}

static bool is_before(const struct timespec *end) {
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec < end->tv_sec || (now.tv_sec == end->tv_sec && now.tv_nsec < end->tv_nsec);
}

/* Now and then several versions of a file come at once, within one tick of the file system's clock. Returns
 * how many. */
static unsigned rewrite_until(struct stage *stage, const struct timespec *end) {
    uint32_t random = 2463534242U;
    unsigned count = 0;
    while (is_before(end) && count_failures() == 0) {
        unsigned file = random_below(&random, FILES);
        wait_for_askers(stage, random_below(&random, 2 * ASKED_PER_VERSION));
        for (unsigned burst = 1 + random_below(&random, 3); burst > 0; burst--, count++) {
            put_in_place(stage, file, atomic_load(&stage->versions[file]) + 1);
            wait_for_askers(stage, 1);
        }
    }
    return count;
}

/* ---- The askers ---------------------------------------------------------------------------------------- */

static struct resource open_resource(const struct stage *stage, unsigned file) {
    char path[PATH_BYTES];
    struct stat status = {0};
    path_of(stage, "file", file, path);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    check(fd != -1 && fstat(fd, &status) == 0, "the file is there");
    return (struct resource){.fd = fd,
                             .size = status.st_size,
                             .modified = status.st_mtim,
                             .changed = status.st_ctim,
                             .device = status.st_dev,
                             .inode = status.st_ino};
}

static void check_form(const struct resource *form, unsigned file, unsigned oldest, unsigned newest) {
    char text[SIZE_LARGEST + 1];
    char line[LINE_BYTES];
    size_t length = sizeof text;
    unsigned version = 0;
    if (!check(gunzip(form->contents, (size_t)form->size, text, &length) && length == size_of(file),
               "it unzips")) {
        return;
    }
    text[length] = '\0';
    check(sscanf(text, "file %*u version %u", &version) == 1, "it says which version it is");
    check(version >= oldest, "it is not older than what was there");
    check(version <= newest, "it is not newer than what is there");
    for (size_t i = 0; i < length / LINE_BYTES; i++) {
        write_line(line, file, version, i);
        if (!check(memcmp(text + i * LINE_BYTES, line, LINE_BYTES) == 0, "it is one version of one file")) {
            return;
        }
    }
}

static void hold_for_a_while(struct asker *asker, struct resource *form) {
    for (size_t i = 0; i < HELD; i++) {
        if (asker->held[i].contents == form->contents) {
            asker->given_again++;
            break;
        }
    }
    struct resource *place = &asker->held[random_below(&asker->random, HELD)];
    resource_close(place);
    *place = resource_take(form);
}

static void ask_for(struct asker *asker, unsigned file) {
    struct stage *stage = asker->stage;
    unsigned oldest = atomic_load(&stage->versions[file]);
    struct resource resource = open_resource(stage, file);
    struct file_form form;
    if (file_forms_get(stage->forms, 0, &resource, NULL, &form)) {
        /* A version is counted when it is in its place already. */
        check_form(&form.file, file, oldest, atomic_load(&stage->versions[file]) + 1);
        asker->given++;
        hold_for_a_while(asker, &form.file);
    }
    (void)close(resource.fd);
}

static void report(struct stage *stage) {
    (void)pthread_mutex_lock(&stage->lock);
    stage->asked++;
    stage->is_broken = count_failures() != 0;
    (void)pthread_cond_signal(&stage->arrived);
    (void)pthread_mutex_unlock(&stage->lock);
}

/* Half of all ask for the same file. */
static void *ask(void *argument) {
    struct asker *asker = argument;
    while (!atomic_load(&asker->stage->is_over) && count_failures() == 0) {
        bool is_same = random_below(&asker->random, 2) == 0;
        ask_for(asker, is_same ? FILES - 1 : random_below(&asker->random, FILES));
        report(asker->stage);
    }
    return NULL;
}

/* ---- The owner ----------------------------------------------------------------------------------------- */

static void start(struct asker *asker, struct stage *stage, unsigned index) {
    *asker = (struct asker){.stage = stage, .random = 88172645U + index};
    for (size_t i = 0; i < HELD; i++) {
        asker->held[i].fd = -1;
    }
    start_thread(&asker->thread, ask, asker);
}

static bool set_up(struct stage *stage) {
    if (!workplace_create(stage->folder)) {
        return false;
    }
    for (unsigned file = 0; file < FILES; file++) {
        put_in_place(stage, file, 1);
    }
    stage->forms = file_forms_create(CACHE_BYTES);
    return check(stage->forms != NULL, "there are forms");
}

static void tear_down(struct stage *stage) {
    file_forms_destroy(stage->forms);
    workplace_remove(stage->folder);
}

/* Forms outlive the cache, so they are looked at and closed when it is gone. */
static void release_held(struct asker *asker) {
    char text[SIZE_LARGEST + 1];
    for (size_t i = 0; i < HELD; i++) {
        size_t length = sizeof text;
        struct resource *form = &asker->held[i];
        check(form->contents == NULL || gunzip(form->contents, (size_t)form->size, text, &length),
              "it unzips in the end");
        resource_close(form);
    }
}

int main(int argc, char **argv) {
    long seconds = argc > 1 ? strtol(argv[1], NULL, 10) : SECONDS_DEFAULT;
    static struct stage stage = {.lock = PTHREAD_MUTEX_INITIALIZER, .arrived = PTHREAD_COND_INITIALIZER};
    struct asker askers[ASKERS];
    struct timespec end;
    uint64_t given = 0;
    uint64_t given_again = 0;
    unsigned versions = 0;
    if (gzip_library() == NULL) {
        (void)printf("stress_forms: nothing to do, this build cannot compress\n");
        return EXIT_SUCCESS;
    }
    (void)alarm((unsigned)seconds * 10 + 60); /* a hang ends the program, too */
    (void)clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += seconds;
    if (!set_up(&stage)) {
        return EXIT_FAILURE;
    }
    for (unsigned i = 0; i < ASKERS; i++) {
        start(&askers[i], &stage, i);
    }
    versions = rewrite_until(&stage, &end);
    atomic_store(&stage.is_over, true);
    for (size_t i = 0; i < ASKERS; i++) {
        (void)pthread_join(askers[i].thread, NULL);
        given += askers[i].given;
        given_again += askers[i].given_again;
    }
    tear_down(&stage);
    for (size_t i = 0; i < ASKERS; i++) {
        release_held(&askers[i]);
    }
    check(given > given_again && given_again > 0, "some was remembered, and some was not");

    (void)printf("stress_forms: asked %" PRIu64 " times, given %" PRIu64 ", %" PRIu64
                 " of them again, %u versions, %u failures\n",
                 stage.asked, given, given_again, versions, count_failures());
    return count_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
