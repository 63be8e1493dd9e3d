# SPDX-License-Identifier: MIT
"""Whether the rules of the house hold: python3 tests/house/house.py [FOLDER]. Prints `file:line: what; what would be
right` for each breach; exit status 1 if there is one. README.md beside this file has the rules."""

import sys
from pathlib import Path

import arrows
import rules
from tree import Tree


def breaches(root):
    """All breaches in the checkout, in the order of files."""
    tree = Tree(root)
    wings = arrows.read_wings(tree)
    found = []
    for check in (arrows.check_tables, arrows.check_includes, arrows.check_circles):
        found += check(tree, wings)
    for check in (arrows.check_faces, rules.check_sizes, rules.check_exceptions, rules.check_places,
                  rules.check_hash_tables, rules.check_hand, rules.check_names, rules.check_maps):
        found += check(tree)
    return sorted(found)


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else Path(__file__).resolve().parents[2]
    found = breaches(root)
    for breach in found:
        print(breach)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
