/* SPDX-License-Identifier: MIT */
#include "http/pages/page.h"

#include "http/base/escape.h"

#include <page_assets.h>

/* Images are thumbnails, and the icon below. A listing may be framed by pages of its own site only. */
const char page_security_policy_listing[] =
    "default-src 'none'; style-src " PAGE_LISTING_STYLE_DIGEST "; script-src " PAGE_LISTING_SCRIPT_DIGEST
    "; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

const char page_security_policy_error[] = "default-src 'none'; style-src " PAGE_ERROR_STYLE_DIGEST
                                          "; img-src data:; form-action 'none'; base-uri 'none'";

const char page_security_policy_status[] =
    "default-src 'none'; style-src " PAGE_STATUS_STYLE_DIGEST "; script-src " PAGE_STATUS_SCRIPT_DIGEST
    "; img-src data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/* Without it browsers ask for /favicon.ico, which then is an error in the log. */
static const char icon_link[] =
    "<link rel=\"icon\" href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%230a7187'/%3E%3Cpath d='M6 12q5-5 10 0t10 0M6 20q5-5 10 0t10 0' "
    "fill='none' stroke='%23fff' stroke-width='3' stroke-linecap='round'/%3E%3C/svg%3E\">\n";

void page_open(struct text *out) {
    text_append(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n");
    text_append(out, icon_link);
    text_append(out, "<title>");
}

void page_begin_listing(struct text *out) {
    text_append(out, "</title>\n<style>" PAGE_LISTING_STYLE "</style>\n</head>\n<body>\n" PAGE_ICONS "\n");
}

void page_begin_error(struct text *out) {
    text_append(out, "</title>\n<style>" PAGE_ERROR_STYLE "</style>\n</head>\n<body>\n");
}

void page_begin_status(struct text *out) {
    text_append(out, "</title>\n<style>" PAGE_STATUS_STYLE "</style>\n</head>\n<body>\n");
}

static void write_foot(struct text *out, const char *server_name) {
    if (server_name != NULL) {
        text_append(out, "<footer>");
        escape_html(out, view_of(server_name));
        text_append(out, "</footer>\n");
    }
}

void page_end_listing(struct text *out, const char *server_name) {
    write_foot(out, server_name);
    text_append(out, "<script>" PAGE_LISTING_SCRIPT "</script>\n</body>\n</html>\n");
}

void page_end_error(struct text *out, const char *server_name) {
    write_foot(out, server_name);
    text_append(out, "</body>\n</html>\n");
}

void page_end_status(struct text *out) {
    text_append(out, "<script>" PAGE_STATUS_SCRIPT "</script>\n</body>\n</html>\n");
}

void page_write_icon(struct text *out, const char *name) {
    text_append(out, "<svg role=none><use href=\"#i-");
    text_append(out, name);
    text_append(out, "\"/></svg>");
}
