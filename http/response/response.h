/* SPDX-License-Identifier: MIT */
/*
 * One answer: its head, its body, and the plan of what is sent of it (RFC 9112 sections 4 to 6, as far as
 * they hold for HTTP/1.0).
 *
 * The wing knows how a message is put together and sent. It refuses to decide what an answer should be, or
 * what is in it: the handler does. Making it and sending it are two steps: begin, add fields, fill the body,
 * finish; then send, which goes on where it stopped, as often as the client makes it wait.
 */
#ifndef LIDO_HTTP_RESPONSE_RESPONSE_H
#define LIDO_HTTP_RESPONSE_RESPONSE_H

#include "http/base/text.h"
#include "http/response/body.h"
#include "http/response/ready_head.h"
#include "http/rules/header_fields.h"
#include "http/semantics/range.h"
#include "http/semantics/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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

/* A range of the body, and how much of its text stands before it. */
struct response_part {
    size_t text_end;
    struct byte_range range;
};

/* What is left in memory: of the head, and of the part that is being sent its text and, where that is in
 * memory, its range. */
enum { UNSENT_HEAD, UNSENT_TEXT, UNSENT_RANGE, UNSENT_COUNT };

/* All-zero but for body.file.fd = -1 when unused. Not thread-safe. */
struct response {
    enum http_status status;
    int error; /* that a status of 500 and above stands for, an errno; 0: none. For a log */
    struct response_form form;
    struct own_fields own; /* the owner's, instead of those added here; set before response_begin() */
    struct text head;
    struct head_dates dates; /* where they stand in the head; all-zero when it was made before */
    struct body body;
    struct response_part parts[RANGE_PARTS_MAX + 1]; /* the last one may be text alone: an empty range */
    size_t part_count;
    size_t next_part; /* behind the one that is being sent */
    struct iovec unsent[UNSENT_COUNT];
    struct byte_range unsent_file; /* of this part, to be sent from the file */
    uint64_t body_bytes;           /* of all parts, 0 for HEAD */
    uint64_t unsent_bytes_later;   /* of the parts behind the one that is being sent */
    bool is_own_page;              /* of the program: not of the site */
    int failure;                   /* errno: the body cannot be read or made; 0 */
};

enum send_outcome {
    SEND_DONE,
    SEND_SHARE_USED,  /* there is more, but others should have their turn */
    SEND_WOULD_BLOCK, /* there is more, once the client has taken some */
    SEND_FAILED       /* the client is lost, or the body: only closing is left, or response_failure() */
};

/* Make *response a valid empty response. */
void response_init(struct response *response);

/* Free and close all that it holds. */
void response_deinit(struct response *response);

/* Make it ready for the next request: empties the body, forgets the owner's fields, keeps memory of moderate
 * size. */
void response_clear(struct response *response);

/* Start the head: status line, Server, Date. The form is copied, and what it points to is used until the
 * answer is finished. */
void response_begin(struct response *response, const struct response_form *form, enum http_status status);

/* Have a whole head that was made before, of a 200, with the dates of now. No field can be added. */
void response_begin_ready(struct response *response, const struct response_form *form,
                          const struct ready_head *head);

/* Add a field to the head, unless response->own replaces it. The value must not contain CR or LF. What frames
 * the body (Connection, Content-Length, Content-Range, Transfer-Encoding, the Content-Type of several ranges)
 * and Date cannot be replaced: the owner's fields of these names are left out. */
void response_add_field(struct response *response, const char *name, const char *value);

/* Add Expires, `fresh_s` seconds after Date, like response_add_field(). */
void response_add_expires(struct response *response, time_t fresh_s);

/* Finish with what response->body holds: add what frames it (Content-Length unless there is no body, as with
 * 204 and 304; Connection), then the owner's fields, whatever the status, and plan what is sent.
 * `content_type` NULL: no such field. `ranges` of a 206, else NULL for all of it: one as it is, with
 * Content-Range; several, of a file, as multipart/byteranges (RFC 9110 section 14.6), whose length is known
 * at once. What is small is read from its file at once, and of what is not the first byte, unless a cache has
 * read that: a head cannot be taken back. So it may wait for a disk. */
void response_finish(struct response *response, const char *content_type, const struct range_set *ranges);

/* Whether memory ran out while it was made, or the first byte of its file cannot be read; it must not be sent
 * then. */
bool response_failed(const struct response *response);

/* What is to be answered instead of one that failed, when it was made or in response_send(): the status for
 * its errno, as resource_status_of_errno() has it, as long as nothing of it has been sent. HTTP_OK: there is
 * nothing to be said, as the client is lost or has got a part of it. */
enum http_status response_failure(const struct response *response);

/* Send as much as the client takes now, at most a fair share. Never blocks on the socket; may wait for a
 * disk. */
enum send_outcome response_send(struct response *response, int fd) __attribute__((warn_unused_result));

/* How many bytes of head and body wait to be sent; to tell progress from stillness. */
uint64_t response_unsent_bytes(const struct response *response);

/* Whether a piece of the body has to be made before anything more can be sent. */
bool response_needs_piece(const struct response *response);

/* How many bytes of the body have been given to the kernel. */
uint64_t response_sent_body_bytes(const struct response *response);

#endif
