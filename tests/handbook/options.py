# SPDX-License-Identifier: MIT
"""Every option as the handbook shows it: facts from the tables of conf/schema/, what it means from lido.conf.5."""

import html
import re
from typing import NamedTuple

import mdoc

LIST = "conf/schema/option_list.h"
TABLE = "conf/schema/option_table.c"
MANUAL = "conf/lido.conf.5"

ENTRY = re.compile(r'X\((\w+),\s*"(\w+)",\s*(\w+),\s*(SERVER|SITE)\(\w+\),\s*((?:"[^"]*"\s*)+),\s*(NULL|(?:"[^"]*"\s*)+),'
                   r'(.*?)\)\s*(?=X\(|$)', re.DOTALL)
RANGE = re.compile(r"RANGE\((.+)\)", re.DOTALL)
WORDS = re.compile(r"(\w+)\[\] = \{(.*?)\};", re.DOTALL)

# What a value of each kind looks like.
KINDS = {
    "ADDRESSES": "list of addresses", "FILE_NAMES": "list of file names", "CODINGS": "list of", "FOLDERS": "inside, or list of folders",
    "MEDIA_PATTERNS": "list of media types", "ORIGINS": "on, off, or list of origins",
    "SHOWN_PATHS": "hide, serve, or list of patterns", "PATH": "path", "PATH_OR_OFF": "path, or off", "URL_PATH": "path, or off",
    "PREFIX": "path, or off", "OWN_FOLDER": "path, or off", "ADDRESS_OR_OFF": "address, or off",
    "CHARSET_NAME": "name, or off", "MEDIA_TYPE": "media type, sniff or off",
    "LOG": "-, path, syslog:, journal:, or off", "FORMAT": "name, or text with {fields}", "BOOLEAN": "on or off", "WORD": "",
    "NUMBER": "", "AUTO_NUMBER": "auto, or", "SMALL_NUMBER": "", "SIZE": "", "AUTO_SIZE": "auto, or", "DURATION": "",
}
UNITS = {"KIB": 1024, "MIB": 1024**2, "GIB": 1024**3, "HOUR_MS": 3600 * 1000}


class Option(NamedTuple):
    name: str
    kind: str
    per_site: bool
    default: str
    values: str
    needs_restart: bool


class Disagreement(Exception):
    """The table and the man page do not name the same options."""


def joined(literals):
    return "".join(re.findall(r'"([^"]*)"', literals))


def number(expression, units):
    """A limit as the table writes it: 64, MIB, UINT64_C(64) * GIB, A / B."""
    value = None
    for operator, factor in re.findall(r"([*/]?)\s*(?:UINT64_C\()?(\w+)\)?", expression):
        term = int(factor) if factor.isdigit() else units[factor]
        value = term if value is None else value * term if operator == "*" else value // term
    return value


def short(value, kind):
    if kind in ("SIZE", "AUTO_SIZE"):
        for unit, size in (("G", 1024**3), ("M", 1024**2), ("k", 1024)):
            if value and value % size == 0:
                return f"{value // size}{unit}"
        return f"{value} bytes" if value else "0"
    if kind == "DURATION":
        return f"{value // 3600000}h" if value and value % 3600000 == 0 else f"{value}ms" if value else "0s"
    return f"{value:,}"


def values_of(kind, extras, words, units):
    text = KINDS.get(kind, kind.lower().replace("_", " "))
    listed = re.search(r"\.words = (\w+)", extras)
    if listed:
        text = f"{text} {', '.join(words[listed[1]])}".strip()
    limits = RANGE.search(extras)
    if limits:
        least, most = (number(side, units) for side in limits[1].split(",", 1))
        text = f"{text} {short(least, kind)} to {short(most, kind)}".strip()
    return text


def read_table(root):
    """The options outside of sections, in the order of the table."""
    table = (root / TABLE).read_text(encoding="utf-8")
    listing = (root / LIST).read_text(encoding="utf-8").replace("\\\n", "\n")
    words = {name: joined_words(body) for name, body in WORDS.findall(table)}
    units = dict(UNITS)
    files_min = re.search(r"FILE_CACHE_FILES_MIN = (\d+)", (root / "conf/schema/option_table.h").read_text(encoding="utf-8"))
    units["FILE_CACHE_FILES_MIN"] = int(files_min[1])
    for name, expression in re.findall(r"#define (\w+_MAX) \((.*)\)", table):
        units[name] = number(expression, units)
    body = listing[listing.index("#define OPTION_LIST(X)") :].removeprefix("#define OPTION_LIST(X)").split("#endif")[0]
    found = []
    for _, name, kind, scope, default, _, extras in ENTRY.findall(body.strip()):
        found.append(Option(name, kind, scope == "SITE", joined(default), values_of(kind, extras, words, units),
                            "needs_restart = true" in extras))
    if len(found) != body.count("X("):
        raise Disagreement(f"{LIST}: {body.count('X(')} options, of which tests/handbook/options.py understands {len(found)}")
    return found


def joined_words(body):
    return re.findall(r'"([^"]*)"', body)


def code(text):
    return f"<code>{html.escape(text, quote=False)}</code>"


def facts(option):
    default = option.default.replace(",", ", ") if "LIST" in option.kind or "," in option.default else option.default
    rows = [f"<div><dt>Default</dt><dd>{code(default)}</dd></div>"]
    if option.values:
        rows.append(f"<div><dt>Values</dt><dd>{html.escape(option.values)}</dd></div>")
    rows.append(f"<div><dt>Environment</dt><dd>{code('LIDO_' + option.name.upper())}</dd></div>")
    rows.append(f"<div><dt>Holds for</dt><dd>{'each host' if option.per_site else 'the whole server'}</dd></div>")
    if option.needs_restart:
        rows.append("<div><dt>A change</dt><dd>needs a restart</dd></div>")
    return '<dl class="facts">\n' + "\n".join(rows) + "\n</dl>"


def names_of(tag):
    """What an item of the man page tells of: the options of "Cm threads_min , threads_max", or a section."""
    words = mdoc.split(tag)
    end = next((at for at, word in enumerate(words) if at > 0 and word[0].isupper()), len(words))
    return [word for word in words[1:end] if re.fullmatch(r"[a-z_]+", word)] if words[0] == "Cm" else []


def item_html(item, options):
    names = names_of(item.tag)
    described = [options[name] for name in names if name in options]
    if described:
        heading = ", ".join(f'<span id="{option.name}">{code(option.name)}</span>' for option in described)
    else:
        heading = f'<span id="{names[0]}">{mdoc.inline("." + item.tag)}</span>'
    return (f'<article class="option">\n<h3>{heading}</h3>\n' + "".join(facts(option) + "\n" for option in described)
            + f"{item.body}\n</article>")


def group_html(title, body):
    anchor = "group-" + re.sub(r"\W+", "-", title.lower())
    return anchor, f'<section id="{anchor}" aria-labelledby="{anchor}-title">\n<h2 id="{anchor}-title">{title}</h2>\n{body}\n</section>'


def group(title, lines, options):
    """One .Ss of the man page: a line of the contents, the section, and what it tells of."""
    begin = next((at for at, line in enumerate(lines) if line.startswith(".Bl")), len(lines))
    items, end = mdoc.tagged_list(lines, begin) if begin < len(lines) else ([], begin)
    parts = [mdoc.paragraphs(lines[:begin]), *(item_html(item, options) for item in items), mdoc.paragraphs(lines[end:])]
    anchor, section = group_html(title, "\n".join(part for part in parts if part))
    names = [name for item in items for name in names_of(item.tag)]
    links = " ".join(f'<a href="#{name}">{name}</a>' for name in names)
    return f'<li><a href="#{anchor}">{title}</a> <span>{links}</span></li>', section, names


def options_html(root):
    options = {option.name: option for option in read_table(root)}
    manual = (root / MANUAL).read_text(encoding="utf-8")
    contents, parts, told = [], [], set()
    for title, lines in mdoc.sections(manual, ".Ss"):
        entry, section, names = group(title, lines, options)
        contents.append(entry)
        parts.append(section)
        told |= set(names)
    missing = sorted(set(options) - told)
    if missing:
        raise Disagreement(f"{MANUAL}: nothing about {', '.join(missing)}, which {LIST} has")
    for title, lines in mdoc.sections(manual, ".Sh"):
        if title == "LISTINGS":
            anchor, section = group_html("Listings", mdoc.paragraphs(lines))
            contents.append(f'<li><a href="#{anchor}">Listings</a> <span>what the query of a folder may ask for</span></li>')
            parts.append(section)
    return '<ul class="index">\n' + "\n".join(contents) + "\n</ul>\n" + "\n".join(parts)
