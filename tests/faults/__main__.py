# SPDX-License-Identifier: MIT
"""./dev faults: each call that Lido makes fails in turn, at its start and while it answers; see README.md. The exit status is 1
when one of them makes it crash, hang, leak, or answer wrongly."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import asking
import system_calls
import trials
from control import Control

ROOT = Path(__file__).resolve().parents[2]


def read_arguments():
    parser = argparse.ArgumentParser(prog="./dev faults", description="Make each call fail in turn.")
    parser.add_argument("extent", nargs="?", choices=("quick", "all"), default="all",
                        help="quick: the 1st, 2nd, 3rd, 5th, 8th ... call of each kind")
    parser.add_argument("--lido", type=Path, default=ROOT / "build/release/lido", help=argparse.SUPPRESS)
    parser.add_argument("--preload", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


def print_table(rows):
    width = max(len(what) for what in rows)
    for what, outcomes in sorted(rows.items()):
        told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
        print(f"{what:{width}}  {sum(outcomes.values()):6}  {told}")


def main():
    arguments = read_arguments()
    preload = arguments.preload or arguments.lido.parent / "tests/faults/liblido_faults.so"
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="lido-faults-") as name:
        folder = Path(name)
        asking.make_site(folder / "site")
        places = trials.few if arguments.extent == "quick" else trials.every
        all_trials = trials.Trials(arguments.lido.resolve(), preload.resolve(), Control(folder / "control"), folder, places)
        all_trials.run()
        if system_calls.can_trace():
            system_calls.run(all_trials)
        else:
            print("faults: strace cannot be used here: what only it can make fail is left out", file=sys.stderr)
    print_table(all_trials.rows)
    count = sum(sum(outcomes.values()) for outcomes in all_trials.rows.values())
    print(f"faults: {count} calls failed, {len(all_trials.findings)} findings, in {time.monotonic() - began:.0f} s")
    return 1 if all_trials.findings else 0


sys.exit(main())
