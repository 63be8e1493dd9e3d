# SPDX-License-Identifier: MIT
"""One Lido whose calls can be made to fail. A context."""

import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path

from asking import INDEX, ask_once

START_SECONDS = 60  # only a hang takes as long, as with the next one
STOP_SECONDS = 60
LISTENS = "0A"  # in /proc/net/tcp
SETTINGS = (
    "shutdown_timeout=2s", "threads_spare=1", "compress=on", "file_cache_descriptors=0", "stuck_after=10s",
)


class Broken(Exception):
    """What no fault may bring about: a crash, a hang, an end without a word."""


class Program:
    """`prefix` is put before the command: strace, say. `config`: the path of a file that has settings, too."""

    def __init__(self, lido, preload, control, folder, prefix=(), config=None):
        self.command = [*prefix, str(lido), "-b", "127.0.0.1:0", "-s", f"access_log={folder / 'access.log'}"]
        for setting in SETTINGS + (("user=root",) if os.geteuid() == 0 else ()) + (("threads=2",) if config is None else ()):
            self.command += ["-s", setting]
        self.command += ["-c", str(config)] if config is not None else []
        self.command.append(str(folder / "site"))
        self.has_prefix = bool(prefix)
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("LIDO_")}
        own = {} if preload is None else {"FAULTS_CONTROL": str(control.path), "LD_PRELOAD": str(preload)}
        self.environment = kept | own
        self.process = None
        self.port = None
        self.words = ""

    def __enter__(self):
        self.process = subprocess.Popen(
            self.command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=self.environment, cwd=self.folder, start_new_session=True)
        return self

    def __exit__(self, failure, *_):
        if self.process.poll() is None:
            self.kill()
        self.process.stderr.close()

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL) # a session of its own: nobody else is in it
        self.process.wait()

    def read_words(self, deadline):
        """What comes on standard error, up to now or the end. Returns False at the end."""
        left = max(0, deadline - time.monotonic())
        if not select.select([self.process.stderr], [], [], left)[0]:
            raise Broken(f"it hangs; it said: {self.words!r}")
        more = os.read(self.process.stderr.fileno(), 65536)
        self.words += more.decode(errors="replace")
        return bool(more)

    def pid(self):
        """Of Lido itself, or 0: not started yet. A prefix starts it as its child, and does not become it."""
        own = self.process.pid
        if not self.has_prefix:
            return own
        try:
            children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        except FileNotFoundError:
            children = []
        return int(children[0]) if children else 0

    def find_port(self):
        """Where it listens, as the kernel has it. None: nowhere."""
        try:
            ends = {os.readlink(end) for end in Path(f"/proc/{self.pid()}/fd").iterdir()}
        except OSError:
            return None
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
            _, local, _, state, *rest = line.split()
            if state == LISTENS and f"socket:[{rest[5]}]" in ends:
                return int(local.split(":")[1], 16)
        return None

    def answers(self):
        try:
            return self.port is not None and ask_once(self.port, INDEX).status != 0
        except OSError: # it ends, or has not begun
            return False

    def await_unheard_start(self):
        """The same as await_start(), if what it says may be lost: it has started when it answers."""
        deadline = time.monotonic() + START_SECONDS
        while not self.is_gone():
            self.port = self.find_port()
            if self.answers():
                return True
            if time.monotonic() > deadline:
                raise Broken("it neither answers nor ends")
            time.sleep(0.01)
        if self.process.returncode <= 0:
            raise Broken(f"it ends with status {self.process.returncode}")
        return False

    def await_words(self, pattern):
        """Wait until it says that, and forget it, and what was said before."""
        deadline = time.monotonic() + START_SECONDS
        while (found := re.search(pattern, self.words)) is None:
            if not self.read_words(deadline):
                raise Broken(f"it has ended; it said: {self.words!r}")
        self.words = self.words[found.end():]
        return found[0]

    def await_start(self):
        """Returns whether it listens; else it has said why not."""
        deadline = time.monotonic() + START_SECONDS
        while self.read_words(deadline):
            found = re.search(r"listening on .*http://127\.0\.0\.1:(\d+)/ .*\n", self.words)
            if found:
                self.port = int(found[1])
                return True
        self.await_end(deadline)
        if self.process.returncode == 0 or not self.words:
            raise Broken(f"it ends with status {self.process.returncode} and says {self.words!r}")
        return False

    def await_end(self, deadline):
        try:
            self.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as failure:
            raise Broken(f"it does not end; it said: {self.words!r}") from failure
        if self.process.returncode < 0:
            raise Broken(f"signal {-self.process.returncode}; it said: {self.words!r}")

    def is_gone(self):
        return self.process.poll() is not None

    def stop(self):
        deadline = time.monotonic() + STOP_SECONDS
        pid = self.pid()
        if pid != 0: # else it has ended, and await_end() says how
            os.kill(pid, signal.SIGTERM)
        while self.read_words(deadline):
            pass
        self.await_end(deadline)
        if self.process.returncode != 0:
            raise Broken(f"status {self.process.returncode} at the end; it said: {self.words!r}")
