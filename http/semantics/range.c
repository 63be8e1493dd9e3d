/* SPDX-License-Identifier: MIT */
#include "http/semantics/range.h"

#include "http/semantics/field_syntax.h"

#include <assert.h>

/* One range as the client wrote it. The numbers are digits without leading zeros, of any length: "recipients
 * MUST anticipate potentially large decimal numerals" (section 14.1.2). */
struct range_spec {
    bool has_first; /* else it is a suffix, as long as `last` says */
    bool has_last;  /* else it is open */
    struct view first;
    struct view last;
};

static struct view behind(struct view text, size_t length) {
    return (struct view){text.bytes + length, text.length - length};
}

/* Take a number. Returns whether there is one. */
static bool take_number(struct view *text, struct view *digits) {
    size_t length = 0;
    size_t zeros = 0;
    while (length < text->length && ascii_is_digit(text->bytes[length])) {
        zeros += zeros == length && text->bytes[length] == '0' ? 1 : 0;
        length++;
    }
    *digits = (struct view){text->bytes + zeros, length - zeros};
    *text = behind(*text, length);
    return length > 0;
}

static bool is_greater(struct view a, struct view b) {
    return a.length != b.length ? a.length > b.length : memcmp(a.bytes, b.bytes, a.length) > 0;
}

/* The number, or the limit if that is less. */
static off_t number_up_to(struct view digits, off_t limit) {
    off_t number = 0;
    for (size_t i = 0; i < digits.length; i++) {
        off_t digit = digits.bytes[i] - '0';
        if (number > limit / 10 || number * 10 > limit - digit) {
            return limit;
        }
        number = number * 10 + digit;
    }
    return number;
}

/* Returns whether it is well formed: "first-last", "first-" or "-length". */
static bool read_spec(struct view text, struct range_spec *spec) {
    spec->has_first = take_number(&text, &spec->first);
    if (text.length == 0 || text.bytes[0] != '-') {
        return false;
    }
    text = behind(text, 1);
    spec->has_last = take_number(&text, &spec->last);
    if (text.length > 0 || !(spec->has_first || spec->has_last)) {
        return false;
    }
    return !(spec->has_first && spec->has_last && is_greater(spec->first, spec->last));
}

/* What the range is of a representation of this size. Returns whether that is at least a byte. */
static bool find_part(const struct range_spec *spec, off_t size, struct byte_range *part) {
    if (!spec->has_first) {
        *part = (struct byte_range){size - number_up_to(spec->last, size), size};
    } else {
        off_t last = spec->has_last ? number_up_to(spec->last, size) : size;
        *part = (struct byte_range){number_up_to(spec->first, size), last < size ? last + 1 : size};
    }
    return part->begin < part->end;
}

/* A suffix of something empty is satisfiable (section 14.1.2), but no Content-Range can say so. */
static bool is_suffix_of_nothing(const struct range_spec *spec, off_t size) {
    return size == 0 && !spec->has_first && spec->last.length > 0;
}

static bool overlap_or_touch(struct byte_range a, struct byte_range b) {
    return a.begin <= b.end && b.begin <= a.end;
}

static struct byte_range span(struct byte_range a, struct byte_range b) {
    return (struct byte_range){a.begin < b.begin ? a.begin : b.begin, a.end > b.end ? a.end : b.end};
}

/* Parts of the set never touch each other, so those that become one with the new part are just those that
 * touch it. */
static void add_part(struct range_set *set, struct byte_range part) {
    struct byte_range *joined = NULL;
    size_t count = 0;
    for (size_t i = 0; i < set->count; i++) {
        struct byte_range old = set->parts[i];
        if (!overlap_or_touch(old, part)) {
            set->parts[count++] = old;
        } else if (joined == NULL) {
            joined = &set->parts[count++];
            *joined = span(old, part);
        } else {
            *joined = span(*joined, old);
        }
    }
    if (joined == NULL) {
        set->parts[count++] = part;
    }
    set->count = count;
}

/* The list behind "bytes=". Returns whether there is one. */
static bool find_list(struct view field, struct view *list) {
    const char *sign = field.length > 0 ? memchr(field.bytes, '=', field.length) : NULL;
    if (sign == NULL) {
        return false;
    }
    size_t unit_length = (size_t)(sign - field.bytes);
    *list = behind(field, unit_length + 1);
    return view_equals_nocase((struct view){field.bytes, unit_length}, "bytes");
}

enum range_outcome range_parse(struct view field, off_t size, struct range_set *set) {
    assert(size >= 0);
    struct view list = {0};
    size_t spec_count = 0;
    off_t unasked = size; /* of the bytes that all ranges together may ask for */
    bool asks_for_empty_suffix = false;
    if (!find_list(field, &list)) {
        return RANGE_WHOLE;
    }
    set->count = 0;
    struct view element;
    while (field_syntax_take(&list, ',', FIELD_PLAIN, &element)) {
        struct range_spec spec;
        struct byte_range part;
        if (element.length == 0) {
            continue;
        }
        if (++spec_count > RANGE_PARTS_MAX || !read_spec(element, &spec)) {
            return RANGE_WHOLE;
        }
        asks_for_empty_suffix = asks_for_empty_suffix || is_suffix_of_nothing(&spec, size);
        if (!find_part(&spec, size, &part)) {
            continue;
        }
        if (part.end - part.begin > unasked) {
            return RANGE_WHOLE;
        }
        unasked -= part.end - part.begin;
        add_part(set, part);
    }
    if (set->count > 0) {
        return RANGE_PARTIAL;
    }
    return spec_count == 0 || asks_for_empty_suffix ? RANGE_WHOLE : RANGE_UNSATISFIABLE;
}
