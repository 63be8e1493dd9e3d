# SPDX-License-Identifier: MIT
"""./dev bench: see its --help, and the section on the bench in README.md."""

import argparse
import signal
import sys
import time
from pathlib import Path

import calls
import comparison
import instructions
import table
from instance import StartFailed
from load import LoadFailed
from pool import advice, agreement
from verify import WrongAnswer
from workloads import WORKLOADS

ROOT = Path(__file__).resolve().parents[2]
OTHERS = ("quick", "table", "instructions", "calls", "advice", "agreement")


def read_arguments():
    names = [*(workload.name for workload in WORKLOADS), *comparison.STANDING]
    parser = argparse.ArgumentParser(
        prog="./dev bench",
        description="Compare Lido with other servers. Without a name: all workloads.",
        epilog=f"Workloads: {', '.join(names)}. A part of a name means all that have it: close, 1000.",
    )
    parser.add_argument("what", nargs="*", metavar="NAME", help="quick, table, instructions, calls, advice [LOAD...], agreement, or workloads")
    parser.add_argument("--servers", metavar="A,B", help="these alone, and Lido")
    parser.add_argument("--rounds", type=int, metavar="N", help="rounds for each workload")
    parser.add_argument("--seconds", type=int, metavar="S", help="whole seconds for each server and round")
    parser.add_argument("--record", action="store_true", help="instructions: keep the figures as those to compare with")
    parser.add_argument("--lido", type=Path, default=ROOT / "build/release/lido", help=argparse.SUPPRESS)
    parser.add_argument("--null-server", type=Path, default=ROOT / "build/release/bench_null_server", help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, default=ROOT / "build/bench", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    arguments.loads = arguments.what[1:] if arguments.what[:1] == ["advice"] else []
    if arguments.loads:
        known = [case.name for case in advice.CASES]
        if not set(arguments.loads) <= set(known):
            parser.error(f"advice knows the loads {', '.join(known)}")
        arguments.what = ["advice"]
    for word in arguments.what:
        if word not in OTHERS and not comparison.names_meant(word):
            parser.error(f"there is no '{word}'; see --help")
    if min(count for count in (arguments.rounds, arguments.seconds, 1) if count is not None) < 1:
        parser.error("rounds and seconds are at least 1")
    if len(arguments.what) > 1 and set(arguments.what) & set(OTHERS):
        parser.error(f"{', '.join(OTHERS)} stand alone")
    if not arguments.lido.exists():
        parser.error(f"there is no {arguments.lido}; ./dev bench builds it")
    return arguments


def end(number, _):
    """As Ctrl-C does: every server is stopped on the way out."""
    sys.exit(128 + number)


def main():
    arguments = read_arguments()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    arguments.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    try:
        if arguments.what == ["instructions"]:
            return instructions.main(arguments)
        if arguments.what == ["table"]:
            return table.main(arguments, ROOT / "README.md")
        if arguments.what == ["calls"]:
            return calls.main(arguments)
        if arguments.what == ["advice"]:
            return advice.main(arguments)
        if arguments.what == ["agreement"]:
            return agreement.main(arguments)
        return comparison.main(arguments)
    except (StartFailed, WrongAnswer, LoadFailed) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("bench: interrupted; all servers are stopped", file=sys.stderr)
        return 130
    finally:
        print(f"bench: took {time.monotonic() - began:.0f} s", file=sys.stderr)


sys.exit(main())
