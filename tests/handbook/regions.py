# SPDX-License-Identifier: MIT
"""The parts of a page that are made from elsewhere. They stand between `<!-- make WHAT ... -->` and `<!-- made -->`, so that a
page is a page at any time, and written by hand but for these."""

import re
import shlex

import excerpt
import frame
import options

REGION = re.compile(r"(<!-- make (.*?) -->\n).*?(<!-- made -->)", re.DOTALL)

PLACE = re.compile(r"<code>([\w/]+\.[ch])</code>: <code>(\w+)\(\)</code>")


class Stale(Exception):
    """A region cannot be made: what it names is not there."""


def made(root, file, words):
    what, *names = words
    if what == "code":
        return excerpt.figure(root, *names)
    if what == "options":
        return options.options_html(root)
    makers = {"head": lambda: frame.head(file), "foot": lambda: frame.foot(file), "contents": frame.contents}
    if what not in makers:
        raise Stale(f"nobody knows how to make '{what}'")
    return makers[what]()


def misplaced(root, page):
    """What is wrong with the places that the page names: a function that is not in the file beside it."""
    for path, name in PLACE.findall(page.read_text(encoding="utf-8")):
        try:
            excerpt.function_text((root / path).read_text(encoding="utf-8"), name)
        except (excerpt.Missing, OSError) as error:
            yield f"www/{page.name}: {path}: {name}(): {error}"


def renewed(root, page):
    """The page's text with all its regions made anew."""

    def replace(found):
        try:
            return f"{found[1]}{made(root, page.name, shlex.split(found[2]))}\n{found[3]}"
        except (excerpt.Missing, Stale, options.Disagreement, OSError) as error:
            line = page.read_text(encoding="utf-8")[: found.start()].count("\n") + 1
            raise Stale(f"www/{page.name}:{line}: {found[2]}: {error}") from error

    return REGION.sub(replace, page.read_text(encoding="utf-8"))
