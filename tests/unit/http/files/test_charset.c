/* SPDX-License-Identifier: MIT */
#include "http/files/charset.h"
#include "http/files/content_hints.h"

#include <criterion/criterion.h>

TestSuite(charset, .timeout = 10);

Test(charset, is_declared_in_the_way_of_its_type) {
    static const struct {
        const char *type;
        bool taken;
        unsigned declarations;
    } rows[] = {
        {"text/html", true, CONTENT_HAS_BOM | CONTENT_HAS_META_CHARSET | CONTENT_HAS_XML_ENCODING},
        {"TEXT/HTML", true, CONTENT_HAS_BOM | CONTENT_HAS_META_CHARSET | CONTENT_HAS_XML_ENCODING},
        {"text/css", true, CONTENT_HAS_BOM | CONTENT_HAS_CSS_CHARSET},
        {"text/xml", true, CONTENT_HAS_BOM | CONTENT_HAS_XML_ENCODING},
        {"text/plain", true, CONTENT_HAS_BOM},
        {"text/javascript", true, CONTENT_HAS_BOM},
        {"application/javascript", true, CONTENT_HAS_BOM},
        {"application/xml", false, CONTENT_HAS_BOM | CONTENT_HAS_XML_ENCODING},
        {"application/json", false, CONTENT_HAS_BOM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(charset_is_taken(view_of(rows[i].type)), rows[i].taken, "%s", rows[i].type);
        cr_expect_eq(charset_declarations(view_of(rows[i].type)), rows[i].declarations, "%s", rows[i].type);
    }
}
