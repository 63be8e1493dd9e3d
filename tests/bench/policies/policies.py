# SPDX-License-Identifier: MIT
"""Who stays in a cache: policies to be compared, each as short as its paper allows.

Each has a capacity in bytes and one method: use(key, size) returns whether it was a hit, and takes the key in if the policy
will have it. `self.work` counts what was taken in: for compressed forms each of these is a file that is compressed.
"""

from collections import OrderedDict


class Lru:
    """The least recently used one goes."""

    def __init__(self, capacity):
        self.capacity, self.used, self.work = capacity, 0, 0
        self.items = OrderedDict()  # the oldest first

    def use(self, key, size):
        if key in self.items:
            self.items.move_to_end(key)
            return True
        if size <= self.capacity:
            self.take_in(key, size)
        return False

    def take_in(self, key, size):
        self.work += 1
        while self.used + size > self.capacity:
            self.used -= self.items.popitem(last=False)[1]
        self.items[key] = size
        self.used += size


class Sieve:
    """A queue, a bit for each that was used, and a hand that passes by those (Zhang et al., NSDI 2024)."""

    def __init__(self, capacity):
        self.capacity, self.used, self.work = capacity, 0, 0
        self.items = {}  # key: [size, bit, newer, older]
        self.newest = self.oldest = self.hand = None

    def use(self, key, size):
        if key in self.items:
            self.items[key][1] = True
            return True
        if size > self.capacity:
            return False
        self.work += 1
        while self.used + size > self.capacity:
            self.evict()
        self.items[key] = [size, False, None, self.newest]
        if self.newest is not None:
            self.items[self.newest][2] = key
        self.newest = key
        if self.oldest is None:
            self.oldest = key
        self.used += size
        return False

    def evict(self):
        hand = self.hand if self.hand is not None else self.oldest
        while self.items[hand][1]:
            self.items[hand][1] = False
            hand = self.items[hand][2] if self.items[hand][2] is not None else self.oldest
        size, _, newer, older = self.items.pop(hand)
        if newer is not None:
            self.items[newer][3] = older
        else:
            self.newest = older
        if older is not None:
            self.items[older][2] = newer
        else:
            self.oldest = newer
        self.hand = newer
        self.used -= size


class Ghosts:
    """Keys without contents, the oldest go, up to so many bytes of what they stand for."""

    def __init__(self, capacity):
        self.capacity, self.used = capacity, 0
        self.items = OrderedDict()

    def add(self, key, size):
        self.items[key] = size
        self.used += size
        while self.used > self.capacity:
            self.used -= self.items.popitem(last=False)[1]

    def take(self, key):
        size = self.items.pop(key, None)
        self.used -= size or 0
        return size is not None


class TwoQueues:
    """What is new waits in a queue of a quarter; what is wanted again after it has left is kept (2Q, VLDB 1994)."""

    def __init__(self, capacity):
        self.capacity, self.work = capacity, 0
        self.fresh, self.fresh_used = OrderedDict(), 0
        self.main, self.main_used = OrderedDict(), 0
        self.ghosts = Ghosts(capacity // 2)

    def use(self, key, size):
        if key in self.main:
            self.main.move_to_end(key)
            return True
        if key in self.fresh:
            return True
        if size > self.capacity:
            return False
        self.work += 1
        is_known = self.ghosts.take(key)
        while self.fresh_used + self.main_used + size > self.capacity:
            self.evict()
        if is_known:
            self.main[key] = size
            self.main_used += size
        else:
            self.fresh[key] = size
            self.fresh_used += size
        return False

    def evict(self):
        if self.fresh and (self.fresh_used > self.capacity // 4 or not self.main):
            key, size = self.fresh.popitem(last=False)
            self.fresh_used -= size
            self.ghosts.add(key, size)
        else:
            self.main_used -= self.main.popitem(last=False)[1]


class ThreeQueues:
    """A small queue, a main one that goes round, and ghosts (S3-FIFO, SOSP 2023)."""

    def __init__(self, capacity):
        self.capacity, self.work = capacity, 0
        self.small, self.small_used = OrderedDict(), 0
        self.main, self.main_used = OrderedDict(), 0
        self.uses = {}
        self.ghosts = Ghosts(capacity * 9 // 10)

    def use(self, key, size):
        if key in self.uses:
            self.uses[key] = min(self.uses[key] + 1, 3)
            return True
        if size > self.capacity:
            return False
        self.work += 1
        is_known = self.ghosts.take(key)
        while self.small_used + self.main_used + size > self.capacity:
            if self.small and (self.small_used >= self.capacity // 10 or not self.main):
                self.evict_small()
            else:
                self.evict_main()
        self.uses[key] = 0
        self.put(key, size, is_known)
        return False

    def put(self, key, size, in_main):
        if in_main:
            self.main[key] = size
            self.main_used += size
        else:
            self.small[key] = size
            self.small_used += size

    def evict_small(self):
        key, size = self.small.popitem(last=False)
        self.small_used -= size
        if self.uses[key] > 1:
            self.uses[key] = 0
            self.put(key, size, True)
        else:
            del self.uses[key]
            self.ghosts.add(key, size)

    def evict_main(self):
        while True:
            key, size = self.main.popitem(last=False)
            if self.uses[key] == 0:
                break
            self.uses[key] -= 1
            self.main[key] = size
        self.main_used -= size
        del self.uses[key]


class Counts:
    """How often each key was wanted lately: two counters each, shared by chance; all are halved after so many rounds of as
    many additions as there are counters."""

    MAX = 15

    def __init__(self, places, rounds=1):
        self.places, self.counters = places, [0] * places
        self.rounds, self.added = rounds, 0

    def spots(self, key):
        mixed = hash((key, 7)) & (1 << 60) - 1
        return mixed % self.places, (mixed >> 30) % self.places

    def add(self, key):
        for spot in self.spots(key):
            self.counters[spot] = min(self.counters[spot] + 1, self.MAX)
        self.added += 1
        if self.added >= self.rounds * self.places:
            self.added = 0
            self.counters = [count // 2 for count in self.counters]

    def of(self, key):
        return min(self.counters[spot] for spot in self.spots(key))


class LruByMerit(Lru):
    """As Lru, but nobody has to leave for what is not wanted more often than all who would have to (TinyLFU, TOS 2017;
    with sizes, Einziger et al. 2021)."""

    def __init__(self, capacity, places=4096, rounds=1):
        super().__init__(capacity)
        self.counts = Counts(places, rounds)

    def use(self, key, size):
        self.counts.add(key)
        return super().use(key, size)

    def take_in(self, key, size):
        room, merit = self.capacity - self.used, self.counts.of(key)
        for other, other_size in self.items.items():
            if room >= size:
                break
            room += other_size
            merit -= self.counts.of(other)
            if merit <= 0:
                return
        super().take_in(key, size)


class SieveByMerit(Sieve):
    """The same in front of Sieve: only the one that would leave next is looked at."""

    def __init__(self, capacity, places=4096, rounds=1):
        super().__init__(capacity)
        self.counts = Counts(places, rounds)

    def use(self, key, size):
        self.counts.add(key)
        if key not in self.items and self.used + size > self.capacity:
            hand = self.hand if self.hand is not None else self.oldest
            while hand is not None and self.items[hand][1]:
                self.items[hand][1] = False
                hand = self.items[hand][2] if self.items[hand][2] is not None else self.oldest
            self.hand = hand
            if hand is not None and self.counts.of(key) <= self.counts.of(hand):
                self.hand = self.items[hand][2]
                return False
        return super().use(key, size)


ALL = {
    'LRU': Lru,
    'SIEVE': Sieve,
    '2Q': TwoQueues,
    'S3-FIFO': ThreeQueues,
    'LRU by merit': LruByMerit,
    'SIEVE by merit': SieveByMerit,
}
