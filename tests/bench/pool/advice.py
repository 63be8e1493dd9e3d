# SPDX-License-Identifier: MIT
"""./dev bench advice: whether the advice is right. For each load the best size of the pool is found by trying; then one pool is
asked for its advice, and another one of that size is measured, until it is content: is that size as good, and do requests wait as
long as was foretold in the last step?

Lido is asked through its status page, which does not change what it tells. All clients come again as soon as they have their
answer, so that the size with the most requests a second is the one with the shortest waiting and serving (Little's law)."""

import contextlib
import json
import os
import selectors
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import load as wrk
from instance import HOST, StartFailed, ask_once, free_port

SLOW_DISK = Path(__file__).resolve().parents[3] / "build/release/bench_slow_disk"
SHARE_SCRIPT = wrk.HERE / "wrk_share.lua"
GOOD_SHARE = 0.95  # of the most requests a second: so good is good
NEAR = 1.25  # what is advised is at most so much more or less than a size that is good
FORETOLD = 2.0  # and requests wait at most so many times as long as foretold, or as short
LEAST_WAIT_S = 0.0002  # less is as good as none
START_THREADS = 4
STEPS_MAX = 5
IDLE_SECONDS = 3  # before the load whose advice counts: what other programs do anyway is seen, as on any server
LARGE_BYTES = 4 << 20  # read in some seven seconds: the server counts an answer at its end
PIECE_BYTES = 65536
PAUSE_SECONDS = 0.1
ROOM_BYTES = 65536
OPTIONS = ("access_log=off", "file_cache_max_file=512", "file_cache_descriptors=0")  # the slow file stays slow


@dataclass(frozen=True)
class Case:
    name: str
    title: str
    sizes: tuple
    load: wrk.Load | None = None  # None: slow readers
    disk_us: int = 1000


FEW = (1, 2, 4, 8, 16, 64)
SLOW = "/slow/1k"
CASES = (
    Case("cached", "small files from memory, 64 kept", FEW, wrk.Load("/small.txt", 256, 64)),
    Case("slow-1ms", "each file opened in 1 ms, 64 kept", (4, 16, 24, 32, 40, 48, 64), wrk.Load(SLOW, 1024, 64)),
    Case("slow-50ms", "each file opened in 50 ms, 64 kept", (4, 16, 32, 48, 56, 64, 80), wrk.Load(SLOW, 1024, 64), 50000),
    Case("mixed", "one file of five opened in 10 ms, the others from memory, 64 kept", (4, 8, 16, 24, 32, 48, 64),
         wrk.Load("/small.txt", None, 64, script=SHARE_SCRIPT, arguments=(SLOW, "5")), 10000),
    Case("overload", "512 clients, a new connection each time", FEW, wrk.Load("/small.txt", 256, 512, closes=True)),
    Case("downloads", "100 clients that read a large file slowly", (1, 2, 4, 16)),
)  # fmt: skip


@contextlib.contextmanager
def slow_disk(folder, wait_us):
    process = subprocess.Popen([SLOW_DISK, folder, str(wait_us)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if process.stdout.readline() != "mounted\n":
            raise StartFailed("the slow file system cannot be mounted")
        yield
    finally:
        process.stdin.close()
        process.wait()


class SlowReaders:
    """A context: within, so many clients read a large file, each a little of it several times a second, and begin again at its
    end. `taken` counts the bytes."""

    def __init__(self, port, path, count):
        self.port = port
        self.request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
        self.count = count
        self.taken = 0
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.read_all, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()

    def connect(self):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)  # before the handshake: the window stays small
        client.connect((HOST, self.port))
        client.sendall(self.request)
        client.setblocking(False)
        return client

    def read_all(self):
        with selectors.DefaultSelector() as selector:
            for _ in range(self.count):
                selector.register(self.connect(), selectors.EVENT_READ)
            while not self.ended.is_set():
                began = time.monotonic()
                for key, _ in selector.select(timeout=0):
                    self.read(selector, key.fileobj)
                self.ended.wait(max(0.0, began + PAUSE_SECONDS - time.monotonic()))
            for key in list(selector.get_map().values()):
                key.fileobj.close()

    def read(self, selector, client):
        piece = client.recv(PIECE_BYTES)
        self.taken += len(piece)
        if piece == b"":
            selector.unregister(client)
            client.close()
            selector.register(self.connect(), selectors.EVENT_READ)


class Pool:
    """Lido with so many threads. A context."""

    def __init__(self, program, root, threads):
        self.port = free_port()
        options = [word for option in OPTIONS for word in ("-s", option)]
        options += ["-s", "user=root"] if os.geteuid() == 0 else []
        self.command = [program, "-p", str(self.port), "-t", str(threads), "-q", *options, root]

    def __enter__(self):
        self.process = subprocess.Popen(self.command, stderr=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 10
        while not ask_once(self.port, "/small.txt"):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.__exit__()
                raise StartFailed("lido does not answer")
            time.sleep(0.01)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(15)
        finally:
            self.process.kill()

    def status(self):
        with urllib.request.urlopen(f"http://{HOST}:{self.port}/.lido/status.json", timeout=10) as answer:
            return json.load(answer)


@dataclass(frozen=True)
class Run:
    rate: float  # requests a second, or bytes of slow readers
    wait_s: float
    advice: dict


def measure(case, program, root, threads, seconds, idle_seconds=0):
    """Load a pool of this size for so long. What it tells is read while the load is on, after all but a second."""
    with Pool(program, root, threads) as pool:
        time.sleep(idle_seconds)
        if case.load is None:
            with SlowReaders(pool.port, "/large.bin", 100) as readers:
                time.sleep(seconds)
                status = pool.status()
                rate = readers.taken / seconds
        else:
            command = case.load.command(pool.port, seconds + 2)
            with wrk.running(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
                time.sleep(seconds)
                status = pool.status()
    window = status["windows"]["10s"]
    if case.load is not None:
        rate = window["requests_per_s"]
    return Run(rate, window["wait"]["mean_s"], status["advice"])


def good_sizes(runs):
    most = max(run.rate for run in runs.values())
    return [threads for threads, run in runs.items() if run.rate >= GOOD_SHARE * most]


def distance(threads, good):
    """How many times as many as the nearest good size; 1 within."""
    if min(good) <= threads <= max(good):
        return 1.0
    return threads / (min(good) if threads < min(good) else max(good))


def factor(foretold_s, measured_s):
    foretold, measured = max(foretold_s, LEAST_WAIT_S), max(measured_s, LEAST_WAIT_S)
    return foretold / measured


def follow(case, program, root):
    """Do what is advised until that changes nothing more, as threads = auto does. Returns the sizes with what was measured; the
    last one is measured twice at least, when the first is right already."""
    steps = [(START_THREADS, measure(case, program, root, START_THREADS, 12, IDLE_SECONDS))]
    for _ in range(STEPS_MAX):
        threads, run = steps[-1]
        print(f"    {threads:4} threads say: {run.advice['lines'][0]}", flush=True)
        advised = run.advice["threads_advised"]
        if advised == threads and len(steps) > 1:
            break
        steps.append((advised, measure(case, program, root, advised, 12, IDLE_SECONDS)))
        if advised == threads:
            break
    return steps


def judge(case, program, root, seconds):
    """One row of the table, and whether it is as it should be."""
    runs = {threads: measure(case, program, root, threads, seconds) for threads in case.sizes}
    for threads, run in runs.items():
        print(f"    {threads:4} threads: {run.rate:12,.0f} /s, wait {run.wait_s * 1e3:8.2f} ms", flush=True)
    steps = follow(case, program, root)
    asked, (advised, after) = steps[-2][1], steps[-1]
    good = good_sizes({**runs, advised: after})
    away = distance(advised, good)
    foretold = asked.advice["wait_advised_s"]
    off = factor(foretold, after.wait_s)
    most = max(run.rate for run in runs.values())
    is_right = 1 / NEAR <= away <= NEAR and 1 / FORETOLD <= off <= FORETOLD
    path = ", ".join(str(threads) for threads, _ in steps)
    row = (
        f"| {case.title} | {min(good)} to {max(good)} | {path} | {away:.2f} | {after.rate / most:.2f} | "
        f"{asked.wait_s * 1e3:.2f} | {foretold * 1e3:.2f} | {after.wait_s * 1e3:.2f} | {off:.2f} | {'yes' if is_right else 'NO'} |"
    )
    return row, is_right


def make_root(folder):
    (folder / "slow").mkdir()
    (folder / "small.txt").write_text("x" * 256)
    with open(folder / "large.bin", "wb") as large:
        large.truncate(LARGE_BYTES)
    return folder


HEAD = (
    "| load | good sizes | threads, as advised | ratio | requests/s of the most | wait before, ms | foretold | measured after | ratio | right |\n"
    "|---|---|---|---|---|---|---|---|---|---|"
)


def main(arguments):
    chosen = [case for case in CASES if not arguments.loads or case.name in arguments.loads]
    rows, all_right = [], True
    with tempfile.TemporaryDirectory() as parent:
        root = make_root(Path(parent))
        for case in chosen:
            print(f"{case.name}: {case.title}", flush=True)
            with slow_disk(root / "slow", case.disk_us):
                row, is_right = judge(case, arguments.lido, root, arguments.seconds or 3)
            rows.append(row)
            all_right = all_right and is_right
    print("\n".join((HEAD, *rows)))
    return 0 if all_right else 1
