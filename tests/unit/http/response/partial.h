/* SPDX-License-Identifier: MIT */
/*
 * Answers with ranges of a file, open or in memory, and what each of them has to be, byte by byte.
 *
 * What is expected is put together here in the plainest way, without any code of the server but the answer's
 * own boundary. The content is the pattern of tests/support/filling.h, where a range is; elsewhere a file is
 * a hole.
 */
#ifndef LIDO_TESTS_UNIT_HTTP_RESPONSE_PARTIAL_H
#define LIDO_TESTS_UNIT_HTTP_RESPONSE_PARTIAL_H

#include "http/response/response.h"
#include "tests/support/folder.h"

#include <stddef.h>
#include <sys/types.h>

enum { PARTIAL_BYTES = 4 * 1024 * 1024, PARTIAL_SMALL_BYTES = 32 * 1024 };

#define PARTIAL_DATE "Sun, 06 Nov 1994 08:49:37 GMT"
#define PARTIAL_BEGIN "HTTP/1.0 206 Partial Content\r\nServer: Lido\r\nDate: " PARTIAL_DATE "\r\n"

enum partial_source { FROM_FILE, FROM_MEMORY, PARTIAL_SOURCE_COUNT };

extern const char *const partial_source_names[PARTIAL_SOURCE_COUNT];

/* The answer, and the folder with the file named "file". */
extern struct response response;
extern struct folder folder;

/* An answer as it should be, from partial_expect(). */
struct expected_answer {
    size_t head_length;
    size_t length;
    char bytes[PARTIAL_BYTES];
};

void partial_set_up(void);
void partial_tear_down(void);

/* So many ranges of `length` bytes, `step` from begin to begin. */
struct range_set partial_ranges(size_t count, off_t begin, off_t step, off_t length);

/* The file with the pattern in these ranges, open. */
struct resource partial_open_file(off_t size, const struct range_set *ranges);

/* Make an answer with ranges of a source of `size` bytes. `content_type` may be NULL. */
void partial_make(enum partial_source source, off_t size, const char *content_type,
                  const struct range_set *ranges, const struct response_form *form);

/* What it should be when that was made with a form that closes the connection. */
void partial_expect(struct expected_answer *expected, off_t size, const char *content_type,
                    const struct range_set *ranges);

/* The boundary that response.head names. */
void partial_read_boundary(char boundary[33]);

#endif
