# SPDX-License-Identifier: MIT
"""./dev clients: real clients do what people do with them, against a Lido of their own; see clients.py for
which and what. A table tells what came of it; the exit status is 1 when one of them failed."""

import argparse
import signal
import sys
import time
from pathlib import Path

import clients
import runner

ROOT = Path(__file__).resolve().parents[2]


def read_arguments():
    names = [client.name for client in clients.CLIENTS]
    parser = argparse.ArgumentParser(
        prog="./dev clients",
        description="Let real clients do what people do with them. Without a name: all of them.",
        epilog=f"Clients: {', '.join(names)}.",
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help="these alone; letter case does not count")
    parser.add_argument(
        "--packages", action="store_true", help="print the packages that they come from, and stop"
    )
    parser.add_argument("--lido", type=Path, default=ROOT / "build/release/lido", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    known = {name.lower(): name for name in names}
    for name in arguments.names:
        if name.lower() not in known:
            parser.error(f"there is no '{name}'; see --help")
    chosen = {known[name.lower()] for name in arguments.names} or set(names)
    return arguments, [client for client in clients.CLIENTS if client.name in chosen]


def end(number, _):
    """As Ctrl-C does: the client and its Lido are stopped on the way out."""
    sys.exit(128 + number)


def main():
    arguments, chosen = read_arguments()
    if arguments.packages:
        print(" ".join(sorted({package for client in chosen for package in client.packages})))
        return 0
    if not arguments.lido.exists():
        sys.exit(f"clients: there is no {arguments.lido}; ./dev clients builds it")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    began = time.monotonic()
    try:
        counts = runner.run(chosen, arguments.lido.resolve())
    except KeyboardInterrupt:
        return 130
    told = ", ".join(f"{count} {outcome.lower()}" for outcome, count in counts.items())
    print(f"clients: {told}, in {time.monotonic() - began:.0f} s")
    return 1 if counts["FAILED"] else 0


sys.exit(main())
