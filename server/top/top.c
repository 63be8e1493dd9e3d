/* SPDX-License-Identifier: MIT */
#include "server/top/top.h"

#include "http/base/text.h"
#include "server/probe/probe.h"
#include "server/probe/url.h"
#include "server/terminal/terminal.h"
#include "server/top/draw.h"
#include "server/top/screen.h"
#include "server/top/status.h"
#include "server/top/view.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ANSWER_MAX_BYTES = 4 * 1024 * 1024, TIMEOUT_MS = 2000 };

static const char status_name[] = "status.json";
static const char usual_folder[] = "/.lido/";

struct top {
    const char *where;
    struct url url;
    struct top_status *status;
    bool is_read;                     /* once at least */
    char trouble[SERVER_ERROR_BYTES]; /* of the last question; "": none */
};

/* A folder stands for the status in it, and the root for that of the default. */
static bool complete(struct url *url) {
    if (strcmp(url->target, "/") == 0) {
        memcpy(url->target, usual_folder, sizeof usual_folder);
    }
    size_t length = strlen(url->target);
    if (url->target[length - 1] == '/') {
        if (length + sizeof status_name > sizeof url->target) {
            return false;
        }
        memcpy(url->target + length, status_name, sizeof status_name);
    }
    return true;
}

/* Returns whether the answer is a status; if not, sets `trouble`. */
static bool read_answer(struct top *top, const struct text *body, const struct probe_result *result,
                        struct top_status *status) {
    char why[TOP_STATUS_ERROR_BYTES];
    if (result->status != 200) {
        (void)snprintf(top->trouble, sizeof top->trouble,
                       "%s: %s; its status pages may be off, elsewhere, or for other clients", top->where,
                       result->status_line);
        return false;
    }
    if (!top_status_read(status, body->bytes, body->length, why)) {
        (void)snprintf(top->trouble, sizeof top->trouble, "%s: %s", top->where, why);
        return false;
    }
    return true;
}

/* Ask once. What was known before stays if it fails. */
static void look(void *context) {
    struct top *top = context;
    struct text body = {0};
    struct probe_result result;
    char why[PROBE_ERROR_BYTES];
    struct top_status *next = calloc(1, sizeof *next);
    top->trouble[0] = '\0';
    if (next == NULL) {
        (void)snprintf(top->trouble, sizeof top->trouble, "no memory");
        return;
    }
    if (!probe_fetch(&top->url, TIMEOUT_MS, ANSWER_MAX_BYTES, &body, &result, why)) {
        (void)snprintf(top->trouble, sizeof top->trouble, "%s: %s", top->where, why);
    } else if (read_answer(top, &body, &result, next)) {
        struct top_status *last = top->status;
        top->status = next;
        next = last;
        top->is_read = true;
    }
    text_deinit(&body);
    top_status_deinit(next);
    free(next);
}

static void paint(void *context, struct drawing *drawing) {
    const struct top *top = context;
    if (top->is_read) {
        view_draw(drawing, top->status, top->where, top->trouble);
    } else {
        draw(drawing, DRAW_BAD, "%s", top->trouble);
        draw_end(drawing);
    }
}

/* Without styles. */
static void print_plain(FILE *out, const struct text *text) {
    for (size_t i = 0; i < text->length; i++) {
        if ((unsigned char)text->bytes[i] >= DRAW_STYLE_END) {
            (void)fputc(text->bytes[i], out);
        }
    }
    (void)fflush(out);
}

static enum server_result print_once(struct top *top, FILE *out, char error[SERVER_ERROR_BYTES]) {
    struct text text = {0};
    struct drawing drawing = {.out = &text,
                              .columns = terminal_columns(fileno(out), TERMINAL_COLUMNS),
                              .rows = SIZE_MAX,
                              .has_utf8 = terminal_takes_utf8()};
    look(top);
    if (!top->is_read) {
        memcpy(error, top->trouble, sizeof top->trouble);
        return SERVER_FAILED;
    }
    paint(top, &drawing);
    print_plain(out, &text);
    text_deinit(&text);
    return SERVER_OK;
}

static enum server_result show(struct top *top, bool is_live, FILE *out, char error[SERVER_ERROR_BYTES]) {
    int result = is_live ? screen_run(look, paint, top) : -ENOTSUP;
    if (result == -ENOTSUP) {
        return print_once(top, out, error);
    }
    if (result == -ENOTTY) {
        (void)snprintf(error, SERVER_ERROR_BYTES,
                       "--top: this terminal is not known (TERM); try lido --top | cat");
    } else if (result != 0) {
        errno = -result;
        (void)snprintf(error, SERVER_ERROR_BYTES, "--top: %m");
    }
    return result == 0 ? SERVER_OK : SERVER_FAILED;
}

enum server_result top_run(const char *url, bool is_live, FILE *out, char error[SERVER_ERROR_BYTES]) {
    struct top top = {.where = url, .status = calloc(1, sizeof *top.status)};
    const char *complaint = url_parse(url, &top.url);
    enum server_result result = SERVER_MISTAKE;
    if (top.status == NULL) {
        (void)snprintf(error, SERVER_ERROR_BYTES, "no memory");
        return SERVER_FAILED;
    }
    if (complaint != NULL || !complete(&top.url)) {
        (void)snprintf(error, SERVER_ERROR_BYTES, "--top: %.300s: %s", url,
                       complaint != NULL ? complaint : "the path is too long");
    } else {
        result = show(&top, is_live, out, error);
    }
    top_status_deinit(top.status);
    free(top.status);
    return result;
}
