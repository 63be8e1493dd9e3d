/* SPDX-License-Identifier: MIT */
/*
 * The orders in which a listing's rows come.
 *
 * Folders come first in each of them, also from the last to the first. What is equal otherwise comes in the
 * natural order of its names: files of one size or time, and folders, which have no size.
 */
#ifndef LIDO_HTTP_LISTING_ORDER_H
#define LIDO_HTTP_LISTING_ORDER_H

#include "http/files/order/selection.h"
#include "http/listing/query.h"

#include <stdbool.h>

/* Returns the order. By size it needs the status of files, by time that of folders too. */
selection_compare *listing_order(enum listing_sort sort, bool is_descending);

#endif
