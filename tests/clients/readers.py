# SPDX-License-Identifier: MIT
"""Clients that show a folder's page to people as text, or ask for it as data."""

import re

import trees
from outcome import check

CONTENTS = trees.PLAIN | trees.ODD | trees.ODDER
TOP = {path.partition("/")[0] for path in CONTENTS}


def check_text(shown):
    """Each name stands in it, and nothing of what the page is made of."""
    words = re.sub(r"\s+", " ", shown)
    missing = [name for name in TOP if name not in words]
    check(not missing, f"it does not show {trees.some(missing)}\n{shown[:400]}")
    junk = [
        word
        for word in ("use strict", "querySelector", "{margin", "box-sizing", "<td", "&amp;amp;")
        if word in words
    ]
    check(not junk, f"it shows what the page is made of: {trees.some(junk)}")


def dump(stage, *command):
    with stage.serve(CONTENTS) as server:
        check_text(stage.run(*command, server.url + "/"))


def lynx(stage):
    dump(stage, "lynx", "-dump", "-nolist", "-width=200", "-display_charset=utf-8")


def w3m(stage):
    dump(stage, "w3m", "-dump", "-cols", "200", "-O", "UTF-8")


def links(stage):
    dump(stage, "links", "-dump", "-width", "200", "-codepage", "utf-8")


def httpie(stage):
    """It prefers JSON, and gets a folder as JSON."""
    with stage.serve(CONTENTS) as server:
        shown = stage.run("http", "--ignore-stdin", "--check-status", "--json", "-b", server.url + "/")
    missing = [name for name in TOP if name not in shown.replace('\\"', '"').replace("\\\\", "\\")]
    check(shown.startswith("{") and not missing, f"it does not show {trees.some(missing)}\n{shown[:400]}")
