/* SPDX-License-Identifier: MIT */
/*
 * The way back from gzip, for tests that look at what was compressed. Needs zlib; without it nothing unzips.
 */
#ifndef LIDO_TESTS_UNIT_SUPPORT_GUNZIP_H
#define LIDO_TESTS_UNIT_SUPPORT_GUNZIP_H

#include <stdbool.h>
#include <stddef.h>

/* Unzip one whole gzip member, with nothing behind it, into out[0 .. *out_length), where *out_length says how
 * much room there is. Returns false when it is anything else or does not fit. Thread-safe. */
bool gunzip(const char *bytes, size_t length, char *out, size_t *out_length)
    __attribute__((warn_unused_result));

#endif
