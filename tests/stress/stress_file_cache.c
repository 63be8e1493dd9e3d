/* SPDX-License-Identifier: MIT */
/*
 * Hunts for races in the file cache; meant for ThreadSanitizer, with which Criterion does not go.
 *
 * Some threads open a few files through one cache all the time, use their bytes and keep heads for them;
 * others put new versions in their places, by renaming, by deleting them and making them anew, or by writing
 * over them. Rooms for bytes and for descriptors are too small for all of them. Each version says in each of
 * its words which it is, so that nothing but the cache's care keeps them apart. Whoever opens a file must get
 * one whole version of that file, none older than the last that was there before, and heads of no other
 * version.
 *
 * Usage: stress_file_cache [SECONDS]. Prints one line; exit status 0 if all was well, 1 if not.
 */
#include "http/file_cache/entry.h"
#include "http/file_cache/file_cache.h"

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
    WORD_BYTES = 16,
    SMALL_WORDS = 200,
    LARGE_WORDS = 1200,
    MAX_FILE_BYTES = 8 * 1024,
    MEMORY_BYTES = 8 * 10 * 1024, /* 10 KiB a part: two or three files, and some heads */
    DESCRIPTORS = 8,
    USED_PER_VERSION = 60, /* a version lives on average until files have been opened so often */
    HELD = 3,              /* resources that an opener keeps while it opens others */
    PATH_BYTES = 96,
    SECONDS_DEFAULT = 8,
};

/* A version is begun before anything of it can be seen, and done when nothing else can. */
struct subject {
    atomic_uint begun;
    atomic_uint done;
};

struct stage {
    struct beneath root;
    struct file_cache *cache;
    char folder[PATH_BYTES];
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

static atomic_uint failures;

static bool check(bool holds, const char *what) {
    if (!holds && atomic_fetch_add(&failures, 1) == 0) {
        (void)fprintf(stderr, "stress_file_cache: failed: %s\n", what);
    }
    return holds;
}

/* xorshift32: returns 0 .. below-1 */
static uint32_t random_below(uint32_t *state, uint32_t below) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state % below;
}

/* ---- What a version looks like ------------------------------------------------------------------------- */

static void write_word(char word[WORD_BYTES + 1], unsigned file, unsigned version) {
    int length = snprintf(word, WORD_BYTES + 1, "%02u:%012u\n", file % 100, version);
    check(length == WORD_BYTES, "a word is as long as a word");
}

/* A third of the files is too large for contents, and a third is written over in its place, with as many
 * bytes each time: of these the kernel itself lets a reader see half a version, but none who reads them for
 * good may keep that. */
static bool is_large(unsigned file) {
    return file % 3 == 0;
}

static bool is_written_over(unsigned file) {
    return file % 3 == 1;
}

/* Two versions in a row have as many words, the next two one more: size alone does not tell them apart. */
static size_t count_words(unsigned file, unsigned version) {
    size_t more = is_written_over(file) ? 0 : version / 2 % 8;
    return (is_large(file) ? LARGE_WORDS : SMALL_WORDS) + more;
}

static size_t make_text(char *text, unsigned file, unsigned version) {
    size_t words = count_words(file, version);
    char word[WORD_BYTES + 1];
    write_word(word, file, version);
    for (size_t i = 0; i < words; i++) {
        memcpy(text + i * WORD_BYTES, word, WORD_BYTES);
    }
    return words * WORD_BYTES;
}

static void check_text(const char *text, size_t size, unsigned file, unsigned oldest, unsigned newest) {
    char word[WORD_BYTES + 1];
    unsigned version = 0;

    if (!check(size >= WORD_BYTES && sscanf(text, "%*u:%u", &version) == 1, "it says which version it is")) {
        return;
    }
    check(version >= oldest, "it is not older than what was there");
    check(version <= newest, "it is not newer than what is there");
    check(size == count_words(file, version) * WORD_BYTES, "it is as long as its version");
    write_word(word, file, version);
    for (size_t i = 0; i + WORD_BYTES <= size; i += WORD_BYTES) {
        if (!check(memcmp(text + i, word, WORD_BYTES) == 0, "it is one version of one file")) {
            return;
        }
    }
}

/* ---- The writers --------------------------------------------------------------------------------------- */

static void path_of(const struct stage *stage, const char *kind, unsigned file, char path[2 * PATH_BYTES]) {
    (void)snprintf(path, (size_t)2 * PATH_BYTES, "%s/%s%u", stage->folder, kind, file);
}

static void write_whole(const char *path, const char *text, size_t size) {
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    check(fd != -1 && write(fd, text, size) == (ssize_t)size && close(fd) == 0, "a version is written");
}

static void put_in_place(struct stage *stage, unsigned file, unsigned version, bool delete_first) {
    char text[(LARGE_WORDS + 8) * WORD_BYTES];
    char path[2 * PATH_BYTES];
    char new_path[2 * PATH_BYTES];
    size_t size = make_text(text, file, version);

    path_of(stage, "file", file, path);
    path_of(stage, "new", file, new_path);
    atomic_store(&stage->subjects[file].begun, version);
    if (is_written_over(file)) {
        write_whole(path, text, size);
    } else {
        check(!delete_first || unlink(path) == 0, "the old version is deleted");
        write_whole(new_path, text, size);
        check(rename(new_path, path) == 0, "a version is put in its place");
    }
    atomic_store(&stage->subjects[file].done, version);
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

    while (!atomic_load(&stage->is_over) && atomic_load(&failures) == 0) {
        bool is_popular = random_below(&writer->random, 2) == 0;
        unsigned file = writer->first_file;
        file += is_popular ? 0 : random_below(&writer->random, FILES / WRITERS) * WRITERS;
        bool delete_first = random_below(&writer->random, 2) == 0;
        wait_for_openers(stage, random_below(&writer->random, 2 * USED_PER_VERSION));
        for (unsigned burst = 1 + random_below(&writer->random, 3); burst > 0; burst--, writer->versions++) {
            put_in_place(stage, file, atomic_load(&stage->subjects[file].done) + 1, delete_first);
            wait_for_openers(stage, random_below(&writer->random, OPENERS));
        }
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

static void hold_for_a_while(struct opener *opener, struct resource *file) {
    struct resource *place = &opener->held[random_below(&opener->random, HELD)];
    resource_close(place);
    *place = resource_take(file);
}

static void use_file(struct opener *opener, unsigned file) {
    struct stage *stage = opener->stage;
    char text[(LARGE_WORDS + 8) * WORD_BYTES + 1] = "";
    char name[16];
    struct resource resource = {.fd = -1};
    struct file_source source = {&stage->root, stage->cache, 0};
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
    if (resource.contents != NULL || !is_written_over(file)) {
        check_text(text, size, file, oldest, newest);
    }
    opener->opened++;
    if (resource.cached != NULL) {
        opener->remembered++;
        use_head(opener, &resource);
    }
    hold_for_a_while(opener, &resource);
}

static void report(struct stage *stage) {
    (void)pthread_mutex_lock(&stage->lock);
    stage->used++;
    stage->is_broken = atomic_load(&failures) != 0 || atomic_load(&stage->is_over);
    (void)pthread_cond_broadcast(&stage->arrived);
    (void)pthread_mutex_unlock(&stage->lock);
}

/* Half of all open one of two files. */
static void *open_files(void *argument) {
    struct opener *opener = argument;

    while (!atomic_load(&opener->stage->is_over) && atomic_load(&failures) == 0) {
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
    const char *parent = getenv("TMPDIR");
    struct file_cache_options options = {
        .memory_bytes = MEMORY_BYTES, .max_file_bytes = MAX_FILE_BYTES, .descriptor_count = DESCRIPTORS};

    (void)snprintf(stage->folder, sizeof stage->folder, "%s/lido-stress-XXXXXX",
                   parent != NULL ? parent : "/tmp");
    if (!check(mkdtemp(stage->folder) != NULL, "there is a folder") ||
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
    char path[2 * PATH_BYTES];

    file_cache_destroy(stage->cache);
    beneath_close_root(&stage->root);
    for (unsigned file = 0; file < FILES; file++) {
        path_of(stage, "file", file, path);
        (void)unlink(path);
    }
    (void)rmdir(stage->folder);
}

static void start(pthread_t *thread, void *(*run)(void *), void *argument) {
    if (pthread_create(thread, NULL, run, argument) != 0) {
        (void)fprintf(stderr, "stress_file_cache: no thread to be had\n");
        exit(EXIT_FAILURE);
    }
}

/* What is held outlives the cache. */
static void release_held(struct opener *opener) {
    for (size_t i = 0; i < HELD; i++) {
        const struct resource *file = &opener->held[i];
        check(file->contents == NULL || file->contents[2] == ':', "it is there in the end");
        resource_close(&opener->held[i]);
    }
}

int main(int argc, char **argv) {
    long seconds = argc > 1 ? strtol(argv[1], NULL, 10) : SECONDS_DEFAULT;
    static struct stage stage = {.lock = PTHREAD_MUTEX_INITIALIZER, .arrived = PTHREAD_COND_INITIALIZER};
    static struct opener openers[OPENERS];
    static struct writer writers[WRITERS];
    struct timespec end;
    uint64_t opened = 0;
    uint64_t remembered = 0;
    uint64_t with_head = 0;
    uint64_t versions = 0;

    (void)alarm((unsigned)seconds * 10 + 60); /* a hang ends the program, too */
    (void)clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += seconds;
    if (!set_up(&stage)) {
        return EXIT_FAILURE;
    }
    for (unsigned i = 0; i < OPENERS; i++) {
        openers[i] = (struct opener){.stage = &stage, .random = 88172645U + i};
        for (size_t held = 0; held < HELD; held++) {
            openers[i].held[held].fd = -1;
        }
        start(&openers[i].thread, open_files, &openers[i]);
    }
    for (unsigned i = 0; i < WRITERS; i++) {
        writers[i] = (struct writer){.stage = &stage, .random = 2463534242U + i, .first_file = i};
        start(&writers[i].thread, rewrite, &writers[i]);
    }
    (void)pthread_mutex_lock(&stage.lock);
    while (!stage.is_broken && pthread_cond_timedwait(&stage.arrived, &stage.lock, &end) != ETIMEDOUT) {
    }
    (void)pthread_mutex_unlock(&stage.lock);
    atomic_store(&stage.is_over, true);
    for (size_t i = 0; i < OPENERS; i++) {
        (void)pthread_join(openers[i].thread, NULL);
        opened += openers[i].opened;
        remembered += openers[i].remembered;
        with_head += openers[i].with_head;
    }
    for (size_t i = 0; i < WRITERS; i++) {
        (void)pthread_join(writers[i].thread, NULL);
        versions += writers[i].versions;
    }
    tear_down(&stage);
    for (size_t i = 0; i < OPENERS; i++) {
        release_held(&openers[i]);
    }
    check(remembered > 0 && remembered < opened && with_head > 0, "some was remembered, and some was not");

    (void)printf("stress_file_cache: opened %" PRIu64 " times, %" PRIu64 " from the cache, %" PRIu64
                 " with a head, %" PRIu64 " versions, %u failures\n",
                 opened, remembered, with_head, versions, atomic_load(&failures));
    return atomic_load(&failures) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
