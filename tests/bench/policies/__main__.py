# SPDX-License-Identifier: MIT
"""Compare policies of a cache: python3 -B tests/bench/policies [SEED]. Prints the table of NOTES.md; takes a minute."""

import random
import sys
from bisect import bisect

import policies

MIB = 1024 * 1024
REQUESTS = 200_000


def zipf(rng, count, skew):
    """Names of files, the first ones wanted most."""
    total, sums = 0.0, []
    for rank in range(1, count + 1):
        total += rank**-skew
        sums.append(total)
    while True:
        yield bisect(sums, rng.random() * total)


def sizes_of(rng, count):
    """Of small files, as the web has them: the median 8 KiB, one in a hundred 200 KiB."""
    return [max(200, int(rng.lognormvariate(9, 1.4))) for _ in range(count)]


def steady(rng, skew):
    names = zipf(rng, 20_000, skew)
    for _ in range(REQUESTS):
        yield next(names)


def scanned(rng):
    """Every fifth request is of somebody who goes through all other files once."""
    names = zipf(rng, 20_000, 1.0)
    for i in range(REQUESTS):
        yield 100_000 + i if i % 5 == 0 else next(names)


def bursts(rng):
    """A backup walks over 5,000 files, ten times in all."""
    names = zipf(rng, 20_000, 1.0)
    for i in range(REQUESTS):
        yield 100_000 + i % 5_000 if i % 20_000 >= 15_000 else next(names)


def moving(rng):
    """What is wanted changes: each tenth of the time has other favourites."""
    names = zipf(rng, 20_000, 1.0)
    for i in range(REQUESTS):
        yield (next(names) + i // (REQUESTS // 10) * 2_000) % 20_000


def turn(count):
    def run(_):
        for i in range(20_000):
            yield i % count

    return run


def anyhow(count):
    def run(rng):
        for _ in range(20_000):
            yield rng.randrange(count)

    return run


# name, capacity in bytes, the bytes of a file or None for many sizes, the names
WORKLOADS = [
    ('zipf 0.8', 16 * MIB, None, lambda rng: steady(rng, 0.8)),
    ('zipf 1.0', 16 * MIB, None, lambda rng: steady(rng, 1.0)),
    ('zipf 1.0, tight', 2 * MIB, None, lambda rng: steady(rng, 1.0)),
    ('and a crawler', 16 * MIB, None, scanned),
    ('and a backup', 16 * MIB, None, bursts),
    ('moving', 16 * MIB, None, moving),
    ('60 in turn, room for 32', 16 * MIB, MIB // 2, turn(60)),
    ('40 in turn, room for 32', 16 * MIB, MIB // 2, turn(40)),
    ('60 anyhow, room for 32', 16 * MIB, MIB // 2, anyhow(60)),
]


def run(policy, workload, seed):
    """Returns the shares of hits and of what was taken in among all requests."""
    _, capacity, file_bytes, names = workload
    rng = random.Random(seed)
    sizes = sizes_of(rng, 30_000)
    cache, hits, count = policy(capacity), 0, 0
    for name in names(rng):
        hits += cache.use(name, file_bytes or sizes[name % len(sizes)])
        count += 1
    return hits / count, cache.work / count


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    print('| hits (taken in), % | ' + ' | '.join(policies.ALL) + ' |')
    print('|---' * (len(policies.ALL) + 1) + '|')
    for workload in WORKLOADS:
        cells = []
        for policy in policies.ALL.values():
            hits, taken = run(policy, workload, seed)
            cells.append(f'{100 * hits:.1f} ({100 * taken:.1f})')
        print(f'| {workload[0]} | ' + ' | '.join(cells) + ' |', flush=True)


if __name__ == '__main__':
    main()
