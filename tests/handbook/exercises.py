# SPDX-License-Identifier: MIT
"""Whether the answers to the exercises are right: each change of exercises.html is made in a copy of the project, what it is
said to break is built and run, and has to fail, or to pass where the answer says so. Takes minutes, as it builds:
python3 -B tests/handbook/exercises.py [WORD...], those whose change has the word in it. Exit status 1 if an answer is wrong."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from pages import ROOT, WWW, blocks

PATIENCE_S = 1200


def exercises():
    """(patch, the test's program, the sentence of the test that fails, or "" if none does)."""
    for kind, attributes, text, line in blocks(WWW / "exercises.html"):
        if kind == "file" and attributes["for"] == "patch":
            yield f"www/exercises.html:{line}", f"{text}\n", attributes["program"], attributes.get("fails", "")


def run(*command, folder, **how):
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, **how)


def copy_of_project(folder):
    """What git knows of, and what is new."""
    for name in run("git", "ls-files", "-z", "-co", "--exclude-standard", folder=ROOT).stdout.split("\0"):
        if name and (ROOT / name).exists():
            copy = Path(folder, name)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy)


def failed_tests(folder, program):
    """The sentences that fail, as "suite::sentence"; None if it cannot be built."""
    built = run("cmake", "--build", "build/debug", "--target", program, folder=folder)
    if built.returncode != 0:
        print(built.stdout[-2000:])
        return None
    path = next(Path(folder, "build/debug").rglob(program))
    output = run(str(path), folder=folder)
    return set(re.findall(r"\[FAIL\] (\w+::\w+)", re.sub(r"\x1b\[[0-9;]*m", "", output.stdout + output.stderr)))


def judge(folder, where, patch, program, fails):
    applied = run("git", "apply", "-", folder=folder, input=patch)
    if applied.returncode != 0:
        return f"{where}: does not apply: {applied.stderr}"
    failed = failed_tests(folder, program)
    run("git", "apply", "-R", "-", folder=folder, input=patch)
    if failed is None:
        return f"{where}: cannot be built"
    if fails and fails not in failed:
        return f"{where}: {fails} does not fail in {program}; these do: {sorted(failed)}"
    if not fails and failed:
        return f"{where}: {program} fails after all: {sorted(failed)}"
    print(f"{where}: {program}: {', '.join(sorted(failed)) or 'nothing fails'}", flush=True)
    return None


def main():
    complaints = []
    with tempfile.TemporaryDirectory(prefix="lido-exercises-") as folder:
        copy_of_project(folder)
        run("cmake", "--preset", "debug", folder=folder, check=True)
        for where, patch, program, fails in exercises():
            if all(word in patch for word in sys.argv[1:]):
                complaints.append(judge(folder, where, patch, program, fails))
    complaints = [complaint for complaint in complaints if complaint]
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
