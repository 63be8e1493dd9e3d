/* SPDX-License-Identifier: MIT */
#include "http/rules/redirects.h"

#include "http/base/escape.h"
#include "http/rules/pattern.h"

#include <stdlib.h>
#include <string.h>

struct redirect {
    char *pattern;
    char *where;
    char *to;
    int status;
};

struct redirects {
    size_t count;
    struct redirect items[];
};

struct redirects *redirects_create(const struct redirect_rule *rules, size_t count) {
    struct redirects *redirects = calloc(1, sizeof *redirects + count * sizeof redirects->items[0]);
    for (size_t i = 0; redirects != NULL && i < count; i++) {
        struct redirect *redirect = &redirects->items[redirects->count++];
        redirect->pattern = strdup(rules[i].pattern);
        redirect->where = strdup(rules[i].where != NULL ? rules[i].where : "");
        redirect->to = strdup(rules[i].to);
        redirect->status = rules[i].status;
        if (redirect->pattern == NULL || redirect->where == NULL || redirect->to == NULL) {
            redirects_destroy(redirects);
            return NULL;
        }
    }
    return redirects;
}

void redirects_destroy(struct redirects *redirects) {
    for (size_t i = 0; redirects != NULL && i < redirects->count; i++) {
        free(redirects->items[i].pattern);
        free(redirects->items[i].where);
        free(redirects->items[i].to);
    }
    free(redirects);
}

/* A `to` that is being written out. */
struct expansion {
    struct text *out;
    const char *to;
    const struct pattern_captures *captures;
    const char *host; /* where a host's name begins; NULL: there is none, or it is complete */
    const char *host_end;
};

static const char *without_port(const char *host, const char *end) {
    const char *port = end;
    while (port > host && ascii_is_digit(port[-1])) {
        port--;
    }
    return port > host && port[-1] == ':' ? port - 1 : end;
}

/* The authority of "scheme://authority/..." (RFC 3986 section 3.2), without a port: digits end no name. */
static void find_host(struct expansion *expansion) {
    static const char scheme_end[] = "://";
    const char *after_scheme = expansion->to + strcspn(expansion->to, ":/?#$");
    if (strncmp(after_scheme, scheme_end, strlen(scheme_end)) == 0) {
        expansion->host = after_scheme + strlen(scheme_end);
        const char *authority_end = expansion->host + strcspn(expansion->host, "/?#");
        expansion->host_end = without_port(expansion->host, authority_end);
    }
}

static bool is_capture(const char *at) {
    return at[0] == '$' && at[1] >= '1' && at[1] <= '9';
}

/* One byte of the owner's: what may stand in a URL is taken as it is. */
static void append_literal(struct text *out, const char *at) {
    if (*at == '%' && escape_read((struct view){at, strnlen(at, 3)}) == -1) {
        text_append(out, "%25"); /* or it would make an escape with what a star stood for */
    } else if (strchr("#[]", *at) != NULL) {
        text_append_bytes(out, at, 1);
    } else {
        escape_url_query(out, (struct view){at, 1});
    }
}

/* Everything but unreserved characters is encoded, '/' too. */
static void append_component(struct text *out, struct view part) {
    for (size_t i = 0; i < part.length; i++) {
        if (part.bytes[i] == '/') {
            text_append(out, "%2F");
        } else {
            escape_url_path(out, (struct view){part.bytes + i, 1});
        }
    }
}

/* Strangers choose what stars stand for, so they must not choose the end of a host's name:
 * "https://example.org$1" shall never lead to example.org.evil.net. What is no path there becomes one, unless
 * the whole host is a "$1". With more of the owner's name behind it ("https://$1.example.org/"), it stays in
 * front of that: no '/' may cut it short. */
static void append_to_host(struct expansion *expansion, const char *at, struct view part) {
    const char *next = at;
    while (next < expansion->host_end && is_capture(next)) {
        next += 2;
    }
    if (next < expansion->host_end) {
        append_component(expansion->out, part);
    } else if (part.length > 0) {
        if (at > expansion->host && part.bytes[0] != '/') {
            text_append(expansion->out, "/");
        }
        escape_url_path(expansion->out, part);
        expansion->host = NULL;
    }
}

static void append_capture(struct expansion *expansion, const char *at) {
    size_t index = (size_t)(at[1] - '1');
    if (index >= expansion->captures->count) {
        return;
    }
    struct view part = expansion->captures->parts[index];
    if (expansion->host != NULL && at < expansion->host_end) {
        append_to_host(expansion, at, part);
    } else if (memchr(expansion->to, '?', (size_t)(at - expansion->to)) != NULL) {
        append_component(expansion->out, part);
    } else {
        escape_url_path(expansion->out, part);
    }
}

/* Write what stands between two places of `to`. */
static void expand(struct expansion *expansion, const char *begin, const char *end) {
    for (const char *at = begin; at < end; at++) {
        if (is_capture(at)) {
            append_capture(expansion, at);
            at++;
        } else {
            append_literal(expansion->out, at);
            at += at[0] == '$' && at[1] == '$' ? 1 : 0;
        }
    }
}

/* `own`: `to` has a query itself, behind which the request's goes. An empty one needs no '&' in either
 * place. */
static void append_query(struct text *out, struct view query, bool own) {
    if (query.bytes == NULL || (own && query.length == 0)) {
        return;
    }
    if (!own) {
        text_append(out, "?");
    } else if (out->length > 0 && out->bytes[out->length - 1] != '?') {
        text_append(out, "&");
    }
    escape_url_query(out, query);
}

/* Several slashes at the beginning would make a host of the first segment (RFC 3986 section 4.2). */
static void keep_one_slash(struct text *out, size_t begin) {
    size_t slashes = 0;
    while (begin + slashes < out->length && out->bytes[begin + slashes] == '/') {
        slashes++;
    }
    if (slashes > 1) {
        char *first = out->bytes + begin;
        memmove(first + 1, first + slashes, out->length - begin - slashes);
        out->length -= slashes - 1;
    }
}

static void append_location(struct text *out, const char *to, const struct pattern_captures *captures,
                            struct view query) {
    struct expansion expansion = {.out = out, .to = to, .captures = captures};
    size_t begin = out->length;
    const char *fragment = to + strcspn(to, "#");
    find_host(&expansion);
    expand(&expansion, to, fragment);
    append_query(out, query, memchr(to, '?', (size_t)(fragment - to)) != NULL);
    expand(&expansion, fragment, fragment + strlen(fragment));
    keep_one_slash(out, begin);
}

int redirects_find(const struct redirects *redirects, struct view path, struct view query,
                   struct text *location, const struct account *account) {
    for (size_t i = 0; i < redirects->count; i++) {
        const struct redirect *redirect = &redirects->items[i];
        struct pattern_captures captures;
        if (pattern_matches(redirect->pattern, path, &captures)) {
            append_location(location, redirect->to, &captures, query);
            account_tell(account, "redirect \"%s\" (%s): to \"%s\", status %d", redirect->pattern,
                         redirect->where, redirect->to, redirect->status);
            return redirect->status;
        }
    }
    account_tell(account, "redirect: none of %zu section%s matches", redirects->count,
                 redirects->count == 1 ? "" : "s");
    return 0;
}
