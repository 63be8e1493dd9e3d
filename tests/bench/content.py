# SPDX-License-Identifier: MIT
"""The files that all servers serve: the same ones, of bytes that do not compress, made anew for each bench, and of one age: a file
that is younger than a second or two is judged otherwise, and a time in other digits makes an entity tag of another length."""

import os
import random
import shutil
import tempfile
from pathlib import Path

KIB = 1024
MIB = 1024 * KIB
SIZES = {"1k": KIB, "10k": 10 * KIB, "100k": 100 * KIB, "1m": MIB, "100m": 100 * MIB}
MIX_COUNT = 10_000
MIX_SMALLEST = 256
MIX_LARGEST = 32 * KIB
SEED = 1945  # the same bytes in each bench
MODIFIED_NS = 1_767_323_045_678_901_234  # 2026-01-02


def path_of_size(name):
    return f"/{name}.txt"


def path_of_mix(number):
    return f"/mix/{number // 100:02}/{number:04}.txt"  # wrk_mix.lua knows this, too


class Content:
    """The folder, readable for servers that give up root. A context: it is gone afterwards."""

    def __init__(self, sizes=tuple(SIZES), mix_count=MIX_COUNT):
        self.sizes = sizes
        self.mix_count = mix_count
        self.folder = Path(tempfile.mkdtemp(prefix="lido-bench-"))
        self.root = self.folder / "files"

    def __enter__(self):
        try:
            self.folder.chmod(0o755)
            self.root.mkdir()
            chance = random.Random(SEED)
            for name in self.sizes:
                self.write(path_of_size(name), chance.randbytes(SIZES[name]))
            self.write_mix(chance)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    def write(self, path, content):
        file = self.file(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, ns=(MODIFIED_NS, MODIFIED_NS))

    def write_mix(self, chance):
        """Sizes even on a logarithmic scale: many small files, some larger ones, and in no order."""
        pool = chance.randbytes(2 * MIX_LARGEST)
        for number in range(self.mix_count):
            size = int(MIX_SMALLEST * (MIX_LARGEST / MIX_SMALLEST) ** chance.random())
            start = chance.randrange(MIX_LARGEST)
            self.write(path_of_mix(number), pool[start : start + size])

    def file(self, path):
        return self.root / path.lstrip("/")

    def bytes(self, path):
        return self.file(path).read_bytes()
