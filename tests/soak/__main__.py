# SPDX-License-Identifier: MIT
"""./dev soak: a server under all that can be done to it for a long time, at once: good clients and bad ones, files that
change, reloads, log turns. The exit status is 1 when anything was wrong: a byte of a body, a line of the log, an exit status,
or memory, descriptors and threads that are not flat. See README.md."""

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path

import bad
import good
import report
import watch
from served import Site
from server import THREADS_MAX, THREADS_OWN, THREADS_SPARE, Server
from turns import Turns

ROOT = Path(__file__).resolve().parents[2]
REST_SECONDS = 30  # for what clients held to be given back: the time-outs of the settings, and 10 s for files of the cache
DESCRIPTORS_KEPT = 8  # that may be more than at the start: files of the cache


def read_arguments():
    parser = argparse.ArgumentParser(prog="./dev soak", description="Let it serve everybody for a long time.")
    parser.add_argument("minutes", nargs="?", type=float, default=10, help="how long (10)")
    parser.add_argument("--lido", type=Path, default=ROOT / "build/release/lido", help=argparse.SUPPRESS)
    return parser.parse_args()


class Run:
    """All of it. `findings` are what is wrong."""

    def __init__(self, server, folder):
        self.server = server
        self.site = Site(folder / "site", folder / "new")
        self.good = good.all_kinds(server.port)
        self.bad = bad.all_kinds(server.port)
        self.turns = Turns(server)
        self.findings = []
        self.watch = None
        self.lines = 0
        self.stop_seconds = 0.0

    def last(self, minutes):
        """Serve everybody for so long, or until it dies."""
        actors = self.good + self.bad
        for actor in actors:
            actor.thread.start()
        for other in (self.site, self.turns, self.watch):
            other.start()
        over = threading.Event()
        deadline = time.monotonic() + minutes * 60
        while time.monotonic() < deadline and self.server.is_alive():
            over.wait(0.5)
        self.turns.stop()
        for actor in actors:
            actor.over.set()
        for actor in actors:
            actor.thread.join()
        self.watch.stop()
        self.site.stop()

    def check(self, before):
        """What is to be seen once all clients have gone."""
        for actor in (*self.good, *self.bad, self.turns):
            self.findings += actor.failures
        self.findings += watch.what_has_grown(self.watch.samples, THREADS_MAX + THREADS_SPARE + THREADS_OWN)
        if self.server.is_alive():
            count = watch.await_descriptors(self.server.process.pid, before + DESCRIPTORS_KEPT, REST_SECONDS)
            if count > before + DESCRIPTORS_KEPT:
                self.findings.append(f"{count} descriptors when all have gone, {before} before they came")

    def end(self):
        begin = time.monotonic()
        status, words = self.server.stop()
        self.stop_seconds = time.monotonic() - begin
        if status != 0:
            self.findings.append(f"exit status {status}; it said: {words[-2000:]}")
        answered = sum(one.answered for one in self.good) + self.turns.answered
        self.lines = report.count_lines(self.server.logs)
        if self.lines != answered:
            self.findings.append(f"{self.lines} lines of the log for {answered} answers")

    def run(self, minutes):
        with self.server:
            before = watch.count_descriptors(self.server.process.pid)
            self.watch = watch.Watch(self.server.process.pid)
            self.last(minutes)
            self.check(before)
            self.end()


def main():
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="lido-soak-") as name:
        folder = Path(name)
        run = Run(Server(arguments.lido.resolve(), folder), folder)
        run.run(arguments.minutes)
        report.print_all(run, arguments.minutes)
    return 1 if run.findings else 0


if __name__ == "__main__":
    sys.exit(main())
