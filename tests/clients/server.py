# SPDX-License-Identifier: MIT
"""One running Lido: on a free port of 127.0.0.1, with a log of what the client asked for. A context."""

import os
import re
import signal
import subprocess
from collections import Counter
from dataclasses import dataclass

from outcome import Failed

STOP_SECONDS = 20
LINE = re.compile(r'"(?P<method>\S+) (?P<target>.*) HTTP/[0-9.]+" (?P<status>\d{3}) (?P<length>\d+|-) ')


@dataclass(frozen=True)
class Request:
    """One line of the access log; length is that of the answer's body, without its head."""

    method: str
    target: str
    status: int
    length: int


def parse_log(text):
    found = LINE.finditer(text)
    return [
        Request(m["method"], m["target"], int(m["status"]), int(m["length"].replace("-", "0"))) for m in found
    ]


class Server:
    """`requests` is filled when the context ends, as the log is complete only then."""

    def __init__(self, program, root, folder, settings=(), config=""):
        self.log = folder / "access.log"
        config_file = folder / "lido.conf"
        config_file.write_text(config)
        self.command = [program, "-c", config_file, "-b", "127.0.0.1:0", "-s", f"access_log={self.log}"]
        for setting in settings:
            self.command += ["-s", setting]
        self.command.append(root)
        self.folder = folder
        self.process = None
        self.url = None
        self.requests = []

    def __enter__(self):
        kept = {
            name: value
            for name, value in os.environ.items()
            if name != "PORT" and not name.startswith("LIDO_")
        }
        if os.geteuid() == 0:
            kept["LIDO_USER"] = "root"  # else it refuses to start
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=kept,
            cwd=self.folder,
            text=True,
            start_new_session=True,
        )
        banner = self.process.stderr.readline()
        address = re.search(r"listening on .*(http://127\.0\.0\.1:\d+)/ ", banner)
        if address is None:
            self.process.kill()
            raise Failed(f"Lido does not start: {banner}{self.process.communicate()[1]}")
        self.url = address[1]
        return self

    def __exit__(self, failure, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            words = self.process.communicate(timeout=STOP_SECONDS)[1]
        except subprocess.TimeoutExpired:
            self.process.kill()
            words = self.process.communicate()[1] + "it did not stop"
        self.requests = parse_log(self.log.read_text(errors="replace")) if self.log.exists() else []
        if failure is None and self.process.returncode != 0:
            raise Failed(f"Lido ended with status {self.process.returncode}: {words}")

    @property
    def host(self):
        return self.url.removeprefix("http://")

    def count(self, **wanted):
        """How often each target was asked for, of the requests that have these values, e.g. status=206."""
        found = (r for r in self.requests if all(getattr(r, name) == value for name, value in wanted.items()))
        return Counter(request.target for request in found)

    def sent_bytes(self):
        return sum(request.length for request in self.requests)
