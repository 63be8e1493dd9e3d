/* SPDX-License-Identifier: MIT */
/*
 * What a client would rather have: the media types of Accept and the codings of Accept-Encoding (RFC 9110
 * sections 12.5.1 and 12.5.3).
 *
 * Of media types only those count that are spelled out: every client sends a range with an asterisk. What
 * there is to choose from is the caller's knowledge. Pure functions over views; all are
 * thread-safe.
 */
#ifndef LIDO_HTTP_SEMANTICS_NEGOTIATION_H
#define LIDO_HTTP_SEMANTICS_NEGOTIATION_H

#include "http/base/view.h"
#include "http/semantics/content_coding.h"

#include <stdbool.h>
#include <stddef.h>

/* The weight that Accept gives to a media type, in thousandths (field_syntax.h): the highest of the elements
 * that name it, or WEIGHT_NOT_NAMED. Parameters other than the weight do not matter; a malformed weight
 * refuses the type. */
int negotiation_accept_weight(struct view accept, const char *media_type);

/* Whether Accept names HTML (text/html or application/xhtml+xml with a weight above 0): what a browser sends
 * when it goes to a page, and not when a script or a style asks for a file. */
bool negotiation_names_html(struct view accept);

/* Whether Accept prefers a media type to HTML: names it, and HTML not at all or with a lower weight. */
bool negotiation_prefers(struct view accept, const char *media_type);

/* What a field says of each coding, in thousandths, and of those that it does not name ("*"); or WEIGHT_NOT_NAMED. */
struct coding_weights {
    int of[CODING_COUNT];
    int of_others;
};

/* The codings that a client takes, in the order in which to try them. */
struct coding_choice {
    enum content_coding codings[CODING_COUNT];
    size_t count;                /* may be 0: the client takes none of them, not even identity */
    struct coding_weights asked; /* as the field has them, to tell why */
};

/* Read Accept-Encoding and rank what can be offered: identity and the `offered_count` codings of `offered`
 * (no identity among them; the server's own order, the best first). Higher weights come first; at equal
 * weights the server's order counts, and identity comes last. Identity is acceptable unless excluded
 * (identity;q=0, or *;q=0), and comes last unless its weight is named. Without the field (bytes NULL), or
 * with an empty one, only identity is chosen. A malformed element is passed over. "x-gzip" means gzip. */
void negotiation_choose_coding(struct view accept_encoding, const enum content_coding *offered,
                               size_t offered_count, struct coding_choice *choice);

#endif
