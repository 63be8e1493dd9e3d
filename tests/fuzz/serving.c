/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/serving.h"

#include "tests/fuzz/fuzz.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/lido-fuzz-XXXXXX";

bool serving_open_pair(int fds[2]) {
    return socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0;
}

static void write_file(const char *name, size_t length) {
    char path[100];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    fuzz_check(file != NULL);
    for (size_t i = 0; i < length; i++) {
        (void)fputc("0123456789 <a>\n"[i % 15], file);
    }
    fuzz_check(fclose(file) == 0);
}

static void make_folder(const char *name) {
    char path[100];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    fuzz_check(mkdir(path, 0755) == 0);
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *place) {
    (void)info;
    (void)kind;
    (void)place;
    return remove(path);
}

static void remove_folder(void) {
    (void)nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

struct site *serving_create_site(void) {
    static char index_name[] = "index.html";
    static char *index_names[] = {index_name};
    static const struct error_page_rule pages[] = {{.status = 404, .path = "page.html"}};
    struct site *site = NULL;
    fuzz_check(mkdtemp(folder) != NULL && atexit(remove_folder) == 0);
    make_folder("sub");
    make_folder("home");
    write_file("a", 7);
    write_file("page.html", 900);
    write_file("page.html.gz", 300);
    write_file("large", SERVING_LARGE_BYTES);
    write_file("empty", 0);
    write_file("sub/x<y>&\"z.txt", 20);
    write_file("sub/.hidden", 20);
    write_file("home/index.html", 100);
    struct site_options options = {.root = folder,
                                   .index_names = index_names,
                                   .index_count = 1,
                                   .listing = true,
                                   .media_types = {.charset = "utf-8"},
                                   .rules = {.folder_download = true,
                                             .listing_page = 2,
                                             .security_headers = true,
                                             .error_pages = pages,
                                             .error_page_count = 1}};
    fuzz_check(site_create(&site, &options) == 0);
    return site;
}

size_t serving_count_descriptors(void) {
    DIR *open_ones = opendir("/proc/self/fd");
    size_t count = 0;
    fuzz_check(open_ones != NULL);
    while (readdir(open_ones) != NULL) {
        count++;
    }
    (void)closedir(open_ones);
    return count;
}
