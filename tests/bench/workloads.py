# SPDX-License-Identifier: MIT
"""What is measured: the list of workloads, and who takes part in each."""

from collections.abc import Callable
from dataclasses import dataclass, field

from beside import BulkDownloads, SlowClients
from content import MIX_COUNT, SIZES, path_of_mix, path_of_size
from load import MIX_SCRIPT, Load

WORKERS = 2
SWEEP = (1, 2, 4, 8, 16, 32, 64)
MIX_CHECKED = range(0, MIX_COUNT, 499)


@dataclass(frozen=True)
class Contestant:
    """A server in one set-up; the label is its name in the tables."""

    label: str
    server: object
    workers: int = WORKERS
    log: bool = False
    beside: Callable | None = None


def everyone(servers):
    return [Contestant(server.name, server) for server in servers]


def everyone_with_folder(servers):
    return [contestant for contestant in everyone(servers) if contestant.server.serves_folder]


def named(servers, names):
    return [server for server in servers if server.name in names]


def with_and_without(servers, names, suffix, **difference):
    plain = everyone(named(servers, names))
    changed = [Contestant(f"{one.label} + {suffix}", one.server, **difference) for one in plain]
    return [contestant for pair in zip(plain, changed) for contestant in pair]


def logging(servers):
    return with_and_without(servers, ("lido", "nginx", "nginx-tuned", "h2o", "lighttpd"), "log", log=True)


def beside_slow(servers):
    return with_and_without(servers, ("lido", "nginx", "lighttpd", "h2o", "apache", "caddy"), "slow", beside=SlowClients)


def beside_bulk(servers):
    return with_and_without(servers, ("lido", "nginx"), "bulk", beside=BulkDownloads)


def sweep(servers):
    lido = named(servers, ("lido",))
    return [Contestant(f"lido, threads={count}", server, count) for server in lido for count in SWEEP]


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    load: Load
    contestants: Callable = everyone
    in_quick: bool = False
    seconds_factor: int = 1
    checked_paths: tuple = field(default=())

    def paths_to_check(self):
        return self.checked_paths or (self.load.path,)

    @property
    def is_bulk(self):
        """Where answers are so large that bytes tell more than requests."""
        return self.load.size is not None and self.load.size >= SIZES["1m"]


def sized(size, connections, closes=False, in_quick=False, seconds_factor=1):
    """The workload of one file: its name is 1k-64, or 1k-64-close."""
    name = f"{size}-{connections}" + ("-close" if closes else "")
    text = size.upper().replace("K", " KiB").replace("M", " MiB")
    crowd = f"{connections:,} connection" + ("s" if connections > 1 else "")
    title = f"{text}, {crowd}, " + ("one request each" if closes else "kept alive")
    load = Load(path_of_size(size), SIZES[size], connections, closes)
    return Workload(name, title, load, in_quick=in_quick, seconds_factor=seconds_factor)


def special(name, title, contestants):
    """1 KiB at 64 connections, as 1k-64, but with others taking part."""
    return Workload(name, title, Load(path_of_size("1k"), SIZES["1k"], 64), contestants)


MIX_LOAD = Load(path_of_mix(0), None, 64, script=MIX_SCRIPT, arguments=(str(MIX_COUNT),))

WORKLOADS = [
    sized("1k", 64, in_quick=True),
    sized("1k", 1000, in_quick=True),
    sized("1k", 64, closes=True, in_quick=True),
    sized("100k", 64, in_quick=True),
    sized("1k", 1),
    sized("1k", 8000, seconds_factor=2),
    sized("10k", 64),
    sized("10k", 1000),
    sized("10k", 64, closes=True),
    sized("100k", 64, closes=True),
    sized("1m", 64),
    sized("100m", 4, seconds_factor=2),
    Workload(
        "mix", "10,000 files of 256 B to 32 KiB, by Zipf's law, 64 connections, kept alive", MIX_LOAD,
        everyone_with_folder, checked_paths=tuple(path_of_mix(number) for number in MIX_CHECKED),
    ),
    special("log", "1 KiB, 64 connections, with and without access log", logging),
    special("slow", "1 KiB, 64 connections, with and without 900 slow clients beside", beside_slow),
    special("bulk", "1 KiB, 64 connections, with and without 4 downloads of 100 MiB beside", beside_bulk),
    special("threads", "1 KiB, 64 connections, by the number of threads", sweep),
]  # fmt: skip
