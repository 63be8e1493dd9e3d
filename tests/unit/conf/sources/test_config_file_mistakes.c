/* SPDX-License-Identifier: MIT */
#include "tests/unit/support/config.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

TestSuite(config_file_mistakes, .init = config_test_begin, .fini = config_test_end, .timeout = 120);

static void check_mistake(const char *name, const char *text, const char *expected) {
    start_again();
    cr_assert_not(load(text), "%s: accepted", name);
    cr_assert_str_eq(error, expected, "%s: %s", name, error);
}

struct mistake {
    const char *name, *text, *error;
};

#define CHECK_ALL(rows)                                        \
    for (size_t i = 0; i < sizeof(rows) / sizeof *(rows); i++) \
    check_mistake((rows)[i].name, (rows)[i].text, (rows)[i].error)

Test(config_file_mistakes, says_which_option_is_unknown_and_which_was_meant) {
    static const struct mistake rows[] = {
        {"misspelt", "\nthread = 8\n", "lido.conf:2: unknown option 'thread'; did you mean 'threads'?"},
        {"letter case", "Threads = 8", "lido.conf:1: unknown option 'Threads'; did you mean 'threads'?"},
        {"hyphen", "max-head = 8k", "lido.conf:1: unknown option 'max-head'; did you mean 'max_head'?"},
        {"colon", "threads: 8", "lido.conf:1: unknown option 'threads:'; did you mean 'threads'?"},
        {"another server's name", "port = 80", "lido.conf:1: unknown option 'port'; did you mean 'listen'?"},
        {"nothing near", "frobnicate = on",
         "lido.conf:1: unknown option 'frobnicate'; 'lido --check-config' prints all options"},
        {"another server's section", "server {\n}\n",
         "lido.conf:1: unknown option 'server'; did you mean 'host'?"},
        {"INI section", "[server]\n",
         "lido.conf:1: unknown option '[server]'; 'lido --check-config' prints all options"},
        {"include", "include(\"x\")\n",
         "lido.conf:1: include takes the path of a file or a pattern on its line; write include \"sites/*.conf\""},
        {"path of an option", "threads|x = 8",
         "lido.conf:1: unknown option 'threads|x'; did you mean 'threads'?"},
        {"line of text", "this is no config file\n",
         "lido.conf:1: unknown option 'this'; 'lido --check-config' prints all options"},
        {"quoted name", "\"threads\" = 8",
         "lido.conf:1: the name of an option stands without quotes; write name = value"},
    };
    CHECK_ALL(rows);
}

Test(config_file_mistakes, says_which_value_is_wrong) {
    static const struct mistake rows[] = {
        {"no number", "\n\nthreads = many",
         "lido.conf:3: threads: 'many' is not a number; expected auto or 1..1024"},
        {"number with a fraction", "threads = 1.5",
         "lido.conf:1: threads: '1.5' is not a number; expected auto or 1..1024"},
        {"empty number", "queue = \"\"", "lido.conf:1: queue: '' is not a number; expected 1..1048576"},
        {"too small", "threads = 0", "lido.conf:1: threads: '0' is out of range; expected auto or 1..1024"},
        {"negative", "threads = -4", "lido.conf:1: threads: '-4' is out of range; expected auto or 1..1024"},
        {"too large", "threads = 1025",
         "lido.conf:1: threads: '1025' is out of range; expected auto or 1..1024"},
        {"past 64 bits", "queue = 99999999999999999999",
         "lido.conf:1: queue: '99999999999999999999' is out of range; expected 1..1048576"},
        {"auto where there is none", "queue = auto",
         "lido.conf:1: queue: 'auto' is not a number; expected 1..1048576"},
        {"backlog", "backlog = 65536", "lido.conf:1: backlog: '65536' is out of range; expected 1..65535"},
        {"no unit", "header_timeout = 15",
         "lido.conf:1: header_timeout: '15' has no unit; write 15s for seconds (units: ms, s, m, h, d, w, y)"},
        {"no unit, and it would be too long", "header_timeout = 15000",
         "lido.conf:1: header_timeout: '15000' has no unit; expected 1ms..1h (units: ms, s, m, h, d, w, y)"},
        {"no unit, and below zero", "header_timeout = -1",
         "lido.conf:1: header_timeout: '-1' is out of range; expected 1ms..1h"},
        {"no duration", "header_timeout = soon",
         "lido.conf:1: header_timeout: 'soon' is not a duration; expected 1ms..1h"},
        {"duration too long", "send_timeout = 2h",
         "lido.conf:1: send_timeout: '2h' is out of range; expected 1ms..1h"},
        {"duration too short", "linger_timeout = 0",
         "lido.conf:1: linger_timeout: '0' is out of range; expected 1ms..1h"},
        {"shutdown too long", "shutdown_timeout = 1d",
         "lido.conf:1: shutdown_timeout: '1d' is out of range; expected 0..1h"},
        {"no size", "max_head = big", "lido.conf:1: max_head: 'big' is not a size; expected 256..1M"},
        {"size too small", "max_head = 255",
         "lido.conf:1: max_head: '255' is out of range; expected 256..1M"},
        {"size too large", "max_body = 1025M",
         "lido.conf:1: max_body: '1025M' is out of range; expected 0..1G"},
        {"duration as a size", "max_body = 5s", "lido.conf:1: max_body: '5s' is not a size; expected 0..1G"},
        {"no boolean", "listing = 1", "lido.conf:1: listing: '1' is neither on nor off; expected on or off"},
        {"unknown word", "when_full = drop",
         "lido.conf:1: when_full: 'drop' is not known; expected wait or reject"},
        {"unknown format", "log_format = xml",
         "lido.conf:1: log_format: 'xml' is not known; expected common, combined, vhost_combined, timed, json, or a "
         "text with fields such as \"{client} {status}\""},
        {"misspelt format", "log_format = combimed",
         "lido.conf:1: log_format: 'combimed' is not known; expected common, combined, vhost_combined, timed, json, "
         "or a text with fields such as \"{client} {status}\"; did you mean combined?"},
        {"unknown field", "log_format = '{client} {statos}'",
         "lido.conf:1: log_format: there is no field {statos}; did you mean {status}?"},
        {"field of others", "log_format = '{remote_addr}'",
         "lido.conf:1: log_format: there is no field {remote_addr}; did you mean {address}?"},
        {"field of nobody", "log_format = '{moon} {client}'",
         "lido.conf:1: log_format: there is no field {moon}; lido.conf(5) names all"},
        {"open field", "log_format = '{client} {status'",
         "lido.conf:1: log_format: the brace at 'status' is not closed; write {status}, and {{ or }} for a plain "
         "brace"},
        {"unknown facility", "access_log = syslog:locla0",
         "lido.conf:1: access_log: 'locla0' is no facility; expected daemon, user or local0 to local7; did you mean "
         "local0?"},
        {"odd socket", "access_log = 'journal:here'",
         "lido.conf:1: access_log: 'here' is no socket; expected nothing, or @ and its path, e.g. @/run/log"},
        {"unknown status", "access_log '/x' { status = '4xx 6xx' }",
         "lido.conf:1: status: '6xx' is no status; expected one such as 404, or a class such as 5xx"},
        {"no path", "access_log '/x' { path = 'api' }",
         "lido.conf:1: path: the pattern 'api' does not begin with '/' or '*'; expected one of paths, such as /old/*"},
        {"log to off", "access_log off { status = 404 }",
         "lido.conf:1: access_log: 'off' does not say where; write access_log \"/var/log/lido/errors.log\" { status "
         "= \"4xx 5xx\" }, or remove the section"},
        {"log of a host", "host a.test { access_log '/x' { status = 404 } }",
         "lido.conf:1: access_log holds for the whole server; put it outside of host"},
        {"log without anything", "access_log /x\n",
         "lido.conf:1: access_log: '=' or '{' is missing; write access_log = /x, or access_log "
         "\"/var/log/lido/errors.log\" { status = \"4xx 5xx\" }"},
        {"empty path", "root = \"\"", "lido.conf:1: root: the value is empty; expected the path of a folder"},
        {"empty log", "access_log = ''",
         "lido.conf:1: access_log: the value is empty; expected -, syslog:, journal:, or the path of a file"},
        {"log to yes", "access_log = on",
         "lido.conf:1: access_log: 'on' does not say where; expected -, off, syslog:, journal:, or the path of a file"},
        {"types of yes", "media_types = true",
         "lido.conf:1: media_types: 'true' does not say where; expected off or the path of a mime.types file"},
        {"header injection", "charset = \"utf-8; x=y\"",
         "lido.conf:1: charset: 'utf-8; x=y' is not the name of a charset; expected a name such as utf-8, or off"},
        {"charset of yes", "charset = on",
         "lido.conf:1: charset: 'on' does not say which; expected a name such as utf-8, or off"},
        {"index with a slash", "index = { a,\n \"b/c\" }",
         "lido.conf:2: index: 'b/c' is not a plain file name; expected a name without '/', e.g. index.html"},
        {"index of two dots", "index = ..",
         "lido.conf:1: index: '..' is not a plain file name; expected a name without '/', e.g. index.html"},
        {"empty index", "index = { \"\" }",
         "lido.conf:1: index: the name is empty; expected the name of a file, e.g. index.html"},
        {"control character from a variable", "root = \"${LIDO_TEST_LINES}\"",
         "lido.conf:1: root: 'a?b' holds a control character; expected the path of a folder"},
    };
    cr_assert_eq(setenv("LIDO_TEST_LINES", "a\nb", 1), 0);
    CHECK_ALL(rows);
}

Test(config_file_mistakes, says_which_listen_address_is_wrong) {
    static const struct mistake rows[] = {
        {"port alone", "listen = 8080",
         "lido.conf:1: listen: '8080': a port alone does not say where to listen; write localhost:8080, or *:8080 for "
         "every address"},
        {"bare IPv6", "listen = { localhost:80,\n ::1 }",
         "lido.conf:2: listen: '::1': an IPv6 address stands in brackets; write [::1]:8080"},
        {"empty list", "\nlisten = {}",
         "lido.conf:2: listen: the list is empty; expected at least one address, e.g. localhost:8080"},
        {"twice", "listen = {\n\"localhost:8080\",\n\"127.0.0.1:80\",\n\"LOCALHOST:8080\"\n}",
         "lido.conf:4: listen: 'LOCALHOST:8080' stands twice (also lido.conf:2); remove one of them"},
        {"twice in two notations", "listen = { \"*:80\", \":80\" }",
         "lido.conf:1: listen: '*:80' stands twice (also lido.conf:1); remove one of them"},
        {"twice by the default port", "listen = { localhost:8080,\n localhost }",
         "lido.conf:2: listen: 'localhost:8080' stands twice (also lido.conf:1); remove one of them"},
        {"covered by every address", "listen = { \"*:80\",\n \"[::1]:80\" }",
         "lido.conf:2: listen: '[::1]:80' and '*:80' (lido.conf:1) overlap: '*' is every address; remove one of them"},
    };
    CHECK_ALL(rows);
}

Test(config_file_mistakes, says_what_is_wrong_with_the_shape) {
    static const struct mistake rows[] = {
        {"list for one value", "threads = { 8 }",
         "lido.conf:1: threads takes one value, not a list; remove the braces"},
        {"no equals sign", "root = a\nthreads 8\n",
         "lido.conf:2: '=' is missing behind 'threads'; write threads = 8"},
        {"no equals sign before a text in quotes", "root \"/srv\"",
         "lido.conf:1: '=' is missing behind 'root'; write root = \"/srv\""},
        {"no equals sign at the end", "threads",
         "lido.conf:1: '=' is missing behind 'threads'; write threads = auto"},
        {"no equals sign before a list", "listen { a }",
         "lido.conf:1: '=' is missing behind 'listen'; write listen = localhost:8080"},
        {"no value", "threads =\nqueue = 5\n",
         "lido.conf:1: threads: the value is missing; write threads = auto"},
        {"no value at the end", "\nthreads =  # later\n",
         "lido.conf:2: threads: the value is missing; write threads = auto"},
        {"no value, comma", "threads = ,",
         "lido.conf:1: threads: the value is missing; write threads = auto"},
        {"two equals signs", "threads = = 8", "lido.conf:1: '=' stands twice; write threads = auto"},
        {"equals sign behind the value", "threads = 8 = 9",
         "lido.conf:1: threads: '=' behind the value is too much; put a value with blanks in quotes"},
        {"blank in a path", "root = /srv/my site\n",
         "lido.conf:1: root: 'site' behind the value is too much; put a value with blanks in quotes"},
        {"two settings on a line", "threads = 8 queue = 5",
         "lido.conf:1: threads: 'queue' begins another setting; put it on a line of its own"},
        {"two settings on a line, one half", "threads = 8 queue",
         "lido.conf:1: threads: 'queue' begins another setting; put it on a line of its own"},
        {"list without braces and commas", "index = a b",
         "lido.conf:1: index: several values stand in braces; write index = { \"a\", \"b\" }"},
        {"comma behind one value", "threads = 8,",
         "lido.conf:1: threads: ',' behind the value is too much; put a value with blanks in quotes"},
        {"list without braces", "index = a, b",
         "lido.conf:1: index: several values stand in braces; write index = { \"a\", \"b\" }"},
        {"semicolon", "threads = 8;\n",
         "lido.conf:1: threads: a setting ends without ';'; remove it, or put the value in quotes"},
        {"star", "listen = *:8080\n",
         "lido.conf:1: listen: '*' is allowed in quotes only; put the whole value in quotes"},
        {"star behind a number", "threads = 8*\n",
         "lido.conf:1: threads: '*' is allowed in quotes only; put the whole value in quotes"},
        {"hash within a value", "root = a#b\n",
         "lido.conf:1: root: '#' begins a comment; put a blank before it, or the whole value in quotes"},
        {"path that is a comment", "root = //srv\n",
         "lido.conf:1: root: the value is missing; write root = ."},
        {"appending", "index += a",
         "lido.conf:1: index: '+=' is not offered; write the whole list after '='"},
        {"no closing brace", "\nlisten = { \"a:1\",\n \"b:2\"\n\nroot = a\n",
         "lido.conf:2: listen: the list that '{' opens here is never closed; end it with '}'"},
        {"no closing brace behind a comma", "listen = {\n \"a:1\",\nroot = a\n",
         "lido.conf:1: listen: the list that '{' opens here is never closed; end it with '}'"},
        {"no closing brace at the end", "\n\nlisten = { \"a:1\"\n\n\n",
         "lido.conf:3: listen: the list that '{' opens here is never closed; end it with '}'"},
        {"opening brace alone", "listen = {",
         "lido.conf:1: listen: the list that '{' opens here is never closed; end it with '}'"},
        {"no comma", "listen = { \"a:1\"\n \"b:2\" }",
         "lido.conf:2: listen: a ',' is missing before '\"b:2\"'"},
        {"two commas", "listen = { \"a:1\",, \"b:2\" }",
         "lido.conf:1: listen: ',' is not expected here; write listen = { \"a\", \"b\" }"},
        {"comma first", "listen = { , \"a:1\" }",
         "lido.conf:1: listen: ',' is not expected here; write listen = { \"a\", \"b\" }"},
        {"list in a list", "listen = { { \"a:1\" } }",
         "lido.conf:1: listen: '{' is not expected here; write listen = { \"a\", \"b\" }"},
        {"equals sign in a list", "listen = { a = b }",
         "lido.conf:1: listen: '=' is not expected here; write listen = { \"a\", \"b\" }"},
        {"closing brace too many", "listen = { \"a:1\" } }\n",
         "lido.conf:1: '}' closes no list and no section; remove it"},
        {"comma alone", "threads = 8\n,\n",
         "lido.conf:2: ',' stands without the name of an option; write name = value"},
        {"equals sign alone", "= 8\n",
         "lido.conf:1: '=' stands without the name of an option; write name = value"},
        {"no closing quote", "root = a\ncharset = \"utf-8\nthreads = 8\n",
         "lido.conf:2: charset: the closing quote \" is missing on this line"},
        {"no closing single quote", "root = 'a",
         "lido.conf:1: root: the closing quote ' is missing on this line"},
        {"no closing quote in a list", "index = { a,\n \"b,\n c }",
         "lido.conf:2: index: the closing quote \" is missing on this line"},
        {"comment without an end", "threads = 8\n/* on\nroot = a\n",
         "lido.conf:2: the comment that begins here with /* is never closed by */"},
        {"escape", "root = \"C:\\new\"",
         "lido.conf:1: root: '\\n' means nothing here; write \\\\ for a plain '\\'"},
        {"variable that is not set", "root = \"${LIDO_TEST_NOT_SET}\"",
         "lido.conf:1: root: the environment variable LIDO_TEST_NOT_SET is not set; set it, or write "
         "${LIDO_TEST_NOT_SET:-text} with a text for then"},
        {"variable without quotes", "root = ${HOME}",
         "lido.conf:1: root: a variable such as ${NAME} stands in double quotes: \"${NAME}\""},
        {"variable without an end", "root = \"${HOME\"",
         "lido.conf:1: root: '${' begins a variable; write ${NAME} or ${NAME:-text}, or \\$ for a plain '$'"},
        {"equals sign on the next line", "threads = 8\n= 9\n",
         "lido.conf:2: '=' stands without the name of an option; write name = value"},
        {"set twice without an equals sign", "threads = 8\nthreads 9\n",
         "lido.conf:2: threads is set twice; line 1 sets it already, keep one of them"},
        {"set twice", "threads = 8\n\nthreads = 9\n",
         "lido.conf:3: threads is set twice; line 1 sets it already, keep one of them"},
        {"list set twice", "listen = {\n\"a:1\" }\nlisten = { \"b:2\" }\n",
         "lido.conf:3: listen is set twice; line 1 sets it already, keep one of them"},
    };
    CHECK_ALL(rows);
}

/* Each statement and each section is read for itself; what stands in braces that were refused is passed
 * over. */
Test(config_file_mistakes, tells_all_of_them) {
    static const char *const expected[] = {
        "lido.conf:1: '=' is missing behind 'threads'; write threads = 4",
        "lido.conf:2: queue: 'x' is not a number; expected 1..1048576",
        "lido.conf:4: root: a setting ends without ';'; remove it, or put the value in quotes",
        "lido.conf:5: cache: the pattern of paths or media types is missing; write cache \"/assets/*\" { max_age = 1h }",
        ("lido.conf:6: header: the pattern 'x' is neither of paths nor of media types; "
         "expected one such as /assets/* or image/*"),
        "lido.conf:7: errors: 'maybe' is neither on nor off; expected on or off",
        "lido.conf:9: host cannot stand within host; close the '{' of line 3 before it",
        "lido.conf:10: index: a ',' is missing before 'b'",
        "lido.conf:12: types: 'a' is not a media type; expected one such as text/markdown",
        "lido.conf:14: redirect is empty; it may hold to, status",
        "lido.conf:15: unknown option 'rot'; did you mean 'root'?",
        "lido.conf:16: charset: the value is missing; write charset = utf-8",
        "lido.conf:18: when_full: 'b' is not known; expected wait or reject",
    };
    cr_assert_not(
        load("threads 4\nqueue = x\nhost a {\n root = /srv;\n cache { max_age = 1x }\n header x {\n"
             " errors = maybe\n }\n host b { root = c }\n index = { a b }\n}\ntypes { md = a\n"
             " htm = text/html }\nredirect /c { }\nrot = 1\ncharset =\nbacklog = 5\nwhen_full = b\n"));
    cr_assert_str_eq(error, expected[0]);
    cr_expect_eq(config.mistakes.count, sizeof expected / sizeof *expected, "%zu", config.mistakes.count);
    for (size_t i = 0; i < config.mistakes.lines.count; i++) {
        cr_expect_str_eq(config.mistakes.lines.items[i], expected[i], "%s", config.mistakes.lines.items[i]);
    }
    cr_expect_eq(config.backlog, 5, "what is right is read");
}

Test(config_file_mistakes, keeps_the_first_of_very_many) {
    char text[1024] = "";
    for (int i = 0; i < 100; i++) {
        (void)strcat(text, "rot = 1\n");
    }
    cr_assert_not(load(text));
    cr_assert_eq(config.mistakes.count, 100);
    cr_assert_eq(config.mistakes.lines.count, CONFIG_MISTAKES_MAX);
    cr_assert_str_eq(config.mistakes.lines.items[19],
                     "lido.conf:20: unknown option 'rot'; did you mean 'root'?");
}
