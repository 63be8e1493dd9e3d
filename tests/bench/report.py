# SPDX-License-Identifier: MIT
"""The figures as text: one table for each workload, then the targets."""

from statistics import median

from figures import best_peer, error_count, is_saturated, middle, ratio, rounds_with_errors, spread, turns, values

LOST_TOLD = 0.05  # of the processors


class Table:
    """Columns as wide as they have to be; the first is text, the others are numbers."""

    def __init__(self, *headings):
        self.rows = [headings]

    def add(self, *cells):
        self.rows.append(cells)

    def lines(self):
        widths = [max(len(row[i]) for row in self.rows) for i in range(len(self.rows[0]))]
        for row in self.rows:
            cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:]))]
            yield "  " + "  ".join(cells).rstrip()


def number(value, digits=0):
    return "-" if value is None else f"{value:,.{digits}f}"


def percent(value):
    return "-" if value is None else f"{value * 100:.0f}%"


def errors_of(result):
    count = error_count(result)
    return f"{count} in {rounds_with_errors(result)} of {len(turns(result))} rounds!" if count else "0"


def problem_lines(results):
    for result in results:
        if result["problem"] is not None:
            yield f"  {result['label']}: left out: {result['problem']}"


def beside_lines(results):
    """The worst round tells whether the company was there at all."""
    for result in results:
        told = sorted({one["beside"] for one in result["samples"] if one.get("beside")})
        if told:
            yield f"  {result['label']}: {told[0]}" + (f" to {told[-1]}" if len(told) > 1 else "")


def saturation_lines(results):
    for kept_as, client in (("samples", "client"), ("single", "client of one thread")):
        labels = [result["label"] for result in results if is_saturated(result, kept_as)]
        if labels:
            yield f"  {client} saturated, so that it is what was measured: {', '.join(labels)}"


def shares_lost(results):
    """Who has company is left out: it would count as a stranger."""
    return [share for one in results if not values(one, "beside") for share in values(one, "lost")]


def disturbance_lines(results):
    lost = shares_lost(results)
    if lost and max(lost) > LOST_TOLD:
        yield f"  not undisturbed: up to {percent(max(lost))} of the processors went to others ({percent(median(lost))} in the median)"


def client_share(result, kept_as="samples"):
    return percent(middle(result, "client_busy", kept_as)) + ("!" if is_saturated(result, kept_as) else "")


def load_table(results, is_bulk):
    metric = "mib_per_s" if is_bulk else "requests_per_s"
    _, best = best_peer(results, metric)
    has_single = any(one.get("single") for one in results)
    table = Table(
        "server", "MiB/s" if is_bulk else "requests/s", "+-", "/best peer", "p50 ms", "p99 ms", "p99.9 ms",
        "CPU us/request", "client", "idle", *(("by 1 thread", "client") if has_single else ()), "PSS KiB", "errors",
    )  # fmt: skip
    measured = [one for one in results if one["samples"]]
    for result in sorted(measured, key=lambda one: middle(one, metric), reverse=True):
        value = middle(result, metric)
        single = (number(middle(result, metric, "single")), client_share(result, "single"))
        table.add(
            result["label"], number(value), percent(spread(result, metric)), number(ratio(value, best), 2),
            number(middle(result, "p50_ms"), 2), number(middle(result, "p99_ms"), 2), number(middle(result, "p999_ms"), 2),
            number(middle(result, "cpu_us"), 2), client_share(result), percent(middle(result, "idle")),
            *(single if has_single else ()), pss_kib(result), errors_of(result),
        )  # fmt: skip
    return table


def pss_kib(result):
    return number(result["memory"]["pss"] / 1024) if "memory" in result else "-"


def start_table(results):
    table = Table("server", "start ms", "+-", "RSS KiB", "PSS KiB", "private KiB", "anonymous KiB")
    measured = [one for one in results if one["samples"]]
    for result in sorted(measured, key=lambda one: middle(one, "start_ms")):
        sizes = (number(middle(result, f"{name}_kib")) for name in ("rss", "pss", "private", "anonymous"))
        table.add(result["label"], number(middle(result, "start_ms"), 1), percent(spread(result, "start_ms")), *sizes)
    return table


def idle_table(results):
    table = Table("server", "user memory", "private", "PSS", "RSS", "connections held", "lost")
    measured = [one for one in results if one["samples"]]
    for result in sorted(measured, key=lambda one: middle(one, "anonymous_bytes")):
        sizes = (number(middle(result, f"{name}_bytes")) for name in ("anonymous", "private", "pss", "rss"))
        table.add(result["label"], *sizes, number(middle(result, "held")), errors_of(result))
    return table


def section(title, table, results):
    notes = (problem_lines, beside_lines, saturation_lines, disturbance_lines)
    return ["", title, *table.lines(), *(line for lines in notes for line in lines(results))]


def target_lines(verdicts):
    table = Table("target", "value", "verdict")
    measured = [verdict for verdict in verdicts if verdict.held is not None]
    for verdict in measured:
        table.add(verdict.target, verdict.value, verdict.word)
    return ["", "Targets", *table.lines(), f"  not measured: {len(verdicts) - len(measured)}"]


def preface(machine, versions, settings):
    lines = [f"{name}: {text}" for name, text in machine.items()]
    lines += ["", "Servers"]
    lines += [f"  {name}: {version}" for name, version in versions.items()]
    return [*lines, "", settings]
