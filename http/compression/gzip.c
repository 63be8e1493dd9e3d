/* SPDX-License-Identifier: MIT */
#include "http/compression/gzip.h"

#if LIDO_HAVE_ZLIB

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>
#define ZLIB_CONST 1
#include <zlib.h>

enum {
    LEVEL = 6,
    WINDOW_BITS = 15 + 16, /* the largest window, in the gzip format */
    MEMORY_LEVEL = 8,      /* zlib's own choice */
    OS_UNKNOWN = 255,      /* RFC 1952 section 2.3.1; zlib would write down the system it runs on */
    PIECE_BYTES = 64 * 1024,
    SOURCE_SHARE = 2, /* a source of more times its limit is made of empty members, or does not fit */
    RATIO_MAX = 1032, /* no input shrinks to less than 1/1032 under deflate, says zlib's technical page */
};

/* Too large for the stack of a worker. */
struct work {
    z_stream stream;
    gz_header header;
    unsigned char piece[PIECE_BYTES];
};

const char *gzip_library(void) {
    return "zlib " ZLIB_VERSION;
}

/* Read the next piece. Returns its length, which is 0 when the file has become shorter or cannot be read. */
static size_t read_piece(struct work *work, int fd, off_t offset, size_t wanted) {
    ssize_t count;
    while ((count = pread(fd, work->piece, wanted, offset)) == -1 && errno == EINTR) {
    }
    return count > 0 ? (size_t)count : 0;
}

/* Let the stream have the piece of the source that begins at `offset`. Returns its length, 0 when there is
 * none. */
static size_t feed(struct work *work, const struct gzip_source *source, off_t offset) {
    size_t length =
        source->size - offset < PIECE_BYTES ? (size_t)(source->size - offset) : (size_t)PIECE_BYTES;
    if (source->contents != NULL) {
        work->stream.next_in = (const Bytef *)source->contents + offset;
    } else {
        length = read_piece(work, source->fd, offset, length);
        work->stream.next_in = work->piece;
    }
    work->stream.avail_in = (uInt)length;
    return length;
}

/* Feed the source to the stream until its end, or until there is no room behind the output. */
static enum gzip_outcome deflate_source(struct work *work, const struct gzip_source *source) {
    z_stream *stream = &work->stream;
    for (off_t offset = 0; offset < source->size;) {
        size_t count = feed(work, source, offset);
        if (count == 0) {
            return GZIP_FAILED;
        }
        offset += (off_t)count;
        if (deflate(stream, offset < source->size ? Z_NO_FLUSH : Z_FINISH) == Z_STREAM_END) {
            return GZIP_DONE;
        }
        if (stream->avail_out == 0) {
            return GZIP_TOO_LARGE;
        }
    }
    return GZIP_FAILED; /* not reached with a sound zlib: the last call ends the stream or fills the room */
}

/* Set the stream up to write to bytes[0 .. size). */
static bool begin(struct work *work, char *bytes, size_t size) {
    if (deflateInit2(&work->stream, LEVEL, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) !=
        Z_OK) {
        return false;
    }
    work->header.os = OS_UNKNOWN;
    (void)deflateSetHeader(&work->stream, &work->header); /* fails only for other formats than gzip */
    work->stream.next_out = (Bytef *)bytes;
    work->stream.avail_out = (uInt)size;
    return true;
}

/* The same the other way round. Members follow each other without anything between. */
static enum gzip_outcome inflate_source(struct work *work, const struct gzip_source *source) {
    z_stream *stream = &work->stream;
    bool is_at_end = false;
    for (off_t offset = 0; offset < source->size;) {
        size_t count = feed(work, source, offset);
        if (count == 0) {
            return GZIP_FAILED;
        }
        offset += (off_t)count;
        while (stream->avail_in > 0) {
            if (is_at_end && inflateReset(stream) != Z_OK) {
                return GZIP_FAILED;
            }
            int result = inflate(stream, Z_NO_FLUSH);
            is_at_end = result == Z_STREAM_END;
            if (!is_at_end && stream->avail_out == 0) {
                return GZIP_TOO_LARGE;
            }
            if (!is_at_end && result != Z_OK) {
                return GZIP_FAILED;
            }
        }
    }
    return is_at_end ? GZIP_DONE : GZIP_FAILED;
}

/* Take what was written to `room`, without what is left of it. */
static struct gzip_form take_form(char *room, size_t length) {
    char *bytes = realloc(room, length > 0 ? length : 1);
    return (struct gzip_form){.bytes = bytes != NULL ? bytes : room, .length = length};
}

static enum gzip_outcome compress_into(char *room, size_t limit, const struct gzip_source *source,
                                       size_t *length) {
    struct work *work = calloc(1, sizeof *work);
    enum gzip_outcome outcome = GZIP_FAILED;
    if (work != NULL && begin(work, room, limit)) {
        outcome = deflate_source(work, source);
        *length = limit - work->stream.avail_out;
        (void)deflateEnd(&work->stream);
    }
    free(work);
    return outcome;
}

enum gzip_outcome gzip_compress(struct gzip_source source, size_t limit, struct gzip_form *form) {
    assert(source.size > 0);
    if (limit > UINT_MAX) { /* zlib counts room in unsigned int */
        limit = UINT_MAX;
    }
    if (limit == 0 || (uintmax_t)source.size / RATIO_MAX > limit) {
        return GZIP_TOO_LARGE;
    }
    char *room = malloc(limit);
    size_t length = 0;
    if (room == NULL) {
        return GZIP_FAILED;
    }
    enum gzip_outcome outcome = compress_into(room, limit, &source, &length);
    if (outcome != GZIP_DONE) {
        free(room);
        return outcome;
    }
    *form = take_form(room, length);
    form->checksum = (uint32_t)crc32(0, (const Bytef *)form->bytes, (uInt)length);
    return GZIP_DONE;
}

static enum gzip_outcome expand_into(char *room, size_t limit, const struct gzip_source *source,
                                     size_t *length) {
    struct work *work = calloc(1, sizeof *work);
    enum gzip_outcome outcome = GZIP_FAILED;
    if (work != NULL && inflateInit2(&work->stream, WINDOW_BITS) == Z_OK) {
        work->stream.next_out = (Bytef *)room;
        work->stream.avail_out = (uInt)limit;
        outcome = inflate_source(work, source);
        *length = limit - work->stream.avail_out;
        (void)inflateEnd(&work->stream);
    }
    free(work);
    return outcome;
}

enum gzip_outcome gzip_expand(struct gzip_source source, size_t limit, struct gzip_form *form) {
    assert(source.size >= 0 && limit > 0 && limit <= UINT_MAX);
    if ((uintmax_t)source.size / SOURCE_SHARE > limit) {
        return GZIP_TOO_LARGE;
    }
    char *room = malloc(limit);
    size_t length = 0;
    if (room == NULL) {
        return GZIP_FAILED;
    }
    enum gzip_outcome outcome = expand_into(room, limit, &source, &length);
    if (outcome == GZIP_DONE) {
        *form = take_form(room, length);
    } else {
        free(room);
    }
    return outcome;
}

#else

const char *gzip_library(void) {
    return NULL;
}

enum gzip_outcome gzip_compress(struct gzip_source source, size_t limit, struct gzip_form *form) {
    (void)source, (void)limit, (void)form;
    return GZIP_FAILED;
}

enum gzip_outcome gzip_expand(struct gzip_source source, size_t limit, struct gzip_form *form) {
    (void)source, (void)limit, (void)form;
    return GZIP_FAILED;
}

#endif
