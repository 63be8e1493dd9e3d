/* SPDX-License-Identifier: MIT */
/* Declarations of an encoding within the first bytes: HTML, section 13.2.3.2; XML, section 4.3.3; CSS Syntax,
 * section 3.2. */
#include "http/files/content_hints.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(content_hints_charset, .timeout = 10);

enum { META = CONTENT_HAS_META_CHARSET, XML = CONTENT_HAS_XML_ENCODING, CSS = CONTENT_HAS_CSS_CHARSET };

static unsigned declared(const char *bytes, size_t length) {
    return content_hints_of(bytes, length) & (CONTENT_HAS_BOM | META | XML | CSS);
}

Test(content_hints_charset, finds_what_a_file_says_of_itself) {
    static const struct {
        const char *text;
        unsigned hints;
    } rows[] = {
        {"<!doctype html><title>a</title>", 0},
        {"<meta charset=utf-8>", META},
        {"<!doctype html>\n<html>\n<head>\n<meta charset=\"iso-8859-1\" />", META},
        {"<META\n CHARSET = 'windows-1252'>", META},
        {"<meta/charset=x>", META},
        {"<meta name=a content=b><meta charset=x>", META},
        {"<meta http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\">", META},
        {"<meta content='text/html;charset=koi8-r' http-equiv='content-type'>", META},
        {"<meta name=description content=\"charset=koi8-r\">", 0},
        {"<meta charset>", 0},
        {"<meta charset=>", 0},
        {"<meta charset=\"\">", 0},
        {"<meta charset=x", 0},
        {"<metacharset=x>", 0},
        {"<meta data-charset=x>", 0},
        {"<!-- <meta charset=x> -->", 0},
        {"<!-- no end <meta charset=x>", 0},
        {"<!-- a --><meta charset=x>", META},
        {"<p charset=x>", 0},
        {"meta charset=x>", 0},
        {"<?xml version=\"1.0\" encoding=\"iso-8859-1\"?>", XML},
        {"<?xml version='1.0' encoding = 'x'?><a/>", XML},
        {"<?xml version='1.0'?><a encoding='x'/>", 0},
        {" <?xml version='1.0' encoding='x'?>", 0},
        {"@charset \"iso-8859-15\";", CSS},
        {"@charset 'iso-8859-15';", 0},
        {"@charset \"iso-8859-15\"", 0},
        {" @charset \"iso-8859-15\";", 0},
        {"@CHARSET \"iso-8859-15\";", 0},
        {"\xef\xbb\xbftext", CONTENT_HAS_BOM},
        {"\xfe\xff", CONTENT_HAS_BOM},
        {"\xff\xfe", CONTENT_HAS_BOM},
        {"\xef\xbb", 0},
        {"", 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(declared(rows[i].text, strlen(rows[i].text)), rows[i].hints, "%s: %u", rows[i].text,
                     declared(rows[i].text, strlen(rows[i].text)));
    }
}

Test(content_hints_charset, looks_within_the_first_bytes_only) {
    static const char meta[] = "<meta charset=x>";
    char page[CONTENT_HINTS_BYTES + sizeof meta];
    size_t length = sizeof meta - 1;
    for (size_t at = CONTENT_HINTS_BYTES - length - 1; at <= CONTENT_HINTS_BYTES - length + 1; at++) {
        memset(page, ' ', sizeof page);
        memcpy(page + at, meta, length);
        cr_expect_eq(declared(page, sizeof page), at + length <= CONTENT_HINTS_BYTES ? META : 0, "%zu", at);
    }
}
