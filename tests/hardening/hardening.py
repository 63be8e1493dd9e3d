# SPDX-License-Identifier: MIT
"""Whether a program was built the way that makes a mistake in it harder to exploit, as readelf(1) of binutils shows it.
Not in it: -fcf-protection=return, of which nothing is to be seen where the C library's own part of a program is without.

    hardening.py PROGRAM...

Says of each program what it lacks, a line each. Exit status 1 if one lacks something.
"""

import os
import re
import subprocess
import sys


def read_elf(path):
    """What the checks look at, as one text."""
    command = ["readelf", "--wide", "--program-headers", "--dynamic", "--dyn-syms", path]
    return subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}).stdout


def stack_is_data(elf):
    flags = re.search(r"^ +GNU_STACK(?: +0x\w+){5} +([RWE ]+?) +0x", elf, re.MULTILINE)
    return flags is not None and "E" not in flags[1]


# What it is called, why one wants it, and how it shows.
CHECKS = (
    ("position independent (-pie)", lambda elf: re.search(r"\(FLAGS_1\).*\bPIE\b", elf)),
    ("its relocations read-only (-z relro)", lambda elf: re.search(r"^ +GNU_RELRO ", elf, re.MULTILINE)),
    ("all symbols bound at the start (-z now)", lambda elf: re.search(r"\(FLAGS_1\).*\bNOW\b|\(BIND_NOW\)", elf)),
    ("a stack that is no code (-z noexecstack)", stack_is_data),
    ("no code that is written to (TEXTREL)", lambda elf: "TEXTREL" not in elf),
    ("no folder of libraries of its own (RPATH)", lambda elf: not re.search(r"\((RPATH|RUNPATH)\)", elf)),
    ("guarded stacks (-fstack-protector-strong)", lambda elf: "__stack_chk_fail" in elf),
    ("checked copies (-D_FORTIFY_SOURCE)", lambda elf: re.search(r"\b__(mem|str|v?snprintf|v?fprintf|read|recv)\w*_chk\b", elf)),
)


def lacks(path):
    elf = read_elf(path)
    return [name for name, holds in CHECKS if not holds(elf)]


def main(paths):
    if not paths:
        sys.exit(__doc__)
    complaints = [f"{path}: lacks {name}" for path in paths for name in lacks(path)]
    print(*complaints, sep="\n", end="\n" if complaints else "", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
