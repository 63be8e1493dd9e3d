# SPDX-License-Identifier: MIT
"""Whether the bench can be trusted with figures: what is compared with what, and that it knows a target that is missed."""

import tempfile
import unittest
from pathlib import Path

import comparison
import figures
import machine
import outcome
import report
import table
import targets


def result(label, role="peer", requests=1000, errors=0, **metrics):
    """A server's result of one round, as rounds.measure() makes it."""
    one = {"errors": errors, "wrk": {"requests": requests}, **metrics}
    return {"label": label, "server": label, "role": role, "samples": [one], "problem": None}


class Figures(unittest.TestCase):
    def test_compare_with_the_best_peer_alone(self):
        results = [
            result("lido", "lido", requests_per_s=900, p99_ms=1),
            result("null", "floor", requests_per_s=950, p99_ms=1),
            result("slow", requests_per_s=100, p99_ms=2),
            result("fast", requests_per_s=500, p99_ms=3, errors=10),
            result("broken", requests_per_s=800, p99_ms=1, errors=11),
        ]
        self.assertEqual(figures.best_peer(results, "requests_per_s"), ("fast", 500))
        self.assertEqual(figures.best_peer(results, "p99_ms"), ("slow", 2))
        self.assertEqual(figures.best_peer(results[:2], "p99_ms"), (None, None))

    def test_are_medians_over_the_rounds(self):
        several = result("lido", p99_ms=1)
        several["samples"] = [{"p99_ms": value} for value in (9, 1, 2)]
        self.assertEqual(figures.middle(several, "p99_ms"), 2)
        self.assertEqual(figures.spread(several, "p99_ms"), 2)


class Targets(unittest.TestCase):
    def judge(self, own, peer, errors=0):
        mine = result("lido", "lido", errors=errors, requests_per_s=own, cpu_us=own)
        measured = {"1k-64": [mine, result("nginx", requests_per_s=peer, cpu_us=peer)]}
        verdicts = {one.target: one.held for one in targets.verdicts(measured)}
        name = "1k-64: lido: {} x the best peer"
        return verdicts[name.format("requests/s at least 1.05")], verdicts[name.format("CPU per request at most 0.9")]

    def test_are_held_or_missed_by_the_figures(self):
        rows = (("above", 21, 20, (True, False)), ("even", 20, 20, (False, False)), ("below", 18, 20, (False, True)))
        for name, own, peer, held in rows:
            with self.subTest(name):
                self.assertEqual(self.judge(own, peer), held)

    def test_are_missed_with_errors(self):
        self.assertEqual(self.judge(21, 20, errors=1)[0], False)

    def test_are_not_held_when_nothing_was_measured(self):
        self.assertEqual({verdict.held for verdict in targets.verdicts({})}, {None})

    def test_compare_lido_with_itself(self):
        for over, held in ((94, False), (95, True)):
            measured = {
                "slow": [
                    result("lido, threads=2", "lido", requests_per_s=100),
                    result("lido, threads=2 + slow", "lido", requests_per_s=over),
                ]
            }  # fmt: skip
            found = [one for one in targets.verdicts(measured) if one.target.startswith("64 clients beside 900 slow ones")]
            self.assertEqual([one.held for one in found], [held, None], over)

    def test_tell_of_a_client_that_could_not_do_more(self):
        mine = result("lido", "lido", requests_per_s=21, client_busy=0.96)
        found = targets.verdicts({"1k-64": [mine, result("h2o", requests_per_s=20)]})[0]
        self.assertEqual((found.value, found.held), ("1.05: 21 against 20 of h2o, client saturated", True))


class Disturbance(unittest.TestCase):
    def test_is_what_neither_the_server_nor_the_client_has_used(self):
        before = machine.ProcessorTime(busy=10, idle=5, stolen=1)
        spent = machine.ProcessorTime(busy=16, idle=6, stolen=2).since(before)
        self.assertEqual(spent.shares(known_seconds=4), {"idle": 1 / 8, "lost": 3 / 8})

    def test_is_told(self):
        self.assertEqual(list(report.disturbance_lines([result("lido", lost=0.05)])), [])
        self.assertIn("up to 6%", "".join(report.disturbance_lines([result("lido", lost=0.06)])))

    def test_is_not_the_company_that_was_asked_for(self):
        self.assertEqual(list(report.disturbance_lines([result("lido + slow", lost=0.5, beside="900 held")])), [])


class Outcome(unittest.TestCase):
    ABOUT = {"machine": {"kernel": "one", "processor": "p", "memory": "m"}, "versions": {"h2o": "2"}, "began": "now", "commit": "c"}

    def setUp(self):
        self.folder = Path(self.enterContext(tempfile.TemporaryDirectory()))

    def keep(self, name, about=ABOUT):
        outcome.keep(self.folder, about, {name: [result("lido", "lido", requests_per_s=1000)]}, 1)
        return set(outcome.read(self.folder)["workloads"])

    def test_is_of_all_runs_on_this_machine(self):
        self.assertEqual(self.keep("1k-64"), {"1k-64"})
        self.assertEqual(self.keep("1k-1"), {"1k-64", "1k-1"})
        self.assertEqual(self.keep("mix", {**self.ABOUT, "machine": {**self.ABOUT["machine"], "kernel": "two"}}), {"mix"})

    def test_becomes_a_line_of_the_table_for_each_workload(self):
        results = [
            result("lido", "lido", requests_per_s=1100, p99_ms=2, cpu_us=3, client_busy=0.96),
            result("h2o", requests_per_s=1000, p99_ms=4, cpu_us=5),
        ]
        outcome.keep(self.folder, self.ABOUT, {"1k-64": results}, 1)
        lines = list(table.lines(outcome.read(self.folder)))
        self.assertIn("| 1,100 (client saturated) | 1,000 (h2o) | 1.10 |  | 2 | 4 (h2o) | 3 | 5 (h2o) | now at c |", lines[2])
        self.assertEqual(len(lines), 5)

    def test_become_a_table_that_says_how_the_sizes_of_the_pool_compare_and_what_others_took(self):
        results = [
            result("lido", "lido", requests_per_s=1100, lost=0.4),
            result("lido, threads=2", "lido", requests_per_s=900, lost=0.2),
            result("lido, threads=16", "lido", requests_per_s=1200, lost=0.4),
            result("h2o", requests_per_s=1000, lost=0.4),
        ]
        outcome.keep(self.folder, self.ABOUT, {"1k-64": results}, 1)
        lines = list(table.lines(outcome.read(self.folder)))
        self.assertIn("| 1.10 | 0.90, 1.20 |", lines[2])
        self.assertEqual(lines[-1], "Not undisturbed: 40% to 40% of the processors went to others.")

    def test_is_put_between_the_marks_and_nowhere_else(self):
        readme = f"before\n{table.BEGIN}\nold\n{table.END}\nafter\n"
        self.assertEqual(table.put_into(readme, "new"), readme.replace("old", "new"))
        with self.assertRaises(SystemExit):
            table.put_into("no marks", "new")


class Names(unittest.TestCase):
    def test_mean_one_workload_or_all_that_have_them(self):
        self.assertEqual(comparison.names_meant("1k-64"), ["1k-64"])
        self.assertEqual(comparison.names_meant("close"), ["1k-64-close", "10k-64-close"])
        self.assertEqual(comparison.names_meant("nonsense"), [])


if __name__ == "__main__":
    unittest.main()
