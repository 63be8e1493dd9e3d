/* SPDX-License-Identifier: MIT */
/* Negotiation: nothing is chosen that was not offered, and nothing twice. */
#include "http/semantics/field_syntax.h"
#include "http/semantics/negotiation.h"
#include "tests/fuzz/fuzz.h"

static const enum content_coding offered[] = {CODING_BROTLI, CODING_ZSTD, CODING_GZIP};

static void check_choice(const struct coding_choice *choice, size_t offered_count) {
    fuzz_check(choice->count <= offered_count + 1);
    for (size_t i = 0; i < choice->count; i++) {
        bool is_offered = choice->codings[i] == CODING_IDENTITY;
        for (size_t j = 0; j < offered_count; j++) {
            is_offered = is_offered || choice->codings[i] == offered[j];
        }
        fuzz_check(is_offered);
        for (size_t j = 0; j < i; j++) {
            fuzz_check(choice->codings[i] != choice->codings[j]);
        }
    }
}

static void check_accept(struct view accept) {
    static const char *const types[] = {"text/html", "application/json", "a/b"};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        int weight = negotiation_accept_weight(accept, types[i]);
        fuzz_check(weight >= WEIGHT_NOT_NAMED && weight <= WEIGHT_FULL);
        if (negotiation_prefers(accept, types[i])) {
            fuzz_check(weight > negotiation_accept_weight(accept, "text/html"));
        }
    }
    if (negotiation_accept_weight(accept, "text/html") > 0) {
        fuzz_check(negotiation_names_html(accept));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    size_t offered_count = fuzz_byte(&input) % 4;
    struct view field = fuzz_field(&input);
    struct coding_choice choice = {0};
    negotiation_choose_coding(field, offered, offered_count, &choice);
    check_choice(&choice, offered_count);
    check_accept(field);
    fuzz_end(&input);
    return 0;
}
