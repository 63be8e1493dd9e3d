/* SPDX-License-Identifier: MIT */
#include "http/handler/account/steps.h"

#include "http/semantics/content_coding.h"
#include "http/semantics/date.h"
#include "http/site/hosts.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static const char *const mistakes[] = {
    [REQUEST_MALFORMED] = "a line is malformed",
    [REQUEST_FIELD_REPEATED] = "Host or Content-Length comes twice",
    [REQUEST_LENGTH_DOUBTFUL] =
        "Transfer-Encoding stands beside Content-Length, does not end in chunked, or is not of HTTP/1.1",
    [REQUEST_HOST_MISSING] = "there is no Host, which HTTP/1.1 asks for",
    [REQUEST_HOST_MALFORMED] = "Host is neither a name nor an address",
};
static_assert(sizeof mistakes / sizeof mistakes[0] == REQUEST_HOST_MALFORMED + 1, "words for each");

static const char *why_refused(const struct request *request) {
    switch (request->refusal) {
    case HTTP_BAD_REQUEST:
        return mistakes[request->mistake];
    case HTTP_REQUEST_TIMEOUT:
        return "it did not come whole within header_timeout";
    case HTTP_CONTENT_TOO_LARGE:
        return "its body is larger than max_body";
    case HTTP_URI_TOO_LONG:
        return "method, URL and version are longer than max_request_line";
    case HTTP_EXPECTATION_FAILED:
        return "Expect asks for something else than 100-continue";
    case HTTP_FIELDS_TOO_LARGE:
        return "its head is longer than max_head, or has more fields than max_fields";
    case HTTP_NOT_IMPLEMENTED:
        return "the method is none of HTTP, or Transfer-Encoding is more than chunked";
    case HTTP_VERSION_NOT_SUPPORTED:
        return "it is of a version of HTTP that is not known";
    default:
        return "it could not be answered now";
    }
}

static void tell_url(const struct context *context, enum http_status status) {
    const struct target *target = &context->target;
    const struct account *account = context_account(context);
    if (context->request->refusal != HTTP_OK) {
        account_write(account, "the request cannot be taken: %d %s: %s", (int)status,
                      http_status_reason(status), why_refused(context->request));
    } else if (context->request->method == REQUEST_OTHER) {
        account_write(account, "method: none of " REQUEST_METHODS_ALLOWED);
    } else if (context->is_impossible) {
        account_write(account, "URL: no file can have this path: it has %%2F in a name, or is too long");
    } else if (!context->has_target && !target->asterisk) {
        account_write(account,
                      "URL: malformed, as by a %% that is not followed by two hexadecimal digits, %%00 or #");
    } else if (target->asterisk) {
        account_write(account, "URL: *, the server as a whole");
    } else {
        account_write(account, "URL: the path is /%s%s", target->path,
                      target->query.bytes != NULL ? ", and a query" : "");
    }
}

static void tell_host(const struct context *context) {
    const struct account *account = context_account(context);
    const struct hosts *hosts = context->environment->hosts;
    struct view authority = context->target.authority;
    authority = authority.bytes != NULL ? authority : context->request->host;
    const char *name = NULL;
    if (hosts != NULL) {
        (void)hosts_match(hosts, authority, &name);
    }
    if (hosts == NULL) {
        account_write(account, "host: no host sections, one site for all hosts%s%.*s",
                      authority.length > 0 ? ", so for " : "", (int)authority.length,
                      authority.length > 0 ? authority.bytes : "");
    } else if (authority.length == 0) {
        account_write(account, "host: none is named, the first site");
    } else if (name == NULL) {
        account_write(account, "host: no section is for %.*s, the first site", (int)authority.length,
                      authority.bytes);
    } else {
        account_write(account, "host \"%s\" (%s): %s for %.*s", name, site_where(context->site),
                      name[0] == '*' ? "the longest wildcard" : "by its exact name", (int)authority.length,
                      authority.bytes);
    }
}

/* Why a path that looks like one of the program's own pages is none for this client. */
static void tell_own_pages(const struct context *context) {
    static const char usual[] = ".lido/";
    const struct handler_environment *environment = context->environment;
    bool is_off = environment->own_path.bytes == NULL;
    struct view path = is_off ? view_of(usual) : environment->own_path;
    size_t length = path.length - 1; /* also without the final slash */
    if (!context->has_target || (!is_off && environment->own_access != OWN_PAGES_NONE) ||
        strncmp(context->target.path, path.bytes, length) != 0 ||
        strchr("/", context->target.path[length]) == NULL) {
        return;
    }
    if (is_off) {
        account_write(context_account(context), "status = off: the server has no pages of itself");
    } else {
        account_write(context_account(context),
                      "status = /%.*s: the server's own pages are at the address of admin, not here",
                      (int)path.length, path.bytes);
    }
}

void handler_steps_tell_request(const struct context *context, enum http_status status) {
    tell_url(context, status);
    tell_host(context);
    tell_own_pages(context);
}

static void tell_file(const struct account *account, const struct resolution *found) {
    const struct media_type *type = found->type;
    const char *content_type = site_content_type(found);
    bool is_coded = type->coding != CODING_IDENTITY;
    account_write(account, "%s: a file of %" PRIdMAX " bytes", found->path, (intmax_t)found->resource.size);
    if (content_type == NULL) {
        account_write(account, "type: none (%s)", type->told_by);
    } else {
        account_write(account, "type: %s (%s%s)%s%s", content_type, type->told_by,
                      content_type != type->content_type ? "; the file says its charset itself" : "",
                      is_coded ? ", in " : "", is_coded ? content_coding_name(type->coding) : "");
    }
}

void handler_steps_tell_file(const struct context *context, const struct resolution *found) {
    tell_file(context_account(context), found);
    if (found->type->coding == CODING_IDENTITY && context->request->accept_encoding.bytes == NULL) {
        account_write(context_account(context), "no Accept-Encoding: no compressed form is looked for");
    }
}

void handler_steps_tell_error(const struct context *context, enum http_status status,
                              const struct resolution *own, bool as_json) {
    if (own != NULL) {
        tell_file(context_account(context), own);
    }
    account_write(context_account(context), "%d %s: %s", (int)status, http_status_reason(status),
                  own != NULL ? "a page of the owner's (error_page)"
                  : as_json   ? "the built-in page, as JSON"
                              : "the built-in page");
}

static const char *why_date_passes(struct view field, bool is_for_304, const struct validators *validators,
                                   time_t now) {
    time_t date = 0;
    if (!date_parse_http(field, now, &date)) {
        return "is no date, and does not count";
    }
    if (!validators->is_dated) {
        return "there is no Last-Modified to compare it with";
    }
    if (is_for_304 && date > now) {
        return "lies ahead of now, and does not count";
    }
    return is_for_304 ? "this has changed since" : "this has not changed since";
}

/* By the order of precondition_deciding_field(). */
static const char *why_passed(const struct preconditions *preconditions, const struct validators *validators,
                              time_t now) {
    if (preconditions->if_none_match.bytes != NULL) {
        return "names no tag of this";
    }
    if (preconditions->if_modified_since.bytes != NULL) {
        return why_date_passes(preconditions->if_modified_since, true, validators, now);
    }
    if (preconditions->if_match.bytes != NULL) {
        return "names this version";
    }
    return why_date_passes(preconditions->if_unmodified_since, false, validators, now);
}

void handler_steps_tell_preconditions(const struct context *context,
                                      const struct representation *representation,
                                      const struct preconditions *preconditions,
                                      enum precondition_outcome outcome) {
    const struct account *account = context_account(context);
    const struct validators *validators = &representation->validators;
    const char *field = precondition_deciding_field(preconditions, outcome);
    if (validators->entity_tag[0] != '\0') {
        account_write(account, "tag: %s", validators->entity_tag);
    }
    if (!validators->is_dated) {
        account_write(account, "no Last-Modified: the time tells nothing about this");
    }
    if (field != NULL) {
        account_write(account, "%s: %s", field,
                      outcome == PRECONDITION_FAILED ? "this is not the version that is meant: 412"
                      : outcome == PRECONDITION_NOT_MODIFIED
                          ? "this is the version that the client has: 304"
                          : why_passed(preconditions, validators, context->environment->now.tv_sec));
    }
}

void handler_steps_tell_range(const struct context *context, const struct representation *representation,
                              enum range_outcome outcome, const struct range_set *ranges) {
    const struct account *account = context_account(context);
    const struct request *request = context->request;
    if (request->method != REQUEST_GET) {
        account_write(account, "Range: counts for GET only");
    } else if (representation->ranges_max == 0) {
        account_write(account, "Range: this is made anew for each answer, and sent whole");
    } else if (!precondition_allows_range(request->if_range, &representation->validators,
                                          context->environment->now.tv_sec)) {
        account_write(account, "Range: If-Range names another version, or no strong tag: all of it");
    } else if (outcome == RANGE_UNSATISFIABLE) {
        account_write(account, "Range: begins behind the end: 416");
    } else if (outcome == RANGE_PARTIAL) {
        account_write(account, "Range: %zu part%s: 206", ranges->count, ranges->count == 1 ? "" : "s");
    } else {
        account_write(account,
                      "Range: malformed, of another unit, or more than may be asked for at once: all of it");
    }
}

void handler_steps_tell_cache(const struct context *context, const struct cache_directives *directives) {
    const struct account *account = context_account(context);
    if (directives->pattern == NULL) {
        account_write(account, "cache: no section matches: %s", directives->control);
    } else {
        account_write(account, "cache \"%s\" (%s): %s; the last section that matches decides",
                      directives->pattern, directives->where, directives->control);
    }
}
