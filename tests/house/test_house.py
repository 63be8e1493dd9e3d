# SPDX-License-Identifier: MIT
"""Whether house.py sees what it is there to see: a small tree that keeps the rules, and in it one breach of each kind."""

import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import house

HERE = Path(__file__).resolve().parent
OPENING = "/* SPDX-License-Identifier: MIT */\n/* What the module is for. */\n"

README = """
| folder | what it knows | may use |
|---|---|---|
| `server/` | the program | http, threadpool |
| `threadpool/` | the pool | http/base |
| `http/` | HTTP | |
"""
HTTP = """
| wing | may use | faces |
|---|---|---|
| connection | base, files, pages | |
| files | base | extra.h |
| pages | base | |
| base | | all |
"""
SERVER = """
| wing | may use | faces |
|---|---|---|
| main | reactor, http/connection | |
| reactor | http/base, threadpool | |
"""
HOUSE = """
| what | where | why |
|---|---|---|
| llhttp.h | http/pages/pages.c | one parser |
| accept, recv, send | server/reactor | one place |

| rule | path | why |
|---|---|---|
| lines of a file | http/pages/table_*.c | tables |
"""
CLEAN = {
    "README.md": README,
    "http/README.md": HTTP,
    "server/README.md": SERVER,
    "tests/house/README.md": HOUSE,
    "http/base/view.h": OPENING,
    "http/files/files.h": OPENING + '#include "http/base/view.h"\n',
    "http/files/extra.h": OPENING,
    "http/files/beneath.h": OPENING,
    "http/files/beneath.c": '#include "http/files/beneath.h"\n/* recv(2) is not for us */\nint f(void) {\n}\n',
    "http/pages/pages.h": OPENING,
    "http/pages/page.h": OPENING,
    "http/pages/pages.c": '#include <llhttp.h>\nconst char *const names[] = {"accept(2)"};\n',
    "http/pages/table_types.c": "\n" * 400,
    "http/connection.h": OPENING + '#include "http/files/extra.h"\n#include "http/pages/pages.h"\n',
    "server/main.c": '#include "http/connection.h"\n#include "server/reactor/reactor.h"\n',
    "server/reactor/reactor.h": OPENING + '#include "threadpool/threadpool.h"\n',
    "server/reactor/reactor.c": "int f(void) {\n    const char *name = x.send(1);\n    return accept(1) + recv(2);\n}\n",
    "threadpool/threadpool.h": OPENING + '#include "http/base/view.h"\n',
    "threadpool/worker.h": OPENING,
    "tests/unit/http/files/test_beneath.c": '#include "http/files/beneath.h"\n#include "tests/unit/support/folder.h"\n',
    "tests/fuzz/fuzz_beneath.c": '#include "http/files/beneath.h"\n',
    "tests/unit/support/folder.h": '#include "http/pages/pages.h"\n',
}

# What is planted: a name for it, a file, what is put at its end (or makes it), and how what is said of it begins.
BREACHES = (
    ("an upward arrow", "http/base/view.h", '#include "http/pages/pages.h"\n',
     "http/base/view.h:3: includes http/pages/pages.h, and http/base may not use http/pages"),
    ("an arrow between folders", "threadpool/threadpool.h", '#include "http/connection.h"\n',
     "threadpool/threadpool.h:4: includes http/connection.h, and threadpool may not use http/connection"),
    ("an arrow that the folder may follow, and the wing may not", "server/reactor/reactor.h",
     '#include "http/connection.h"\n',
     "server/reactor/reactor.h:4: includes http/connection.h, and server/reactor may not use http/connection"),
    ("a private header", "http/connection.h", '#include "http/files/beneath.h"\n',
     "http/connection.h:5: http/files/beneath.h is private to http/files"),
    ("a private header of another folder", "server/reactor/reactor.c", '#include "threadpool/worker.h"\n',
     "server/reactor/reactor.c:5: threadpool/worker.h is private to threadpool"),
    ("a private header in a test of something else", "tests/unit/http/pages/test_pages.c",
     '#include "http/files/beneath.h"\n', "tests/unit/http/pages/test_pages.c:1: http/files/beneath.h is private"),
    ("a private header in what tests share", "tests/unit/support/folder.h", '#include "http/files/beneath.h"\n',
     "tests/unit/support/folder.h:2: http/files/beneath.h is private"),
    ("a product that knows its tests", "http/pages/pages.c", '#include "tests/unit/support/folder.h"\n',
     "http/pages/pages.c:3: the product includes tests/unit/support/folder.h"),
    ("a wing without a row", "http/site/site.h", OPENING, "http/README.md:1: no row for http/site"),
    ("a row without a wing", "http/README.md", "| site | base | |\n", "http/README.md:8: there is no http/site"),
    ("a second row", "http/README.md", "| base | | all |\n", "http/README.md:8: a second row for http/base"),
    ("a map of what is gone", "http/README.md", "\n`files/beneath.c`, `beneath.h` and `http/base/view.h` use `files/gone.c`.\n",
     "http/README.md:9: there is no files/gone.c"),
    ("a long file", "http/pages/pages.c", "\n" * 349, "http/pages/pages.c:350: 351 lines; at most 350"),
    ("an exception for nothing", "tests/house/README.md", "| lines of a file | http/gone.c | why |\n",
     "tests/house/README.md:10: there is no http/gone.c"),
    ("a second parser", "http/files/beneath.c", "#include <llhttp.h>\n", "http/files/beneath.c:5: llhttp.h here"),
    ("a call out of place", "http/pages/pages.c", "int f(void) {\n    return (int)recv(1);\n}\n",
     "http/pages/pages.c:4: recv here; it stands only in server/reactor"),
    ("a table that ends the program", "http/files/beneath.c", "#include <uthash.h>\nint h(void) {\n    HASH_ADD(hh, all);\n}\n",
     "http/files/beneath.c:7: HASH_ADD without HASH_NONFATAL_OOM"),
    ("const on a local", "http/files/beneath.c", "int g(void) {\n    const int a = 1;\n    return a;\n}\n",
     "http/files/beneath.c:6: const on a plain local"),
    ("const on a local pointer", "http/files/beneath.c", "int g(void) {\n    const char *const a = x;\n}\n",
     "http/files/beneath.c:6: const on a plain local"),
    ("a folder's name said again", "http/pages/pages_error.h", OPENING,
     "http/pages/pages_error.h:1: the folder's name is said again; call it error.h"),
    ("a header that says nothing", "http/pages/error.h", "/* SPDX-License-Identifier: MIT */\n#pragma once\n",
     "http/pages/error.h:1: does not say what it is for"),
    ("a header without a licence", "http/pages/error.h", "\n/* What for. */\n", "http/pages/error.h:1: does not say"),
    ("a test of a folder that is gone", "tests/unit/http/gone/test_gone.c", "\n",
     "tests/unit/http/gone/test_gone.c:1: there is no http/gone/"),
)


class House(unittest.TestCase):
    def setUp(self):
        self.root = Path(tempfile.mkdtemp(prefix="lido-house-"))
        self.addCleanup(shutil.rmtree, self.root)
        for path, text in CLEAN.items():
            self.append(path, text)

    def append(self, path, text):
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        with (self.root / path).open("a", encoding="utf-8") as file:
            file.write(text)

    def replace(self, path, old, new):
        text = (self.root / path).read_text(encoding="utf-8")
        self.assertIn(old, text)
        (self.root / path).write_text(text.replace(old, new), encoding="utf-8")

    def assert_says(self, beginning):
        """One breach, and it is this one."""
        said = [str(breach) for breach in house.breaches(self.root)]
        self.assertEqual(len(said), 1, said)
        self.assertTrue(said[0].startswith(beginning), said)
        self.assertIn("; ", said[0]) # what would be right

    def run_program(self):
        """The exit status of house.py, and what it prints."""
        program = [sys.executable, "-B", HERE / "house.py", self.root]
        done = subprocess.run(program, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr

    def test_is_content_with_a_tree_that_keeps_the_rules(self):
        self.assertEqual(self.run_program(), (0, ""))

    def test_fails_when_there_is_a_breach(self):
        self.append("http/files/beneath.c", "#include <llhttp.h>\n")
        self.assertEqual(self.run_program(), (1, "http/files/beneath.c:5: llhttp.h here; "
                                                 "it stands only in http/pages/pages.c\n"))

    def test_sees_an_arrow_that_the_wing_may_follow_and_its_folder_may_not(self):
        self.replace("README.md", "http, threadpool", "http")
        self.assert_says("server/reactor/reactor.h:3: includes threadpool/threadpool.h, and server may not")

    def test_sees_a_circle_of_files(self):
        self.append("http/pages/pages.h", '#include "http/pages/page.h"\n')
        self.append("http/pages/page.h", '#include "http/pages/pages.h"\n')
        self.assert_says("http/pages/pages.h:1: files include each other in a circle: http/pages/pages.h -> "
                         "http/pages/page.h -> http/pages/pages.h")

    def test_sees_a_circle_of_arrows(self):
        self.replace("http/README.md", "| base | | all |", "| base | files | all |")
        self.assert_says("http/README.md:1: the arrows run in a circle: http/base -> http/files -> http/base")

    def test_sees_a_face_that_no_other_wing_uses(self):
        self.replace("http/README.md", "| pages | base | |", "| pages | base | page.h |")
        self.assert_says("http/README.md:6: no other wing uses http/pages/page.h; take it out of the faces")

    def test_sees_an_arrow_to_nowhere(self):
        self.replace("server/README.md", "http/base, threadpool", "http/base, threadpool, http/bass")
        self.assert_says("server/README.md:5: there is no wing http/bass")

    def test_sees_a_face_that_is_not_there(self):
        self.replace("http/README.md", "| base | | all |", "| base | | all, text.h |")
        self.assert_says("http/README.md:7: http/base has no text.h")

    def test_sees_a_full_folder(self):
        for number in range(28):
            self.append(f"http/pages/{number}.css", "")
        self.assert_says("http/pages/:1: 32 files; at most 30")


def test_of(path, text, beginning):
    def test(self):
        self.append(path, text)
        self.assert_says(beginning)

    return test


for name, *breach in BREACHES:
    setattr(House, "test_sees_" + name.replace(" ", "_").replace("'", ""), test_of(*breach))

if __name__ == "__main__":
    unittest.main()
