/* SPDX-License-Identifier: MIT */
#include "http/semantics/status.h"

const char *http_status_reason(enum http_status status) {
    switch (status) {
#define X(name, code, reason, sentence) \
    case HTTP_##name:                   \
        return (reason);
        HTTP_STATUS_LIST(X)
#undef X
    }
    return "Unknown";
}

const char *http_status_line(enum http_status status) {
    switch (status) {
#define X(name, code, reason, sentence) \
    case HTTP_##name:                   \
        return "HTTP/1.0 " #code " " reason "\r\n";
        HTTP_STATUS_LIST(X)
#undef X
    }
    return "HTTP/1.0 500 Unknown\r\n";
}

const char *http_status_sentence(enum http_status status) {
    switch (status) {
#define X(name, code, reason, sentence) \
    case HTTP_##name:                   \
        return (sentence);
        HTTP_STATUS_LIST(X) /* NOLINT(bugprone-branch-clone): several have none */
#undef X
    }
    return "";
}
