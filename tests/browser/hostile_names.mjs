// SPDX-License-Identifier: MIT
// File names made to hurt whoever writes them into a page, a URL, JSON, a log or an archive: more than 200 that a listing
// must show, and some that it must not. Names are bytes (Buffer), as file systems have them.
//
// On its own it fills a folder, for other tests and for trying things out: node hostile_names.mjs FOLDER
// Each file's content is its number in the list and a line end.
import { openSync, closeSync, mkdirSync, writeSync } from "node:fs";
import { fileURLToPath } from "node:url";

const raw = (...bytes) => Buffer.from(bytes);
const long = (part, count) => Buffer.concat(Array.from({ length: count }, () => Buffer.from(part)));

const markup = [
  `"`, `'`, "''", `"quoted".txt`, "it's.txt", "<", ">", "<>", "<script>alert(1)", "<script src=x>",
  "<img src=x onerror=alert(1)>", `"><img src=x onerror=alert(1)>`, `'><svg onload=alert(1)>`, `" onmouseover="alert(1)`,
  `' onfocus=alert(1) autofocus='`, "<!--", "-->", "<![CDATA[", "]]>", "<style>*{display:none}", "<base href=x>", "<plaintext>",
  "<textarea>", "<title>", "<bdi>", "<table><tr>", "<a href=x>click", "{{7*7}}", "${alert(1)}", "`",
  "&", "&&", "&amp;", "&lt;b&gt;", "&#60;", "&#x3c;script&#x3e;", "&nbsp;", "&notit;", "&amp", "a&b=c&d", "&quot;",
];

const urls = [
  "%", "%%", "%2", "%zz", "%2e%2e", "%2e%2e%2fetc%2fpasswd", "%2F", "%00", "%0a", "%25", "%2525", "100%.txt", "100 %25.txt",
  "#", "#fragment", "a#b.txt", "?", "?query", "a?b=c.txt", "?download=tar", "?format=json", "?sort=size&order=desc", "a;b", "a=b", "a+b",
  "+", "a b.txt", "a:b", "http:x", "http:evil.example", "mailto:a@b", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text⁄html,x",
  "data:,x", "blob:x", "C:x.txt", "c:\\windows\\x", "\\", "\\\\evil\\share", "a\\b", ":", "::", "@", "user@host",
  "evil.example", "[::1]", "[", "]", "{", "}", "|", "^", "~", "~root", "!", "$", "(", ")", "*", ",", "a\tb.txt",
];

const shells = [
  "-", "--", "-rf", "--help", "-la", "$(x)", "$(reboot)", "`x`", "$HOME", ";", "; ls", "| cat", "> out", "< in", "&& x", "a'b\"c", "*.txt",
  "[a-z]", "!!", "con", "NUL ", "aux.txt", "lpt1", "index.htm", "robots.txt ",
];

const blanks = [
  " ", "  ", " leading", "trailing ", " both ", "a  b", "a   b", "line\nbreak", "\n", "\nleading", "trailing\n", "cr\rhere",
  "crlf\r\nhere", "\r", "\t", "tab\tname", "Set-Cookie: a=b\r\nX: y", "\v", "\f", " .txt", "a.", "a..", "a...",
];

const controls = [raw(0x01), raw(0x07), raw(0x08), raw(0x1b), "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", raw(0x7f), "\u0080", "\u0085", "\u009b31m"];

const scripts = [
  "日本語.txt", "Größe.txt", "Ελλάδα", "русский", "עברית.txt", "عربي.txt", "हिन्दी", "ไทย", "한글",
  "😀.txt", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇬🇷", "\u{10ffff}", "\u{1d518}",
  "é NFC".normalize("NFC"), "é NFC".normalize("NFD"), `Z${"\u0351\u0302\u0346".repeat(12)}`, "\u0301", "ﬁ", "ſ", "İ", "ı", "ß",
  "\u202egnp.exe", "a\u202eb\u202cc", "\u202d", "\u200f", "\u200e", "\u2066x\u2069", "\u061c", "\u200b", "\u200d", "\u200c", "\u2028", "\u2029",
  "\ufeff", "\ufeffbom", "\ufffe", "\ufffd", "\u00a0", "\u3000", "\u00ad", "⁄etc⁄passwd", "․․", "＜script＞", "％2e",
];

const broken = [
  raw(0x80), raw(0xbf), raw(0xff), raw(0xfe, 0xff), raw(0xff, 0xfe), raw(0xc3), raw(0x61, 0xc3), raw(0xc3, 0x28), raw(0xe2, 0x82),
  raw(0xf0, 0x9f, 0x98), raw(0xc0, 0xaf), raw(0xc1, 0x81), raw(0xe0, 0x80, 0xaf), raw(0xf0, 0x80, 0x80, 0xaf), raw(0xc0, 0x80),
  raw(0xed, 0xa0, 0x80), raw(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80), raw(0xf4, 0x90, 0x80, 0x80), raw(0xf8, 0x88, 0x80, 0x80, 0x80),
  Buffer.from("caf\xe9.txt", "latin1"), Buffer.from("\xe9\xe8\xe7", "latin1"), raw(0x3c, 0xff, 0x3e), raw(0x22, 0x80, 0x22), raw(0xff, 0x2e, 0x70, 0x6e, 0x67),
];

const lengths = [long("x", 255), long("%", 255), long("<", 255), long('"', 255), long("é", 127), long([0xff], 255), long("😀", 63), long("a ", 127), long("9", 255)];

const dots = ["...", "....", "...x", "...\\x"];

const cases = ["same", "Same", "SAME", "sAmE"];

const numbers = [
  ...Array.from({ length: 20 }, (_, index) => `n${index + 1}`),
  ...Array.from({ length: 6 }, (_, index) => `n0${index + 1}`),
  "n001", "n0", "n00", "n", "n18446744073709551616", "n18446744073709551617", "n1.10", "n1.9", "n-1", "n１",
];

const hidden = ["..x", ".hidden", ".\n", "..%2f", ". ", ".<script>", "..\\..\\x"].map((name) => Buffer.from(name));

function unique(names) {
  const buffers = names.map((name) => Buffer.from(name));
  return [...new Map(buffers.map((name) => [name.toString("hex"), name])).values()];
}

// Names of files that are to be served.
export function hostileNames() {
  return unique([...markup, ...urls, ...shells, ...blanks, ...controls, ...scripts, ...broken, ...lengths, ...dots, ...cases, ...numbers]);
}

// Names of files that are not to be served, as they begin with a dot.
export function hiddenNames() {
  return unique(hidden);
}

export function contentOf(index) {
  return Buffer.from(`content of hostile file ${index}\n`);
}

function writeFile(folder, name, content) {
  const place = Buffer.concat([Buffer.from(`${folder}/`), name]);
  const descriptor = openSync(place, "wx");
  writeSync(descriptor, content);
  closeSync(descriptor);
}

// Fill a folder. Gives [{ name, content }] of the files that are to be listed.
export function fillWithHostileNames(folder) {
  const files = hostileNames().map((name, index) => ({ name, content: contentOf(index) }));
  files.forEach(({ name, content }) => writeFile(folder, name, content));
  hiddenNames().forEach((name) => writeFile(folder, name, Buffer.from("hidden\n")));
  return files;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(process.argv[2], { recursive: true });
  fillWithHostileNames(process.argv[2]);
}
