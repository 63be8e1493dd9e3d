/* SPDX-License-Identifier: MIT */
/*
 * Hunts for races in the file cache; meant for ThreadSanitizer, with which Criterion does not go.
 *
 * Some threads open a few files through one cache all the time, use their bytes and keep heads for them;
 * others put new versions in their places, by renaming, by deleting them and making them anew, or by writing
 * over them. Rooms for bytes and for descriptors are too small for all of them. Whoever opens a file must get
 * one whole version of that file, none older than the last that was there before, and heads of no other
 * version, and must not miss a compressed sibling. Of files that are written over nobody who reads them for
 * good may keep a mixture.
 *
 * Usage: stress_file_cache [SECONDS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "http/file_cache/file_cache.h"
#include "tests/stress/check.h"
#include "tests/stress/versions.h"
#include "tests/stress/workplace.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum {
    FILES = 24,
    OPENERS = 5,
    WRITERS = 2,
    MAX_FILE_BYTES = 8 * 1024,
    MEMORY_BYTES = 8 * 10 * 1024, /* 10 KiB a part: two or three files, and some heads */
    DESCRIPTORS = 8,
    USED_PER_VERSION = 60, /* a version lives on average until files have been opened so often */
    HELD = 3,              /* resources that an opener keeps while it opens others */
    PATH_BYTES = WORKPLACE_BYTES + 32,
    SECONDS_DEFAULT = 8,
};

/* A version is begun before anything of it can be seen, and done when nothing else can. */
struct subject {
    atomic_uint begun;
    atomic_uint done;
    atomic_uint turning; /* how often its sibling has come or gone: begun, */
    atomic_uint turned;  /* and done; odd while it is there */
};

struct stage {
    struct beneath root;
    struct file_cache *cache;
    char folder[WORKPLACE_BYTES];
    struct subject subjects[FILES];
    atomic_bool is_over;

    pthread_mutex_t lock;   /* guards the two below */
    pthread_cond_t arrived; /* predicate: one of them has changed */
    uint64_t used;
    bool is_broken;
};

struct opener {
    pthread_t thread;
    struct stage *stage;
    uint32_t random; /* never 0 */
    struct resource held[HELD];
    uint64_t opened;
    uint64_t remembered;
    uint64_t with_head;
};

struct writer {
    pthread_t thread;
    struct stage *stage;
    uint32_t random;
    unsigned first_file; /* and each WRITERS-th from there: nobody else writes these */
    uint64_t versions;
};

/* ---- The writers --------------------------------------------------------------------------------------- */

static void path_of(const struct stage *stage, const char *kind, unsigned file, char path[PATH_BYTES]) {
    (void)snprintf(path, PATH_BYTES, "%s/%s%u", stage->folder, kind, file);
}

static void write_whole(const char *path, const char *text, size_t size) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    check(fd != -1 && write(fd, text, size) == (ssize_t)size && close(fd) == 0, "a version is written");
}

static void put_in_place(struct stage *stage, unsigned file, unsigned version, bool delete_first) {
    char text[VERSION_MAX_BYTES];
    char path[PATH_BYTES];
    char new_path[PATH_BYTES];
    size_t size = version_make(text, file, version);
    path_of(stage, "file", file, path);
    path_of(stage, "new", file, new_path);
    atomic_store(&stage->subjects[file].begun, version);
    if (version_is_written_over(file)) {
        write_whole(path, text, size);
    } else {
        check(!delete_first || unlink(path) == 0, "the old version is deleted");
        write_whole(new_path, text, size);
        check(rename(new_path, path) == 0, "a version is put in its place");
    }
    atomic_store(&stage->subjects[file].done, version);
}

/* Let a sibling come, or go. */
static void turn_sibling(struct stage *stage, unsigned file) {
    char path[PATH_BYTES];
    unsigned turn = atomic_fetch_add(&stage->subjects[file].turning, 1) + 1;
    path_of(stage, "file", file, path);
    (void)strcat(path, ".gz");
    if (turn % 2 == 1) {
        write_whole(path, "", 0);
    } else {
        check(unlink(path) == 0, "the sibling is deleted");
    }
    atomic_store(&stage->subjects[file].turned, turn);
}

/* Wait until files have been opened `count` times more, or something has failed. */
static void wait_for_openers(struct stage *stage, uint64_t count) {
    (void)pthread_mutex_lock(&stage->lock);
    uint64_t enough = stage->used + count;
    while (stage->used < enough && !stage->is_broken) {
        (void)pthread_cond_wait(&stage->arrived, &stage->lock);
    }
    (void)pthread_mutex_unlock(&stage->lock);
}

/* Half of all versions are of one file. Now and then several come at once, within one tick of the file
 * system's clock, and are opened between. */
static void *rewrite(void *argument) {
    struct writer *writer = argument;
    struct stage *stage = writer->stage;
    while (!atomic_load(&stage->is_over) && count_failures() == 0) {
        bool is_popular = random_below(&writer->random, 2) == 0;
        unsigned file = writer->first_file;
        file += is_popular ? 0 : random_below(&writer->random, FILES / WRITERS) * WRITERS;
        bool delete_first = random_below(&writer->random, 2) == 0;
        wait_for_openers(stage, random_below(&writer->random, 2 * USED_PER_VERSION));
        for (unsigned burst = 1 + random_below(&writer->random, 3); burst > 0; burst--, writer->versions++) {
            put_in_place(stage, file, atomic_load(&stage->subjects[file].done) + 1, delete_first);
            wait_for_openers(stage, random_below(&writer->random, OPENERS));
        }
        turn_sibling(stage, file);
    }
    return NULL;
}

/* ---- The openers --------------------------------------------------------------------------------------- */

/* A head names what it was made for: file, inode and time of change. */
static size_t write_head(char *text, size_t size, const struct resource *file) {
    return (size_t)snprintf(text, size, "%ju %jd %jd.%09ld", (uintmax_t)file->inode, (intmax_t)file->size,
                            (intmax_t)file->changed.tv_sec, file->changed.tv_nsec);
}

static void use_head(struct opener *opener, const struct resource *file) {
    char text[100];
    struct view head = {text, write_head(text, sizeof text, file)};
    struct ready_head_use use = {.path = {"x", 1}, .keep_alive = random_below(&opener->random, 2) == 0};
    const struct ready_head *found = file_cache_find_head(file, &use);
    if (found == NULL) {
        struct ready_head *made = ready_head_create(&use, head, &(struct head_dates){0});
        if (check(made != NULL, "there is memory")) {
            file_cache_keep_head(file, made);
        }
        return;
    }
    check(found->length == head.length && memcmp(found->bytes, text, head.length) == 0,
          "a head belongs to this version");
    opener->with_head++;
}

static void look_for_siblings(const struct file_source *source, const struct resource *file,
                              struct subject *subject) {
    struct file_siblings siblings = {0};
    unsigned before = atomic_load(&subject->turned);
    bool may_be = file_cache_may_have_sibling(source, file, CODING_GZIP, &siblings);
    bool is_there = before % 2 == 1 && before == atomic_load(&subject->turning);
    check(may_be || !is_there, "a sibling that is there is not missed");
    (void)file_cache_may_have_sibling(source, file, CODING_BROTLI, &siblings);
}

static void hold_for_a_while(struct opener *opener, struct resource *file) {
    struct resource *place = &opener->held[random_below(&opener->random, HELD)];
    resource_close(place);
    *place = resource_take(file);
}

static void use_file(struct opener *opener, unsigned file) {
    struct stage *stage = opener->stage;
    char text[VERSION_MAX_BYTES + 1] = "";
    char name[16];
    struct resource resource = {.fd = -1};
    struct file_source source = {.root = &stage->root, .cache = stage->cache};
    unsigned oldest = atomic_load(&stage->subjects[file].done);
    (void)snprintf(name, sizeof name, "file%u", file);
    enum http_status status = file_cache_open(&source, name, &resource);
    unsigned newest = atomic_load(&stage->subjects[file].begun);
    if (status != HTTP_OK) {
        check(status == HTTP_NOT_FOUND && newest > oldest, "it is not there only while it is made anew");
        return;
    }
    size_t size = (size_t)resource.size;
    if (!check(size < sizeof text, "it is not larger than all versions")) {
        return;
    }
    if (resource.contents != NULL) {
        memcpy(text, resource.contents, size);
    } else {
        check(pread(resource.fd, text, size, 0) == (ssize_t)size, "it can be read");
    }
    bool is_kept = file_cache_keeps_heads(&resource); /* what was read for one answer is kept nowhere */
    if ((resource.contents != NULL && is_kept) || !version_is_written_over(file)) {
        const char *broken = version_broken_rule(text, size, file, oldest, newest);
        check(broken == NULL, broken);
    }
    opener->opened++;
    if (is_kept) {
        opener->remembered++;
        use_head(opener, &resource);
        look_for_siblings(&source, &resource, &stage->subjects[file]);
    }
    hold_for_a_while(opener, &resource);
}

static void report(struct stage *stage) {
    (void)pthread_mutex_lock(&stage->lock);
    stage->used++;
    stage->is_broken = count_failures() != 0 || atomic_load(&stage->is_over);
    (void)pthread_cond_broadcast(&stage->arrived);
    (void)pthread_mutex_unlock(&stage->lock);
}

/* Half of all open one of two files. */
static void *open_files(void *argument) {
    struct opener *opener = argument;
    while (!atomic_load(&opener->stage->is_over) && count_failures() == 0) {
        bool is_popular = random_below(&opener->random, 2) == 0;
        use_file(opener, random_below(&opener->random, is_popular ? 2 : FILES));
        report(opener->stage);
        if (random_below(&opener->random, 1000) == 0) {
            (void)file_cache_trim(opener->stage->cache);
        }
    }
    report(opener->stage);
    return NULL;
}

/* ---- The owner ----------------------------------------------------------------------------------------- */

static bool set_up(struct stage *stage) {
    struct file_cache_options options = {
        .memory_bytes = MEMORY_BYTES, .max_file_bytes = MAX_FILE_BYTES, .descriptor_count = DESCRIPTORS};

    if (!workplace_create(stage->folder) ||
        !check(beneath_open_root(&stage->root, stage->folder) == 0, "it can be opened") ||
        !check(file_cache_create(&stage->cache, &options) == 0, "there is a cache")) {
        return false;
    }
    for (unsigned file = 0; file < FILES; file++) {
        put_in_place(stage, file, 1, false);
    }
    return true;
}

static void tear_down(struct stage *stage) {
    file_cache_destroy(stage->cache);
    beneath_close_root(&stage->root);
    workplace_remove(stage->folder);
}

/* What is held outlives the cache. */
static void release_held(struct opener *opener) {
    for (size_t i = 0; i < HELD; i++) {
        const struct resource *file = &opener->held[i];
        check(file->contents == NULL || file->contents[2] == ':', "it is there in the end");
        resource_close(&opener->held[i]);
    }
}

static void start_all(struct stage *stage, struct opener openers[OPENERS], struct writer writers[WRITERS]) {
    for (unsigned i = 0; i < OPENERS; i++) {
        openers[i] = (struct opener){.stage = stage, .random = 88172645U + i};
        for (size_t held = 0; held < HELD; held++) {
            openers[i].held[held].fd = -1;
        }
        start_thread(&openers[i].thread, open_files, &openers[i]);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.stage = stage, .random = 2463534242U + i, .first_file = i};
        start_thread(&writers[i].thread, rewrite, &writers[i]);
    }
}

/* Let them go on until `end`, or until something has failed. */
static void wait_until(struct stage *stage, const struct timespec *end) {
    int waited = 0;
    (void)pthread_mutex_lock(&stage->lock);
    while (!stage->is_broken && waited != ETIMEDOUT) {
        waited = pthread_cond_timedwait(&stage->arrived, &stage->lock, end);
    }
    (void)pthread_mutex_unlock(&stage->lock);
    atomic_store(&stage->is_over, true);
}

int main(int argc, char **argv) {
    long seconds = argc > 1 ? strtol(argv[1], NULL, 10) : SECONDS_DEFAULT;
    static struct stage stage = {.lock = PTHREAD_MUTEX_INITIALIZER, .arrived = PTHREAD_COND_INITIALIZER};
    static struct opener openers[OPENERS];
    static struct writer writers[WRITERS];
    struct opener all = {.stage = &stage}; /* what they did together */
    uint64_t versions = 0;
    struct timespec end;
    (void)alarm((unsigned)seconds * 10 + 60); /* a hang ends the program, too */
    (void)clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += seconds;
    if (!set_up(&stage)) {
        return EXIT_FAILURE;
    }
    start_all(&stage, openers, writers);
    wait_until(&stage, &end);
    for (size_t i = 0; i < OPENERS; i++) {
        (void)pthread_join(openers[i].thread, NULL);
        all.opened += openers[i].opened;
        all.remembered += openers[i].remembered;
        all.with_head += openers[i].with_head;
    }
    for (size_t i = 0; i < WRITERS; i++) {
        (void)pthread_join(writers[i].thread, NULL);
        versions += writers[i].versions;
    }
    tear_down(&stage);
    for (size_t i = 0; i < OPENERS; i++) {
        release_held(&openers[i]);
    }
    check(all.remembered > 0 && all.remembered < all.opened && all.with_head > 0,
          "some was remembered, and some was not");

    (void)printf("stress_file_cache: opened %" PRIu64 " times, %" PRIu64 " from the cache, %" PRIu64
                 " with a head, %" PRIu64 " versions, %u failures\n",
                 all.opened, all.remembered, all.with_head, versions, count_failures());
    return count_failures() == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
