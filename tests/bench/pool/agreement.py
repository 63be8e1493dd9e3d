# SPDX-License-Identifier: MIT
"""./dev bench agreement: whether Lido tells the same times as its clients have measured. Files that take 50 ms to open, so that the
client's own time hardly counts, and more clients than threads, so that most of it is waiting.

Clients know only how long it took all together. Serving takes the same time for all, so a percentile of the whole is that of the
waiting and the median of the serving."""

import math
import selectors
import socket
import tempfile
import time
from pathlib import Path

from pool.advice import Pool, make_root, slow_disk
from instance import HOST

CLIENTS = 64
DISK_US = 50000
POOLS = (4, 8, 16, 32, 64)
NEAR = 0.05
SHARES = (("median", 0.5, "median_s"), ("90th", 0.9, "p90_s"), ("99th", 0.99, "p99_s"))
REQUEST = f"GET /slow/1k HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
BODY_BYTES = 1024


class Client:
    """A kept connection that asks again as soon as it has its answer."""

    def __init__(self, port):
        self.socket = socket.create_connection((HOST, port))
        self.socket.setblocking(False)
        self.received = b""

    def ask(self):
        self.received = b""
        self.asked = time.monotonic()
        self.socket.send(REQUEST)

    def read(self):
        """Whether the answer is whole."""
        self.received += self.socket.recv(65536)
        head, end, body = self.received.partition(b"\r\n\r\n")
        if end and not b" 200 " in head[:16]:
            raise ValueError(f"an answer that is none: {head[:80]}")
        return bool(end) and len(body) == BODY_BYTES


def load(port, seconds):
    """Returns how long each answer took, in seconds; those that have begun are read to the end."""
    durations = []
    with selectors.DefaultSelector() as selector:
        clients = [Client(port) for _ in range(CLIENTS)]
        for client in clients:
            selector.register(client.socket, selectors.EVENT_READ, client)
            client.ask()
        deadline = time.monotonic() + seconds
        waiting = CLIENTS
        while waiting:
            for key, _ in selector.select():
                if not key.data.read():
                    continue
                now = time.monotonic()
                durations.append(now - key.data.asked)
                if now < deadline:
                    key.data.ask()
                else:
                    waiting -= 1
        for client in clients:
            client.socket.close()
    return sorted(durations)


def served(pool, count):
    """What it tells when all is counted."""
    while True:
        status = pool.status()
        if status["windows"]["5m"]["service"]["count"] >= count:
            return status["windows"]["5m"]
        time.sleep(0.05)


def percentile(durations, share):
    return durations[math.ceil(share * len(durations)) - 1]


def compare(program, root, threads, seconds):
    """Rows of the table."""
    with Pool(program, root, threads) as pool:
        before = pool.status()["counts"]
        durations = load(pool.port, seconds)
        window = served(pool, len(durations) + before["requests"] - before["status_requests"])
        counts = pool.status()["counts"]
    asked = before["requests"] - before["status_requests"]
    counted = counts["requests"] - counts["status_requests"] - asked
    yield threads, "answers", len(durations), counted, counted == len(durations)
    rows = [("mean", sum(durations) / len(durations), window["wait"]["mean_s"] + window["service"]["mean_s"])]
    rows += [
        (name, percentile(durations, share), window["wait"][key] + window["service"]["median_s"]) for name, share, key in SHARES
    ]
    for name, client_s, server_s in rows:
        near = abs(server_s - client_s) <= NEAR * client_s
        yield threads, name, f"{client_s * 1e3:.1f} ms", f"{server_s * 1e3:.1f} ms ({server_s / client_s:.3f})", near


def main(arguments):
    all_near = True
    print("| threads | | clients measured | Lido tells | right |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as parent:
        root = make_root(Path(parent))
        with slow_disk(root / "slow", DISK_US):
            for threads in POOLS:
                for *cells, near in compare(arguments.lido, root, threads, arguments.seconds or 8):
                    print("|", " | ".join(str(cell) for cell in cells), "|", "yes |" if near else "NO |", flush=True)
                    all_near = all_near and near
    return 0 if all_near else 1
