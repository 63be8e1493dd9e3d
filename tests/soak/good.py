# SPDX-License-Identifier: MIT
"""Clients who mean it well, each a thread that does one kind of thing over and over and looks at every byte that comes."""

import gzip
import io
import json
import random
import tarfile
import threading
import time
import zipfile
from collections import Counter

import blocks
import served
from talk import Gone, Talk, Wrong

PAUSE_SECONDS = 0.01  # so that others find processor time, too: it is to last, not to be fast
REQUESTS_OF_ONE = 200  # over a connection, then the next one


def expect(is_right, what):
    if not is_right:
        raise Wrong(what)


def expect_file(answer, name, offset=0):
    expect(answer.is_whole, f"{name}: cut off after {len(answer.body)} bytes")
    wrong = blocks.what_is_wrong(answer.body, name, offset)
    expect(wrong is None, f"{name}: {wrong}")


class Good:
    """`ask` is given a function that asks and returns the answer; it checks that."""

    def __init__(self, port, name, ask, keep=True):
        self.port = port
        self.name = name
        self.ask = ask
        self.keep = keep
        self.outcomes = Counter()
        self.failures = []
        self.answered = 0
        self.slowest = 0.0
        self.over = threading.Event()
        self.talk = None
        self.thread = threading.Thread(target=self.run, name=name)
        self.dice = random.Random(name)

    def request(self, target, method="GET", fields=()):
        """Asks; again on a new connection if the one that was kept has ended, as it may at any time."""
        while True:
            if self.talk is None or not self.talk.is_open:
                self.talk = Talk(self.port)
            try:
                begin = time.monotonic()
                answer = self.talk.ask(target, method, fields, self.keep)
            except Gone as gone:
                self.talk.close()
                expect(not self.talk.is_fresh, f"{target}: a new connection ends without an answer ({gone.__cause__})")
                continue
            self.answered += 1
            self.slowest = max(self.slowest, time.monotonic() - begin)
            self.outcomes[str(answer.status) + ("" if answer.is_whole else " cut off")] += 1
            return answer

    def run(self):
        count = 0
        while not self.over.wait(PAUSE_SECONDS):
            try:
                self.ask(self)
            except (Wrong, OSError, ValueError, KeyError) as failure:
                self.failures.append(f"{self.name}: {type(failure).__name__}: {failure}"[:600])
                self.close()
            count += 1
            if count % REQUESTS_OF_ONE == 0:
                self.close()
        self.close()

    def close(self):
        if self.talk is not None:
            self.talk.close()


def ask_small(good):
    name = good.dice.choice(served.SMALL)
    answer = good.request(f"/{name}")
    expect(answer.status == 200, f"{name}: status {answer.status}")
    expect_file(answer, name)


def ask_large(good):
    name = good.dice.choice(served.LARGE)
    answer = good.request(f"/{name}")
    expect(answer.status == 200, f"{name}: status {answer.status}")
    expect_file(answer, name)


def ask_range(good):
    name = good.dice.choice(served.LARGE)
    begin = good.dice.randrange(served.LARGE_BYTES // blocks.BLOCK) * blocks.BLOCK
    end = begin + good.dice.randrange(1, 200) * blocks.BLOCK
    answer = good.request(f"/{name}", fields=[f"Range: bytes={begin}-{end - 1}"])
    expect(answer.status == 206, f"{name}: status {answer.status}")
    expect_file(answer, name, begin)


def ask_if_changed(good):
    name = good.dice.choice(served.SMALL)
    first = good.request(f"/{name}")
    tag = first.fields.get("etag", "")
    answer = good.request(f"/{name}", fields=[f"If-None-Match: {tag}"])
    expect(answer.status in (200, 304), f"{name}: status {answer.status}")
    expect(answer.status == 304 or answer.fields.get("etag") != tag or answer.body != first.body,
           f"{name}: 200 for what the client has, {tag}")
    expect_file(answer, name)
    head = good.request(f"/{name}", "HEAD")
    expect(head.status == 200 and not head.body, f"HEAD {name}: status {head.status}")


def ask_coded(good):
    name = good.dice.choice((served.CODED, served.STYLE))
    answer = good.request(f"/{name}", fields=["Accept-Encoding: gzip"])
    expect(answer.status == 200 and answer.is_whole, f"{name}: status {answer.status}")
    is_coded = answer.fields.get("content-encoding") == "gzip"
    body = gzip.decompress(answer.body) if is_coded else answer.body
    wrong = blocks.what_is_wrong(body, name)
    expect(wrong is None, f"{name}: {wrong}")
    good.outcomes["gzip" if is_coded else "plain"] += 1


def ask_list(good):
    names = set(served.LISTED)
    answer = good.request("/list/?format=json&sort=size&limit=1000")
    expect(answer.status == 200 and answer.is_whole, f"list: status {answer.status}")
    listed = {entry["name"] for entry in json.loads(answer.body)["entries"]}
    expect(names <= listed <= names | {"comes-and-goes.txt"}, f"list: {names ^ listed}")
    answer = good.request("/list/?format=text")
    listed = set(answer.body.decode().split())
    expect(names <= listed <= names | {"comes-and-goes.txt"}, f"text: {names ^ listed}")
    expect(b"entry-000.txt" in good.request("/list/").body, "page: no entry")


def read_tar(body):
    with tarfile.open(fileobj=io.BytesIO(body)) as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


def read_zip(body):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def ask_archive(good):
    """It ends short, or says 503, when a file changes meanwhile."""
    for form, read in (("tar", read_tar), ("zip", read_zip)):
        answer = good.request(f"/list/?download={form}")
        expect(answer.status in (200, 503), f"{form}: status {answer.status}")
        if answer.status == 200 and answer.is_whole:
            files = read(answer.body)
            expect(len(files) in (len(served.LISTED), len(served.LISTED) + 1), f"{form}: {len(files)} files")
            for name, data in files.items():
                wrong = blocks.what_is_wrong(data, name.rpartition("/")[2])
                expect(wrong is None, f"{name} in {form}: {wrong}")


def ask_missing(good):
    expect(good.request("/missing").status == 404, "missing: not 404")
    expect(good.request("/list").status == 301, "list: not 301")
    expect(good.request("/%00").status in (400, 404), "%00: neither 400 nor 404")


def all_kinds(port):
    return [
        Good(port, "kept", ask_small), Good(port, "closed", ask_small, keep=False), Good(port, "large", ask_large),
        Good(port, "range", ask_range), Good(port, "if changed", ask_if_changed), Good(port, "coded", ask_coded),
        Good(port, "list", ask_list), Good(port, "archive", ask_archive), Good(port, "missing", ask_missing),
        Good(port, "large, closed", ask_large, keep=False),
    ]
