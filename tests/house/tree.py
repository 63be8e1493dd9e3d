# SPDX-License-Identifier: MIT
"""What the checks look at: the files of the tree, their includes, their code without comments and strings, and the
tables in the README.md files that hold the rules."""

import os
import re
from pathlib import Path
from typing import NamedTuple

PRODUCT = ("conf", "http", "server", "threadpool")
CHECKED = PRODUCT + ("tests",)
NOT_OURS = {"__pycache__", "node_modules"}

NOT_CODE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)
INCLUDE = re.compile(r'^\s*#\s*include\s+["<]([^">]+)[">]')


class Breach(NamedTuple):
    """One place where a rule is broken."""

    path: str
    line: int
    what: str
    right: str

    def __str__(self):
        return f"{self.path}:{self.line}: {self.what}; {self.right}"


class Include(NamedTuple):
    line: int
    name: str


class Tree:
    """A checkout. Paths are relative to its root, with slashes."""

    def __init__(self, root):
        self.root = Path(root)
        self.files = sorted(self._walk())
        self.sources = [path for path in self.files if path.endswith((".c", ".h"))]
        self.product = [path for path in self.sources if path.startswith(tuple(f"{top}/" for top in PRODUCT))]
        self.texts = {}

    def _walk(self):
        for top in CHECKED:
            for folder, folders, names in os.walk(self.root / top):
                folders[:] = [name for name in folders if name not in NOT_OURS]
                for name in names:
                    yield (Path(folder) / name).relative_to(self.root).as_posix()

    def text(self, path):
        if path not in self.texts:
            self.texts[path] = (self.root / path).read_text(encoding="utf-8")
        return self.texts[path]

    def code(self, path):
        """The text with comments and literals blanked out, line by line."""
        return NOT_CODE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), self.text(path)).split("\n")

    def includes(self, path):
        found = ((number, INCLUDE.match(line)) for number, line in enumerate(self.text(path).split("\n"), 1))
        return [Include(number, match[1]) for number, match in found if match]

    def table(self, path, *columns):
        """The rows of the file's tables that have these columns: (line, cells by the column's name)."""
        rows = []
        head = None
        lines = self.text(path).split("\n") if (self.root / path).exists() else []
        for number, line in enumerate(lines, 1):
            if not line.startswith("|"):
                head = None
                continue
            cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
            if head is None:
                head = cells
            elif set(columns) <= set(head) and not set(line) <= set("|-: "):
                rows.append((number, dict(zip(head, cells))))
        return rows


def words(cell):
    """The names in a cell: separated by commas or blanks, with or without backquotes."""
    return [word for word in re.split(r"[,\s]+", cell.replace("`", "")) if word]
