# SPDX-License-Identifier: MIT
"""What clients ask for while calls fail, and what they may get: the right answer, an error of the server, or a closed
connection; never another body, a wrong length, or silence."""

import socket
import zlib
from dataclasses import dataclass
from pathlib import Path

PATIENCE_SECONDS = 60  # only a hang takes as long, on however slow a machine
LARGE_BYTES = 3 * 1024 * 1024
ERRORS = {500, 503, 507}  # 507 is none of Lido's; it stands here so that a change is no surprise


class Wrong(Exception):
    """An answer that nobody may get."""


def make_site(root):
    (root / "list" / "inner").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><p>index")
    (root / "text.js").write_text("let a = 1;\n" * 4000)
    (root / "large.bin").write_bytes(bytes(range(256)) * (LARGE_BYTES // 256))
    for i in range(20):
        (root / "list" / f"{i}.txt").write_text("x" * i)
    (root / "list" / "inner" / "big.bin").write_bytes(b"y" * 100_000)


@dataclass(frozen=True)
class Request:
    name: str
    target: str
    fields: str = ""
    method: str = "GET"
    changes: bool = False  # the body is another one each time

    def bytes(self, keep_alive):
        kept = "Connection: keep-alive\r\n" if keep_alive else ""
        return f"{self.method} {self.target} HTTP/1.0\r\n{kept}{self.fields}\r\n".encode()


INDEX = Request("index", "/")
REQUESTS = (
    INDEX,
    Request("head", "/text.js", method="HEAD"),
    Request("large file", "/large.bin"),
    Request("ranges", "/large.bin", "Range: bytes=0-99,1000-1999,-10\r\n", changes=True),
    Request("gzip", "/text.js", "Accept-Encoding: gzip\r\n"),
    Request("not modified", "/text.js", "If-None-Match: *\r\n"),
    Request("list", "/list/", "Accept: text/html\r\n"),
    Request("list as JSON", "/list/?sort=size", "Accept: application/json\r\n"),
    Request("tar", "/list/?download=tar"),
    Request("zip", "/list/?download=zip"),
    Request("missing", "/missing", "Accept: text/html\r\n"),
    Request("redirect", "/list"),
    Request("status", "/.lido/status.json", changes=True),
    Request("bad", "/\x01"),
)


@dataclass(frozen=True)
class Answer:
    status: int  # 0: the connection was closed before there was one
    body_sum: int
    is_whole: bool
    media_type: str = ""

    def outcome(self):
        return str(self.status) if self.is_whole else "closed"


CLOSED = Answer(0, 0, False)


class Client:
    """One connection."""

    def __init__(self, port):
        self.received = b""
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)

    def close(self):
        self.socket.close()

    def receive(self):
        try:
            more = self.socket.recv(1 << 20)
        except TimeoutError as failure:
            raise Wrong("no answer, and no end of the connection either") from failure
        except OSError:
            more = b""
        self.received += more
        return bool(more)

    def read_head(self):
        while b"\r\n\r\n" not in self.received:
            if not self.receive():
                return None
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        return head.decode("latin-1").split("\r\n")

    def ask(self, request, keep_alive=False):
        try:
            self.socket.sendall(request.bytes(keep_alive))
        except OSError:
            return CLOSED
        lines = self.read_head()
        if lines is None:
            return CLOSED
        status = int(lines[0].split()[1])
        fields = dict(line.lower().split(": ", 1) for line in lines[1:])
        media_type = fields.get("content-type", "")
        if media_type.startswith("multipart/"):
            media_type = media_type.split(";")[0] # the boundary is another one each time
        if request.method == "HEAD" or status == 304:
            return Answer(status, 0, True, media_type)
        return self.read_body(status, media_type, fields.get("content-length"))

    def read_body(self, status, media_type, length):
        wanted = int(length) if length is not None else None
        while (wanted is None or len(self.received) < wanted) and self.receive():
            pass
        body, self.received = (self.received, b"") if wanted is None else (self.received[:wanted], self.received[wanted:])
        return Answer(status, zlib.crc32(body), wanted is None or len(body) == wanted, media_type)


def ask_once(port, request):
    client = Client(port)
    try:
        return client.ask(request)
    finally:
        client.close()


def ask_kept(port, request, count=3):
    """The same over one connection, as often as it lives."""
    client = Client(port)
    try:
        return [client.ask(request, keep_alive=True) for _ in range(count)]
    finally:
        client.close()


def is_right(request, answer, right):
    """All that nobody but a fault changes is as it was."""
    is_same = request.changes or answer.body_sum == right.body_sum
    return answer.is_whole and is_same and answer.status == right.status and answer.media_type == right.media_type


def check(request, answer, right):
    """What came is what should have come, or says that it could not."""
    if answer.is_whole and answer.status not in ERRORS and answer.status != right.status:
        raise Wrong(f"{request.name}: status {answer.status}, expected {right.status}")
    may_differ = request.changes or right.status >= 400 # an error page may say less
    is_same = may_differ or answer.body_sum == right.body_sum
    if answer.is_whole and answer.status == right.status and not is_same:
        raise Wrong(f"{request.name}: another body")
    if answer.is_whole and answer.status == right.status < 400 and answer.media_type != right.media_type:
        raise Wrong(f"{request.name}: media type {answer.media_type!r}, expected {right.media_type!r}")


def count_workers(pid):
    """Threads of the pool, by their names; others come when they are needed first."""
    count = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            count += (task / "comm").read_text().startswith("worker")
        except OSError: # it has ended meanwhile
            pass
    return count


def count_descriptors(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
