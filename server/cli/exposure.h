/* SPDX-License-Identifier: MIT */
/*
 * Whether more is served, and to more people, than is likely to be meant: the whole disk or the home folder,
 * at an address that other machines can reach (ip(7), ipv6(7): not a loopback one). Describes it; prints and
 * refuses nothing.
 */
#ifndef LIDO_SERVER_CLI_EXPOSURE_H
#define LIDO_SERVER_CLI_EXPOSURE_H

#include "conf/settings.h"

#include <limits.h>
#include <stdbool.h>

enum { EXPOSURE_TEXT_BYTES = PATH_MAX + 160 };

/* Write a line about the first root, of all hosts too, that is / or that `home` is in; `home` is a path,
 * or NULL for none. Links are followed, so this blocks on file systems. Returns false, with `text`
 * untouched, when there is none, or when only this machine can reach it: not `is_public`, as
 * listener_set_is_public() has it. Thread-safe. */
bool exposure_describe(const struct config *config, bool is_public, const char *home,
                       char text[EXPOSURE_TEXT_BYTES]) __attribute__((warn_unused_result));

#endif
