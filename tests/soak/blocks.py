# SPDX-License-Identifier: MIT
"""Content that says whose it is: blocks of 64 bytes, each with the name of its file, its version and its place, so that
another file's bytes, a mixture of versions or a shifted part give themselves away, in any range that begins with a block."""

from functools import lru_cache

BLOCK = 64


@lru_cache(maxsize=512)
def content(name, version, size):
    """The first `size` bytes of a file, a multiple of 64."""
    begin = f"{name:<16.16} {version:08d} "
    end = f" {name:<24.16}\n"
    return "".join(f"{begin}{offset:012d}{end}" for offset in range(0, size, BLOCK)).encode()


def what_is_wrong(data, name, offset=0):
    """Why these are not bytes of one version of the file from `offset` on; None if they are."""
    if len(data) < BLOCK:
        return None if not data else f"{len(data)} bytes"
    version = data[17:25]
    if not version.isdigit():
        return f"no version in {data[:BLOCK]!r}"
    expected = content(name, int(version), offset + len(data))[offset : offset + len(data)]
    if data != expected:
        at = next(i for i, (one, other) in enumerate(zip(data, expected)) if one != other)
        return f"at {offset + at}: {data[at // BLOCK * BLOCK:][:BLOCK]!r}, expected {expected[at // BLOCK * BLOCK:][:BLOCK]!r}"
    return None
