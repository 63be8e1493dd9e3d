# SPDX-License-Identifier: MIT
"""The rules of the house that are not about arrows: sizes, where a system call may stand, one hand."""

import re
from collections import Counter
from fnmatch import fnmatch
from pathlib import PurePosixPath

from tree import PRODUCT, Breach, words

HERE = "tests/house/README.md"
CODE = (".c", ".h", ".py", ".mjs", ".js")
FILE_LINES_MAX = 350
FOLDER_FILES_MAX = 30

SOURCE_NAME = re.compile(r"`([\w/]+\.[ch])`")

# A local that is neither a pointer to something constant nor an array: const protects nothing there.
CONST_LOCAL = re.compile(
    r"^\s{4,}(?:for \()?(?:const (?:struct |enum |union |unsigned |long )*\w+ \w+ =|[\w ]+ \*+const \w+ =)")


def exceptions(tree, rule):
    """The patterns of paths that the rule does not hold for."""
    return [words(row["path"])[0] for _, row in tree.table(HERE, "rule", "path", "why") if row["rule"] == rule]


def check_sizes(tree):
    spared = exceptions(tree, "lines of a file")
    for path in tree.files:
        if path.endswith(CODE) and not any(fnmatch(path, pattern) for pattern in spared):
            count = tree.text(path).count("\n")
            if count > FILE_LINES_MAX:
                yield Breach(path, FILE_LINES_MAX, f"{count} lines", f"at most {FILE_LINES_MAX}: part it by its ideas")
    spared = exceptions(tree, "files of a folder")
    counts = Counter(PurePosixPath(path).parent.as_posix() for path in tree.files)
    for folder, count in sorted(counts.items()):
        if count > FOLDER_FILES_MAX and folder not in spared:
            yield Breach(f"{folder}/", 1, f"{count} files", f"at most {FOLDER_FILES_MAX}: a folder for each idea")


def check_exceptions(tree):
    """An exception that nothing needs any more is taken out."""
    for line, row in tree.table(HERE, "rule", "path", "why"):
        pattern = words(row["path"])[0]
        if not any(fnmatch(path, pattern) or path.startswith(f"{pattern}/") for path in tree.files):
            yield Breach(HERE, line, f"there is no {pattern}", "take the exception out")


def check_places(tree):
    """Some calls and one header stand in few places."""
    rules = [(words(row["what"]), words(row["where"])) for _, row in tree.table(HERE, "what", "where", "why")]
    homes = {name: places for names, places in rules for name in names}
    call = re.compile(r"(?<![\w.>])(" + "|".join(map(re.escape, homes)) + r")\s*\(")
    for path in tree.product:
        found = [(include.line, include.name) for include in tree.includes(path)]
        if homes:
            for number, line in enumerate(tree.code(path), 1):
                found += [(number, match[1]) for match in call.finditer(line)]
        for number, name in found:
            places = homes.get(name)
            if places and path not in places and not any(path.startswith(f"{place}/") for place in places):
                yield Breach(path, number, f"{name} here", "it stands only in " + " and ".join(places))


def check_hash_tables(tree):
    """A table of uthash.h that has no memory to grow does not end the program."""
    for path in tree.product:
        code = tree.code(path)
        if not any(line.startswith("#define HASH_NONFATAL_OOM") for line in code):
            for number, line in enumerate(code, 1):
                if "HASH_ADD" in line:
                    yield Breach(path, number, "HASH_ADD without HASH_NONFATAL_OOM", "define it before uthash.h")


def check_hand(tree):
    for path in (path for path in tree.sources if path.endswith(".c")):
        for number, line in enumerate(tree.code(path), 1):
            if CONST_LOCAL.match(line) and "static" not in line:
                yield Breach(path, number, "const on a plain local", "const protects what is pointed to")


def check_names(tree):
    """A folder's name is not said again in its files, headers say what they are for, tests mirror the product."""
    for path in tree.product:
        pure = PurePosixPath(path)
        if pure.name.startswith(f"{pure.parent.name}_"):
            yield Breach(path, 1, "the folder's name is said again", f"call it {pure.name[len(pure.parent.name) + 1:]}")
        if pure.suffix == ".h":
            yield from check_opening(tree, path)
    folders = {PurePosixPath(path).parent.as_posix() for path in tree.product}
    for path in tree.sources:
        folder = PurePosixPath(path).parent.as_posix().removeprefix("tests/unit/")
        if path.startswith("tests/unit/") and folder.startswith(PRODUCT) and folder not in folders:
            yield Breach(path, 1, f"there is no {folder}/", "unit tests stand where their module stands")


def check_maps(tree):
    """The sources that a README.md names are there: from the root, from its folder, or anywhere if it names no folder."""
    anywhere = {PurePosixPath(path).name for path in tree.sources}
    for folder in ("", *(f"{top}/" for top in PRODUCT)):
        path = f"{folder}README.md"
        for number, line in enumerate(tree.text(path).split("\n") if (tree.root / path).exists() else [], 1):
            for name in SOURCE_NAME.findall(line):
                if not {name, folder + name} & set(tree.sources) and name not in anywhere:
                    yield Breach(path, number, f"there is no {name}", "say where it is now")


def check_opening(tree, path):
    lines = tree.text(path).split("\n")
    opening = [line for line in lines[1:4] if line.startswith("/*") and len(line) > 3 or line.startswith(" * ")]
    if "SPDX-License-Identifier: MIT" not in lines[0] or not opening:
        yield Breach(path, 1, "does not say what it is for", "first the licence, then what the module knows and refuses")
