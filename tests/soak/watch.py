# SPDX-License-Identifier: MIT
"""Samples of what the process holds, and whether that is flat."""

import os
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

SAMPLE_SECONDS = 1
WARM_UP = 0.2  # of the time, in which it may grow
MEMORY_GROWTH = 1.10
MEMORY_SLACK_KIB = 2048
DESCRIPTORS_GROWTH = 1.2
DESCRIPTORS_SLACK = 20


@dataclass(frozen=True)
class Sample:
    descriptors: int
    rss_kib: int
    pss_kib: int
    threads: int


def count_descriptors(pid):
    return len(os.listdir(f"/proc/{pid}/fd"))


def take_sample(pid):
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    pss = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
    return Sample(count_descriptors(pid), int(status["VmRSS"].split()[0]), pss, int(status["Threads"]))


class Watch:
    def __init__(self, pid):
        self.pid = pid
        self.samples = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, name="watch")

    def run(self):
        while not self.over.wait(SAMPLE_SECONDS):
            try:
                self.samples.append(take_sample(self.pid))
            except (OSError, StopIteration, KeyError):
                return  # it has ended, which others notice

    def start(self):
        self.thread.start()

    def stop(self):
        self.over.set()
        self.thread.join()


def parts(samples, name):
    """What there was just after the warm-up, and at the end: a fifth of the time each."""
    values = [getattr(sample, name) for sample in samples]
    fifth = max(1, int(len(values) * WARM_UP))
    return values[fifth : 2 * fifth] or values, values[-fifth:]


def what_has_grown(samples, threads_max):
    """A sentence for each thing that is not flat."""
    if len(samples) < 5:
        return ["there are too few samples to judge by: let it last longer"]
    found = []
    for name in ("rss_kib", "pss_kib"):
        early, late = (median(part) for part in parts(samples, name))
        if late > early * MEMORY_GROWTH + MEMORY_SLACK_KIB:
            found.append(f"{name} grows from {early:.0f} to {late:.0f}")
    early, late = (max(part) for part in parts(samples, "descriptors"))
    if late > early * DESCRIPTORS_GROWTH + DESCRIPTORS_SLACK:
        found.append(f"descriptors grow from {early} to {late}")
    most = max(sample.threads for sample in samples)
    if most > threads_max:
        found.append(f"{most} threads, where {threads_max} are the most")
    return found


def await_descriptors(pid, most, seconds):
    """Returns how many there are in the end: `most` at most, or the time is over."""
    deadline = time.monotonic() + seconds
    while (count := count_descriptors(pid)) > most and time.monotonic() < deadline:
        time.sleep(SAMPLE_SECONDS / 10)
    return count
