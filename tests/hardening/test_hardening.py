# SPDX-License-Identifier: MIT
"""Whether hardening.py sees what is missing: a program is built with all of it, and again without each."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import hardening

SOURCE = """
#include <stdio.h>
#include <string.h>
int main(int argc, char **argv) {
    char text[16];
    strcpy(text, argv[argc - 1]);
    return puts(text);
}
"""
COMPILING = ("-O2", "-fPIE", "-fstack-protector-strong", "-U_FORTIFY_SOURCE", "-D_FORTIFY_SOURCE=2")
LINKING = ("-pie", "-Wl,-z,relro", "-Wl,-z,now", "-Wl,-z,noexecstack")
WITHOUT = (
    (("-fno-pie", "-no-pie"), "position independent"),
    (("-Wl,-z,norelro",), "relocations read-only"),
    (("-Wl,-z,lazy",), "bound at the start"),
    (("-Wl,-z,execstack",), "no code (-z noexecstack)"),
    (("-Wl,-rpath,/nowhere",), "RPATH"),
    (("-fno-stack-protector",), "guarded stacks"),
    (("-U_FORTIFY_SOURCE",), "checked copies"),
)


def build(folder, *more):
    source, program = Path(folder, "main.c"), Path(folder, "program")
    source.write_text(SOURCE)
    subprocess.run([COMPILER, *COMPILING, *LINKING, *more, source, "-o", program], check=True)
    return str(program)


class Hardening(unittest.TestCase):
    def test_is_content_with_all_of_it(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(hardening.lacks(build(folder)), [])

    def test_names_what_is_missing(self):
        for flags, name in WITHOUT:
            with self.subTest(flags), tempfile.TemporaryDirectory() as folder:
                self.assertIn(name, " ".join(hardening.lacks(build(folder, *flags))))


if __name__ == "__main__":
    COMPILER = sys.argv.pop(1)
    unittest.main()
