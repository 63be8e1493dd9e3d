# SPDX-License-Identifier: MIT
"""One Lido whose calls can be made to fail. A context."""

import os
import re
import select
import signal
import subprocess
import time

START_SECONDS = 20
STOP_SECONDS = 20
SETTINGS = (
    "shutdown_timeout=2s", "threads=2", "threads_spare=1", "compress=on", "file_cache_descriptors=0", "stuck_after=10s",
)


class Broken(Exception):
    """What no fault may bring about: a crash, a hang, an end without a word."""


class Program:
    """`prefix` is put before the command: strace, say."""

    def __init__(self, lido, preload, control, folder, prefix=()):
        self.command = [*prefix, str(lido), "-b", "127.0.0.1:0", "-s", f"access_log={folder / 'access.log'}"]
        for setting in SETTINGS + (("user=root",) if os.geteuid() == 0 else ()):
            self.command += ["-s", setting]
        self.command.append(str(folder / "site"))
        self.folder = folder
        kept = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("LIDO_")}
        own = {"LIDO_FAULTS": str(control.path)} if preload is None else {
            "LIDO_FAULTS": str(control.path), "LD_PRELOAD": str(preload)}
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

    def stop(self, pid=None):
        """`pid`: of Lido itself, if something else was started that starts it."""
        deadline = time.monotonic() + STOP_SECONDS
        os.kill(pid or self.process.pid, signal.SIGTERM)
        while self.read_words(deadline):
            pass
        self.await_end(deadline)
        if self.process.returncode != 0:
            raise Broken(f"status {self.process.returncode} at the end; it said: {self.words!r}")
