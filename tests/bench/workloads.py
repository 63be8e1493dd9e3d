# SPDX-License-Identifier: MIT
"""What is measured: the list of workloads, and who takes part in each."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from beside import HungFile, SlowClients, bulk_downloads, kept_clients
from content import MIX_COUNT, SIZES, path_of_mix, path_of_size
from load import MIX_SCRIPT, Load, Placement

SWEEP = (1, 2, 4, 8, 16, 32, 64)
SIZES_OF_POOL = (2, 16)  # that the main workloads ask for beside the default
MIX_CHECKED = range(0, MIX_COUNT, 499)
ROUNDS_MAX = 99
FEW_ROUNDS = 3  # where each has to be prepared for some seconds


@dataclass(frozen=True)
class Contestant:
    """A server in one set-up; the label is its name in the tables."""

    label: str
    server: object
    workers: int | None = None
    log: bool = False
    beside: Callable | None = None


def with_threads(count):
    """The label of Lido with so many."""
    return f"lido, threads={count}"


def contenders(servers):
    """Lido, the floor and the fastest peers."""
    return [Contestant(server.name, server) for server in servers if server.is_contender]


def main_contenders(servers):
    own = [Contestant(with_threads(count), lido, count) for lido in named(servers, ("lido",)) for count in SIZES_OF_POOL]
    return contenders(servers) + own


def contenders_with_folder(servers):
    return [contestant for contestant in contenders(servers) if contestant.server.serves_folder]


def others(servers):
    return [Contestant(server.name, server) for server in servers if server.role == "lido" or not server.is_contender]


def named(servers, names):
    return [server for server in servers if server.name in names]


def with_and_without(plain, suffix, **difference):
    changed = [Contestant(f"{one.label} + {suffix}", one.server, one.workers, **difference) for one in plain]
    return [contestant for pair in zip(plain, changed) for contestant in pair]


def of_two_threads(servers, names, threads=2):
    """Lido with so many threads, and these peers as they come."""
    lido = [Contestant(with_threads(threads), server, threads) for server in named(servers, ("lido",))]
    return lido + [Contestant(server.name, server) for server in named(servers, names)]


def logging(servers):
    plain = [Contestant(one.name, one) for one in named(servers, ("lido", "nginx-tuned", "h2o", "lighttpd"))]
    return with_and_without(plain, "log", log=True)


def beside_slow(servers):
    return with_and_without(of_two_threads(servers, ("nginx-tuned", "h2o", "apache")), "slow", beside=SlowClients)


def beside_slow_alone(servers):
    return with_and_without(of_two_threads(servers, ()), "slow", beside=SlowClients)


def beside_hung(servers):
    return with_and_without(of_two_threads(servers, ("nginx-tuned", "h2o"), threads=4), "hung", beside=HungFile)


def beside_kept(servers):
    return [
        Contestant(f"{server.name} + kept", server, beside=kept_clients)
        for server in servers
        if server.is_contender and server.serves_folder
    ]


def beside_bulk(servers):
    plain = [Contestant(one.name, one) for one in named(servers, ("lido", "nginx"))]
    return with_and_without(plain, "bulk", beside=bulk_downloads)


def sweep(servers):
    return [Contestant(with_threads(count), lido, count) for lido in named(servers, ("lido",)) for count in SWEEP]


@dataclass(frozen=True)
class Workload:
    name: str
    title: str
    load: Load
    contestants: Callable = contenders
    in_quick: bool = False
    seconds_factor: int = 1
    rounds_max: int = ROUNDS_MAX
    has_single: bool = False  # whether it is measured by a client of one thread, too
    checked_paths: tuple = field(default=())

    def paths_to_check(self):
        return self.checked_paths or (self.load.path,)

    @property
    def is_bulk(self):
        """Where answers are so large that bytes tell more than requests."""
        return self.load.size is not None and self.load.size >= SIZES["1m"]


def sized(size, connections, closes=False, **more):
    """The workload of one file: its name is 1k-64, or 1k-64-close."""
    name = f"{size}-{connections}" + ("-close" if closes else "")
    text = size.upper().replace("K", " KiB").replace("M", " MiB")
    crowd = f"{connections:,} connection" + ("s" if connections > 1 else "")
    title = f"{text}, {crowd}, " + ("one request each" if closes else "kept alive")
    return Workload(name, title, Load(path_of_size(size), SIZES[size], connections, closes), **more)


def main(size, connections, closes=False, in_quick=True):
    """One that Lido's speed is judged by."""
    return sized(size, connections, closes, contestants=main_contenders, in_quick=in_quick, has_single=True)


PLACEMENTS = {"together": (Placement(0, 0), "server and client on one processor"), "apart": (Placement(0, 1), "on one processor each")}


def placed(size, connections, where):
    """Bound to processors, as else the kernel's choice of them is a part of the figure. Its name is 1k-64-apart."""
    plain = sized(size, connections)
    placement, words = PLACEMENTS[where]
    return replace(plain, name=f"{plain.name}-{where}", title=f"{plain.title}, {words}", load=replace(plain.load, placement=placement))


def special(name, title, contestants, load=Load(path_of_size("1k"), SIZES["1k"], 64), **more):
    """1 KiB at 64 connections unless another load is given, as 1k-64, but with others taking part."""
    return Workload(name, title, load, contestants, **more)


LOAD_OF_ONE = Load(path_of_size("1k"), SIZES["1k"], 1)
FRESH_LOAD = Load(path_of_size("1k"), SIZES["1k"], 4, closes=True)
MIX_LOAD = Load(path_of_mix(0), None, 64, script=MIX_SCRIPT, arguments=(str(MIX_COUNT),))

WORKLOADS = [
    main("1k", 64),
    main("1k", 1000),
    main("10k", 64),
    main("10k", 1000, in_quick=False),
    main("1k", 64, closes=True),
    main("100k", 64),
    main("1m", 64, in_quick=False),
    sized("1k", 1),
    placed("1k", 1, "together"),
    placed("1k", 1, "apart"),
    *(placed(size, 64, "apart") for size in ("1k", "10k", "100k", "1m")),
    sized("1k", 8000, seconds_factor=2, rounds_max=FEW_ROUNDS),
    sized("10k", 64, closes=True),
    sized("100m", 4, seconds_factor=2, rounds_max=FEW_ROUNDS),
    Workload(
        "mix", "10,000 files of 256 B to 32 KiB, by Zipf's law, 64 connections, kept alive", MIX_LOAD,
        contenders_with_folder, checked_paths=tuple(path_of_mix(number) for number in MIX_CHECKED),
    ),
    special("fresh", "1 KiB, 4 clients with a connection for each request, beside 64 kept at full load", beside_kept,
            FRESH_LOAD),
    special("slow", "1 KiB, 64 connections, with and without 900 slow clients beside", beside_slow, rounds_max=FEW_ROUNDS),
    special("slow-1", "1 KiB, 1 connection, with and without 900 slow clients beside", beside_slow_alone, LOAD_OF_ONE,
            rounds_max=FEW_ROUNDS),
    special("hung", "1 KiB, 64 connections, with and without one more client whose file hangs", beside_hung),
    special("log", "1 KiB, 64 connections, with and without access log", logging),
    special("bulk", "1 KiB, 64 connections, with and without 4 downloads of 100 MiB beside", beside_bulk),
    special("threads", "1 KiB, 64 connections, by the number of threads", sweep),
    special("others", "1 KiB, 64 connections: Lido and the servers that are left out elsewhere", others),
]  # fmt: skip
