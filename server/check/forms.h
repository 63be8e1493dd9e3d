/* SPDX-License-Identifier: MIT */
/*
 * Whether a file that was compressed beforehand (app.js.gz, .br, .zst) fits the one beside it: it is not older, and a decoder
 * would take it.
 *
 * gzip is decoded to its end, of the others only the beginning is looked at. Reads; changes nothing. Thread-safe.
 */
#ifndef LIDO_SERVER_CHECK_FORMS_H
#define LIDO_SERVER_CHECK_FORMS_H

struct walk_entry;

enum form_state {
    FORM_NONE, /* it is no form of a file beside it */
    FORM_FINE,
    FORM_OLDER, /* than the original: the server passes it over */
    FORM_BROKEN
};

/* Look at a regular file. May wait for a disk. */
enum form_state forms_check(const struct walk_entry *entry) __attribute__((warn_unused_result));

#endif
