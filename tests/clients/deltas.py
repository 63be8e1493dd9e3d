# SPDX-License-Identifier: MIT
"""Clients that have an older version and fetch what is new of a file: zsync, zchunk, casync."""

import os

import trees
from outcome import LeftOut, check, check_equal

OLD = trees.noise(4 * trees.MIB)
CHANGES = range(100_000, len(OLD), 500_000)  # far apart, so that each is a range of its own


def changed():
    new = bytearray(OLD)
    for at in CHANGES:
        new[at : at + 100] = trees.noise(100, seed=at)
    return bytes(new)


NEW = changed()


def check_delta(server, target):
    """It is the point of these clients that little of the file is sent."""
    sent = sum(request.length for request in server.requests if request.target == target)
    check(0 < sent < len(NEW) // 2, f"{sent:,} bytes of {target} were sent, of {len(NEW):,}")


def zsync(stage):
    trees.write(stage.root, {"data.bin": NEW})
    trees.write(stage.out, {"old.bin": OLD})
    stage.run("zsyncmake", "-u", "data.bin", "-o", "data.bin.zsync", "data.bin", cwd=stage.root)
    with stage.serve() as server:
        stage.run(
            "zsync", "-q", "-i", "old.bin", "-o", "data.bin", server.url + "/data.bin.zsync", seconds=10
        )
    check_equal(trees.digest((stage.out / "data.bin").read_bytes()), trees.digest(NEW), "the digest")
    check_delta(server, "/data.bin")


def zchunk(stage):
    """zckdl asks for several ranges at once and reads multipart/byteranges."""
    for name, content in (("old", OLD), ("new", NEW)):
        trees.write(stage.home, {name: content})
        stage.run("zck", "-o", f"{name}.zck", name, cwd=stage.home)
    trees.write(stage.root, {"data.zck": (stage.home / "new.zck").read_bytes()})
    with stage.serve() as server:
        stage.run("zckdl", "-s", stage.home / "old.zck", server.url + "/data.zck")
    stage.run("unzck", "data.zck")
    check_equal(trees.digest((stage.out / "data").read_bytes()), trees.digest(NEW), "the digest")
    check_delta(server, "/data.zck")


def casync(stage):
    """A store of chunks, each a file of its own, of a tree."""
    if not any(
        os.access(f"{lib}/casync/protocols/casync-http", os.X_OK) for lib in ("/usr/lib", "/usr/libexec")
    ):
        raise LeftOut("casync has no HTTP here")
    trees.write(stage.home, {f"tree/{path}": content for path, content in trees.PLAIN.items()})
    stage.run(
        "casync",
        "make",
        "--store=chunks.castr",
        stage.root / "tree.caidx",
        stage.home / "tree",
        cwd=stage.root,
    )
    with stage.serve() as server:
        stage.run(
            "casync", "extract", f"--store={server.url}/chunks.castr", f"{server.url}/tree.caidx", "copy"
        )
    trees.check_same(trees.read(stage.out / "copy"), trees.PLAIN)
