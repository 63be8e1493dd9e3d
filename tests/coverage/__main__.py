# SPDX-License-Identifier: MIT
"""What the tests have run of the product: python3 tests/coverage FILE reads the JSON of gcovr, prints how many lines of
each room were run, writes the others to uncovered.txt beside FILE, and exits with 1 if it is too few."""

import json
import sys
from pathlib import Path

from counting import ALL, count_rooms, read_lines, too_few

ROOT = Path(__file__).resolve().parents[2]


def uncovered(files):
    """The lines that were not run, as grep(1) shows them, and after each file's name how many."""
    for path, lines in files.items():
        missing = [number for number, is_run in sorted(lines.items()) if not is_run]
        if missing:
            text = (ROOT / path).read_text(encoding="utf-8").split("\n")
            yield f"# {path}: {len(missing)} of {len(lines)}"
            yield from (f"{path}:{number}:{text[number - 1]}" for number in missing)


def main():
    source = Path(sys.argv[1])
    files = read_lines(json.loads(source.read_text(encoding="utf-8")))
    rooms = count_rooms(files)
    for room in sorted(set(rooms) - {ALL}) + [ALL]:
        print(f"{room:28} {rooms[room].run:6} of {rooms[room].lines:6}  {rooms[room].percent():6.2f} %")
    target = source.with_name("uncovered.txt")
    target.write_text("".join(f"{line}\n" for line in uncovered(files)), encoding="utf-8")
    print(f"those that were not run: {target}")
    complaints = too_few(rooms)
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
