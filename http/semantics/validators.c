/* SPDX-License-Identifier: MIT */
#include "http/semantics/validators.h"

#include "http/base/clock.h"
#include "http/semantics/field_syntax.h"

#include <assert.h>
#include <stdint.h>

enum { OLD_S = 3 /* more than any tick of a file system's clock */ };
enum { HEX_DIGITS_MAX = 16, DIGEST_LENGTH_MAX = 32, CODING_LENGTH_MAX = 32 };

static_assert(sizeof "W/\"--\"" + sizeof(char[2 * HEX_DIGITS_MAX]) + CODING_LENGTH_MAX + sizeof "-y" <=
                  ENTITY_TAG_BYTES,
              "room for the longest tag");
static_assert((int)DIGEST_LENGTH_MAX <= 2 * (int)HEX_DIGITS_MAX, "a digest is no longer than size and time");

static const struct {
    time_t begin;
    time_t end;
} artificial_times[] = {
    {INT64_MIN, 2},
    {315482400, 315662400}, /* 1980-01-01 wherever on Earth, as zip knows no time zones */
    {499132800, 499219200}, /* 1985-10-26, of which npm takes 08:15 */
};

bool validators_time_is_artificial(struct timespec modified, time_t source_date) {
    for (size_t i = 0; i < sizeof artificial_times / sizeof *artificial_times; i++) {
        if (modified.tv_sec >= artificial_times[i].begin && modified.tv_sec < artificial_times[i].end) {
            return true;
        }
    }
    return source_date != 0 && modified.tv_sec == source_date;
}

/* `now` and the file's time may come from readings of a coarse clock that are a tick apart, so that a file
 * which has just been written seems to lie a little ahead. What lies further ahead does so because some clock
 * is, or was, wrong. */
static bool is_ahead(struct timespec modified, struct timespec now) {
    return clock_compare(modified, clock_shift(now, CLOCK_FINE_FILE_TICK_NS)) > 0;
}

static bool is_young(struct timespec modified, struct timespec now) {
    return clock_compare(modified, clock_shift(now, -clock_file_tick_ns(modified))) > 0;
}

static char *put(char *at, const char *text, size_t length) {
    memcpy(at, text, length);
    return at + length;
}

static char *put_hex(char *at, uint64_t value) {
    char digits[HEX_DIGITS_MAX];
    size_t first = HEX_DIGITS_MAX;
    do {
        digits[--first] = "0123456789abcdef"[value & 15];
        value >>= 4;
    } while (value > 0);
    return put(at, digits + first, HEX_DIGITS_MAX - first);
}

static char *put_size_and_time(char *at, off_t size, struct timespec modified) {
    at = put_hex(at, (uint64_t)size);
    *at++ = '-';
    return put_hex(at, (uint64_t)modified.tv_sec * (uint64_t)CLOCK_NS_PER_S + (uint64_t)modified.tv_nsec);
}

/* By hand, as every answer with a file needs one and snprintf() takes several times as long. */
static void write_tag(char *at, const struct validators_basis *basis, bool young) {
    size_t coding_length = strlen(basis->coding);
    assert(coding_length <= CODING_LENGTH_MAX);
    at = young ? put(at, "W/\"", 3) : put(at, "\"", 1);
    if (basis->digest != NULL) {
        size_t digest_length = strlen(basis->digest);
        assert(digest_length <= DIGEST_LENGTH_MAX);
        at = put(at, basis->digest, digest_length);
    } else {
        at = put_size_and_time(at, basis->size, basis->modified);
    }
    if (coding_length > 0) {
        *at++ = '-';
        at = put(at, basis->coding, coding_length);
    }
    if (young) {
        at = put(at, "-y", 2);
    }
    (void)put(at, "\"", sizeof "\"");
}

void validators_make(struct validators *validators, const struct validators_basis *basis,
                     struct timespec now) {
    assert(basis->size >= 0);
    struct timespec modified = basis->modified;
    bool is_artificial = validators_time_is_artificial(modified, basis->source_date);
    bool is_old = modified.tv_sec < now.tv_sec - OLD_S; /* as nearly all are; the rest is computed exactly */
    bool young = !is_old && is_young(modified, now);
    validators->entity_tag[0] = '\0';
    validators->is_dated = !is_artificial && (is_old || !is_ahead(modified, now));
    validators->modified = 0;
    validators->is_lasting = is_artificial || !young;
    if (basis->digest != NULL ? basis->digest[0] != '\0' : validators->is_dated) {
        write_tag(validators->entity_tag, basis, basis->digest == NULL && young);
    }
    if (validators->is_dated) {
        /* RFC 9110 section 8.8.2.1: never later than the Date of the answer */
        validators->modified = modified.tv_sec < now.tv_sec ? modified.tv_sec : now.tv_sec;
    }
}

/* ---- comparing ----------------------------------------------------------------------------------------- */

static bool is_weak(struct view tag) {
    return tag.length >= 2 && memcmp(tag.bytes, "W/", 2) == 0; /* the case counts */
}

/* What is left of a tag without its mark of weakness. */
static struct view opaque_part(struct view tag) {
    return is_weak(tag) ? (struct view){tag.bytes + 2, tag.length - 2} : tag;
}

/* What equals our tag is well formed, as that is: elements need no other check. */
bool entity_tag_is_listed(struct view list, const char *entity_tag, bool weak) {
    struct view ours = view_of(entity_tag);
    if (ours.length == 0 || (!weak && is_weak(ours))) {
        return false;
    }
    struct view wanted = opaque_part(ours);
    struct view element;
    while (field_syntax_take(&list, ',', FIELD_ENTITY_TAGS, &element)) {
        struct view theirs = weak ? opaque_part(element) : element;
        if (theirs.length == wanted.length && memcmp(theirs.bytes, wanted.bytes, wanted.length) == 0) {
            return true;
        }
    }
    return false;
}

struct view entity_tag_find(struct view list, struct view prefix) {
    struct view element;
    while (field_syntax_take(&list, ',', FIELD_ENTITY_TAGS, &element)) {
        bool is_whole = element.length > prefix.length && element.bytes[element.length - 1] == '"';
        if (is_whole && memcmp(element.bytes, prefix.bytes, prefix.length) == 0) {
            return element;
        }
    }
    return (struct view){0};
}
