# SPDX-License-Identifier: MIT
"""One running server: started on a free port, asked whether it answers, stopped by its own process id."""

import itertools
import os
import signal
import socket
import subprocess
import time

import procs
from load import bound
from peers import Setup

HOST = "127.0.0.1"
START_SECONDS = 15
STOP_SECONDS = 8
ANSWER_SECONDS = 10
PORTS = itertools.cycle(range(18200, 28000))  # below what Linux takes for outgoing connections; each start a new one


class StartFailed(Exception):
    """The server does not come up; the text says why."""


def free_port():
    for _ in range(2000):
        port = next(PORTS)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return port
    raise StartFailed("no free port")


def ask_once(port, path):
    """Whether the server answers a request for the path with 200. Refused, or no answer yet, is no."""
    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((HOST, port), timeout=ANSWER_SECONDS) as client:
            client.sendall(request.encode())
            return client.recv(64).split(b" ")[1:2] == [b"200"]
    except OSError:
        return False


class Instance:
    """A context. The server's own folder is inside `parent` and stays until that is removed; it is bound to `processor`, if that
    is not None; `extra` is of Setup."""

    def __init__(self, server, root, parent, workers=None, processor=None, **extra):
        port = free_port()
        folder = parent / f"{server.name}-{port}"
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)  # some servers change their user and write here
        self.server = server
        self.setup = Setup(root, folder, port, workers, **extra)
        self.port = port
        self.process = None
        self.started = None
        self.config = server.config(self.setup)
        if self.config is not None:
            server.config_path(self.setup).write_text(self.config)
        self.command = bound(server.command(self.setup), processor)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def launch(self):
        """Start the program without waiting for it. A session of its own, so that a Ctrl-C meant for the bench does not
        stop servers in the middle of a measurement that is still being put away."""
        kept = {name: value for name, value in os.environ.items() if name != "PORT" and not name.startswith("LIDO_")}
        kept |= {"LIDO_USER": "root"} if os.geteuid() == 0 else {}  # else it would refuse to start
        with open(self.setup.folder / "output", "wb") as output:
            self.started = time.monotonic()
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
                cwd=self.setup.folder, env=kept | self.server.environment(self.setup), start_new_session=True,
            )  # fmt: skip

    def await_answer(self, path, pause=0.005):
        """Ask until it answers: the servers have no common way to tell when they are ready. Returns seconds since the
        launch."""
        while True:
            if ask_once(self.port, path):
                return time.monotonic() - self.started
            if self.process.poll() is not None:
                raise StartFailed(f"ended with status {self.process.returncode}: {self.last_words()}")
            if time.monotonic() - self.started > START_SECONDS:
                raise StartFailed(f"no answer within {START_SECONDS} s: {self.last_words()}")
            if pause > 0:
                time.sleep(pause)

    def start(self, path):
        self.launch()
        try:
            self.await_answer(path)
        except BaseException:
            self.stop()
            raise
        return self

    def last_words(self):
        texts = [self.setup.folder / "output", self.setup.folder / "error.log"]
        lines = [line for text in texts if text.exists() for line in text.read_text(errors="replace").splitlines()]
        return lines[-1] if lines else "it said nothing"

    def stop(self):
        if self.process is None:
            return
        process, self.process = self.process, None
        try:
            os.kill(self.server.pid_to_stop(process.pid), signal.SIGTERM)
            process.wait(STOP_SECONDS)
        except (subprocess.TimeoutExpired, ProcessLookupError):
            pass
        finally:  # its session is of our making, so nobody else is in its group
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()

    def signal_stop(self):
        """Ask it to stop without waiting, so that many can stop at the same time; stop() has to follow."""
        if self.process is not None:
            self.process.terminate()

    def cpu_seconds(self):
        return procs.cpu_seconds(self.process.pid)

    def memory_bytes(self):
        return procs.memory_bytes(self.process.pid)
