# SPDX-License-Identifier: MIT
"""wrk: the load, what it saw, and whether it was itself the limit. Every server gets the same arguments."""

import contextlib
import json
import os
import resource
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent / "programs"
REPORT_SCRIPT = HERE / "wrk_report.lua"
MIX_SCRIPT = HERE / "wrk_mix.lua"
MARK = "bench-json "
GRACE_SECONDS = 30  # for thousands of connections to be opened and closed
CLIENT_THREADS = 2
ERROR_KINDS = ("connect", "read", "write", "status", "timeout")


@dataclass(frozen=True)
class Placement:
    """The processors that the server and wrk are bound to: which ones of those that there are, from 0 on."""

    server: int
    client: int


def bound(command, processor):
    """The command, bound to that one of the processors that there are; None: to none."""
    if processor is None:
        return command
    there = sorted(os.sched_getaffinity(0))
    return ["taskset", "--cpu-list", str(there[processor % len(there)]), *command]


@dataclass(frozen=True)
class Load:
    """What wrk is told, but for the address."""

    path: str
    size: int | None  # of the body; None when it differs from request to request
    connections: int
    closes: bool = False
    script: Path = REPORT_SCRIPT
    arguments: tuple = ()
    placement: Placement | None = None  # None: as the kernel likes

    def threads(self, wanted=CLIENT_THREADS):
        processors = len(os.sched_getaffinity(0)) if self.placement is None else 1
        return min(wanted, self.connections, processors)

    def command(self, port, seconds, threads=CLIENT_THREADS):
        options = [f"-t{self.threads(threads)}", f"-c{self.connections}", f"-d{seconds}", "--timeout", "10s", "-s", str(self.script)]
        if self.closes:
            options += ["-H", "Connection: close"]
        command = ["wrk", *options, f"http://127.0.0.1:{port}{self.path}", "--", *self.arguments]
        return bound(command, self.placement and self.placement.client)


class LoadFailed(Exception):
    """wrk itself did not work."""


@contextlib.contextmanager
def running(command, **pipes):
    """wrk, which is gone afterwards, whatever happens."""
    process = subprocess.Popen(command, text=True, **pipes)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def seconds_of_ended_children():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def run(load, port, seconds, threads=CLIENT_THREADS):
    """Returns what wrk_report.lua tells, as a dict, and adds `short`: answers that cannot have had the whole body; `cpu_s`, wrk's
    own processor time; and `busy`, the share of the run that its threads computed: near 1, they are the limit."""
    before = seconds_of_ended_children()
    with running(load.command(port, seconds, threads), stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        try:
            output, _ = process.communicate(timeout=seconds + GRACE_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise LoadFailed(f"wrk does not end after {error.timeout:.0f} s") from error
    seen = read_report(output)
    seen["cpu_s"] = seconds_of_ended_children() - before
    seen["busy"] = min(1.0, seen["cpu_s"] / (seen["microseconds"] / 1e6 * load.threads(threads)))
    seen["short"] = count_short(seen, load.size)
    seen["errors"] = sum(seen[kind] for kind in ERROR_KINDS) + seen["short"]
    return seen


def read_report(output):
    """The line of wrk_report.lua among all that wrk prints."""
    lines = [line for line in output.splitlines() if line.startswith(MARK)]
    if not lines:
        raise LoadFailed(f"wrk: {output.strip() or 'no result'}")
    return json.loads(lines[-1][len(MARK) :])


def count_short(seen, size):
    """wrk counts an answer of 300 as well as one of 200, and does not look at bodies: so the bytes have to suffice."""
    if size is None or size == 0:
        return 0
    return max(0, seen["requests"] - seen["bytes"] // size)


def warm_up(load, port, seconds):
    """Load of which nothing is kept. wrk takes whole seconds, but stops at once when interrupted."""
    command = load.command(port, int(seconds) + 1)
    with running(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
        try:
            process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise LoadFailed(f"wrk does not end after {error.timeout:.0f} s") from error
