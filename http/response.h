/* SPDX-License-Identifier: MIT */
/*
 * One answer: its head, and the plan of its body, which is nothing, a text in memory, or a part of an open file.
 *
 * Making it and sending it are two steps; sending goes on where it stopped, as often as the client makes it wait. What
 * the answer should be is decided elsewhere (answer.h).
 */
#ifndef LIDO_HTTP_RESPONSE_H
#define LIDO_HTTP_RESPONSE_H

#include "http/resource.h"
#include "http/status.h"
#include "http/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

/* How an answer is wrapped; the same for all answers to one request. */
struct response_form {
    bool bare;         /* HTTP/0.9: no head at all */
    bool without_body; /* HEAD */
    bool keep_alive;   /* the connection goes on after this answer */
    const char *date;  /* for the Date field */
};

/* All-zero but for file.fd = -1 when unused. Not thread-safe. */
struct response {
    enum http_status status;
    bool keep_alive;
    struct text head;
    struct text content;  /* the body, when it is made in memory */
    struct resource file; /* the body, when it is a file; owned; fd -1 otherwise */
    off_t file_offset;    /* next byte to send */
    off_t file_end;
    struct iovec unsent[2]; /* what is left of head and content */
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

/* Make it ready for the next request: closes the file, keeps memory of moderate size. */
void response_clear(struct response *response);

/* Start the head: status line, Server, Date. */
void response_begin(struct response *response, const struct response_form *form, enum http_status status);

/* Add a field to the head. The value must not contain CR or LF. */
void response_add_field(struct response *response, const char *name, const char *value);

/* Finish with a body of response->content, which the caller has filled. `content_type` NULL when there is no body. */
void response_finish_with_content(struct response *response, const struct response_form *form,
                                  const char *content_type);

/* Finish with the whole file as the body; the response owns the file from here on. Small files are read at once. */
void response_finish_with_file(struct response *response, const struct response_form *form,
                               struct resource *file, const char *content_type);

/* Finish without a body and without a Content-Length, as 304 has it. */
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
