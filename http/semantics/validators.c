/* SPDX-License-Identifier: MIT */
#include "http/semantics/validators.h"

#include "http/base/clock.h"
#include "http/semantics/field_syntax.h"

#include <assert.h>
#include <stdint.h>

enum { HEX_DIGITS_MAX = 16, CODING_LENGTH_MAX = 32 };

static_assert(sizeof "W/\"--\"" + sizeof(char[2 * HEX_DIGITS_MAX]) + CODING_LENGTH_MAX + sizeof "-y" <=
                  ENTITY_TAG_BYTES,
              "room for the longest tag");

/* `now` and the file's time may come from readings of a coarse clock that are a tick apart, so that a file
 * which has just been written seems to lie a little ahead. What lies further ahead does so because some clock
 * is, or was, wrong. */
static bool has_meaning(struct timespec modified, struct timespec now) {
    return modified.tv_sec > 1 && clock_compare(modified, clock_shift(now, CLOCK_FINE_FILE_TICK_NS)) <= 0;
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

/* By hand, as every answer with a file needs one and snprintf() takes several times as long. */
static void write_tag(char *at, off_t size, struct timespec modified, const char *coding, bool young) {
    size_t coding_length = strlen(coding);
    assert(coding_length <= CODING_LENGTH_MAX);
    at = young ? put(at, "W/\"", 3) : put(at, "\"", 1);
    at = put_hex(at, (uint64_t)size);
    *at++ = '-';
    at = put_hex(at, (uint64_t)modified.tv_sec * (uint64_t)CLOCK_NS_PER_S + (uint64_t)modified.tv_nsec);
    if (coding_length > 0) {
        *at++ = '-';
        at = put(at, coding, coding_length);
    }
    if (young) {
        at = put(at, "-y", 2);
    }
    (void)put(at, "\"", sizeof "\"");
}

void validators_make(struct validators *validators, off_t size, struct timespec modified, struct timespec now,
                     const char *coding) {
    assert(size >= 0);
    validators->entity_tag[0] = '\0';
    validators->is_dated = has_meaning(modified, now);
    validators->modified = 0;
    if (validators->is_dated) {
        write_tag(validators->entity_tag, size, modified, coding, is_young(modified, now));
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
