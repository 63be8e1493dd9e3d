# SPDX-License-Identifier: MIT
"""Pieces of Lido's own source as HTML: a function by its name, or the lines of it that matter."""

import html
import re

TOKEN = re.compile(r'(?P<c>/\*.*?\*/|//[^\n]*)|(?P<s>"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\')|(?P<w>\b[a-zA-Z_]\w*\b)', re.DOTALL)
KEYWORDS = set("bool break case char const continue default do else enum extern false for goto if int long NULL return short "
               "signed sizeof static struct switch true typedef union unsigned void volatile while".split())


class Missing(Exception):
    """The source has no such function, or no such line in it."""


def function_text(text, name):
    """The definition of the function (or of the struct or the enum, as "struct x") with the comment above it, if that touches
    it."""
    opening = rf"(?:struct|enum) {name.split()[-1]} \{{" if " " in name else rf"(?!return|else)[a-z][^\n;{{}}=]*\b{name}\((?:[^;{{}}]*)\) \{{"
    found = re.search(rf"^{opening}.*?^\}};?\n", text, re.MULTILINE | re.DOTALL)
    if not found:
        raise Missing(f"there is no {name}() in it")
    return found[0]


def between(text, first, last):
    """The lines from the one with `first` in it to the next with `last` in it."""
    lines = text.split("\n")
    begin = next((at for at, line in enumerate(lines) if first in line), None)
    end = next((at for at in range(begin or 0, len(lines)) if last in lines[at]), None)
    if begin is None or end is None:
        raise Missing(f"there is no line with {first if begin is None else last!r}")
    return "\n".join(lines[begin : end + 1])


def dedented(text):
    lines = text.rstrip("\n").split("\n")
    margin = min(len(line) - len(line.lstrip()) for line in lines if line.strip())
    return "\n".join(line[margin:] for line in lines)


def coloured(text):
    """Comments, literals and keywords in spans."""
    out, at = [], 0
    for token in TOKEN.finditer(text):
        out.append(html.escape(text[at : token.start()], quote=False))
        kind = "k" if token.lastgroup == "w" and token[0] in KEYWORDS else token.lastgroup
        word = html.escape(token[0], quote=False)
        out.append(word if kind == "w" else f'<span class="{kind}">{word}</span>')
        at = token.end()
    return "".join(out) + html.escape(text[at:], quote=False)


def figure(root, path, name, *ends):
    """`name` as it stands in the file; with two texts, its lines from the one to the other."""
    text = function_text((root / path).read_text(encoding="utf-8"), name)
    if ends:
        text = between(text, *ends)
    called = name if " " in name else f"{name}()"
    return (f'<figure class="source">\n<figcaption><code>{called}</code> in <code>{path}</code></figcaption>\n'
            f'<pre tabindex="0"><code>{coloured(dedented(text))}</code></pre>\n</figure>')
