# SPDX-License-Identifier: MIT
"""HTTP libraries of programming languages. Each has a program in programs/ that asks for the same things, as
its library does it of its own accord, and prints a line for each; these are compared."""

import gzip
from pathlib import Path

import trees
from outcome import check_equal

PROGRAMS = Path(__file__).parent / "programs"
DATA = trees.noise(3 * trees.MIB)
TEXT = trees.text(2000)
CONTENTS = {
    "data.bin": DATA,
    "page.txt": TEXT,
    "page.txt.gz": gzip.compress(TEXT),
    "folder/index.html": b"<p>index</p>",
    "with blank/\u00fc.txt": b"an odd name",
}

WANTED = {
    "data": f"200 {trees.digest(DATA)}",  # /data.bin
    "range": f"206 {trees.digest(DATA[1000:2000])}",  # bytes 1000 to 1999 of it
    "again": "304",  # /data.bin, if it is not what its ETag or its date says
    "text": f"200 {trees.digest(TEXT)}",  # /page.txt, however it is compressed on the way
    "folder": f"200 {trees.digest(CONTENTS['folder/index.html'])}",  # /folder, and where that leads
    "odd": f"200 {trees.digest(b'an odd name')}",  # /with%20blank/%C3%BC.txt
    "missing": "404",  # /missing
    "post": "405",  # POST of a few bytes to /data.bin
    "many": "100",  # how often of 100, one by one or at the same time, /page.txt was right
}


def ask(stage, *command):
    with stage.serve(CONTENTS) as server:
        said = stage.run(*command, server.url)
    found = dict(line.split(" ", 1) for line in said.splitlines() if " " in line)
    for name, wanted in WANTED.items():
        check_equal(found.get(name, f"nothing\n{said}"), wanted, f"what it printed for {name}")
    return server


def urllib(stage):
    ask(stage, "python3", PROGRAMS / "use_urllib.py")


def requests(stage):
    ask(stage, "/usr/bin/python3", PROGRAMS / "use_requests.py")  # Debian's, as the package is


def perl(stage):
    ask(stage, "perl", PROGRAMS / "use_lwp.pl")


def node(stage):
    ask(stage, "node", PROGRAMS / "use_fetch.mjs")


def java(stage):
    ask(stage, "java", "-Xshare:auto", PROGRAMS / "UseHttpClient.java")
