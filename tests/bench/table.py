# SPDX-License-Identifier: MIT
"""./dev bench table: what was measured last, a line for each workload, written into README.md between two marks; and the targets.
It takes the figures as they are in figures.json: nobody copies one by hand."""

from statistics import median

import outcome
import report
import targets
from figures import best_peer, error_count, figure, find, is_saturated, ratio, short_number
from workloads import SIZES_OF_POOL, WORKLOADS, with_threads

BEGIN, END = "<!-- ./dev bench table -->", "<!-- end of the table -->"
HEADINGS = (
    "workload", "Lido, requests/s", "best peer", "ratio", "with 2 and 16 threads", "p99, ms", "lowest of the peers", "CPU us/request",
    "lowest of the peers", "measured",
)  # fmt: skip
PAIRS = {  # in these, the one that counts has company or another set-up
    "fresh": ("lido + kept", " + kept"),
    "slow": (f"{with_threads(2)} + slow", " + slow"),
    "slow-1": (f"{with_threads(2)} + slow", " + slow"),
    "hung": (f"{with_threads(4)} + hung", " + hung"),
    "log": ("lido + log", " + log"),
    "bulk": ("lido + bulk", " + bulk"),
}
LEFT_OUT = ("threads", "others")  # no comparison with the best
STANDING = (
    ("start", "start_ms", "start to the first answer, ms"),
    ("start", "pss_kib", "memory when idle (PSS), KiB"),
    ("idle", "anonymous_bytes", "memory of an idle connection, bytes"),
)  # fmt: skip


def of_peer(results, metric):
    name, value = best_peer(results, metric)
    return f"{short_number(value)} ({name.partition(' + ')[0]})" if value is not None else "-"


def of_lido(results, label, metric):
    value = figure(results, label, metric)
    return short_number(value) if value is not None else "-"


def versus(results, label, metric):
    value = ratio(figure(results, label, metric), best_peer(results, metric)[1])
    return f"{value:.2f}" if value is not None else "-"


def versus_by_pool(results, metric):
    """Nothing where those did not take part."""
    labels = [with_threads(count) for count in SIZES_OF_POOL]
    return ", ".join(versus(results, label, metric) for label in labels) if all(find(results, label) for label in labels) else ""


def blemishes(result):
    """What a reader of the figure has to know."""
    errors = f" ({error_count(result)} errors!)" if error_count(result) else ""
    return errors + (" (client saturated)" if is_saturated(result) else "")


def line_of(workload, kept):
    label, suffix = PAIRS.get(workload.name, ("lido", ""))
    results = [one for one in kept["results"] if one["label"].endswith(suffix)]
    result = find(results, label)
    if result is None or not result["samples"]:
        return None
    metric, unit = ("mib_per_s", " MiB/s") if workload.is_bulk else ("requests_per_s", "")
    return (
        workload.title.replace("with and without ", "with " if workload.name == "log" else "and "),
        of_lido(results, label, metric) + unit + blemishes(result), of_peer(results, metric),
        versus(results, label, metric), versus_by_pool(results, metric), of_lido(results, label, "p99_ms"), of_peer(results, "p99_ms"),
        of_lido(results, label, "cpu_us"), of_peer(results, "cpu_us"), f"{kept['began'][:10]} at {kept['commit']}",
    )  # fmt: skip


def standing_line(kept, metric, title):
    results = kept["results"]
    ends = (of_lido(results, "lido", metric), of_peer(results, metric), versus(results, "lido", metric))
    return (title, *ends, "", "", "", "", "", f"{kept['began'][:10]} at {kept['commit']}")


def lines(known):
    """The table as Markdown, with the machine and the versions below."""
    kept = known["workloads"]
    rows = [line_of(one, kept[one.name]) for one in WORKLOADS if one.name in kept and one.name not in LEFT_OUT]
    rows += [standing_line(kept[name], metric, title) for name, metric, title in STANDING if name in kept]
    yield "| " + " | ".join(HEADINGS) + " |"
    yield "|---|" + "---:|" * (len(HEADINGS) - 2) + "---|"
    yield from ("| " + " | ".join(row) + " |" for row in rows if row is not None)
    yield ""
    machine, versions = known["machine"], known["versions"]
    servers = "; ".join(f"{name}: {version}" for name, version in versions.items() if name not in ("lido", "null"))
    yield f"{machine['processor']}, {machine['memory']}, {machine['kernel']}. {servers}."
    yield from disturbance(kept)


def disturbance(kept):
    """What a reader has to know of the whole table."""
    lost = [median(shares) for one in kept.values() if (shares := report.shares_lost(one["results"]))]
    if lost and max(lost) > report.LOST_TOLD:
        yield ""
        yield f"Not undisturbed: {report.percent(min(lost))} to {report.percent(max(lost))} of the processors went to others."


def put_into(text, written):
    """The text with what stands between the marks replaced."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"bench: the marks of the table are missing: {BEGIN} and {END}")
    return f"{before}{begin}\n{written}\n{end}{after}"


def main(arguments, readme):
    known = outcome.read(arguments.out)
    if known is None:
        raise SystemExit(f"bench: nothing has been measured: there is no {arguments.out / outcome.NAME}")
    written = "\n".join(lines(known))
    readme.write_text(put_into(readme.read_text(), written))
    print(written, *report.target_lines(targets.verdicts(outcome.measured(known))), sep="\n")
    return 0
