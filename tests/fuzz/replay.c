/* SPDX-License-Identifier: MIT */
/* In place of libFuzzer: put each file of the folders that are named to the target, once. */
#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

enum { PATH_BYTES = 4096, INPUT_MAX_BYTES = 1024 * 1024 };

static int complain(const char *what, const char *path) {
    (void)fprintf(stderr, "replay: cannot %s %s\n", what, path);
    return EXIT_FAILURE;
}

static int replay_file(const char *path, uint8_t *bytes) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return complain("open", path);
    }
    size_t length = fread(bytes, 1, INPUT_MAX_BYTES, file);
    (void)fclose(file);
    (void)fprintf(stderr, "%s: %zu bytes\n", path, length);
    uint8_t *exact = malloc(length > 0 ? length : 1);
    if (exact == NULL) {
        return complain("find memory for", path);
    }
    if (length > 0) {
        memcpy(exact, bytes, length);
    }
    (void)LLVMFuzzerTestOneInput(exact, length);
    free(exact);
    return EXIT_SUCCESS;
}

static int replay_folder(const char *path, uint8_t *bytes, size_t *count) {
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return complain("open", path);
    }
    int status = EXIT_SUCCESS;
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        char file[PATH_BYTES];
        if (entry->d_name[0] != '.' && status == EXIT_SUCCESS) {
            (void)snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            status = replay_file(file, bytes);
            ++*count;
        }
    }
    (void)closedir(folder);
    return status;
}

int main(int argc, char *argv[]) {
    static uint8_t bytes[INPUT_MAX_BYTES];
    size_t count = 0;
    int status = EXIT_SUCCESS;
    for (int i = 1; i < argc && status == EXIT_SUCCESS; i++) {
        status = replay_folder(argv[i], bytes, &count);
    }
    return count > 0 ? status : EXIT_FAILURE;
}
