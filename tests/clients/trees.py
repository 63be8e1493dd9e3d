# SPDX-License-Identifier: MIT
"""Folders to serve, and whether a copy of one is the same. Contents are a dictionary: path to bytes."""

import hashlib
import os
import random

from outcome import Failed

KIB = 1024
MIB = 1024 * KIB


def noise(size, seed=13):
    """Bytes that do not compress, the same in each run."""
    return random.Random(seed).randbytes(size)


def text(lines):
    """Text that compresses well."""
    return "".join(f"line {number} of a text that says little\n" for number in range(lines)).encode()


# Names that every tool can bear, in folders and in sub-folders.
PLAIN = {
    "readme.txt": text(20),
    "photos/one.jpg": noise(40_000, 1),
    "photos/two.jpg": noise(50_000, 2),
    "photos/2026/may/three.jpg": noise(60_000, 3),
    "music/song.ogg": noise(MIB, 4),
    "empty.dat": b"",
}

# Names that have to be encoded in a URL, escaped in HTML, or both.
ODD = {
    name: name.encode() * 3
    for name in (
        "with blank.txt",
        "plus+and&.txt",
        "100%.txt",
        "hash#mark.txt",
        "semi;colon.txt",
        "it's.txt",
        "(round) [square] {curly}.txt",
        "comma,equals=at@.txt",
        "tilde~.txt",
        "\u00fcml\u00e4ut.txt",
        "\u6771\u4eac.txt",
        "sub folder/in it.txt",
        "sub folder/\u00e9t\u00e9/deep.txt",
    )
}

# Those on which many clients stumble by themselves.
ODDER = {
    name: name.encode()
    for name in (
        "what?.txt",
        "100%25.txt",
        'quo"te.txt',
        "<b>.txt",
        "a:b.txt",
        "back\\slash.txt",
        "&amp;.txt",
    )
}


def many(count):
    return {f"{number:05}.txt": f"file {number}\n".encode() for number in range(count)}


def write(folder, contents):
    for path, content in contents.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def read(folder):
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = file.read()
    return found


def folders_of(contents):
    """Every folder in which files are, the topmost as an empty text, the others with a slash at the end."""
    found = {""}
    for path in contents:
        parts = path.split("/")[:-1]
        found.update("/".join(parts[: depth + 1]) + "/" for depth in range(len(parts)))
    return found


def digest(content):
    return hashlib.sha256(content).hexdigest()


def some(paths):
    paths = sorted(paths)
    return ", ".join(paths[:4]) + (f" and {len(paths) - 4:,} more" if len(paths) > 4 else "")


def check_same(copy, original, what="the copy"):
    """Raises Failed unless both have the same files with the same bytes."""
    missing = original.keys() - copy.keys()
    extra = copy.keys() - original.keys()
    different = [path for path in original.keys() & copy.keys() if copy[path] != original[path]]
    found = (("lacks", missing), ("has besides", extra), ("differs in", different))
    complaints = [
        f"{verb} {len(paths):,} of {len(original):,} ({some(paths)})" for verb, paths in found if paths
    ]
    if complaints:
        raise Failed(f"{what} {'; '.join(complaints)}")
