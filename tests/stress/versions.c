/* SPDX-License-Identifier: MIT */
#include "tests/stress/versions.h"

#include <stdio.h>
#include <string.h>

static void write_word(char word[VERSION_WORD_BYTES + 1], unsigned file, unsigned version) {
    (void)snprintf(word, VERSION_WORD_BYTES + 1, "%02u:%012u\n", file % 100, version);
}

static bool is_large(unsigned file) {
    return file % 3 == 0;
}

bool version_is_written_over(unsigned file) {
    return file % 3 == 1;
}

static size_t count_words(unsigned file, unsigned version) {
    size_t more = version_is_written_over(file) ? 0 : version / 2 % 8;
    return (is_large(file) ? VERSION_LARGE_WORDS : VERSION_SMALL_WORDS) + more;
}

size_t version_make(char text[VERSION_MAX_BYTES], unsigned file, unsigned version) {
    size_t words = count_words(file, version);
    char word[VERSION_WORD_BYTES + 1];
    write_word(word, file, version);
    for (size_t i = 0; i < words; i++) {
        memcpy(text + i * VERSION_WORD_BYTES, word, VERSION_WORD_BYTES);
    }
    return words * VERSION_WORD_BYTES;
}

const char *version_broken_rule(const char *text, size_t size, unsigned file, unsigned oldest,
                                unsigned newest) {
    char word[VERSION_WORD_BYTES + 1];
    unsigned version = 0;
    if (size < VERSION_WORD_BYTES || sscanf(text, "%*u:%u", &version) != 1) {
        return "it says which version it is";
    }
    if (version < oldest) {
        return "it is not older than what was there";
    }
    if (version > newest) {
        return "it is not newer than what is there";
    }
    if (size != count_words(file, version) * VERSION_WORD_BYTES) {
        return "it is as long as its version";
    }
    write_word(word, file, version);
    for (size_t i = 0; i + VERSION_WORD_BYTES <= size; i += VERSION_WORD_BYTES) {
        if (memcmp(text + i, word, VERSION_WORD_BYTES) != 0) {
            return "it is one version of one file";
        }
    }
    return NULL;
}
