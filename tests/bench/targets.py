# SPDX-License-Identifier: MIT
"""What Lido has set itself, held against what was measured. A target that was not measured is neither held nor missed."""

from dataclasses import dataclass

from figures import best_peer, error_count, figure, find, ratio, short_number
from workloads import SWEEP

SUBJECT = "lido"


@dataclass(frozen=True)
class Verdict:
    target: str
    value: str
    held: bool | None  # None: not measured

    @property
    def word(self):
        return {True: "held", False: "MISSED", None: "not measured"}[self.held]


def judge(target, value, limit, higher, text):
    """Without a value, or something to compare it with, there is no verdict."""
    if value is None or limit is None:
        return Verdict(target, "-", None)
    return Verdict(target, text, value >= limit if higher else value <= limit)


def against_best(measured, workload, metric, name, higher=True):
    results = measured.get(workload, [])
    own = figure(results, SUBJECT, metric)
    peer, best = best_peer(results, metric)
    target = f"{workload}: {name} at or {'above' if higher else 'below'} the best peer"
    text = f"{short_number(own)} against {short_number(best)} of {peer}" if own is not None and best is not None else "-"
    return faultless(judge(target, own, best, higher, text), results, SUBJECT)


def faultless(verdict, results, label):
    """Figures with errors in them hold nothing."""
    result = find(results, label)
    if result is None or not error_count(result):
        return verdict
    return Verdict(verdict.target, f"{verdict.value}, with {error_count(result)} errors", False)


def own_ratio(measured, target, over, under, metric, limit, higher=True):
    """Two contestants' figures divided; `over` and `under` are (workload, label)."""
    (first, first_label), (second, second_label) = over, under
    first_results, second_results = measured.get(first, []), measured.get(second, [])
    value = ratio(figure(first_results, first_label, metric), figure(second_results, second_label, metric))
    text = f"{value:.3f}" if value is not None else "-"
    return faultless(judge(target, value, limit, higher, text), first_results, first_label)


def absolute(measured, target, workload, label, metric, limit, unit):
    results = measured.get(workload, [])
    value = figure(results, label, metric)
    text = f"{short_number(value)} {unit}" if value is not None else "-"
    return faultless(judge(target, value, limit, False, text), results, label)


def throughput_targets(measured):
    for workload in ("1k-64", "10k-64", "1k-1000", "10k-1000"):
        yield against_best(measured, workload, "requests_per_s", "requests/s")
        yield against_best(measured, workload, "cpu_us", "CPU per request", higher=False)
        yield against_best(measured, workload, "p99_ms", "99th percentile", higher=False)
    yield against_best(measured, "1k-64-close", "requests_per_s", "requests/s")
    yield own_ratio(
        measured, "1k-64-close: CPU per request within 1.1 x tuned nginx",
        ("1k-64-close", SUBJECT), ("1k-64-close", "nginx-tuned"), "cpu_us", 1.1, higher=False,
    )  # fmt: skip
    for workload in ("100k-64", "1m-64", "100m-4"):
        yield against_best(measured, workload, "mib_per_s", "MiB/s")


def crowd_targets(measured):
    yield own_ratio(
        measured, "8,000 connections: at least 0.85 of the figure at 64",
        ("1k-8000", SUBJECT), ("1k-64", SUBJECT), "requests_per_s", 0.85,
    )  # fmt: skip
    yield own_ratio(
        measured, "900 slow clients beside: at least 0.95 of the figure without",
        ("slow", f"{SUBJECT} + slow"), ("slow", SUBJECT), "requests_per_s", 0.95,
    )  # fmt: skip
    yield own_ratio(
        measured, "4 bulk downloads beside: 99th percentile within 2 x nginx's",
        ("bulk", f"{SUBJECT} + bulk"), ("bulk", "nginx + bulk"), "p99_ms", 2.0, higher=False,
    )  # fmt: skip
    yield own_ratio(
        measured, "access log on: at least 0.93 of the figure without",
        ("log", f"{SUBJECT} + log"), ("log", SUBJECT), "requests_per_s", 0.93,
    )  # fmt: skip


def cost_targets(measured):
    name = "idle connection: at most 400 bytes of user memory"
    yield absolute(measured, name, "idle", SUBJECT, "anonymous_bytes", 400, "bytes")
    yield absolute(measured, "start to first answer under 10 ms", "start", SUBJECT, "start_ms", 10, "ms")
    yield absolute(measured, "idle memory under 2 MB (PSS)", "start", SUBJECT, "pss_kib", 2e6 / 1024, "KiB")
    for count in SWEEP:
        if 2 <= count <= 32:
            name = f"99th percentile under 2 ms with {count} threads"
            yield absolute(measured, name, "threads", f"{SUBJECT}, threads={count}", "p99_ms", 2.0, "ms")


def verdicts(measured):
    """`measured`: results by the name of the workload."""
    return [*throughput_targets(measured), *crowd_targets(measured), *cost_targets(measured)]
