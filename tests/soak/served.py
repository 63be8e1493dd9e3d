# SPDX-License-Identifier: MIT
"""What is served, and what changes it all the time: each file is replaced by a rename, so that an answer has one version."""

import gzip
import os
import random
import threading

import blocks

SMALL = [f"small-{i:02d}.txt" for i in range(12)]
LARGE = [f"large-{i:02d}.bin" for i in range(4)]
LISTED = [f"entry-{i:03d}.txt" for i in range(100)]
CODED = "coded.js"  # with a sibling, coded.js.gz
STYLE = "style.css"  # is compressed by the server
STALLED = "stalled.bin"  # does not change; for those who take none of it
SMALL_BYTES = 4 * 1024
LARGE_BYTES = 192 * 1024
STALLED_BYTES = 32 * 1024 * 1024
ROUND_SECONDS = 0.05


class Site:
    """A folder. start() lets it change until stop()."""

    def __init__(self, root, new):
        self.root = root
        self.new = new
        self.version = 0
        self.changes = 0
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.change, name="site")
        (root / "list").mkdir(parents=True)
        (root / "index.html").write_text("<!doctype html><p>soak")
        with open(root / STALLED, "wb") as file:
            file.truncate(STALLED_BYTES)
        self.write(CODED, SMALL_BYTES)
        self.write_sibling()
        self.write(STYLE, SMALL_BYTES)
        for name in SMALL:
            self.write(name, SMALL_BYTES)
        for name in LARGE:
            self.write(name, LARGE_BYTES)
        for name in LISTED:
            self.write(f"list/{name}", SMALL_BYTES // 4)

    def put(self, path, data):
        self.new.write_bytes(data)
        os.replace(self.new, self.root / path)
        self.changes += 1

    def write(self, path, size):
        """Another version, of up to twice the size."""
        self.version += 1
        size += self.version % 16 * size // 16 // blocks.BLOCK * blocks.BLOCK
        self.put(path, blocks.content(path.rpartition("/")[2], self.version, size))

    def write_sibling(self):
        """Of the version that is there; for a while it belongs to the one before, which has its own content."""
        self.put(f"{CODED}.gz", gzip.compress((self.root / CODED).read_bytes(), 6))

    def change(self):
        dice = random.Random(16)
        while not self.over.wait(ROUND_SECONDS):
            self.write(dice.choice(SMALL), SMALL_BYTES)
            if dice.random() < 0.2:
                self.write(dice.choice(LARGE), LARGE_BYTES)
            if dice.random() < 0.2:
                self.write(CODED, SMALL_BYTES)
                self.write_sibling()
            if dice.random() < 0.2:
                self.write(STYLE, SMALL_BYTES)
            if dice.random() < 0.02:  # an archive in between is cut off
                self.write(f"list/{dice.choice(LISTED)}", SMALL_BYTES // 4)
            if dice.random() < 0.05:
                (self.root / "list" / "comes-and-goes.txt").unlink(missing_ok=True)
            if dice.random() < 0.05:
                self.write("list/comes-and-goes.txt", SMALL_BYTES)

    def start(self):
        self.thread.start()

    def stop(self):
        self.over.set()
        self.thread.join()
