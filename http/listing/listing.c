/* SPDX-License-Identifier: MIT */
#include "http/listing/listing.h"

#include "http/base/view.h"
#include "http/files/folder_reader.h"
#include "http/files/order/selection.h"
#include "http/listing/natural_order.h"
#include "http/listing/order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A piece of work between two looks at the clock, some ten microseconds long: so many names, or a quarter of
 * that where stat is called for each. */
enum { PIECE_COST = 64, NAME_COST = 1, LOOK_COST = 4 };

enum { README_BYTES = sizeof "README.txt" };

enum stage { READING, TAKING, DROPPING, LOOKING, DONE };

struct listing {
    struct listing_query query;
    struct folder_reader reader;
    char *path;
    struct memory_budget *budget;
    size_t held_bytes; /* taken from it for all of this but the selection and the rows */
    size_t entries_max;
    enum stage stage;
    struct listing_totals totals;
    struct selection selection; /* the rows up to the end of the page; counts the names of `rows`, too */
    struct folder_entry *rows;
    size_t row_capacity; /* taken from the budget */
    size_t row_count;
    size_t next_row; /* taking: the first one that is there; looking: the first one not looked at */
    size_t readme_rank;
    char readme_name[README_BYTES]; /* "" for none */
};

/* In the order of preference. */
static const char *const readme_names[] = {"README.md", "README.txt", "README"};

enum { README_RANKS = sizeof readme_names / sizeof readme_names[0] };

int listing_open(struct listing **out, const struct beneath *root, int folder_fd, const char *path,
                 const struct listing_query *query, struct memory_budget *budget) {
    size_t held_bytes =
        memory_held(sizeof(struct listing)) + memory_held(strlen(path) + 1) + FOLDER_READER_HELD_BYTES;
    bool has_room = memory_budget_take(budget, held_bytes);
    struct listing *listing = has_room ? malloc(sizeof *listing) : NULL;
    char *own_path = strdup(path);
    struct folder_reader reader;
    int result = folder_reader_open(&reader, root, folder_fd, own_path);
    if (result == 0 && (listing == NULL || own_path == NULL)) {
        folder_reader_close(&reader);
        result = -ENOMEM;
    }
    if (result != 0) {
        free(own_path);
        free(listing);
        memory_budget_give(budget, has_room ? held_bytes : 0);
        return result;
    }
    *listing = (struct listing){
        .query = *query,
        .reader = reader,
        .path = own_path,
        .budget = budget,
        .held_bytes = held_bytes,
        .entries_max = SIZE_MAX,
        .readme_rank = README_RANKS,
    };
    size_t wanted = query->limit != LISTING_LIMIT_STANDARD ? query->offset + query->limit : SIZE_MAX;
    selection_init(&listing->selection, listing_order(query->sort, query->descending), wanted, budget);
    *out = listing;
    return 0;
}

void listing_set_entries_max(struct listing *listing, size_t entries_max) {
    listing->entries_max = entries_max;
}

void listing_close(struct listing *listing) {
    if (listing == NULL) {
        return;
    }
    for (size_t i = 0; i < listing->row_capacity; i++) {
        if (listing->rows[i].name != NULL) {
            selection_release(&listing->selection, &listing->rows[i]);
        }
    }
    free(listing->rows);
    memory_budget_give(listing->budget, memory_held(listing->row_capacity * sizeof *listing->rows));
    selection_deinit(&listing->selection);
    folder_reader_close(&listing->reader);
    memory_budget_give(listing->budget, listing->held_bytes);
    free(listing->path);
    free(listing);
}

/* Remember a README that is preferred to what was found so far. Returns 0 or a negative errno. */
static int consider_readme(struct listing *listing, const struct folder_entry *entry) {
    size_t rank = 0;
    while (rank < README_RANKS && !view_equals_nocase(view_of(entry->name), readme_names[rank])) {
        rank++;
    }
    if (rank == README_RANKS || entry->is_folder || rank > listing->readme_rank ||
        (rank == listing->readme_rank && natural_order_compare(entry->name, listing->readme_name) > 0)) {
        return 0;
    }
    int result = folder_reader_may_read(&listing->reader, entry);
    if (result != 1) {
        return result == -EAGAIN ? 0 : result;
    }
    listing->readme_rank = rank;
    memcpy(listing->readme_name, entry->name, strlen(entry->name) + 1);
    return 0;
}

/* Whether the filter lets the name through. */
static bool is_asked_for(const struct listing *listing, const char *name) {
    struct view filter = view_of(listing->query.filter);
    size_t length = strlen(name);
    for (size_t i = 0; i + filter.length <= length; i++) {
        if (view_equals_nocase((struct view){name + i, filter.length}, filter.bytes)) {
            return true;
        }
    }
    return false;
}

/* Whether the order needs the entry's status, so that it is looked at before it is known to be shown. */
static bool is_sorted_by_status(const struct listing *listing, const struct folder_entry *entry) {
    return listing->query.sort == LISTING_BY_TIME ||
           (listing->query.sort == LISTING_BY_SIZE && !entry->is_folder);
}

/* Fill in the status. Returns 1, -EAGAIN when the entry is there no more, of another kind, or not worth a link, or another
 * negative errno. */
static int look(const struct listing *listing, struct folder_entry *entry) {
    bool was_folder = entry->is_folder;
    int result = entry->has_status ? 1 : folder_reader_look(&listing->reader, entry);
    if (result == 1 && entry->is_folder != was_folder) {
        return -EAGAIN;
    }
    return result == 1 ? folder_reader_may_read(&listing->reader, entry) : result;
}

/* Take account of an entry that was read. Returns 0 or a negative errno. */
static int add(struct listing *listing, struct folder_entry *entry, int *cost) {
    *cost += entry->has_status ? LOOK_COST : NAME_COST;
    int readme = consider_readme(listing, entry);
    if (readme != 0 || !is_asked_for(listing, entry->name)) {
        return readme;
    }
    if (is_sorted_by_status(listing, entry)) {
        *cost += LOOK_COST;
        int result = look(listing, entry);
        if (result != 1) {
            return result == -EAGAIN ? 0 : result;
        }
        listing->totals.file_bytes += (uint64_t)entry->size;
    }
    listing->totals.folder_count += entry->is_folder ? 1 : 0;
    listing->totals.file_count += entry->is_folder ? 0 : 1;
    if (listing->query.sort != LISTING_BY_NAME && listing_row_count(listing) > listing->entries_max) {
        return -E2BIG;
    }
    return selection_offer(&listing->selection, entry);
}

/* Make room for the rows of the page: of what was selected, those behind the offset. */
static int prepare_rows(struct listing *listing) {
    size_t selected = listing->selection.count;
    size_t offset = listing->query.offset;
    size_t count = selected > offset ? selected - offset : 0;
    size_t bytes = count * sizeof *listing->rows;
    if (!memory_budget_take(listing->budget, memory_held(bytes))) {
        return -ENOMEM;
    }
    listing->rows = count > 0 ? calloc(count, sizeof *listing->rows) : NULL;
    if (count > 0 && listing->rows == NULL) {
        memory_budget_give(listing->budget, memory_held(bytes));
        return -ENOMEM;
    }
    listing->row_capacity = count;
    listing->next_row = count;
    listing->stage = TAKING;
    return -EAGAIN;
}

static int read_names(struct listing *listing) {
    struct folder_entry entry;
    for (int cost = 0; cost < PIECE_COST;) {
        int result = folder_reader_next(&listing->reader, &entry);
        if (result == 0) {
            return prepare_rows(listing);
        }
        if (result == -EAGAIN) {
            cost += LOOK_COST; /* perhaps: not every name that is not shown had to be looked at */
            continue;
        }
        if (result == 1) {
            result = add(listing, &entry, &cost);
        }
        if (result != 0) {
            return result;
        }
    }
    return -EAGAIN;
}

/* The last row comes first. */
static int take_rows(struct listing *listing) {
    for (int cost = 0; cost < PIECE_COST && listing->next_row > 0; cost += NAME_COST) {
        listing->rows[--listing->next_row] = selection_take_last(&listing->selection);
    }
    if (listing->next_row == 0) {
        listing->stage = DROPPING;
    }
    return -EAGAIN;
}

/* What stands before the page is not needed any more, and may be much. */
static int drop_others(struct listing *listing) {
    if (selection_drop(&listing->selection, PIECE_COST)) {
        selection_deinit(&listing->selection);
        listing->stage = LOOKING;
    }
    return -EAGAIN;
}

static void keep_row(struct listing *listing, struct folder_entry row) {
    listing->rows[listing->next_row].name = NULL;
    listing->rows[listing->row_count++] = row;
    if (listing->query.sort == LISTING_BY_NAME) {
        listing->totals.file_bytes += (uint64_t)row.size;
    }
}

static void lose_row(struct listing *listing, bool is_folder) {
    listing->totals.folder_count -= is_folder ? 1 : 0;
    listing->totals.file_count -= is_folder ? 0 : 1;
    selection_release(&listing->selection, &listing->rows[listing->next_row]);
}

static int finish(struct listing *listing) {
    bool all_are_shown = listing->row_count == listing_row_count(listing);
    listing->totals.bytes_are_known = listing->query.sort != LISTING_BY_NAME || all_are_shown;
    if (!listing->totals.bytes_are_known) {
        listing->totals.file_bytes = 0;
    }
    folder_reader_close(&listing->reader);
    memory_budget_give(listing->budget, FOLDER_READER_HELD_BYTES);
    listing->held_bytes -= FOLDER_READER_HELD_BYTES;
    listing->stage = DONE;
    return 0;
}

static int look_at_rows(struct listing *listing) {
    for (int cost = 0; cost < PIECE_COST && listing->next_row < listing->row_capacity; cost += LOOK_COST) {
        struct folder_entry row = listing->rows[listing->next_row];
        bool is_folder = row.is_folder;
        int result = is_sorted_by_status(listing, &row) ? 1 : look(listing, &row);
        if (result == 1) {
            keep_row(listing, row);
        } else if (result == -EAGAIN) {
            lose_row(listing, is_folder);
        } else {
            return result;
        }
        listing->next_row++;
    }
    return listing->next_row < listing->row_capacity ? -EAGAIN : finish(listing);
}

/* Do one piece of the work. Returns 0 when all is done, -EAGAIN when there is more, or a negative errno. */
static int do_piece(struct listing *listing) {
    switch (listing->stage) {
    case READING:
        return read_names(listing);
    case TAKING:
        return take_rows(listing);
    case DROPPING:
        return drop_others(listing);
    case LOOKING:
        return look_at_rows(listing);
    case DONE:
        break;
    }
    return 0;
}

int listing_continue(struct listing *listing, struct time_slice slice) {
    int result;
    do {
        result = do_piece(listing);
    } while (result == -EAGAIN && !time_slice_is_over(slice));
    return result;
}

const struct folder_entry *listing_rows(const struct listing *listing, size_t *count) {
    *count = listing->row_count;
    return listing->rows;
}

struct listing_totals listing_totals(const struct listing *listing) {
    return listing->totals;
}

size_t listing_row_count(const struct listing *listing) {
    return listing->totals.folder_count + listing->totals.file_count;
}

const char *listing_readme_name(const struct listing *listing) {
    return listing->readme_name[0] != '\0' ? listing->readme_name : NULL;
}
