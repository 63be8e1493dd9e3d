# SPDX-License-Identifier: MIT
"""How many lines of each room there are, and how many were run."""

from collections import defaultdict
from pathlib import Path

ALL = "all"
LIMITS = {"http": 95.0, ALL: 90.0}  # per cent


class Count:
    """How many lines there are, and were run."""

    def __init__(self):
        self.lines = 0
        self.run = 0

    def add(self, is_run):
        self.lines += 1
        self.run += is_run

    def percent(self):
        return 100.0 * self.run / self.lines if self.lines else 0.0


def read_lines(report):
    """Of each file its lines that hold code: {path: {line: whether it was run}}. A file may have been compiled several
    times."""
    files = defaultdict(dict)
    for file in report["files"]:
        lines = files[file["file"]]
        for line in file["lines"]:
            if not line["gcovr/noncode"]:
                number = line["line_number"]
                lines[number] = lines.get(number, False) or line["count"] > 0
    return dict(sorted(files.items()))


def count_rooms(files):
    """The counts of each folder, of each top-level folder with all beneath, and of all."""
    rooms = defaultdict(Count)
    for path, lines in files.items():
        folder = Path(path).parent.as_posix()
        for room in {folder, path.split("/")[0], ALL}:
            for is_run in lines.values():
                rooms[room].add(is_run)
    return rooms


def too_few(rooms):
    """A sentence for each limit that does not hold."""
    return [f"{room}: {rooms[room].percent():.2f} % of the lines are run, and {limit:.0f} % are wanted"
            for room, limit in LIMITS.items() if rooms[room].percent() < limit]
