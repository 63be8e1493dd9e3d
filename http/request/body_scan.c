/* SPDX-License-Identifier: MIT */
#include "http/request/body_scan.h"

#include "http/semantics/field_syntax.h"

struct body_scan body_scan_of_length(uint64_t length) {
    return (struct body_scan){.next = BODY_BYTES, .left = length};
}

struct body_scan body_scan_of_chunks(void) {
    return (struct body_scan){.next = BODY_CHUNK_SIZE};
}

static bool is_token_character(char c) {
    return field_syntax_token_length((struct view){&c, 1}) == 1;
}

/* What a field value and a quoted string may hold: all but control characters, of which a tab is none. */
static bool is_text(char c) {
    unsigned char byte = (unsigned char)c;
    return (byte >= 0x20 && byte != 0x7F) || byte == '\t';
}

/* The size of a chunk: any number of digits, as long as it fits. */
static enum body_expectation take_size_digit(struct body_scan *scan, char c) {
    if (scan->left > UINT64_MAX >> 4) {
        return BODY_WRONG;
    }
    scan->left = scan->left << 4 | (uint64_t)ascii_hex_value(c);
    return BODY_CHUNK_SIZE_END;
}

/* Behind a chunk's size, or an extension that is complete as it is. */
static enum body_expectation after_size(char c, enum body_expectation in_white_space) {
    return c == '\r' ? BODY_CHUNK_SIZE_LF : c == ';' ? BODY_EXTENSION_NAME_FIRST : in_white_space;
}

/* RFC 9112 section 7.1.1: white space may stand before and behind ';' and '=', and nowhere else. */
static enum body_expectation take_extension(enum body_expectation next, char c) {
    bool is_blank = field_syntax_is_blank(c);
    switch (next) {
    case BODY_EXTENSION:
        return is_blank ? next : c == ';' ? BODY_EXTENSION_NAME_FIRST : BODY_WRONG;
    case BODY_EXTENSION_NAME_FIRST:
        return is_blank ? next : is_token_character(c) ? BODY_EXTENSION_NAME : BODY_WRONG;
    case BODY_EXTENSION_NAME:
        return is_token_character(c) ? next
               : c == '='            ? BODY_EXTENSION_VALUE_FIRST
                                     : after_size(c, is_blank ? BODY_EXTENSION_NAME_END : BODY_WRONG);
    case BODY_EXTENSION_NAME_END:
        return is_blank   ? next
               : c == '=' ? BODY_EXTENSION_VALUE_FIRST
               : c == ';' ? BODY_EXTENSION_NAME_FIRST
                          : BODY_WRONG;
    case BODY_EXTENSION_VALUE_FIRST:
        return is_blank                ? next
               : c == '"'              ? BODY_EXTENSION_QUOTED
               : is_token_character(c) ? BODY_EXTENSION_VALUE
                                       : BODY_WRONG;
    case BODY_EXTENSION_VALUE:
        return is_token_character(c) ? next : after_size(c, is_blank ? BODY_EXTENSION : BODY_WRONG);
    case BODY_EXTENSION_QUOTED:
        return c == '"'    ? BODY_EXTENSION_VALUE_END
               : c == '\\' ? BODY_EXTENSION_QUOTED_PAIR
                           : (is_text(c) ? next : BODY_WRONG);
    case BODY_EXTENSION_QUOTED_PAIR:
        return is_text(c) ? BODY_EXTENSION_QUOTED : BODY_WRONG;
    default: /* BODY_EXTENSION_VALUE_END */
        return after_size(c, is_blank ? BODY_EXTENSION : BODY_WRONG);
    }
}

/* Trailer lines are those of a head (RFC 9112 section 5): a name, its colon, a value. */
static enum body_expectation take_trailer(enum body_expectation next, char c) {
    switch (next) {
    case BODY_TRAILER:
        return c == '\r' ? BODY_LAST_LF : is_token_character(c) ? BODY_TRAILER_NAME : BODY_WRONG;
    case BODY_TRAILER_NAME:
        return c == ':' ? BODY_TRAILER_VALUE : is_token_character(c) ? next : BODY_WRONG;
    case BODY_TRAILER_VALUE:
        return c == '\r' ? BODY_TRAILER_LF : is_text(c) ? next : BODY_WRONG;
    case BODY_TRAILER_LF:
        return c == '\n' ? BODY_TRAILER : BODY_WRONG;
    default: /* BODY_LAST_LF */
        return c == '\n' ? BODY_END : BODY_WRONG;
    }
}

/* One byte of the frame around the chunks. */
static enum body_expectation take_byte(struct body_scan *scan, char c) {
    switch (scan->next) {
    case BODY_CHUNK_SIZE:
        scan->left = 0;
        return ascii_hex_value(c) == -1 ? BODY_WRONG : take_size_digit(scan, c);
    case BODY_CHUNK_SIZE_END:
        return ascii_hex_value(c) == -1
                   ? after_size(c, field_syntax_is_blank(c) ? BODY_EXTENSION : BODY_WRONG)
                   : take_size_digit(scan, c);
    case BODY_CHUNK_SIZE_LF:
        return c != '\n' ? BODY_WRONG : scan->left > 0 ? BODY_CHUNK_BYTES : BODY_TRAILER;
    case BODY_CHUNK_CR:
        return c == '\r' ? BODY_CHUNK_LF : BODY_WRONG;
    case BODY_CHUNK_LF:
        return c == '\n' ? BODY_CHUNK_SIZE : BODY_WRONG;
    default:
        return scan->next < BODY_CHUNK_SIZE_LF ? take_extension(scan->next, c) : take_trailer(scan->next, c);
    }
}

/* Bytes that mean nothing. Returns how many of them there are. */
static size_t pass(struct body_scan *scan, size_t length) {
    size_t passed = scan->left < length ? (size_t)scan->left : length;
    scan->left -= passed;
    if (scan->left == 0) {
        scan->next = scan->next == BODY_BYTES ? BODY_END : BODY_CHUNK_CR;
    }
    return passed;
}

enum body_outcome body_scan_take(struct body_scan *scan, const char *bytes, size_t length, size_t *taken) {
    size_t at = 0;
    while (at < length && scan->next != BODY_END) {
        if (scan->next == BODY_BYTES || scan->next == BODY_CHUNK_BYTES) {
            at += pass(scan, length - at);
            continue;
        }
        scan->next = take_byte(scan, bytes[at]);
        if (scan->next == BODY_WRONG) {
            return BODY_MALFORMED;
        }
        at++;
    }
    *taken = at;
    return scan->next == BODY_END ? BODY_COMPLETE : BODY_MORE;
}
