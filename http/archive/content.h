/* SPDX-License-Identifier: MIT */
/*
 * The content of a file on its way into an archive: handed out to be sent by the kernel, or read, when the
 * archive tells its sum.
 *
 * A file that is no longer what the scan has seen is -ESTALE. All functions may wait for a disk, for one step
 * at most. A part of stream.c.
 */
#ifndef LIDO_HTTP_ARCHIVE_CONTENT_H
#define LIDO_HTTP_ARCHIVE_CONTENT_H

#include "http/base/text.h"
#include "http/files/resource.h"
#include "http/semantics/range.h"

#include <stdint.h>

struct archive;

/* Go on with the content as archive_next() does: into the text if it is short, else as a file. Returns 1 with
 * a file, 0, or a negative errno. */
int archive_content_send(struct archive *archive, struct text *text, struct resource *file,
                         struct byte_range *range);

/* Go on with the content by a step: into the text and into its sum. If the sum is told behind the content,
 * but the range begins within it, it is read from its beginning. Returns 0 or a negative errno. */
int archive_content_read(struct archive *archive, struct text *text);

/* Find the sum of the whole content. If the range has not gone by it, the file is read step by step, into the
 * text's spare room. Returns 1 and sets *sum, 0 to be called again, or a negative errno. */
int archive_content_sum(struct archive *archive, struct text *text, uint32_t *sum);

/* Forget what was read of this entry, before the next. */
void archive_content_forget(struct archive *archive);

#endif
