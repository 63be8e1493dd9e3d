/* SPDX-License-Identifier: MIT */
/* Preconditions: what RFC 9110 section 13 says of the plain cases holds among all the others. */
#include "http/semantics/precondition.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>

static void check_plain_cases(const struct preconditions *all, const struct validators *validators,
                              time_t now) {
    struct preconditions alone = {.if_none_match = all->if_none_match};
    bool is_star = all->if_none_match.bytes != NULL && view_equals(all->if_none_match, "*");
    if (is_star) {
        fuzz_check(precondition_evaluate(&alone, validators, now) == PRECONDITION_NOT_MODIFIED);
    }
    alone = (struct preconditions){.if_match = view_of("*")};
    fuzz_check(precondition_evaluate(&alone, validators, now) == PRECONDITION_PASSED);
    struct preconditions none = {0};
    fuzz_check(precondition_evaluate(&none, validators, now) == PRECONDITION_PASSED);
    fuzz_check(precondition_allows_range((struct view){0}, validators, now));
    alone = (struct preconditions){.if_none_match = all->if_none_match};
    fuzz_check(precondition_evaluate(&alone, validators, now) != PRECONDITION_FAILED);
    alone =
        (struct preconditions){.if_match = all->if_match, .if_unmodified_since = all->if_unmodified_since};
    fuzz_check(precondition_evaluate(&alone, validators, now) != PRECONDITION_NOT_MODIFIED);
}

static void check_tags(struct view list, const char *tag) {
    fuzz_check(!entity_tag_is_listed(list, "", true));
    bool is_listed = entity_tag_is_listed(list, tag, false);
    fuzz_check(!is_listed ||
               entity_tag_is_listed(list, tag, true)); /* strong equality is weak equality, too */
    struct view found = entity_tag_find(list, view_of("\"tar-"));
    if (found.bytes != NULL) {
        fuzz_check(found.bytes >= list.bytes && found.bytes + found.length <= list.bytes + list.length);
        fuzz_check(found.length >= 6 && found.bytes[found.length - 1] == '"');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    struct fuzz_input input = fuzz_begin(bytes, length);
    struct validators validators = {0};
    uint8_t flags = fuzz_byte(&input);
    time_t now = (time_t)(fuzz_number(&input) >> 24);
    validators.is_dated = (flags & 1) != 0;
    validators.modified = now - (flags >> 4);
    const char *tag = fuzz_string(&input);
    (void)snprintf(validators.entity_tag, sizeof validators.entity_tag, "%s", flags & 2 ? tag : "\"tag\"");
    struct preconditions preconditions = {
        .if_match = fuzz_field(&input),
        .if_none_match = fuzz_field(&input),
        .if_modified_since = fuzz_field(&input),
        .if_unmodified_since = fuzz_field(&input),
    };
    enum precondition_outcome outcome = precondition_evaluate(&preconditions, &validators, now);
    fuzz_check(outcome == precondition_evaluate(&preconditions, &validators, now));
    check_plain_cases(&preconditions, &validators, now);
    if (preconditions.if_none_match.bytes != NULL) {
        check_tags(preconditions.if_none_match, validators.entity_tag);
    }
    (void)precondition_allows_range(fuzz_field(&input), &validators, now);
    fuzz_end(&input);
    return 0;
}
