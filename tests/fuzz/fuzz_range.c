/* SPDX-License-Identifier: MIT */
/* Ranges: whatever is asked for lies within the representation, and nothing of it is sent twice. */
#include "http/semantics/range.h"
#include "tests/fuzz/fuzz.h"

static void check_parts(const struct range_set *set, off_t size) {
    fuzz_check(set->count > 0 && set->count <= RANGE_PARTS_MAX);
    for (size_t i = 0; i < set->count; i++) {
        struct byte_range part = set->parts[i];
        fuzz_check(part.begin >= 0 && part.begin < part.end && part.end <= size);
        for (size_t j = 0; j < i; j++) {
            fuzz_check(part.end < set->parts[j].begin || part.begin > set->parts[j].end);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    static const off_t sizes[] = {0, 1, 10, 4096, (off_t)1 << 40, INT64_MAX};
    uint8_t choice = fuzz_byte(&input);
    off_t size = choice < 6 ? sizes[choice] : (off_t)(fuzz_number(&input) >> 1);
    struct view field = fuzz_rest(&input);
    struct range_set set;
    enum range_outcome outcome = range_parse(field, size, &set);
    fuzz_check(outcome == RANGE_WHOLE || outcome == RANGE_PARTIAL || outcome == RANGE_UNSATISFIABLE);
    fuzz_check(range_parse((struct view){0}, size, &(struct range_set){0}) == RANGE_WHOLE);
    if (outcome == RANGE_PARTIAL) {
        check_parts(&set, size);
    }
    fuzz_end(&input);
    return 0;
}
