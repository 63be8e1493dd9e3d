# SPDX-License-Identifier: MIT
"""Makes the parts of www/*.html anew that come from the source, or tells which are not current: python3 tests/handbook
[--check]. Exit status 1 if one is not, or cannot be made."""

import sys
from pathlib import Path

from mdoc import UnknownMacro
from options import Disagreement
from regions import Stale, misplaced, renewed

ROOT = Path(__file__).resolve().parents[2]


def main():
    is_check = sys.argv[1:] == ["--check"]
    status = 0
    for page in sorted((ROOT / "www").glob("*.html")):
        try:
            text = renewed(ROOT, page)
        except (Stale, Disagreement, UnknownMacro) as error:
            print(error)
            status = 1
            continue
        for complaint in misplaced(ROOT, page):
            print(complaint)
            status = 1
        if text != page.read_text(encoding="utf-8"):
            if is_check:
                print(f"www/{page.name}: not current; ./dev handbook makes it so")
                status = 1
            else:
                page.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main())
