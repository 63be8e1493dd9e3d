# SPDX-License-Identifier: MIT
"""The comparison: every workload in turn, for every server that is installed; tables, targets, a picture, and all raw figures in
the build folder."""

import shutil
import time
from dataclasses import dataclass

import load as wrk
import machine
import outcome
import peers
import plot
import report
import rounds
import standing
import targets
from content import Content
from rounds import tell
from workloads import WORKLOADS, contenders


@dataclass(frozen=True)
class Effort:
    """How much is measured. Seconds are those of one server in one round."""

    rounds: int
    single_rounds: int  # by a client of one thread
    seconds: int
    starts: int
    idles: int


FULL = Effort(rounds=5, single_rounds=2, seconds=1, starts=11, idles=1)
QUICK = Effort(rounds=3, single_rounds=1, seconds=1, starts=5, idles=1)
STANDING = {
    "start": "From exec to the first answer, and memory then",
    "idle": "8,000 connections kept idle: bytes for each",
}


def choose_servers(arguments):
    """Those that are installed, of those that are asked for; and what is missing is told."""
    wanted = set(arguments.servers.split(",")) | {"lido"} if arguments.servers else None
    everything = peers.all_servers(arguments.lido, arguments.null_server)
    unknown = (wanted or set()) - {server.name for server in everything}
    if unknown:
        raise SystemExit(f"bench: no such server: {', '.join(sorted(unknown))}")
    chosen = [server for server in everything if wanted is None or server.name in wanted]
    for server in chosen:
        server.is_contender = server.is_contender or wanted is not None
        if server.path() is None:
            tell(f"bench: {server.name} is not installed: left out")
    return [server for server in chosen if server.path() is not None]


def choose_effort(arguments, is_quick):
    base = QUICK if is_quick else FULL
    count = arguments.rounds
    return Effort(
        rounds=count or base.rounds,
        single_rounds=min(count or base.single_rounds, base.single_rounds),
        seconds=arguments.seconds or base.seconds,
        starts=count or base.starts,
        idles=count or base.idles,
    )


def names_meant(text):
    """The workloads that a word on the command line means: the one of that name, or all that have it in their name."""
    names = [*(workload.name for workload in WORKLOADS), *STANDING]
    return [text] if text in names else [name for name in names if text in name]


def choose_workloads(words, is_quick):
    """Names of all that is to be measured, in the order of the list."""
    if words:
        meant = {name for word in words for name in names_meant(word)}
        return [name for name in [*(workload.name for workload in WORKLOADS), *STANDING] if name in meant]
    return [workload.name for workload in WORKLOADS if workload.in_quick or not is_quick] + list(STANDING)


class Comparison:
    def __init__(self, arguments):
        self.out = arguments.out
        self.is_quick = arguments.what == ["quick"]
        self.names = choose_workloads([] if self.is_quick else arguments.what, self.is_quick)
        self.effort = choose_effort(arguments, self.is_quick)
        self.servers = choose_servers(arguments)
        self.measured = {}
        self.drawn = []
        self.lines = []

    def say(self, lines):
        self.lines.extend(lines)
        print("\n".join(lines), flush=True)

    def settings(self):
        return (
            f"{self.effort.rounds} rounds of {self.effort.seconds} s, in turn, medians; +- is half of smallest to largest. wrk has "
            f"{min(wrk.CLIENT_THREADS, machine.core_count())} threads on the same processors, \"by 1 thread\" one; client: how busy "
            f"they were (\"!\": saturated); idle: of all processors. Errors are told and never left out"
        )

    def run(self, content):
        for workload in WORKLOADS:
            if workload.name in self.names:
                self.run_workload(workload, content)
        if "start" in self.names:
            results = standing.measure_start(contenders(self.servers), content, self.effort.starts)
            self.keep("start", report.start_table(results), results)
        if "idle" in self.names:
            results = standing.measure_idle(contenders(self.servers), content, self.effort.idles)
            self.keep("idle", report.idle_table(results), results)

    def run_workload(self, workload, content):
        contestants = workload.contestants(self.servers)
        results = rounds.measure(workload, contestants, content, self.effort)
        self.measured[workload.name] = results
        self.drawn.append((workload.name, results))
        self.say(report.section(f"{workload.name}: {workload.title}", report.load_table(results, workload.is_bulk), results))

    def keep(self, name, table, results):
        self.measured[name] = results
        self.say(report.section(f"{name}: {STANDING[name]}", table, results))

    def write(self, about):
        """Everything, also that of a bench that did not come to its end."""
        verdicts = targets.verdicts(self.measured)
        self.say(report.target_lines(verdicts))
        (self.out / "report.txt").write_text("\n".join(self.lines) + "\n")
        outcome.keep(self.out, about, self.measured, self.effort.rounds)
        self.write_configs()
        problem = plot.draw(self.out / "report.svg", self.drawn)
        if problem is not None:
            tell(f"bench: {problem}")
        tell(f"bench: report.txt, report.svg, {outcome.NAME} and configs/ are in {self.out}")

    def write_configs(self):
        """Command line and configuration of each server in each workload, as they were."""
        folder = self.out / "configs"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name, results in self.measured.items():
            for result in results:
                if "command" in result:
                    file = f"{name}.{result['label'].replace(' ', '').replace(',', '-')}.txt"
                    (folder / file).write_text(" ".join(result["command"]) + "\n\n" + (result["config"] or ""))


def main(arguments):
    machine.raise_descriptor_limit()
    comparison = Comparison(arguments)
    versions = {server.name: server.version() for server in comparison.servers}
    about = {
        "machine": machine.describe(), "versions": versions, "began": time.strftime("%Y-%m-%d %H:%M:%S %Z"),
        "commit": machine.commit(),
    }  # fmt: skip
    comparison.say([f"{about['began']}, {about['commit']}", *report.preface(about["machine"], versions, comparison.settings())])
    try:
        with Content() as content:
            comparison.run(content)
    finally:
        comparison.write(about)
    return 0
