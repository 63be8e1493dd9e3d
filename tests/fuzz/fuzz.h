/* SPDX-License-Identifier: MIT */
/*
 * What fuzz targets share: taking their input apart, and saying what does not hold.
 *
 * A target is a program of its own, fuzz_<name>.c, for libFuzzer (https://llvm.org/docs/LibFuzzer.html); without it
 * replay.c calls it with the files of its corpus. It promises of any input that what it calls keeps its word.
 */
#ifndef LIDO_TESTS_FUZZ_FUZZ_H
#define LIDO_TESTS_FUZZ_FUZZ_H

#include "http/base/view.h"

#include <stddef.h>
#include <stdint.h>

enum { FUZZ_PARTS_MAX = 16 };

/* What is left of an input, and what was taken of it so far. */
struct fuzz_input {
    const uint8_t *bytes;
    size_t length;
    char *parts[FUZZ_PARTS_MAX];
    size_t part_count;
};

/* The target: called with one input after the other. Returns 0. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct fuzz_input fuzz_begin(const uint8_t *bytes, size_t length);

/* Free the parts that were taken. */
void fuzz_end(struct fuzz_input *input);

/* The next byte; 0 behind the last one. */
uint8_t fuzz_byte(struct fuzz_input *input);

/* The next 8 bytes as a number; zeros behind the last one. */
uint64_t fuzz_number(struct fuzz_input *input);

/* The next line without its line feed, or the rest: a piece of memory of its own, so that the sanitizer sees whoever
 * reads beyond it. Lives until fuzz_end(). */
struct view fuzz_line(struct fuzz_input *input);
struct view fuzz_rest(struct fuzz_input *input);

/* The value of a field: the next line, or, if that is "!", none. */
struct view fuzz_field(struct fuzz_input *input);

/* The same as a string, up to its first NUL. */
const char *fuzz_string(struct fuzz_input *input);

/* End the program, as a finding, unless the condition holds. */
#define fuzz_check(condition) ((condition) ? (void)0 : fuzz_fail(#condition, __FILE__, __LINE__))

_Noreturn void fuzz_fail(const char *condition, const char *file, int line);

#endif
