# SPDX-License-Identifier: MIT
"""Whether the tour tells the truth: the calls of its tables stand in a trace of LIDO in that order, and the functions are where
it says. Without strace, or where it may not trace, only the latter: python3 test_tour.py LIDO."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from pages import WWW

PATIENCE_S = 60
ATTEMPTS = 3  # a worker that is not asleep yet when the client comes needs no bell
TABLE = re.compile(r'<table class="calls">(.*?)</table>', re.DOTALL)
ROW = re.compile(r'<tr( class="later")?><th scope="row"><code>(\w+)\(\d\)</code></th>')

# What the kernel calls it, on one machine or another.
KERNEL = {"open": ("openat", "open"), "accept": ("accept4",), "recv": ("recvfrom", "recv"), "fstat": ("fstat", "newfstatat", "statx", "fstat64"),
          "pthread_create": ("clone3", "clone"), "eventfd": ("eventfd2", "eventfd"), "signalfd": ("signalfd4", "signalfd"),
          "epoll_create": ("epoll_create1",), "epoll_wait": ("epoll_wait", "epoll_pwait"), "exit": ("exit_group",), "sendfile": ("sendfile", "sendfile64")}
# "123 accept4(4, ...", or the second half of a call that was interrupted by another thread's.
LINE = re.compile(r"^\d+\s+(?:<\.\.\. (\w+) resumed>|(\w+)\()(.*)$", re.MULTILINE)


def tables():
    """The calls of each table: (name, whether it only comes some time later)."""
    text = (WWW / "tour.html").read_text(encoding="utf-8")
    return [[(name, bool(later)) for later, name in ROW.findall(table)] for table in TABLE.findall(text)]


def names_of(call):
    return KERNEL.get(call, (call,))


def can_trace():
    return shutil.which("strace") and subprocess.run(["strace", "-o", os.devnull, "true"], capture_output=True).returncode == 0


class Tour(unittest.TestCase):
    def trace(self, folder):
        """A run with one request, as lines of (call, the rest)."""
        out = Path(folder) / "trace"
        command = ["strace", "-f", "-o", str(out), LIDO, "-p", "0", "-b", "127.0.0.1", "-t", "2", str(WWW)]
        environment = os.environ | {"ASAN_OPTIONS": "detect_leaks=0"}  # which a traced process cannot look for
        environment |= {"LIDO_USER": "root"} if os.geteuid() == 0 else {}  # else it would refuse to start
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", process.stderr.readline())[1])
        with socket.create_connection(("127.0.0.1", port), PATIENCE_S) as client:
            client.sendall(b"GET /lengths.txt HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            left = (WWW / "lengths.txt").stat().st_size
            head, _, body = self.read_until(client, b"\r\n\r\n").partition(b"\r\n\r\n")
            self.assertIn(b" 200 ", head)
            left -= len(body)
            while left > 0:
                left -= len(client.recv(min(left, 65536)))
        self.assertIn("/lengths.txt", process.stdout.readline())
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        os.kill(int(children[0]), 15)
        process.communicate(timeout=PATIENCE_S)
        return [(resumed or name, rest) for resumed, name, rest in LINE.findall(out.read_text(encoding="utf-8", errors="replace"))]

    @staticmethod
    def read_until(client, mark):
        data = b""
        while mark not in data:
            data += client.recv(4096)
        return data

    def first_out_of_order(self):
        """The first call of the tables that a run does not make in its place, or None."""
        with tempfile.TemporaryDirectory() as folder:
            trace = self.trace(folder)
        at = next(place for place, (name, rest) in enumerate(trace) if name in names_of("open") and str(WWW) in rest)
        for call, is_later in (row for table in tables() for row in table):
            found = next((place for place in range(at, len(trace)) if trace[place][0] in names_of(call)), None)
            if found is None:
                return f"{call} does not come behind line {at} of the trace: {trace[at - 1]}"
            at = at if is_later else found + 1
        return None

    def test_the_calls_come_in_this_order(self):
        if not can_trace():
            self.skipTest("there is no strace that may trace")
        complaints = []
        while len(complaints) < ATTEMPTS:
            complaint = self.first_out_of_order()
            if complaint is None:
                return
            complaints.append(complaint)
        self.fail("\n".join(complaints))

    def test_there_are_three_tables_of_some_length(self):
        self.assertEqual([len(table) > 3 for table in tables()], [True] * 3)


if __name__ == "__main__":
    LIDO = sys.argv[1]
    unittest.main(argv=sys.argv[:1])
