/* SPDX-License-Identifier: MIT */
#include "http/status.h"

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

const char *http_status_sentence(enum http_status status) {
    switch (status) {
#define X(name, code, reason, sentence) \
    case HTTP_##name:                   \
        return (sentence);
        HTTP_STATUS_LIST(X)
#undef X
    }
    return "";
}
