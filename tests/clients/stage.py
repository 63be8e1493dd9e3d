# SPDX-License-Identifier: MIT
"""What a task works with: a folder of its own, what Lido serves of it, where the client runs and writes."""

import os
import shlex
import subprocess

import trees
from outcome import Failed
from server import Server

CLIENT_SECONDS = 30
LAST_LINES = 8


def last_lines(output):
    return "\n".join(output.decode(errors="replace").splitlines()[-LAST_LINES:])


class Stage:
    """root is served, out is for what the client fetches, home for what it writes besides."""

    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.root, self.out, self.home = folder / "root", folder / "out", folder / "home"
        for each in (self.root, self.out, self.home):
            each.mkdir()
        self.starts = 0

    def serve(self, contents=None, settings=(), config=""):
        """A Server, to be used as a context."""
        trees.write(self.root, contents or {})
        self.starts += 1
        folder = self.folder / f"lido-{self.starts}"
        folder.mkdir()
        return Server(self.program, self.root, folder, settings, config)

    def environment(self):
        """Nothing of the caller's settings, and no proxy: a client's own defaults."""
        path = os.environ.get("PATH", "/usr/bin:/bin")
        return {
            "PATH": path,
            "HOME": str(self.home),
            "TMPDIR": str(self.home),
            "LC_ALL": "C.UTF-8",
            "TERM": "dumb",
        }

    def run(self, *command, status=0, cwd=None, variables=None, seconds=CLIENT_SECONDS):
        """Run a client. Returns what it wrote, errors among it; Failed if it ends with another status than
        this or takes too long; then it is ended, and all that it started."""
        command = [str(word) for word in command]
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=cwd or self.out,
            env=self.environment() | (variables or {}),
            start_new_session=True,
        )
        line = shlex.join(command)
        try:
            output = process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            kill_session(process)
            output = process.communicate()[0]
            raise Failed(f"it did not end within {seconds} s\n{line}\n{last_lines(output)}") from None
        except BaseException:
            kill_session(process)
            raise
        if process.returncode != status:
            raise Failed(
                f"it ended with status {process.returncode}, not {status}\n{line}\n{last_lines(output)}"
            )
        return output.decode(errors="replace")

    def fetched(self):
        return trees.read(self.out)


def kill_session(process):
    """The process leads a session of its own, so nobody else is in its group."""
    os.killpg(process.pid, 9)
