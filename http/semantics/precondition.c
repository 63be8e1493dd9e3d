/* SPDX-License-Identifier: MIT */
#include "http/semantics/precondition.h"

#include "http/semantics/date.h"

static bool is_sent(struct view field) {
    return field.bytes != NULL;
}

/* An asterisk stands for any representation, with or without a tag; here there is one. */
static bool names_it(struct view field, const struct validators *validators, bool weak) {
    return view_equals(field, "*") || entity_tag_is_listed(field, validators->entity_tag, weak);
}

/* Read a date with which the modification can be compared. False if the field is to be ignored, or was not
 * sent. */
static bool read_date(struct view field, const struct validators *validators, time_t now, time_t *date) {
    return is_sent(field) && validators->is_dated && date_parse_http(field, now, date);
}

/* Sections 13.1.1 and 13.1.4: whether it is the one that the client means. Beside If-Match the date does not
 * count. */
static bool is_as_expected(const struct preconditions *preconditions, const struct validators *validators,
                           time_t now) {
    time_t date = 0;
    if (is_sent(preconditions->if_match)) {
        return names_it(preconditions->if_match, validators, false);
    }
    return !read_date(preconditions->if_unmodified_since, validators, now, &date) ||
           validators->modified <= date;
}

/* Sections 13.1.2 and 13.1.3: whether the client has it. Beside If-None-Match the date does not count. A date
 * ahead of now is invalid (RFC 1945 section 10.9): what changes until then would go unnoticed. */
static bool is_known(const struct preconditions *preconditions, const struct validators *validators,
                     time_t now) {
    time_t date = 0;
    if (is_sent(preconditions->if_none_match)) {
        return names_it(preconditions->if_none_match, validators, true);
    }
    return read_date(preconditions->if_modified_since, validators, now, &date) && date <= now &&
           validators->modified <= date;
}

enum precondition_outcome precondition_evaluate(const struct preconditions *preconditions,
                                                const struct validators *validators, time_t now) {
    if (!is_as_expected(preconditions, validators, now)) {
        return PRECONDITION_FAILED;
    }
    return is_known(preconditions, validators, now) ? PRECONDITION_NOT_MODIFIED : PRECONDITION_PASSED;
}

const char *precondition_deciding_field(const struct preconditions *preconditions,
                                        enum precondition_outcome outcome) {
    const char *expected = is_sent(preconditions->if_match)              ? "If-Match"
                           : is_sent(preconditions->if_unmodified_since) ? "If-Unmodified-Since"
                                                                         : NULL;
    const char *known = is_sent(preconditions->if_none_match)       ? "If-None-Match"
                        : is_sent(preconditions->if_modified_since) ? "If-Modified-Since"
                                                                    : NULL;
    return outcome == PRECONDITION_FAILED || known == NULL ? expected : known;
}

bool precondition_allows_range(struct view if_range, const struct validators *validators, time_t now) {
    const char *tag = validators->entity_tag;
    bool is_strong = tag[0] == '"';
    time_t date = 0;
    if (!is_sent(if_range) || (is_strong && view_equals(if_range, tag))) {
        return true;
    }
    return read_date(if_range, validators, now, &date) && date == validators->modified &&
           validators->modified < now;
}
