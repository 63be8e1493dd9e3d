/* SPDX-License-Identifier: MIT */
/*
 * One answer: its head, and the plan of its body, which is nothing, a text in memory, one or more ranges of a
 * file or a blob, each with some text before it, or a range of what a source makes piece by piece while it is
 * sent.
 *
 * Making it and sending it are two steps; sending goes on where it stopped, as often as the client makes it
 * wait. What the answer should be is decided elsewhere (answer.h).
 */
#ifndef LIDO_HTTP_RESPONSE_RESPONSE_H
#define LIDO_HTTP_RESPONSE_RESPONSE_H

#include "http/base/blob.h"
#include "http/base/memory_budget.h"
#include "http/base/text.h"
#include "http/files/resource.h"
#include "http/response/body_source.h"
#include "http/response/ready_head.h"
#include "http/rules/header_fields.h"
#include "http/semantics/range.h"
#include "http/semantics/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>

/* How an answer is wrapped; the same for all answers to one request. */
struct response_form {
    bool bare;          /* HTTP/0.9: no head at all */
    bool without_body;  /* HEAD */
    bool keep_alive;    /* the connection goes on after this answer */
    time_t now;         /* when the answer is made, */
    const char *date;   /* and the same for the Date field */
    const char *server; /* for the Server field; NULL: "Lido" */
};

/* A range of the source, and how much of the content stands before it. */
struct response_part {
    size_t content_end;
    struct byte_range range;
};

/* What is left of the head, and of the text and, where the source is in memory, the range of the part that is
 * being sent. */
enum { UNSENT_HEAD, UNSENT_CONTENT, UNSENT_RANGE, UNSENT_COUNT };

/* All-zero but for file.fd = -1 when unused. Not thread-safe. */
struct response {
    enum http_status status;
    bool keep_alive;
    bool is_multipart;
    struct own_fields own; /* the owner's, instead of those added here; set before response_begin() */
    struct text head;
    struct head_dates dates; /* where they stand in the head */
    struct text content;     /* text of the body that is made in memory */
    struct resource file;    /* what the ranges are of: a file; owned; fd -1 when there is none */
    struct blob *blob;       /* or bytes in memory; held; NULL when there are none */
    struct body_source
        source; /* or what makes the parts one by one, each a text and a range of a file; owned */
    struct memory_budget *budget; /* what the content has been taken from; NULL for none */
    size_t budget_bytes;
    struct response_part parts[RANGE_PARTS_MAX + 1]; /* the last one may be text alone: an empty range */
    size_t part_count;
    size_t next_part; /* behind the one that is being sent */
    struct iovec unsent[UNSENT_COUNT];
    off_t file_offset; /* next byte of this part to send from the file */
    off_t file_end;
    uint64_t body_bytes;              /* of the whole body, 0 for HEAD */
    uint64_t body_unsent_bytes_later; /* of the parts behind the one that is being sent */
};

enum send_outcome {
    SEND_DONE,
    SEND_SHARE_USED,  /* there is more, but others should have their turn */
    SEND_WOULD_BLOCK, /* there is more, once the client has taken some */
    SEND_FAILED       /* the client is lost, or the file ended early: only closing is left */
};

/* Make *response a valid empty response. */
void response_init(struct response *response);

/* Free and close all that it holds. */
void response_deinit(struct response *response);

/* Make it ready for the next request: closes the file, gives back the blob, forgets the owner's fields, keeps
 * memory of moderate size. */
void response_clear(struct response *response);

/* Start the head: status line, Server, Date. */
void response_begin(struct response *response, const struct response_form *form, enum http_status status);

/* Add Expires, `fresh_s` seconds after Date, like response_add_field(). */
void response_add_expires(struct response *response, const struct response_form *form, time_t fresh_s);

/* Add a field to the head, unless response->own replaces it. The value must not contain CR or LF. What frames
 * the body (Connection, Content-Length, Content-Range, Transfer-Encoding, the Content-Type of several ranges)
 * and Date cannot be replaced: the owner's fields of these names are left out. */
void response_add_field(struct response *response, const char *name, const char *value);

/* All that finish add what frames the body (Content-Length, Connection), then the owner's fields, whatever
 * the status. They take over `file` or the caller's hold of `blob`. `content_type` NULL: no such field. */

/* Finish with a body of response->content, which the caller has filled. */
void response_finish_with_content(struct response *response, const struct response_form *form,
                                  const char *content_type);

/* Finish with the whole file as the body. */
void response_finish_with_file(struct response *response, const struct response_form *form,
                               struct resource *file, const char *content_type);

/* Finish with the whole file as the body, and as its head one that was made for it before. */
void response_finish_with_ready_head(struct response *response, const struct response_form *form,
                                     const struct ready_head *head, struct resource *file);

/* Read a small file into response->content, for response_finish_with_content(). Returns whether it is there
 * as a whole and closes it then; false when it is not small, is in memory already, could not be read, or had
 * another size than it says, and then the content is empty and the file is as it was. To be called before the
 * head is begun, so that validators of a file that is being changed are not sent with bytes that do not
 * belong to them. */
bool response_read_file(struct response *response, struct resource *file);

/* Finish with the whole blob as the body. */
void response_finish_with_blob(struct response *response, const struct response_form *form, struct blob *blob,
                               const char *content_type);

/* Finish with ranges of the file (or, where that is NULL, of the blob), of a 206: one as it is, with
 * Content-Range; several as multipart/byteranges (RFC 9110 section 14.6), whose length is known at once.
 * Small ones are read at once. */
void response_finish_with_ranges(struct response *response, const struct response_form *form,
                                 struct resource *file, struct blob *blob, const char *content_type,
                                 const struct range_set *ranges);

/* Finish with this range of what the source makes. Takes it over. */
void response_finish_with_source(struct response *response, const struct response_form *form,
                                 const struct body_source *source, struct byte_range range,
                                 const char *content_type);

/* Replace the content by a text that was made elsewhere, whose memory the response takes over together with
 * what it has taken from a budget (or NULL). */
void response_take_content(struct response *response, struct text *text, struct memory_budget *budget,
                           size_t budget_bytes);

/* Finish without a body and without a Content-Length, as 304 and 204 have it. */
void response_finish_without_content(struct response *response, const struct response_form *form);

/* Whether memory ran out while it was made; it must not be sent then. */
bool response_failed(const struct response *response);

/* Send as much as the client takes now, at most a fair share. Never blocks on the socket. */
enum send_outcome response_send(struct response *response, int fd) __attribute__((warn_unused_result));

/* How many bytes of head and body wait to be sent; to tell progress from stillness. */
uint64_t response_unsent_bytes(const struct response *response);

/* How many bytes of the body have been given to the kernel. */
uint64_t response_sent_body_bytes(const struct response *response);

#endif
