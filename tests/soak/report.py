# SPDX-License-Identifier: MIT
"""What came of it, for people."""

from statistics import median

from talk import AGENT

FINDINGS_SHOWN = 20


def count_lines(logs):
    """The lines of the good clients, in all files that the log has had."""
    count = 0
    for path in logs.glob("access.log*"):
        with open(path, encoding="utf-8", errors="replace") as file:
            count += sum(line.startswith(f"{AGENT} ") for line in file)
    return count


def print_clients(run):
    for one in run.good:
        outcomes = ", ".join(f"{count} {what}" for what, count in sorted(one.outcomes.items()))
        print(f"  {one.name:16} {one.answered:8} answers, slowest {one.slowest * 1000:6.0f} ms: {outcomes}")
    for one in run.bad:
        print(f"  {one.name:16} {one.count:8} connections")


def print_samples(samples):
    for name in ("descriptors", "rss_kib", "pss_kib", "threads"):
        values = [getattr(sample, name) for sample in samples] or [0]
        fifths = [values[len(values) * i // 5 : len(values) * (i + 1) // 5] or values for i in range(5)]
        told = " ".join(f"{median(fifth):8.0f}" for fifth in fifths)
        print(f"  {name:16} median of each fifth of the time {told}, most {max(values)}")


def print_all(run, minutes):
    print(f"soak: {minutes:g} minutes; {run.server.banner.strip()}")
    print_clients(run)
    print_samples(run.watch.samples)
    print(f"  {run.site.changes} files changed, {run.turns.reloads} reloads, {run.turns.log_turns} log turns, "
          f"{run.lines} lines for {sum(one.answered for one in run.good) + run.turns.answered} answers; "
          f"stopped after {run.stop_seconds:.1f} s")
    for finding in run.findings[:FINDINGS_SHOWN]:
        print(f"  WRONG: {finding}")
    print(f"soak: {len(run.findings)} findings")
