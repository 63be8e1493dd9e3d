/* SPDX-License-Identifier: MIT */
#include "conf/config.h"
#include "server/tune/sample.h"
#include "server/tune/sample_files.h"
#include "tests/support/folder.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

enum { LONG_MS = 40 * 1000 };

static struct folder folder;
static struct config config;
static struct sample sample;

static void set_up(void) {
    folder_create(&folder);
    cr_assert(config_init(&config) == 0);
}

static void tear_down(void) {
    sample_deinit(&sample);
    config_deinit(&config);
    folder_remove(&folder);
}

TestSuite(sample, .init = set_up, .fini = tear_down, .timeout = 60);

static void configure(const char *root) {
    char error[CONFIG_ERROR_BYTES];
    cr_assert(config_set(&config, "root", root, "test", error), "%s", error);
    cr_assert(config_inherit(&config, error) && config_check(&config, error), "%s", error);
}

static void take(const char *root) {
    configure(root);
    cr_assert(sample_take(&sample, &config, LONG_MS) == 0);
}

static bool has(const struct sample_file *file, const char *text) {
    return memmem(file->request, file->request_length, text, strlen(text)) != NULL;
}

static const struct sample_file *find(const char *line) {
    for (size_t i = 0; i < sample.count; i++) {
        if (has(&sample.files[i], line)) {
            return &sample.files[i];
        }
    }
    return NULL;
}

Test(sample, asks_for_the_files_that_are_served) {
    folder_write_text(&folder, "index.html", "content");
    folder_write_text(&folder, "sub/a b.txt", "text");
    folder_write_text(&folder, ".hidden", "secret");
    folder_write_text(&folder, "sub/.git/config", "secret");
    take(folder.path);
    cr_expect_eq(sample.count, 2);
    cr_expect_eq(sample.seen, 2);
    cr_expect(sample.is_whole);
    const struct sample_file *file = find("GET /sub/a%20b.txt HTTP/1.0\r\n");
    cr_assert(file != NULL);
    cr_expect(has(file, "\r\nConnection: keep-alive\r\n"));
    cr_expect(!has(file, "Range"));
    cr_expect(find("GET /index.html HTTP/1.0\r\n") != NULL);
}

Test(sample, of_a_folder_without_files_is_empty) {
    folder_mkdir(&folder, "sub");
    take(folder.path);
    cr_expect_eq(sample.count, 0);
}

Test(sample, of_one_file_that_is_served_asks_for_that) {
    folder_write_text(&folder, "one.txt", "text");
    folder_write_text(&folder, "two.txt", "text");
    take(folder_path(&folder, "one.txt").text);
    cr_assert_eq(sample.count, 1);
    cr_expect(find("GET / HTTP/1.0\r\n") != NULL);
}

Test(sample, asks_for_a_piece_of_a_large_file) {
    folder_truncate(&folder, "large.bin", 10 * (off_t)SAMPLE_PIECE_BYTES + 5);
    folder_truncate(&folder, "just.bin", SAMPLE_PIECE_BYTES);
    take(folder.path);
    const struct sample_file *file = find("GET /large.bin");
    char range[64];
    cr_assert(file != NULL);
    (void)snprintf(range, sizeof range, "\r\nRange: bytes=%lld-%lld\r\n", (long long)file->begin,
                   (long long)file->end - 1);
    cr_expect(has(file, range), "no '%s'", range);
    cr_expect_eq(file->end - file->begin, SAMPLE_PIECE_BYTES);
    cr_expect(file->end <= 10 * (off_t)SAMPLE_PIECE_BYTES + 5);
    cr_expect(!has(find("GET /just.bin"), "Range"));
}

Test(sample, has_a_bound_and_is_the_same_each_time) {
    char requests[SAMPLE_FILES_MAX][64] = {{0}};
    folder_write_many(&folder, "%d.txt", SAMPLE_FILES_MAX + 100, 4);
    take(folder.path);
    cr_assert_eq(sample.count, SAMPLE_FILES_MAX);
    cr_expect_eq(sample.seen, SAMPLE_FILES_MAX + 100);
    for (size_t i = 0; i < sample.count; i++) {
        memcpy(requests[i], sample.files[i].request, sizeof requests[i]);
    }
    sample_deinit(&sample);
    cr_assert(sample_take(&sample, &config, LONG_MS) == 0);
    for (size_t i = 0; i < sample.count; i++) {
        cr_expect(memcmp(requests[i], sample.files[i].request, sizeof requests[i]) == 0, "%zu", i);
    }
}

Test(sample, names_the_host_of_each_site) {
    char error[CONFIG_ERROR_BYTES];
    char text[3 * FOLDER_PATH_BYTES];
    folder_write_text(&folder, "main/a.txt", "text");
    folder_write_text(&folder, "other/b.txt", "text");
    (void)snprintf(
        text, sizeof text,
        "root = \"%s\"\nhost \"example.org\" { listing = off }\nhost \"*.example.net\" { root = \"%s\" }\n",
        folder_path(&folder, "main").text, folder_path(&folder, "other").text);
    folder_write_text(&folder, "lido.conf", text);
    cr_assert(config_load_file(&config, folder_path(&folder, "lido.conf").text, error), "%s", error);
    cr_assert(config_inherit(&config, error) && config_check(&config, error), "%s", error);
    cr_assert(sample_take(&sample, &config, LONG_MS) == 0);
    cr_expect_eq(sample.count, 2, "the files that two sites share count once: %zu", sample.count);
    cr_expect(find("GET /b.txt HTTP/1.0\r\nHost: tune.example.net\r\n") != NULL);
    cr_expect(find("GET /a.txt HTTP/1.0\r\nHost: ") != NULL);
}

Test(sample, keeps_what_was_answered) {
    folder_write_text(&folder, "a.txt", "text");
    folder_write_text(&folder, "b.txt", "text");
    folder_write_text(&folder, "c.txt", "text");
    take(folder.path);
    cr_assert_eq(sample.count, 3);
    sample.files[0].status = 404;
    sample.files[1].status = 206;
    sample.files[2].status = 200;
    sample_keep_answered(&sample);
    cr_assert_eq(sample.count, 2);
    cr_expect_eq(sample.files[0].status, 206);
    cr_expect_eq(sample.files[1].status, 200);
}

Test(sample, puts_first_what_can_be_taken_out_of_memory) {
    folder_write_text(&folder, "empty.txt", "");
    folder_write_text(&folder, "a.txt", "text");
    take(folder.path);
    sample_find_cold(&sample, LONG_MS);
    cr_expect(sample.cold_count <= 1, "an empty file is never read");
    for (size_t i = 0; i < sample.cold_count; i++) {
        cr_expect(sample.files[i].end > 0);
    }
}

Test(sample, gives_each_file_the_same_chance) {
    enum { PATHS = 40, WANTED = 10, ROUNDS = 2000 };
    size_t taken[PATHS] = {0};
    uint64_t random = 1;
    for (size_t round = 0; round < ROUNDS; round++) {
        struct sample_paths paths;
        cr_assert(sample_paths_init(&paths, WANTED) == 0);
        paths.random = sample_random(&random);
        for (size_t i = 0; i < PATHS; i++) {
            char name[8];
            (void)snprintf(name, sizeof name, "%zu", i);
            cr_assert(sample_paths_offer(&paths, 0, name, (off_t)i) == 0);
        }
        cr_assert_eq(paths.count, WANTED);
        for (size_t i = 0; i < paths.count; i++) {
            taken[paths.items[i].size]++;
        }
        sample_paths_deinit(&paths);
    }
    for (size_t i = 0; i < PATHS; i++) {
        cr_expect(taken[i] > 400 && taken[i] < 600, "%zu: %zu times instead of 500", i, taken[i]);
    }
}
