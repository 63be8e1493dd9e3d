/* SPDX-License-Identifier: MIT */
/* Headers of tar entries: as long as they were said to be, and each block with the sum that tar(5) asks for. */
#include "http/archive/tar_header.h"
#include "tests/fuzz/fuzz.h"

#include <stdlib.h>

enum { SUM_BEGIN = 148, SUM_END = 156, SIZE_BEGIN = 124, TYPE_AT = 156 };

/* The sum of a header, its own field taken as blanks. */
static unsigned long sum_of(const unsigned char *block) {
    unsigned long sum = 0;
    for (size_t i = 0; i < TAR_BLOCK_BYTES; i++) {
        sum += i >= SUM_BEGIN && i < SUM_END ? ' ' : block[i];
    }
    return sum;
}

/* Look at the header, and skip the extension that it may be of. Returns how many bytes that takes. */
static size_t check_header(const char *header) {
    char number[13] = "";
    fuzz_check(strtoul(header + SUM_BEGIN, NULL, 8) == sum_of((const unsigned char *)header));
    fuzz_check(memcmp(header + 257, "ustar", 5) == 0);
    if (header[TYPE_AT] != 'x') {
        fuzz_check(header[TYPE_AT] == '0' || header[TYPE_AT] == '5');
        return TAR_BLOCK_BYTES;
    }
    memcpy(number, header + SIZE_BEGIN, 12);
    size_t size = strtoul(number, NULL, 8);
    return TAR_BLOCK_BYTES + (size + TAR_BLOCK_BYTES - 1) / TAR_BLOCK_BYTES * TAR_BLOCK_BYTES;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    uint8_t flags = fuzz_byte(&input);
    struct archive_entry entry = {
        .is_folder = (flags & 1) != 0,
        .is_executable = (flags & 2) != 0,
        .size = (flags & 1) != 0 ? 0 : (off_t)(fuzz_number(&input) >> (1 + flags % 64)),
        .modified = (time_t)fuzz_number(&input) >> (flags % 64),
    };
    const char *path = fuzz_string(&input);
    entry.path = path[0] != '\0' ? path : "a";
    struct text text = {0};
    tar_header_append(&text, &entry);
    fuzz_check(!text.failed && text.length == tar_header_bytes(&entry) && text.length % TAR_BLOCK_BYTES == 0);
    size_t at = 0;
    while (at < text.length) {
        at += check_header(text.bytes + at);
    }
    fuzz_check(at == text.length);
    fuzz_check(((uint64_t)entry.size + tar_padding_bytes(entry.size)) % TAR_BLOCK_BYTES == 0);
    text_deinit(&text);
    fuzz_end(&input);
    return 0;
}
