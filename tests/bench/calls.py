# SPDX-License-Identifier: MIT
"""./dev bench calls: the system calls of one request, counted by strace and held against calls.toml, which says how many are
allowed. Exit status 1 when there are more."""

import shutil
import sys
import tomllib
from pathlib import Path

from content import Content
from counting import CLOSE, Kind, UnderTool, difference, run_once
from report import Table

ALLOWED = Path(__file__).resolve().parent / "calls.toml"
OUTPUT = "strace.out"
FEW, MANY = 100, 4100  # requests in all, or so: each of 64 connections gets its share; fewer, and beginning and end would count
RUNS_OF_CROWD = 3
KINDS = (
    Kind("keep-alive"),
    Kind("keep-alive, 64 connections", connections=64),
    Kind("close", CLOSE, closes=True),
    Kind("close, 64 connections", CLOSE, closes=True, connections=64),
)
WORKERS = 2


def prefix(folder):
    return ["strace", "-f", "-c", "-U", "name,calls", "-o", str(folder / OUTPUT)]


def read_counts(path):
    """A line for each system call: its name and how often."""
    words = (line.split() for line in path.read_text().splitlines())
    return {pair[0]: int(pair[1]) for pair in words if len(pair) == 2 and pair[1].isdigit() and pair[0] != "total"}


def share(requests, kind):
    return max(1, requests // kind.connections)


def count(server, kind, content):
    """Calls by request, by name."""
    few, many = (
        read_counts(run_once(server, kind, share(number, kind), content, WORKERS, OUTPUT)) for number in (FEW, MANY)
    )
    requests = (share(MANY, kind) - share(FEW, kind)) * kind.connections
    return {name: difference(few.get(name, 0), many.get(name, 0), requests) for name in sorted(few.keys() | many.keys())}


def lowest(runs):
    """Of each call: a crowd is woken up for more often where others keep the processors, and never less often than it has to be."""
    return {name: min(run.get(name, 0) for run in runs) for name in sorted(set().union(*runs))}


def count_often(server, kind, content):
    return lowest([count(server, kind, content) for _ in range(RUNS_OF_CROWD if kind.connections > 1 else 1)])


def group(counts, aliases):
    """Calls that do the same under another name count as one: recvfrom and recvmsg are recv."""
    grouped = {}
    for name, value in counts.items():
        grouped[aliases.get(name, name)] = grouped.get(aliases.get(name, name), 0) + value
    return grouped


def judge(counts, allowed, tolerance):
    """The rows of the table; a call that is not in the list is not allowed."""
    for name in sorted(allowed.keys() | {name for name, value in counts.items() if abs(value) > tolerance}):
        value, limit = counts.get(name, 0), allowed.get(name, 0)
        yield name, value, limit, value <= limit + tolerance


def main(arguments):
    if shutil.which("strace") is None:
        raise SystemExit("bench: strace is not installed")
    rules = tomllib.loads(ALLOWED.read_text())
    aliases = {name: one for one, names in rules["same"].items() for name in names}
    server = UnderTool(arguments.lido, prefix, stops_child=True)
    exceeded = 0
    with Content(("1k",), mix_count=0) as content:
        for kind in KINDS:
            table = Table(f"{kind.name}: calls per request", "counted", "allowed", "")
            counts = group(count_often(server, kind, content), aliases)
            for name, value, limit, is_held in judge(counts, rules["allowed"][kind.name], rules["tolerance"]):
                table.add(name, f"{value:.2f}", f"{limit:.2f}", "" if is_held else "TOO MANY")
                exceeded += 0 if is_held else 1
            print(*table.lines(), "", sep="\n", flush=True)
    if exceeded:
        print(f"bench: {exceeded} counts are above what calls.toml allows", file=sys.stderr)
    return 1 if exceeded else 0
