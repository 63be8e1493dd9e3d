# SPDX-License-Identifier: MIT
"""As much of mdoc(7) as lido.conf.5 uses, as HTML: headings, tagged lists, paragraphs and the words within them."""

import html
import re
import shlex
from typing import NamedTuple

ESCAPES = {r"\(dq": '"', r"\(aq": "'", r"\(em": "—", r"\(en": "–", r"\-": "-", r"\e": "\\", r"\&": "", r"\ ": " "}
ESCAPE = re.compile("|".join(map(re.escape, ESCAPES)))
CLOSING = set(".,:;)]!?")
OPENING = set("([")

# What stands around the words of a macro; those of WHOLE_LINE hold all that is left of the line, other macros too.
WORDS = {"Cm": "code", "Ql": "code", "Li": "code", "Dv": "code", "Ev": "code", "Pa": "code", "Fl": "code", "Ic": "code",
         "Ar": "var", "Em": "em", "Sx": "em", "No": "", "Xr": "", "Nm": "code"}
WHOLE_LINE = {"Sq": ("‘", "’"), "Qq": ('"', '"'), "Dq": ("“", "”"), "Pq": ("(", ")"), "Op": ("[", "]")}


class UnknownMacro(Exception):
    """The page uses what is not understood here."""


class Item(NamedTuple):
    """An item of a tagged list: its tag as it stands in the source, and what it says as HTML."""

    tag: str
    body: str


def plain(word):
    return ESCAPE.sub(lambda found: ESCAPES[found[0]], word)


def split(line):
    lexer = shlex.shlex(line, posix=True)
    lexer.whitespace_split, lexer.quotes, lexer.escape, lexer.commenters = True, '"', "", ""
    return list(lexer)


class Line:
    """The words of a line, put together with the blanks that mdoc puts between them."""

    def __init__(self):
        self.text = ""
        self.glue = True

    def add(self, piece, closing=False, opening=False):
        self.text += piece if self.glue or closing else f" {piece}"
        self.glue = opening

    def enclosed(self, marks, words):
        tail = []
        while words and words[-1] in CLOSING:
            tail.insert(0, words.pop())
        self.add(marks[0] + render(words) + marks[1])
        for word in tail:
            self.add(word, closing=True)


def wrap(macro, words):
    text = html.escape(plain(" ".join(words)), quote=False)
    if macro == "Xr":
        return f"<code>{words[0]}({words[1]})</code>"
    if macro == "Fl":
        text = f"-{text}"
    if macro == "Sx":
        text = text.capitalize()
    tag = WORDS.get(macro, "")
    return f"<{tag}>{text}</{tag}>" if tag and text else text


def is_special(word):
    """Whether it is no word of text: a macro, or a mark that clings to its neighbour."""
    return word in WHOLE_LINE or word in WORDS or word == "Ns" or word in CLOSING or word in OPENING or word == "|"


def render(words):
    """The words behind the dot of a macro's line, as HTML."""
    line, words, macro = Line(), list(words), "No"
    while words:
        word = words.pop(0)
        if word in WHOLE_LINE:
            line.enclosed(WHOLE_LINE[word], words)
            words = []
        elif word == "Ns":
            line.glue = True
        elif word in WORDS:
            macro = word
            if macro == "Xr":
                line.add(wrap(macro, [words.pop(0), words.pop(0)]))
                macro = "No"
        elif word in CLOSING:
            line.add(word, closing=True)
        elif word in OPENING or word == "|":
            line.add(word, opening=word != "|")
        else:
            run = [word]
            while words and not is_special(words[0]):
                run.append(words.pop(0))
            line.add(wrap(macro, run))
    return line.text


def inline(line):
    """A line of the source, of text or of a macro that stands within text."""
    if not line.startswith("."):
        return html.escape(plain(line), quote=False)
    words = split(line[1:])
    if words[0] not in WORDS and words[0] not in WHOLE_LINE:
        raise UnknownMacro(f"the handbook's page does not know .{words[0]}: teach tests/handbook/mdoc.py")
    return render(words)


def paragraphs(lines):
    """Lines of text, macros and lists, up to their end, as HTML."""
    out, text, at = [], [], 0

    def flush():
        if text:
            out.append("<p>" + "\n".join(text) + "</p>")
            text.clear()

    while at < len(lines):
        line = lines[at]
        if line.startswith(".Bl"):
            flush()
            items, at = tagged_list(lines, at)
            out.append("<dl>" + "".join(f"<dt>{inline('.' + item.tag)}</dt>\n<dd>{item.body}</dd>\n" for item in items) + "</dl>")
            continue
        if line.startswith((".Pp", ".Dl")):
            flush()
            if line.startswith(".Dl"):
                out.append(f"<pre><code>{html.escape(plain(line[4:]), quote=False)}</code></pre>")
        elif line.strip():
            text.append(inline(line))
        at += 1
    flush()
    return "\n".join(out)


def tagged_list(lines, at):
    """The list that begins at lines[at]: its items, and where what follows begins."""
    items, tag, body, depth = [], None, [], 0
    for number in range(at + 1, len(lines)):
        line = lines[number]
        depth += line.startswith(".Bl") - line.startswith(".El")
        if depth < 0 or (depth == 0 and line.startswith(".It")):
            if tag is not None:
                items.append(Item(tag, paragraphs(without_default(body))))
            if depth < 0:
                return items, number + 1
            tag, body = line[4:], []
        else:
            body.append(line)
    raise UnknownMacro("a .Bl without its .El")


def without_default(lines):
    """The table of options has the defaults, in one form for all."""
    depth = 0
    for number, line in enumerate(lines):
        depth += line.startswith(".Bl") - line.startswith(".El")
        if depth == 0 and line.startswith("Default:"):
            return lines[:number]
    return lines


def sections(text, macro):
    """The parts of a page beneath .Sh or .Ss: (title, lines)."""
    found = []
    for line in text.split("\n"):
        if line.startswith((".Sh ", ".Ss ")):
            found.append((line[:3], line[4:], []))
        elif found:
            found[-1][2].append(line)
    return [(title, lines) for kind, title, lines in found if kind == macro]
