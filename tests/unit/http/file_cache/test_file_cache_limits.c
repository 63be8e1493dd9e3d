/* SPDX-License-Identifier: MIT */
/* How much is remembered, and for how long. */
#include "http/file_cache/file_cache.h"
#include "tests/support/loopback.h"
#include "tests/unit/support/file_cache.h"
#include "tests/unit/support/memory_faults.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

TestSuite(file_cache_limits, .init = cache_set_up, .fini = cache_tear_down, .timeout = 60);

enum { KIB = 1024, MANY = 200, NAME_BYTES = 16, IDLE_MS = 10 * 1000 };

static const char *name_of(int i) {
    static char name[NAME_BYTES];
    (void)snprintf(name, sizeof name, "file%d", i);
    return name;
}

static void make_files(int count, off_t size) {
    for (int i = 0; i < count; i++) {
        folder_truncate(&folder, name_of(i), size);
    }
}

/* At another time than before. */
static void open_all(int count) {
    pass_time(1);
    for (int i = 0; i < count; i++) {
        struct resource file = open_cached(name_of(i));
        resource_close(&file);
    }
}

/* The files are all of one version here, so that nothing but reading tells which of them are remembered. None is
 * wanted more often than others: so what is read anew drives nothing out that is still to be counted. */
static int count_remembered(int count) {
    int remembered = 0;
    for (int i = 0; i < count; i++) {
        size_t reads = read_count;
        struct resource file = open_cached(name_of(i));
        remembered += read_count == reads ? 1 : 0;
        resource_close(&file);
    }
    return remembered;
}

Test(file_cache_limits, never_has_more_bytes_than_it_may) {
    enum { SIZE = 20 * KIB };
    make_files(MANY, SIZE);
    open_all(MANY);
    int remembered = count_remembered(MANY);
    cr_expect_leq(remembered * SIZE, 1024 * KIB);
    cr_expect_geq(remembered * SIZE, 512 * KIB, "and makes use of them: %d files", remembered);
}

Test(file_cache_limits, remembers_all_files_that_fit_in) {
    make_files(MANY, 2 * KIB);
    open_all(MANY);
    cr_expect_eq(count_remembered(MANY), MANY);
}

Test(file_cache_limits, tells_how_it_does) {
    struct file_cache_stats stats;
    make_files(3, 2 * KIB);
    open_all(3);
    open_all(2);
    file_cache_read_stats(cache, &stats);
    cr_expect_eq(stats.misses, 3);
    cr_expect_eq(stats.hits, 2);
    cr_expect_eq(stats.evictions, 0);
    cr_expect_eq(stats.files, 3);
    cr_expect_eq(stats.descriptors, 0);
    cr_expect_geq(stats.bytes, 3 * 2 * KIB);
    cr_expect_eq(stats.bytes_max, 1024 * KIB);
}

/* Somebody who walks over all files does not drive out those that were there first, however often he does. */
Test(file_cache_limits, is_not_emptied_by_a_walk) {
    struct file_cache_stats first;
    struct file_cache_stats stats;
    make_files(MANY, 20 * KIB);
    open_all(MANY);
    file_cache_read_stats(cache, &first);
    for (int walk = 0; walk < 5; walk++) {
        open_all(MANY);
    }
    file_cache_read_stats(cache, &stats);
    cr_expect_eq(stats.evictions, 0);
    cr_expect_eq(stats.files, first.files);
    cr_expect_eq(stats.hits, 5 * first.files);
}

/* The last file has found no room; wanted often, it gets it. */
Test(file_cache_limits, counts_what_had_to_leave) {
    struct file_cache_stats first;
    struct file_cache_stats stats;
    make_files(MANY, 20 * KIB);
    open_all(MANY);
    file_cache_read_stats(cache, &first);
    size_t reads = 0;
    size_t times = 0;
    do {
        reads = read_count;
        pass_time(1);
        struct resource file = open_cached(name_of(MANY - 1));
        resource_close(&file);
    } while (read_count != reads && ++times < MANY);
    file_cache_read_stats(cache, &stats);
    cr_expect_lt(times, 4, "it took %zu times", times);
    cr_expect_eq(stats.evictions, 1);
    cr_expect_eq(stats.files, first.files);
    cr_expect_leq(stats.bytes, stats.bytes_max);
}

Test(file_cache_limits, counts_a_file_that_has_changed_as_a_miss) {
    struct file_cache_stats stats;
    make_files(1, 2 * KIB);
    open_all(1);
    folder_truncate(&folder, name_of(0), 3 * KIB);
    open_all(1);
    file_cache_read_stats(cache, &stats);
    cr_expect_eq(stats.misses, 2);
    cr_expect_eq(stats.hits, 0);
}

Test(file_cache_limits, counts_heads) {
    enum { HEAD = 6 * KIB };
    static char text[HEAD];
    struct ready_head_use use = {view_of("x"), CODING_IDENTITY, true};
    make_files(MANY, 2 * KIB);
    for (int i = 0; i < MANY; i++) {
        struct resource file = open_cached(name_of(i));
        file_cache_keep_head(&file,
                             ready_head_create(&use, (struct view){text, HEAD}, &(struct head_dates){0}));
        resource_close(&file);
    }
    int remembered = count_remembered(MANY);
    cr_expect_leq(remembered * 8 * KIB, 1024 * KIB + MANY * 2 * KIB, "%d", remembered);
    cr_expect_lt(remembered, MANY);
}

Test(file_cache_limits, never_has_more_descriptors_than_it_may) {
    static const size_t limits[] = {0, 1, 8, 9, 63, 64};
    make_files(MANY, 65 * KIB);
    int before = count_descriptors();
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        struct file_cache_options options = cache_options();
        options.descriptor_count = limits[i];
        cache_use(options);
        for (int file = 0; file < MANY; file++) {
            struct resource resource = open_cached(name_of(file));
            int open = count_descriptors() - before;
            cr_expect(open <= (int)limits[i] + 1, "%zu: %d", limits[i], open);
            cr_expect(fcntl(resource.fd, F_GETFD) != -1, "%zu", limits[i]);
            resource_close(&resource);
            open = count_descriptors() - before;
            cr_expect(open <= (int)limits[i], "%zu: %d", limits[i], open);
        }
        int kept = count_descriptors() - before;
        cr_expect(limits[i] < 8 || kept == (int)limits[i], "%zu: all are made use of: %d", limits[i], kept);
    }
    file_cache_destroy(cache);
    cache = NULL;
    cr_expect_eq(count_descriptors(), before);
}

Test(file_cache_limits, keeps_contents_while_large_files_come_and_go) {
    make_files(MANY, 65 * KIB);
    folder_write_text(&folder, "small", "x");
    struct resource small = open_cached("small");
    open_all(MANY);
    cr_expect(is_remembered("small", &small));
    resource_close(&small);
}

/* --- time ----------------------------------------------------------------------------------------------- */

Test(file_cache_limits, closes_descriptors_that_were_not_used_for_ten_seconds) {
    folder_truncate(&folder, "large", 65 * KIB);
    folder_truncate(&folder, "other", 65 * KIB);
    folder_write_text(&folder, "small", "x");
    int before = count_descriptors();
    cr_expect_not(file_cache_trim(cache), "nothing to do in an empty one");
    warm_up("small");
    cr_expect_not(file_cache_trim(cache), "nor for contents");
    warm_up("large");
    pass_time(IDLE_MS);
    warm_up("other");
    cr_expect(file_cache_trim(cache));
    cr_expect_eq(count_descriptors(), before + 2, "used ten seconds ago, and no longer");
    pass_time(1);
    cr_expect(file_cache_trim(cache), "one is left");
    cr_expect_eq(count_descriptors(), before + 1);
    pass_time(IDLE_MS);
    cr_expect_not(file_cache_trim(cache));
    cr_expect_eq(count_descriptors(), before);
    size_t reads = read_count;
    warm_up("small");
    cr_expect_eq(read_count, reads, "contents stay");
}

Test(file_cache_limits, does_not_close_what_is_being_sent) {
    folder_truncate(&folder, "large", 65 * KIB);
    struct resource file = open_cached("large");
    pass_time(IDLE_MS + 1);
    cr_expect_not(file_cache_trim(cache));
    cr_expect_neq(fcntl(file.fd, F_GETFD), -1);
    resource_close(&file);
}

Test(file_cache_limits, closes_a_deleted_file_with_the_next_use_of_its_name) {
    folder_truncate(&folder, "large", 65 * KIB);
    int before = count_descriptors();
    warm_up("large");
    cr_expect_eq(count_descriptors(), before + 1);
    (void)remove(folder_path(&folder, "large").text);
    cr_expect_eq(expect_as_on_disk("deleted", "large"), HTTP_NOT_FOUND);
    cr_expect_eq(count_descriptors(), before);
}

/* --- memory --------------------------------------------------------------------------------------------- */

Test(file_cache_limits, is_not_made_without_memory) {
    struct file_cache *made = NULL;
    struct file_cache_options options = cache_options();
    memory_fail_after(0);
    cr_expect_eq(file_cache_create(&made, &options), -ENOMEM);
    cr_expect(memory_stop_failing());
    cr_expect_null(made);
}

Test(file_cache_limits, frees_a_head_that_it_has_no_use_for) {
    struct ready_head_use use = {view_of("x"), CODING_IDENTITY, true};
    folder_write_text(&folder, "a.txt", "x");
    struct resource file = open_cached("a.txt");
    ptrdiff_t live = memory_live_count();
    for (int i = 0; i < 3; i++) {
        struct ready_head *head = ready_head_create(&use, view_of("head"), &(struct head_dates){0});
        cr_assert_not_null(head);
        file_cache_keep_head(&file, head);
        cr_expect_eq(memory_live_count(), live + 1, "one is enough");
    }
    resource_close(&file);
}

Test(file_cache_limits, opens_files_also_without_memory) {
    static const char *const paths[] = {"small", "large"};
    folder_write_text(&folder, "small", "x");
    folder_truncate(&folder, "large", 65 * KIB);
    size_t failures = 0;
    for (size_t i = 0; i < 2; i++) {
        for (size_t successes = 0;; successes++) {
            cache_use(cache_options());
            int before = count_descriptors();
            ptrdiff_t live = memory_live_count();
            memory_fail_after(successes);
            struct resource file = open_cached(paths[i]);
            bool failed = memory_stop_failing();
            failures += failed ? 1 : 0;
            cr_expect(file.contents != NULL || fcntl(file.fd, F_GETFD) != -1, "%s", paths[i]);
            cr_expect(i == 1 || *text_of(&file) == 'x', "%s", paths[i]);
            cr_expect(!failed || !is_remembered(paths[i], &file), "%s", paths[i]);
            resource_close(&file);
            file_cache_destroy(cache);
            cache = NULL;
            cr_expect(count_descriptors() == before && memory_live_count() <= live, "%s", paths[i]);
            if (!failed) {
                break;
            }
        }
    }
    cr_expect_geq(failures, 6, "the file, its table, the buckets, each twice: %zu", failures);
}
