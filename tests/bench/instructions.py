# SPDX-License-Identifier: MIT
"""./dev bench instructions: how many instructions a request takes in the server itself, counted by callgrind. Unlike time, that
is nearly the same on a busy machine; what the kernel does is not in it. Exit status 1 when a figure has grown by more than 5 % over the
one recorded in instructions.json for this kind of machine, compiler and C library.

Under valgrind system calls that it does not know fail as on an old kernel, so Lido may take another way than usual."""

import json
import shutil
import sys
from pathlib import Path

from content import Content
from counting import BROWSER, CLOSE, Kind, UnderTool, difference, platform_name, run_once
from report import Table

RECORD = Path(__file__).resolve().parent / "instructions.json"
TOLERANCE = 0.05
FEW, MANY = 100, 1100
RUNS = 3  # the lowest counts: how long a client lets a worker wait decides what that does, such as to ask when bytes came
OUTPUT = "callgrind.out"
KINDS = (
    Kind("1 KiB, kept alive"),
    Kind("1 KiB, kept alive, Accept-Encoding of a browser", BROWSER),
    Kind("1 KiB, kept alive, revalidated (304)", revalidates=True),
    Kind("1 KiB, one connection each", CLOSE, closes=True),
)


def prefix(folder):
    return ["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={folder / OUTPUT}"]


def read_total(path):
    """The line "summary: N" (or "totals: N") of callgrind's file."""
    for line in path.read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in ("summary", "totals"):
            return int(rest.split()[0])
    raise SystemExit(f"bench: no total in {path}")


def lowest(server, kind, number, content):
    return min(read_total(run_once(server, kind, number, content, 1, OUTPUT)) for _ in range(RUNS))


def count(server, kind, content):
    few, many = (lowest(server, kind, number, content) for number in (FEW, MANY))
    return round(difference(few, many, MANY - FEW))


def read_record():
    return json.loads(RECORD.read_text()) if RECORD.exists() else {}


def judge(recorded, figures):
    """The table, and the names of what has grown too much."""
    table, grown = Table("instructions per request", "now", "recorded", "difference"), []
    for name, now in figures.items():
        before = recorded.get(name)
        change = "-" if before is None else f"{(now / before - 1) * 100:+.1f}%"
        table.add(name, f"{now:,}", "-" if before is None else f"{before:,}", change)
        if before is not None and now > before * (1 + TOLERANCE):
            grown.append(name)
    return table, grown


def main(arguments):
    if shutil.which("valgrind") is None:
        raise SystemExit("bench: valgrind is not installed")
    server = UnderTool(arguments.lido, prefix, stops_child=False)
    where = platform_name(arguments.lido)
    with Content(("1k",), mix_count=0) as content:
        figures = {kind.name: count(server, kind, content) for kind in KINDS}
    record = read_record()
    table, grown = judge(record.get(where, {}), figures)
    print(where, *table.lines(), sep="\n")
    if arguments.record:
        RECORD.write_text(json.dumps(record | {where: figures}, indent=2, sort_keys=True) + "\n")
        print(f"bench: recorded in {RECORD}", file=sys.stderr)
        return 0
    if where not in record:
        print(f"bench: nothing is recorded for {where}; --record does it", file=sys.stderr)
    for name in grown:
        print(f"bench: {name}: more than {TOLERANCE:.0%} above what is recorded", file=sys.stderr)
    return 1 if grown else 0
