/* SPDX-License-Identifier: MIT */
#include "http/error_page.h"

void error_page_write(struct text *out, enum http_status status) {
    text_append(out, "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>");
    text_append_number(out, (uint64_t)status);
    text_append(out, " ");
    text_append(out, http_status_reason(status));
    text_append(out,
                "</title>\n<style>:root{color-scheme:light dark}"
                "body{font:1rem/1.5 system-ui,sans-serif;margin:20vh auto 0;max-width:32rem;padding:0 1.5rem}"
                "h1{font-size:1.5rem}</style>\n<h1>");
    text_append_number(out, (uint64_t)status);
    text_append(out, " ");
    text_append(out, http_status_reason(status));
    text_append(out, "</h1>\n<p>");
    text_append(out, http_status_sentence(status));
    text_append(out, "</p>\n</html>\n");
}
