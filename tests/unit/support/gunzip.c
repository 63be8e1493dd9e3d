/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/gunzip.h"

#if LIDO_HAVE_ZLIB

#define ZLIB_CONST 1
#include <zlib.h>

enum { GZIP_WINDOW_BITS = 15 + 16 };

/* NOLINTNEXTLINE(readability-non-const-parameter): zlib fills it */
bool gunzip(const char *bytes, size_t length, char *out, size_t *out_length) {
    z_stream stream = {.next_in = (const Bytef *)bytes,
                       .avail_in = (uInt)length,
                       .next_out = (Bytef *)out,
                       .avail_out = (uInt)*out_length};
    if (inflateInit2(&stream, GZIP_WINDOW_BITS) != Z_OK) {
        return false;
    }
    bool is_whole = inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_in == 0;
    *out_length -= stream.avail_out;
    return inflateEnd(&stream) == Z_OK && is_whole;
}

#else

bool gunzip(const char *bytes, size_t length, char *out, size_t *out_length) {
    (void)bytes, (void)length, (void)out, (void)out_length;
    return false;
}

#endif
