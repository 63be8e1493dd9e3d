/* SPDX-License-Identifier: MIT */
#include "tests/semantics/content.h"

#define OLD \
    { .tv_sec = CONTENT_TIME }

/* What stands in for compressed bytes: servers send siblings as they are, and the rows can tell them apart.
 * */
const struct content_file content_files[] = {
    {.path = "main/index.html", .text = "<p>main index\n", .modified = OLD},
    {.path = "main/404.html", .text = "<p>our own 404\n", .modified = OLD},
    {.path = "main/416.txt", .text = "our own 416\n", .modified = OLD},

    /* validators, preconditions, ranges */
    {.path = "main/letters.txt", .text = "abcdefghijklmnopqrstuvwxyz", .modified = OLD},
    {.path = "main/copy/letters.txt", .text = "abcdefghijklmnopqrstuvwxyz", .modified = OLD},
    {.path = "main/other.txt", .text = "another size\n", .modified = OLD},
    {.path = "main/digits.txt", .text = "0123456789", .times = 100, .modified = OLD},
    {.path = "main/empty.txt", .text = "", .modified = OLD},
    {.path = "main/nano1.txt", .text = "first version\n", .modified = {CONTENT_TIME, 100000000}},
    {.path = "main/nano2.txt", .text = "other version\n", .modified = {CONTENT_TIME, 100000001}},
    {.path = "main/epoch.txt", .text = "no time\n", .modified = {0, 0}},
    {.path = "main/one.txt", .text = "no time\n", .modified = {1, 0}},
    {.path = "main/before.txt", .text = "no time\n", .modified = {-86400, 0}},
    {.path = "main/future.txt", .text = "from tomorrow\n", .modified = {4102444800, 0}},
    {.path = "main/unknown.zzz", .text = "what is it\n", .modified = OLD},
    {.path = "main/large.bin", .text = "the end", .hole = 98304, .modified = OLD},
    {.path = "main/large-0.bin", .text = "the end", .hole = 98304, .modified = {0, 0}},
    {.path = "main/large-1.bin", .text = "the end", .hole = 98304, .modified = {1, 0}},
    {.path = "main/large-zip.bin", .text = "the end", .hole = 98304, .modified = {315532800, 0}},
    {.path = "main/large-npm.bin", .text = "the end", .hole = 98304, .modified = {499162500, 0}},
    {.path = "main/zip1.txt", .text = "version 1", .modified = {315532800, 0}},
    {.path = "main/zip2.txt", .text = "version 2", .modified = {315532800, 0}},
    {.path = "main/big.bin", .text = "the end", .hole = 5368709120, .modified = OLD},

    /* content codings */
    {.path = "main/app.js", .text = "console.log('the original');\n", .modified = OLD},
    {.path = "main/app.js.br", .text = "stands for brotli", .modified = OLD},
    {.path = "main/app.js.zst", .text = "stands for zstandard", .modified = OLD},
    {.path = "main/app.js.gz", .text = "stands for gzip app.js", .modified = {CONTENT_TIME + 60, 0}},
    {.path = "main/only.css", .text = "/* the original style */\n", .modified = OLD},
    {.path = "main/only.css.gz", .text = "stands for gzip only.css", .modified = OLD},
    {.path = "main/even.css", .text = "/* the same size */\n", .modified = OLD},
    {.path = "main/even.css.gz", .text = "stands for gzip even", .modified = OLD},
    {.path = "main/stale.css", .text = "/* edited since */\n", .modified = OLD},
    {.path = "main/stale.css.gz", .text = "stands for an old gzip", .modified = {CONTENT_TIME - 60, 0}},
    {.path = "main/tick.css", .text = "/* edited a moment since */\n", .modified = {CONTENT_TIME, 2}},
    {.path = "main/tick.css.gz", .text = "stands for a gzip one tick old", .modified = {CONTENT_TIME, 1}},
    {.path = "main/later.css", .text = "/* its gz is from tomorrow */\n", .modified = OLD},
    {.path = "main/later.css.gz", .text = "stands for gzip later.css", .modified = {4102444800, 0}},
    {.path = "main/folded.css", .text = "/* its gz is a folder */\n", .modified = OLD},
    {.path = "main/folded.css.gz/"},
    {.path = "main/dump.sql", .text = "the dump of today", .modified = OLD},
    {.path = "main/dump.sql.gz", .text = "stands for another dump", .modified = OLD},
    {.path = "main/drawing.svgz", .text = "stands for gzip svg", .modified = OLD},
    {.path = "main/plain.css", .text = "/* no sibling */\n", .modified = OLD},
    {.path = "main/coded/index.html", .text = "<p>coded index\n", .modified = OLD},
    {.path = "main/coded/index.html.gz", .text = "stands for gzip index", .modified = OLD},
    {.path = "main/long.css", .text = "p { color: red; }\n", .times = 250, .modified = OLD},
    {.path = "main/half.css", .text = "p { color: red; }\n", .times = 50, .modified = OLD},
    {.path = "main/both.css", .text = "p { color: red; }\n", .times = 250, .modified = OLD},
    {.path = "main/both.css.gz", .text = "stands for gzip both.css", .modified = OLD},
    {.path = "main/long.png", .text = "not really an image\n", .times = 250, .modified = OLD},
    {.path = "main/short.css", .text = "p { color: red; }\n", .modified = OLD},
    {.path = "main/huge.css", .text = "p { color: red; }\n", .times = 5000, .modified = OLD},

    /* caching, own fields */
    {.path = "main/assets/a.css", .text = "p { }\n", .modified = OLD},
    {.path = "main/assets/raw/a.css", .text = "p { }\n", .modified = OLD},
    {.path = "main/assets/index.html", .text = "<p>assets\n", .modified = OLD},
    {.path = "main/members/a.txt", .text = "for members\n", .modified = OLD},
    {.path = "main/club/a.txt", .text = "for the club\n", .modified = OLD},
    {.path = "main/secret/a.txt", .text = "never kept\n", .modified = OLD},
    {.path = "main/strict/a.txt", .text = "asked about\n", .modified = OLD},
    {.path = "main/a.png", .text = "no image\n", .modified = OLD},
    {.path = "main/own/a.txt", .text = "own fields\n", .modified = OLD},
    {.path = "main/no-errors/sub/a.txt", .text = "below\n", .modified = OLD},
    {.path = "main/own/deep/a.txt", .text = "own fields, deeper\n", .modified = OLD},

    /* URLs */
    {.path = "main/about.html", .text = "<p>about\n", .modified = OLD},
    {.path = "main/page", .text = "a file without extension\n", .modified = OLD},
    {.path = "main/page.html", .text = "<p>page\n", .modified = OLD},
    {.path = "main/docs.html", .text = "<p>docs beside the folder\n", .modified = OLD},
    {.path = "main/docs/index.html", .text = "<p>docs in the folder\n", .modified = OLD},
    {.path = "main/list/a.txt", .text = "in a listing\n", .modified = OLD},
    {.path = "main/old/there.txt", .text = "still there\n", .modified = OLD},
    {.path = "main/a b.txt", .text = "a blank\n", .modified = OLD},

    /* types */
    {.path = "main/types/a.html", .text = "x", .modified = OLD},
    {.path = "main/types/a.css", .text = "x", .modified = OLD},
    {.path = "main/types/a.js", .text = "x", .modified = OLD},
    {.path = "main/types/a.mjs", .text = "x", .modified = OLD},
    {.path = "main/types/a.json", .text = "x", .modified = OLD},
    {.path = "main/types/a.map", .text = "x", .modified = OLD},
    {.path = "main/types/a.jsonld", .text = "x", .modified = OLD},
    {.path = "main/types/a.webmanifest", .text = "x", .modified = OLD},
    {.path = "main/types/a.wasm", .text = "x", .modified = OLD},
    {.path = "main/types/a.svg", .text = "x", .modified = OLD},
    {.path = "main/types/a.avif", .text = "x", .modified = OLD},
    {.path = "main/types/a.webp", .text = "x", .modified = OLD},
    {.path = "main/types/a.woff2", .text = "x", .modified = OLD},
    {.path = "main/types/a.mp4", .text = "x", .modified = OLD},
    {.path = "main/types/A.HTML", .text = "x", .modified = OLD},
    {.path = "main/types/a.note", .text = "x", .modified = OLD},
    {.path = "main/types/binary",
     .text = "\x7f"
             "ELF",
     .modified = OLD},
    {.path = "main/types/page", .text = "<!doctype html><p>page", .modified = OLD},
    {.path = "main/types/README", .text = "x", .modified = OLD},

    /* the second site */
    {.path = "second/index.html", .text = "<p>second index\n", .modified = OLD},
    {.path = "second/only-here.txt", .text = "second only\n", .modified = OLD},
    {.path = "second/deep/index.html", .text = "<p>root of the deep host\n", .modified = OLD},
    {.path = NULL},
};
