/* SPDX-License-Identifier: MIT */
#include "http/response/multipart.h"

#include "http/base/clock.h"

#include <stddef.h>
#include <stdint.h>
#include <sys/random.h>

enum { WORD_COUNT = 2, WORD_BITS = 64, BITS_PER_DIGIT = 4 };

/* The finaliser of splitmix64: inputs that differ little give results that differ much. */
static uint64_t scatter(uint64_t word) {
    word = (word ^ (word >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    word = (word ^ (word >> 27)) * UINT64_C(0x94d049bb133111eb);
    return word ^ (word >> 31);
}

/* Where the kernel has no random bits yet, or no such call: an answer must not wait for them. Nobody outside
 * knows both clocks to the nanosecond and where this thread's stack is. */
static void fill_without_kernel(uint64_t words[WORD_COUNT]) {
    struct timespec now = clock_wall();
    uint64_t place = (uint64_t)(uintptr_t)&now;
    words[0] = scatter(place ^ scatter((uint64_t)clock_steady_ns()));
    words[1] = scatter(words[0] ^ scatter((uint64_t)now.tv_nsec ^ (uint64_t)now.tv_sec << 32));
}

struct multipart_boundary multipart_make_boundary(void) {
    struct multipart_boundary boundary;
    uint64_t words[WORD_COUNT];
    if (getrandom(words, sizeof words, GRND_NONBLOCK) != (ssize_t)sizeof words) {
        fill_without_kernel(words);
    }
    char *out = boundary.text;
    for (size_t i = 0; i < WORD_COUNT; i++) {
        for (int shift = WORD_BITS - BITS_PER_DIGIT; shift >= 0; shift -= BITS_PER_DIGIT) {
            *out++ = "0123456789abcdef"[words[i] >> shift & 0xf];
        }
    }
    *out = '\0';
    return boundary;
}

void multipart_append_content_range(struct text *out, struct byte_range range, off_t size) {
    text_append(out, "Content-Range: bytes ");
    text_append_number(out, (uint64_t)range.begin);
    text_append(out, "-");
    text_append_number(out, (uint64_t)range.end - 1);
    text_append(out, "/");
    text_append_number(out, (uint64_t)size);
    text_append(out, "\r\n");
}

void multipart_append_head(struct text *out, const struct multipart_boundary *boundary,
                           const char *content_type, struct byte_range range, off_t size) {
    text_append(out, "\r\n--");
    text_append(out, boundary->text);
    if (content_type != NULL) {
        text_append(out, "\r\nContent-Type: ");
        text_append(out, content_type);
    }
    text_append(out, "\r\n");
    multipart_append_content_range(out, range, size);
    text_append(out, "\r\n");
}

void multipart_append_end(struct text *out, const struct multipart_boundary *boundary) {
    text_append(out, "\r\n--");
    text_append(out, boundary->text);
    text_append(out, "--\r\n");
}
