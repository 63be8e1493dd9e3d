# SPDX-License-Identifier: MIT
"""What Lido has set itself, held against what was measured by the client of two threads. A target that was not measured is neither
held nor missed."""

from dataclasses import dataclass

from figures import best_peer, error_count, figure, find, is_saturated, ratio, short_number
from workloads import SIZES_OF_POOL, SWEEP, with_threads

SUBJECT = "lido"
SUBJECTS = (SUBJECT, *(with_threads(count) for count in SIZES_OF_POOL))


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


def against_best(measured, workload, metric, name, factor=1.0, higher=True, subject=SUBJECT):
    """`factor`: of the best peer's figure."""
    results = measured.get(workload, [])
    own = figure(results, subject, metric)
    peer, best = best_peer(results, metric)
    relation = f"at {'least' if higher else 'most'} {factor:g} x the best peer"
    if own is None or best is None:
        return Verdict(f"{workload}: {subject}: {name} {relation}", "-", None)
    text = f"{ratio(own, best):.2f}: {short_number(own)} against {short_number(best)} of {peer}"
    verdict = judge(f"{workload}: {subject}: {name} {relation}", own, best * factor, higher, text)
    return faultless(verdict, results, subject)


def faultless(verdict, results, label):
    """Figures with errors in them hold nothing; and those of a client that could not do more are told."""
    result = find(results, label)
    if result is None:
        return verdict
    if error_count(result):
        return Verdict(verdict.target, f"{verdict.value}, with {error_count(result)} errors", False)
    if is_saturated(result):
        return Verdict(verdict.target, f"{verdict.value}, client saturated", verdict.held)
    return verdict


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


def throughput_targets(measured, subject):
    for workload in ("1k-64", "10k-64", "1k-1000", "10k-1000"):
        yield against_best(measured, workload, "requests_per_s", "requests/s", 1.05, subject=subject)
        yield against_best(measured, workload, "cpu_us", "CPU per request", 0.9, higher=False, subject=subject)
        yield against_best(measured, workload, "p99_ms", "99th percentile", higher=False, subject=subject)
    yield against_best(measured, "1k-64-close", "requests_per_s", "requests/s", subject=subject)
    yield against_best(measured, "1k-64-close", "cpu_us", "CPU per request", higher=False, subject=subject)
    yield against_best(measured, "100k-64", "requests_per_s", "requests/s", subject=subject)
    yield against_best(measured, "1m-64", "mib_per_s", "MiB/s", subject=subject)


def crowd_targets(measured):
    for workload in ("1k-1", "1k-1-together", "1k-1-apart"):
        yield against_best(measured, workload, "requests_per_s", "requests/s")
    yield against_best(measured, "100m-4", "mib_per_s", "MiB/s")
    yield own_ratio(
        measured, "8,000 connections: at least 0.55 of the figure at 64",
        ("1k-8000", SUBJECT), ("1k-64", SUBJECT), "requests_per_s", 0.55,
    )  # fmt: skip
    yield own_ratio(
        measured, "4 bulk downloads beside: 99th percentile within 2 x nginx's",
        ("bulk", f"{SUBJECT} + bulk"), ("bulk", "nginx + bulk"), "p99_ms", 2.0, higher=False,
    )  # fmt: skip
    yield own_ratio(
        measured, "access log on: at least 0.93 of the figure without",
        ("log", f"{SUBJECT} + log"), ("log", SUBJECT), "requests_per_s", 0.93,
    )  # fmt: skip
    for count in SWEEP[2:]:
        yield own_ratio(
            measured, f"{count} threads: at least 0.95 of the figure with 2",
            ("threads", with_threads(count)), ("threads", with_threads(2)), "requests_per_s", 0.95,
        )  # fmt: skip


def held_up_targets(measured):
    """What others may cost who do not get on."""
    two, four = with_threads(2), with_threads(4)
    for workload, crowd in (("slow", "64 clients"), ("slow-1", "one client")):
        name = f"{crowd} beside 900 slow ones, 2 threads"
        yield own_ratio(
            measured, f"{name}: at least 0.95 of the figure without",
            (workload, f"{two} + slow"), (workload, two), "requests_per_s", 0.95,
        )  # fmt: skip
        yield absolute(measured, f"{name}: 99th percentile under 3 ms", workload, f"{two} + slow", "p99_ms", 3.0, "ms")
    yield own_ratio(
        measured, "one worker of four in a file that hangs: at least 0.95 of the figure without",
        ("hung", f"{four} + hung"), ("hung", four), "requests_per_s", 0.95,
    )  # fmt: skip
    name = "fresh connections beside 64 kept at full load: 99th percentile"
    yield against_best(measured, "fresh", "p99_ms", name, higher=False, subject=f"{SUBJECT} + kept")
    name += " at most 3.45 ms, 1.5 x that of before the lanes"
    yield absolute(measured, name, "fresh", f"{SUBJECT} + kept", "p99_ms", 3.45, "ms")


def cost_targets(measured):
    name = "idle connection: at most 400 bytes of user memory"
    yield absolute(measured, name, "idle", SUBJECT, "anonymous_bytes", 400, "bytes")
    yield absolute(measured, "start to first answer under 10 ms", "start", SUBJECT, "start_ms", 10, "ms")
    yield absolute(measured, "idle memory under 2 MB (PSS)", "start", SUBJECT, "pss_kib", 2e6 / 1024, "KiB")
    for count in SWEEP:
        if 2 <= count <= 32:
            name = f"99th percentile under 2 ms with {count} threads"
            yield absolute(measured, name, "threads", with_threads(count), "p99_ms", 2.0, "ms")


def verdicts(measured):
    """`measured`: results by the name of the workload."""
    of_speed = [verdict for subject in SUBJECTS for verdict in throughput_targets(measured, subject)]
    return [*of_speed, *crowd_targets(measured), *held_up_targets(measured), *cost_targets(measured)]
