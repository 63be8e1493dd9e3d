/* SPDX-License-Identifier: MIT */
#include "server/explain/explain.h"

#include "http/base/escape.h"
#include "http/base/memory_budget.h"
#include "http/base/string_list.h"
#include "server/explain/ask.h"
#include "server/sandbox/sandbox.h"
#include "server/sites/sites.h"
#include "server/status/status.h"

#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct explanation {
    const struct config *config;
    struct sandbox sandbox;
    struct sites sites;
    struct memory_budget folder_budget;
    struct own_pages own_pages;
    struct explain_asking asking;
    struct text request;
    struct text head;
    struct string_list steps;
    size_t lasting_count; /* of the steps: those before the request was looked at */
    bool failed;          /* a step found no memory */
    bool is_live;         /* the answer is made of what a running server would have measured */
};

static enum server_result fail(char error[SERVER_ERROR_BYTES], enum server_result result, const char *what,
                               int code) {
    errno = code;
    (void)snprintf(error, SERVER_ERROR_BYTES, "%s: %m", what);
    return result;
}

/* --- the steps ------------------------------------------------------------------------------------------ */

static void note_step(void *context, const char *line) {
    struct explanation *explanation = context;
    explanation->failed = string_list_add(&explanation->steps, line) != 0 || explanation->failed;
}

/* Each turn of a worker that works on a folder looks at the request anew. */
static void forget_steps(void *context) {
    struct explanation *explanation = context;
    while (explanation->steps.count > explanation->lasting_count) {
        free(explanation->steps.items[--explanation->steps.count]);
    }
}

static void note_missing_rest(void *context) {
    note_step(context, "the request announces a body (Content-Length, Transfer-Encoding), which is not sent "
                       "here: the server waits for it, up to header_timeout");
}

/* What names of files and strangers put into a line does nothing to a terminal. */
static void write_line(FILE *out, struct text *line, const char *bytes) {
    text_clear(line, SIZE_MAX);
    escape_terminal_utf8(line, view_of(bytes));
    if (line->length > 0) {
        (void)fwrite(line->bytes, 1, line->length, out);
    }
    (void)fputc('\n', out);
}

static void write_steps(const struct explanation *explanation, FILE *out) {
    struct text line = {0};
    for (size_t i = 0; i < explanation->steps.count; i++) {
        (void)fprintf(out, "%2zu. ", i + 1);
        write_line(out, &line, explanation->steps.items[i]);
    }
    text_deinit(&line);
}

/* For own_pages.h: what there would be. */
static bool describe_own_page(void *context, const struct own_request *request, struct own_answer *answer) {
    struct explanation *explanation = context;
    explanation->is_live = status_describe(request, answer);
    return explanation->is_live;
}

/* --- the answer ----------------------------------------------------------------------------------------- */

static const char length_field[] = "\nContent-Length: ";

/* Its value is a number of our own. */
static const char *find_length(const char *head) {
    const char *found = strstr(head, length_field);
    return found != NULL ? found + strlen(length_field) : NULL;
}

static void write_head(struct explanation *explanation, FILE *out) {
    struct text *head = &explanation->head;
    struct text line = {0};
    head->bytes[head->length - 1] = '\0'; /* of the empty line at its end */
    char *rest = head->bytes;
    for (char *end = strstr(rest, "\r\n"); end != NULL && end != rest; end = strstr(rest, "\r\n")) {
        *end = '\0';
        bool is_length = view_starts_with_nocase(view_of(rest), "Content-Length:");
        write_line(out, &line,
                   explanation->is_live && is_length ? "Content-Length: (known by the running server)"
                                                     : rest);
        *end = '\r';
        rest = end + 2;
    }
    text_deinit(&line);
    const char *length = find_length(head->bytes);
    bool is_to_head = strncmp(explanation->request.bytes, "HEAD ", strlen("HEAD ")) == 0;
    if (explanation->is_live && !is_to_head) {
        (void)fputs("\n(a body of live figures)\n", out);
    } else if (length == NULL || is_to_head) {
        (void)fputs("\n(no body)\n", out);
    } else {
        (void)fprintf(out, "\n(a body of %.*s bytes)\n", (int)strspn(length, "0123456789"), length);
    }
}

/* --- from the settings to the answer --------------------------------------------------------------------- */

static bool is_off(const char *value) {
    return strcmp(value, "off") == 0;
}

/* As root it becomes who the server would be; others can only say who they are. */
static enum server_result prepare_rights(struct explanation *explanation, char error[SERVER_ERROR_BYTES]) {
    const struct config *config = explanation->config;
    if (geteuid() == 0) {
        return sandbox_prepare(&explanation->sandbox, config, error);
    }
    if (!is_off(config->user) || !is_off(config->group) || !is_off(config->chroot)) {
        struct account account = {.step = note_step, .context = explanation};
        const struct passwd *who = getpwuid(geteuid());
        account_write(&account,
                      "read with the rights of %s: as root this would be with those of user, group and "
                      "chroot in the settings",
                      who != NULL ? who->pw_name : "this user");
    }
    return SERVER_OK;
}

static enum server_result open_all(struct explanation *explanation, char error[SERVER_ERROR_BYTES]) {
    const struct config *config = explanation->config;
    struct sandbox_report report;
    int result = explain_asking_open(&explanation->asking);
    if (result != 0) {
        return fail(error, SERVER_FAILED, "cannot make sockets", -result);
    }
    enum server_result prepared = prepare_rights(explanation, error);
    if (prepared == SERVER_OK &&
        !sites_open(&explanation->sites, config, config->file_cache_descriptors, error)) {
        prepared = SERVER_MISTAKE;
    }
    return prepared == SERVER_OK ? sandbox_enter(&explanation->sandbox, config, &report, error) : prepared;
}

static enum server_result ask(struct explanation *explanation, char error[SERVER_ERROR_BYTES]) {
    struct account account = {.step = note_step, .context = explanation};
    struct connection_service service = {
        .generations = &explanation->sites.place,
        .own_pages = &explanation->own_pages,
        .folder_budget = &explanation->folder_budget,
    };
    struct explain_asking *asking = &explanation->asking;
    asking->service = &service;
    asking->account = &account;
    asking->again = forget_steps;
    asking->rest_is_missing = note_missing_rest;
    asking->context = explanation;
    asking->access = is_off(explanation->config->admin) ? OWN_PAGES_TOO : OWN_PAGES_NONE;
    explanation->lasting_count = explanation->steps.count;
    int result = explain_asking_run(asking, &explanation->request, &explanation->head);
    sites_tell_refused(&explanation->sites, note_step, explanation);
    return result == 0 ? SERVER_OK : fail(error, SERVER_FAILED, "there is no answer", -result);
}

static enum server_result explain(struct explanation *explanation, FILE *out,
                                  char error[SERVER_ERROR_BYTES]) {
    enum server_result result = open_all(explanation, error);
    result = result == SERVER_OK ? ask(explanation, error) : result;
    if (result == SERVER_OK && explanation->failed) {
        return fail(error, SERVER_FAILED, "steps are missing", ENOMEM);
    }
    if (result == SERVER_OK) {
        write_steps(explanation, out);
        (void)fputc('\n', out);
        write_head(explanation, out);
    }
    return result;
}

enum server_result explain_run(const struct config *config, const struct explain_question *question,
                               FILE *out, char error[SERVER_ERROR_BYTES]) {
    struct explanation explanation = {
        .config = config,
        .folder_budget = {.limit_bytes = config->folder_memory_bytes},
        .own_pages = {.answer = describe_own_page, .context = &explanation},
        .asking = {.client = -1, .server = -1},
    };
    enum server_result result = SERVER_MISTAKE;
    if (explain_question_write(question, &explanation.request, error)) {
        result = explanation.request.failed ? fail(error, SERVER_FAILED, "request", ENOMEM)
                                            : explain(&explanation, out, error);
    }
    explain_asking_close(&explanation.asking);
    sites_close(&explanation.sites);
    sandbox_deinit(&explanation.sandbox);
    string_list_deinit(&explanation.steps);
    text_deinit(&explanation.request);
    text_deinit(&explanation.head);
    return result;
}
