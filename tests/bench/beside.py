# SPDX-License-Identifier: MIT
"""Company for the clients that are measured: slow ones that hang on, one whose file hangs, kept ones at full load, and bulk
downloads. Contexts; `outcome` tells afterwards what became of them."""

import contextlib
import signal
import socket
import struct
import subprocess
import threading
import time
from pathlib import Path

from content import SIZES, path_of_size
from load import Load, LoadFailed, read_report, running

HOST = "127.0.0.1"
HUNG_FILE = Path(__file__).resolve().parents[2] / "build/release/bench_hung_file"
SECONDS = 10
LONGEST_SECONDS = 600
ESTABLISHED = 1  # the first byte of struct tcp_info, see tcp(7)
DRIP_SECONDS = 1.0
SETTLE_SECONDS = 6
WATCH_SECONDS = 0.2
REST_SHARE = 0.1  # of one core
DRIPPED = b"GET /1k.txt HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: " + b"x" * 1000


def is_established(client):
    return struct.unpack("B", client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1))[0] == ESTABLISHED


class SlowClients:
    """A third of them silent, a third sending a head byte by byte, one byte a second, a third asking for 100 MiB and never
    reading. For those the server first fills the kernel's buffers, megabytes each. That is work, and progress; it is what
    comes after that is to be measured, so the context begins when the server has come to rest."""

    def __init__(self, instance, count=900):
        self.instance = instance
        self.port = instance.port
        self.wanted = count
        self.clients = []
        self.drippers = []
        self.is_settled = False
        self.ended = threading.Event()
        self.dripping = threading.Thread(target=self.drip, daemon=True)
        self.outcome = None

    def __enter__(self):
        try:
            for kind in range(self.wanted):
                self.connect(kind % 3)
            self.dripping.start()
            self.is_settled = self.settle()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        held = sum(is_established(client) for client in self.clients)
        restless = "" if self.is_settled else f", and the server was still busy with them after {SETTLE_SECONDS} s"
        self.outcome = f"{held} of {self.wanted} slow clients held{restless}"
        self.close()

    def connect(self, kind):
        client = socket.socket()
        self.clients.append(client)
        client.settimeout(SECONDS)
        if kind == 2:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # before the handshake: the window stays small
        client.connect((HOST, self.port))
        if kind == 1:
            client.sendall(DRIPPED[:1])
            self.drippers.append(client)
        if kind == 2:
            client.sendall(f"GET {path_of_size('100m')} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())

    def settle(self):
        """Wait until the server is idle but for those who drip. Returns whether it came to that."""
        deadline = time.monotonic() + SETTLE_SECONDS
        before = self.instance.cpu_seconds()
        while time.monotonic() < deadline:
            time.sleep(WATCH_SECONDS)
            now = self.instance.cpu_seconds()
            if now - before < REST_SHARE * WATCH_SECONDS:
                return True
            before = now
        return False

    def drip(self):
        sent = 1
        while not self.ended.wait(DRIP_SECONDS) and sent < len(DRIPPED):
            for client in self.drippers:
                try:
                    client.send(DRIPPED[sent : sent + 1])
                except OSError:
                    continue  # the outcome tells how many are left
            sent += 1

    def close(self):
        self.ended.set()
        if self.dripping.is_alive():
            self.dripping.join()
        for client in self.clients:
            client.close()


class HungFile:
    """One client, whose file is on a file system that does not answer open(2): the worker that serves it is gone for as long."""

    FOLDER, NAME = "hung", "small.bin"  # as in tests/support/slow_files/slow_files/slow_files.h

    def __init__(self, instance):
        self.port = instance.port
        self.mount_point = instance.setup.root / self.FOLDER
        self.stack = contextlib.ExitStack()
        self.outcome = None

    def __enter__(self):
        with contextlib.ExitStack() as stack:
            self.mount_point.mkdir(exist_ok=True)
            process = stack.enter_context(self.mounted())
            await_line(process, "mounted")
            client = stack.enter_context(socket.create_connection((HOST, self.port), timeout=SECONDS))
            client.sendall(f"GET /{self.FOLDER}/{self.NAME} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
            await_line(process, "held")
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_):
        self.stack.close()
        self.outcome = "one client hung"

    @contextlib.contextmanager
    def mounted(self):
        """The process that is the file system; at the end of its input it answers, unmounts and ends."""
        process = subprocess.Popen(
            [HUNG_FILE, self.mount_point], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        with process:
            try:
                yield process
            finally:
                process.stdin.close()


def await_line(process, wanted):
    """Blocks until the process says the word, or ends."""
    said = process.stdout.readline().strip()
    if said != wanted:
        raise LoadFailed(f"{HUNG_FILE.name}: {said or 'it ended'}")


class Downloads:
    """Clients that ask again and again as fast as they can, by a wrk of their own."""

    def __init__(self, instance, load):
        self.load = load
        self.port = instance.port
        self.stack = contextlib.ExitStack()
        self.process = None
        self.outcome = None

    def __enter__(self):
        command = self.load.command(self.port, LONGEST_SECONDS)
        self.process = self.stack.enter_context(running(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT))
        return self

    def __exit__(self, *_):
        with self.stack:
            self.process.send_signal(signal.SIGINT)  # wrk tells what it has seen so far
            try:
                seen = read_report(self.process.communicate(timeout=SECONDS)[0])
                each_second = 1e6 / seen["microseconds"]
                mib = f"{seen['bytes'] * each_second / 2**20:,.0f} MiB/s"
                self.outcome = f"{mib} and {seen['requests'] * each_second:,.0f} requests/s beside"
            except (subprocess.TimeoutExpired, LoadFailed) as error:
                self.outcome = f"the load beside failed: {error}"


def bulk_downloads(instance):
    return Downloads(instance, Load(path_of_size("100m"), None, 4))


def kept_clients(instance):
    return Downloads(instance, Load(path_of_size("1k"), SIZES["1k"], 64))
