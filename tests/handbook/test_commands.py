# SPDX-License-Identifier: MIT
"""Whether the handbook tells the truth: each command of its pages is run, and does what the page says. PROGRAM is the lido to
try it with: python3 test_commands.py PROGRAM [PAGE...]."""

import shutil
import socket
import sys
import unittest
from pathlib import Path

from pages import ROOT, Command, File, read_all
from stage import Stage

ATTEMPTS = 2  # a command that shows time passing may be late once on a machine that has other things to do

# How to ask a program whether it takes these settings.
CHECKS = {
    "lido": "lido --check-config -c {file}",
    "nginx": "nginx -t -c {file}",
    "haproxy": "haproxy -c -f {file}",
    "patch": "cd '{root}' && git apply --check {file}",
}

PROGRAMS = {"patch": "git"}


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as one:
            one.bind(("::1", 0))
        return True
    except OSError:
        return False


class Handbook(unittest.TestCase):
    def setUp(self):
        self.stage = Stage(PROGRAM)
        self.addCleanup(self.stage.close)

    def complaint(self, command):
        """What is wrong with what the command did, or None."""
        done = self.stage.start_and_stop(command.text) if command.starts else self.stage.run(command.text)
        if done.status != command.status:
            return f"{command}: exit status {done.status}, not {command.status}\n{command.text}\n{done.output}"
        missing = [line for line in command.says if line not in done.output]
        return f"{command}: does not say {missing}\n{command.text}\n{done.output}" if missing else None

    def try_command(self, command):
        complaints = []
        while len(complaints) < ATTEMPTS:
            complaint = self.complaint(command)
            if complaint is None:
                return
            complaints.append(complaint)
        self.fail("\n".join(complaints))

    def check_file(self, file):
        text = self.stage.staged(file.text)
        path = Path(self.stage.staged(file.place or f"/tmp/{file.program}.conf"))
        path.write_text(f"{text}\n", encoding="utf-8")
        done = self.stage.run_as_it_is(CHECKS[file.program].format(file=path, root=ROOT))
        self.assertEqual(done.status, 0, f"{file}: {file.program} does not take it\n{text}\n{done.output}")


def test_of_page(items):
    def test(self):
        self.stage.start_lido()
        for item in items:
            with self.subTest(str(item)):
                if isinstance(item, File):
                    self.check_file(item)
                else:
                    self.try_command(item)

    return test


def without(item):
    """Why the item is left out here, or None."""
    if isinstance(item, File):
        program = PROGRAMS.get(item.program, item.program)
        return None if program == "lido" or shutil.which(program) else f"no {program}"
    if item.needs == "ipv6" and has_ipv6():
        return None
    if item.needs in ("nginx", "haproxy") and shutil.which(item.needs):
        return None
    return f"needs {item.needs}" if item.needs else None


def main():
    global PROGRAM
    PROGRAM, *wanted = sys.argv[1:]
    by_page = {}
    for item in read_all():
        why = without(item)
        if wanted and item.page not in wanted:
            continue
        if why is not None:
            print(f"{item}: left out: {why}")
        else:
            by_page.setdefault(item.page, []).append(item)
    for page, items in by_page.items():
        commands = sum(isinstance(item, Command) for item in items)
        print(f"{page}: {commands} commands, {len(items) - commands} files")
        setattr(Handbook, f"test_{page.removesuffix('.html')}", test_of_page(items))
    unittest.main(argv=sys.argv[:1])


if __name__ == "__main__":
    main()
