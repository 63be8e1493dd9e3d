# SPDX-License-Identifier: MIT
"""What the pages of the handbook tell their readers to type, and what they say comes of it."""

import html
import re
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
WWW = ROOT / "www"

BLOCK = re.compile(r'<pre class="(try|says|file)"([^>]*)><code>(.*?)</code></pre>', re.DOTALL)
ATTRIBUTE = re.compile(r'data-([a-z]+)="([^"]*)"')


class Command(NamedTuple):
    page: str
    line: int
    text: str
    status: int  # that it ends with
    needs: str  # what a test does not have, or ""
    starts: bool  # a server that runs until it is stopped
    says: tuple  # each of these lines stands in its output

    def __str__(self):
        return f"www/{self.page}:{self.line}"


class File(NamedTuple):
    page: str
    line: int
    text: str
    program: str  # whose settings it has
    place: str  # where the reader saves it, for commands that follow, or ""

    def __str__(self):
        return f"www/{self.page}:{self.line}"


def blocks(page):
    text = page.read_text(encoding="utf-8")
    for found in BLOCK.finditer(text):
        kind, attributes, body = found.groups()
        yield (kind, dict(ATTRIBUTE.findall(attributes)), html.unescape(re.sub(r"<[^>]+>", "", body)),
               text[: found.start()].count("\n") + 1)


def read_page(page):
    """The commands and the files of a page, in their order."""
    found = []
    for kind, attributes, text, line in blocks(page):
        if kind == "try":
            found.append(Command(page.name, line, text, int(attributes.get("status", 0)), attributes.get("needs", ""),
                                 "starts" in attributes, ()))
        elif kind == "file":
            found.append(File(page.name, line, text, attributes["for"], attributes.get("as", "")))
        elif found and isinstance(found[-1], Command):
            found[-1] = found[-1]._replace(says=tuple(text.split("\n")))
    return found


def read_all():
    return [item for page in sorted(WWW.glob("*.html")) for item in read_page(page)]
